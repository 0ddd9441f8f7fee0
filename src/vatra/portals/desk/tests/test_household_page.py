"""The household's file: who, what is known, what happened, who looked; and every change of it."""

from datetime import date, timedelta

import pytest
from conftest import LONG_AGO, NOON, TODAY

from vatra.foundation.audit.models import Event
from vatra.rooms.intake.commands import open_contact
from vatra.rooms.people.commands import (
    NewFact,
    PersonDraft,
    give_consent,
    record_facts,
    register_household,
    represent,
    seal_household,
)  # fmt: skip
from vatra.rooms.people.models import Consent, Fact, Household, Membership, Name, Representation

EARLY = NOON - timedelta(days=30)


@pytest.fixture
def home(cast, offices, definitions):
    """The Popas with a few facts, a representative, a consent and a visit."""
    elena = cast.elena
    maria = PersonDraft(
        given="Maria", family="Popa", birth_date=date(1984, 5, 17), sex="female",
        identifiers=[("cnp", "2840517264422", None)], contacts=[("phone", "0744123456", False)],
    )  # fmt: skip
    home = register_household(
        office=offices.spas.pk, area=offices.town, line="Str. Avram Iancu 12", since=date(2024, 3, 1),
        members=[(maria, "head"), *((PersonDraft(given=f"Copil {n}", family="Popa", birth_year=2010 + n), "child") for n in range(5))],
        actor=elena, at=EARLY,
    )  # fmt: skip
    people = [m.person for m in Membership.objects.order_by("id")]
    facts = [NewFact(p, "net_income", 120000, date(2026, 1, 1)) for p in people]
    record_facts(facts=[*facts, NewFact(home, "heating", "wood", TODAY)], source="document", actor=elena, at=EARLY)
    represent(person=people[1], by_person=people[0], capacity="representative", basis="parent", valid_from=TODAY - timedelta(60),
              actor=elena, at=EARLY)  # fmt: skip
    give_consent(person=people[0], purpose="registration", how="signed", actor=elena, at=EARLY)
    open_contact(
        office=offices.spas.pk, channel="window", reason="nu avem lemne", household=home, actor=elena, at=EARLY
    )
    return home


@pytest.fixture
def maria(home):
    return Membership.objects.order_by("id").first().person


def page_of(browser, home, **query):
    return browser.get(f"/desk/household/{home.pk}/", query)


def test_the_file_says_who_what_and_what_happened(desk, home):
    text = page_of(desk("elena"), home).content.decode()
    for words in ("SPAS-00001", "Maria Popa", "Copil 4 Popa", "Str. Avram Iancu 12", "•••••••••4422", "never call or write",
                  "seen on paper", "nu avem lemne", "Registered as SPAS-00001", "representative", "Elena Moldovan"):  # fmt: skip
        assert words in text, words
    assert "2840517264422" not in text


def test_the_file_takes_at_most_25_queries(desk, home, django_assert_max_num_queries):
    browser = desk("elena")
    page_of(browser, home)
    with django_assert_max_num_queries(25):
        page = page_of(browser, home)
    assert len(page.content) < 100_000


def test_every_opening_is_an_entry_and_shows_who_looked(desk, home):
    page_of(desk("mihai"), home)
    text = page_of(desk("elena"), home).content.decode()
    assert Event.objects.filter(kind="people.opened").count() == 2
    assert "Mihai Pop" in text


def test_who_may_not_see_the_trail_does_not(desk, home):
    page_of(desk("elena"), home)
    text = page_of(desk("radu"), home).content.decode()
    assert "Who opened this file" not in text
    assert "Record something" not in text


def test_another_office_and_who_has_no_grant(desk, home):
    assert page_of(desk("sami"), home).status_code == 404
    assert page_of(desk("rozalia"), home).status_code == 403
    assert not Event.objects.filter(kind="people.opened").exists()


def test_as_known_then_leaves_out_what_was_recorded_later(desk, home, maria, cast):
    record_facts(
        facts=[NewFact(maria, "net_income", 777700, date(2026, 1, 1))], source="declared", actor=cast.elena, at=NOON
    )
    browser = desk("elena")
    assert "7,777" in page_of(browser, home).content.decode()
    then = page_of(browser, home, known="10.11.2026", on="10.11.2026").content.decode()
    assert "7,777" not in then
    assert "1,200" in then
    assert "Record something" not in then, "the past is not written to"
    wrong = page_of(browser, home, known="never").content.decode()
    assert "is not a day" in wrong


def test_a_sealed_file_opens_for_its_team_with_a_neutral_title(desk, home, cast):
    seal_household(household=home, because="violence", team=[cast.mihai.id], actor=cast.doina, at=LONG_AGO)
    assert page_of(desk("elena"), home).status_code == 404
    text = page_of(desk("mihai"), home).content.decode()
    title = text[text.index("<title>") : text.index("</title>")]
    assert "SPAS" not in title
    assert "Popa" not in title
    assert "sealed" in text


def test_a_fact_is_recorded_in_two_steps(desk, home, maria):
    browser, here = desk("elena"), f"/desk/household/{home.pk}/fact/"
    assert 'name="fact"' in browser.get(here).content.decode()
    mixed = browser.get(here, {"subject": f"household:{home.pk}", "fact": "pupil"}).content.decode()
    assert "choose the other" in mixed
    there = f"{here}?subject=person:{maria.pk}&fact=net_income"
    assert 'value="1200"' in browser.get(there).content.decode(), "a correction begins with what is known"
    bad = browser.post(there, {"value": "plenty", "valid_from": "1.3.2026", "source": "document"})
    assert bad.status_code == 422
    assert "is not a number" in bad.content.decode()
    done = browser.post(there, {"value": "1.350,50", "valid_from": "1.3.2026", "source": "document"})
    assert done.status_code == 302
    live = Fact.objects.filter(person=maria, definition="net_income", superseded_at=None).order_by("valid_from")
    assert list(live.values_list("number", "valid_from", "source")) == [
        (120000, date(2026, 1, 1), "document"), (135050, date(2026, 3, 1), "document"),
    ]  # fmt: skip


def test_a_fact_that_is_wrong_is_withdrawn(desk, home, maria):
    fact = Fact.objects.get(person=maria, definition="net_income")
    browser = desk("elena")
    assert browser.post(f"/desk/household/{home.pk}/fact/{fact.pk}/wrong/", {"because": ""}).status_code == 422
    assert (
        browser.post(f"/desk/household/{home.pk}/fact/{fact.pk}/wrong/", {"because": "other Maria"}).status_code == 302
    )
    fact.refresh_from_db()
    assert fact.retracted_at


def test_members_come_go_and_are_corrected(desk, home, maria):
    browser, here = desk("elena"), f"/desk/household/{home.pk}/member/"
    child = {
        "do": "register",
        "m0-given": "Luca",
        "m0-family": "Popa",
        "m0-role": "child",
        "m0-number_kind": "other",
        "since": "1.11.2026",
    }
    first = browser.post(here, child)
    if first.status_code == 422:  # his brothers and sisters are alike; they were shown
        seen = ",".join(str(pk) for pk in Membership.objects.values_list("person_id", flat=True))
        first = browser.post(here, child | {"seen": seen})
    assert first.status_code == 302
    assert Name.objects.filter(full="Luca Popa").exists()
    end = browser.post(f"{here}{maria.pk}/end/", {"on": "15.11.2026", "because": "plecată"})
    assert end.status_code == 302
    assert "was a member until" in page_of(browser, home).content.decode()


def test_a_member_is_corrected(desk, home, maria):
    browser, here = desk("elena"), f"/desk/household/{home.pk}/member/{maria.pk}/"
    form = browser.get(here).content.decode()
    assert 'value="Maria Popa"' in form
    page = browser.post(here, {"given": "Maria", "family": "Ionescu", "whole": "Maria Popa", "born": "18.05.1984",
                               "phone": "0265440111", "number_kind": "other"})  # fmt: skip
    assert page.status_code == 302
    text = page_of(browser, home).content.decode()
    assert "Maria Ionescu" in text
    assert "0265440111" in text


def test_moving_acting_and_agreeing(desk, home, maria):
    browser, here = desk("elena"), f"/desk/household/{home.pk}/"
    assert browser.post(f"{here}move/", {"line": "Botorca 3", "area": "", "since": "1.11.2026"}).status_code == 302
    child = Membership.objects.order_by("id")[2].person
    acting = {"person": str(child.pk), "by_person": str(maria.pk), "capacity": "payee", "basis": "parent", "valid_from": "1.11.2026"}  # fmt: skip
    assert browser.post(f"{here}acting/", acting).status_code == 302
    again = browser.post(f"{here}acting/", acting)
    assert again.status_code == 422
    assert "already paid for this person" in again.content.decode()
    payee = Representation.objects.get(capacity="payee")
    assert browser.post(f"{here}acting/{payee.pk}/end/", {"on": "20.11.2026"}).status_code == 302
    assert browser.post(f"{here}consent/", {"person": str(maria.pk), "purpose": "registration", "how": "spoken"}).status_code == 302  # fmt: skip
    consent = Consent.objects.get(how="spoken")
    assert browser.post(f"{here}consent/{consent.pk}/withdraw/").status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_at
    text = page_of(browser, home).content.decode()
    assert "Botorca 3" in text
    assert "withdrawn" in text


def test_sealing_needs_the_power_and_a_reason(desk, home):
    here = f"/desk/household/{home.pk}/seal/"
    assert desk("elena").get(here).status_code == 403
    browser = desk("doina")
    assert browser.post(here, {"because": ""}).status_code == 422
    assert browser.post(here, {"because": "violence"}).status_code == 302
    home.refresh_from_db()
    assert home.sealed_at
    assert page_of(desk("elena"), home).status_code == 404


@pytest.mark.parametrize("part", ["fact/", "member/", "move/", "acting/", "consent/", "seal/"])
def test_nobody_of_another_office_reaches_a_form(desk, home, part):
    page = desk("sami").get(f"/desk/household/{home.pk}/{part}")
    assert page.status_code == (403 if part == "seal/" else 404)
    assert b"Popa" not in page.content


def test_the_timeline_says_nothing_of_another_household(desk, home, maria, cast, offices):
    """A member who is sheltered elsewhere: that household's events stay there."""
    shelter = register_household(
        office=offices.spas.pk, area=None, line="Str. Ascunsă 1", since=date(2026, 1, 1), members=[(maria, "head")], actor=cast.elena,
        at=EARLY,
    )  # fmt: skip
    text = page_of(desk("elena"), home).content.decode()
    assert shelter.number not in text
    assert Household.objects.count() == 2


def test_openings_in_a_row_are_told_once(desk, home):
    for name in ("elena", "mihai", "elena", "elena"):
        text = page_of(desk(name), home).content.decode()
    assert text.count("2 times, last") == 1
    assert text.count("<bdi>Mihai Pop</bdi>") == 1


@pytest.fixture
def decided(home, maria, cast):
    """A heating aid applied for and granted, as benefits leaves it."""
    from vatra.foundation.docket.models import Entry, Register
    from vatra.rooms.benefits.models import Application, Decision, Determination
    from vatra.rooms.programmes.models import Programme, Ruleset

    heating = Programme.objects.create(
        code="heating", kind="benefit", title={"en": "Heating aid"}, care_level="primary_prevention", unit="family", duties={}
    )  # fmt: skip
    rules = Ruleset.objects.create(programme=heating, number=1, text="", digest="x", drafted_by={}, drafted_at=EARLY)
    register = Register.objects.create(office=home.office, code="entry", year=2026, last_number=2)
    entries = [
        Entry.objects.create(
            register=register, number=n, direction="in", subject="application", ref_kind="people.household", ref_id=home.pk,
            registered_at=EARLY, actor={},
        )
        for n in (1, 2)
    ]  # fmt: skip
    asked = Application.objects.create(
        programme=heating, household=home, applicant=maria, beneficiary=maria, office=home.office, entry=entries[0],
        filed_on=EARLY.date(), language="ro", registered_at=EARLY, state="decided", closed_at=NOON,
    )  # fmt: skip
    said = Determination.objects.create(
        programme=heating, ruleset=rules, household=home, beneficiary=maria, application=asked, on=TODAY, known_at=EARLY,
        status="entitled", frozen={}, digest="x", determined_at=EARLY, actor={},
    )  # fmt: skip
    Decision.objects.create(
        application=asked, determination=said, household=home, state="signed", grants=True, drafted_by={"id": "1"},
        drafted_at=EARLY, reported_by={"id": "2"}, reported_at=EARLY, countersigned_by={"id": "3"}, countersigned_at=EARLY,
        signed_by={"id": "4", "name": "Radu Câmpean"}, signed_at=NOON, entry=entries[1],
    )  # fmt: skip


def test_applications_and_decisions_are_on_the_timeline(desk, home, decided):
    text = page_of(desk("elena"), home).content.decode()
    assert "Applied for Heating aid, no. 1/2026" in text
    assert "Granted: Heating aid, decision no. 2/2026" in text
    assert "Radu Câmpean" in text
