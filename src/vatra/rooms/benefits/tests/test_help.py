"""What could help a family at the window of Târnăveni, with the whole pack."""

from datetime import date, timedelta

import pytest
from conftest import NOON, TODAY

from vatra.foundation.catalogue.queries import definitions
from vatra.kernel.money import Money
from vatra.kernel.refused import NoGrant
from vatra.rooms.benefits.models import Application, Determination
from vatra.rooms.benefits.queries import as_json, what_could_help
from vatra.rooms.people.models import Household

PROGRAMMES = {
    "state-child-allowance", "disability-benefit", "emergency-aid", "heating-aid", "minimum-inclusion-income",
    "personal-assistant-allowance",
}  # fmt: skip


def panel(family, town, on=TODAY, known_at=NOON, actor=None):
    return what_could_help(family.home.pk, on=on, known_at=known_at, actor=actor or town.elena)


def of(found, code):
    return [answer for answer in found.answers if answer.programme.code == code]


def test_every_programme_is_on_the_panel_with_reasons_law_and_who_decides(family, town):
    found = panel(family, town)
    assert {answer.programme.code for answer in found.answers} == PROGRAMMES
    for answer in found.answers:
        assert answer.decided_by and answer.paid_by and answer.clauses
        for clause in answer.clauses:
            assert clause.law and {"ro", "en"} <= set(clause.because)
            assert "{" not in clause.because["ro"]
    assert [a.status for a in found.answers] == sorted(
        (a.status for a in found.answers), key=["entitled", "unknown", "not_entitled"].index
    )


def test_each_child_has_its_allowance_and_the_agency_decides(family, town):
    ion, ana = of(panel(family, town), "state-child-allowance")
    assert (ana.beneficiary, ana.amount, ana.local) == ("Ana Popescu", Money(71900, "RON"), False)
    assert ion.amount is None and ion.bounds == (Money(29200, "RON"), Money(71900, "RON"))
    assert ana.applicant_id == family.maria.pk
    assert ana.decided_by.code == "ajpis-mures"


def test_answers_turn_questions_into_an_amount(family, town):
    (before,) = of(panel(family, town), "heating-aid")
    assert before.status == "unknown" and before.local
    asked = {question.fact for question in panel(family, town).questions if "heating-aid" in question.helps}
    assert asked == {"children_income", "excluding_asset"}
    family.say(family.home, "children_income", 0)
    family.say(family.home, "excluding_asset", "none")
    (after,) = of(panel(family, town), "heating-aid")
    assert (after.status, after.amount) == ("entitled", Money(28800, "RON"))  # 300 lei a head: 90 % of 320
    assert after.starts_on == date(2026, 12, 1)  # filed after the 20th
    means = next(clause for clause in after.clauses if clause.id == "means")
    assert "300\u00a0lei" in means.because["ro"] and "1.386\u00a0lei" in means.because["ro"]


def test_a_refusal_names_the_clause_that_fails(family, town):
    family.say(family.maria, "net_income", 900000)
    family.say(family.home, "children_income", 0)
    family.say(family.home, "excluding_asset", "none")
    (heating,) = of(panel(family, town), "heating-aid")
    assert heating.status == "not_entitled"
    assert [clause.id for clause in heating.failing] == ["means"]


def test_a_programme_for_children_says_so_where_there_are_none(town):
    from vatra.rooms.people.commands import register_household
    from vatra.rooms.people.drafts import PersonDraft

    home = register_household(
        office=town.office.pk, area=None, line="", since=date(2020, 1, 1), actor=town.elena, at=NOON,
        members=[(PersonDraft(full_name="Vasile Rus", birth_date=date(1950, 1, 1)), "head")],
    )  # fmt: skip
    found = what_could_help(home.pk, on=TODAY, known_at=NOON, actor=town.elena)
    (answer,) = [a for a in found.answers if a.programme.code == "state-child-allowance"]
    assert answer.status == "not_entitled" and "18" in answer.failing[0].because["ro"]
    assert not [q for q in found.questions if q.fact == "schooling"]


def test_it_reads_and_writes_nothing_in_a_dozen_queries(family, town, django_assert_max_num_queries):
    panel(family, town)  # compiles the rulesets
    definitions()
    with django_assert_max_num_queries(12) as asked:
        panel(family, town)
    assert not [q for q in asked.captured_queries if not q["sql"].lstrip().upper().startswith("SELECT")]
    assert Determination.objects.count() == Application.objects.count() == 0


def test_another_office_sees_nothing_and_a_sealed_family_is_not_there(family, town):
    with pytest.raises(Household.DoesNotExist):
        panel(family, town, actor=town.sami)
    with pytest.raises(NoGrant):
        panel(family, town, actor=town.rozalia)
    Household.objects.filter(pk=family.home.pk).update(sealed_at=NOON)
    with pytest.raises(Household.DoesNotExist):
        panel(family, town)


def test_what_was_known_yesterday_is_what_was_said_yesterday(family, town):
    family.say(family.home, "children_income", 0)
    family.say(family.home, "excluding_asset", "none")
    then = as_json(panel(family, town), language="ro")
    later = NOON + timedelta(days=1)
    family.say(family.maria, "net_income", 900000, at=later)
    assert as_json(panel(family, town), language="ro") == then
    now = as_json(panel(family, town, known_at=later + timedelta(minutes=1)), language="ro")
    assert now["programmes"] != then["programmes"]


def test_the_machine_reads_one_entry_for_each_programme(family, town):
    family.say(family.home, "anyone_disabled", False)
    said = as_json(panel(family, town), language="en")
    assert {p["code"] for p in said["programmes"]} == PROGRAMMES and len(said["programmes"]) == len(PROGRAMMES)
    allowance = next(p for p in said["programmes"] if p["code"] == "state-child-allowance")
    assert allowance["status"] == "entitled"
    assert allowance["amount"] == {"minor": 29200 + 71900, "currency": "RON"}
    assert len(allowance["units"]) == 2
    for programme in said["programmes"]:
        assert {"code", "status", "amount", "clauses", "missing", "decided_by", "paid_by"} <= set(programme)
        for clause in programme["clauses"]:
            assert set(clause) == {"id", "holds", "because", "law", "values"}
