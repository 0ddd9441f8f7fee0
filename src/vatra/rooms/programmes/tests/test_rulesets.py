"""Rules are drafted, tried on their own cases, published by a second person, and never change again."""

from datetime import date, timedelta

import pytest
from conftest import NOON, TODAY
from django.db import IntegrityError, transaction

from vatra.engines.rules import Unit
from vatra.foundation.audit.models import Event
from vatra.foundation.catalogue import commands as catalogue
from vatra.foundation.worklist.models import Item
from vatra.kernel.actor import system
from vatra.kernel.moves import IllegalMove, reachable
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.programmes import commands, queries
from vatra.rooms.programmes.models import Programme, Published, Ruleset
from vatra.rooms.programmes.states import MOVES, RulesetState

RULES = """\
code: small-aid
unit: family
law: {act: "Act 1"}
in_force: 2024-01-01
parameters: {limit: {2024-01-01: LIMIT}}
clauses:
  - {id: means, when: "sum(member.net_income) <= :limit", because: {en: "The limit is {limit}."}}
amount: 100 RON
"""
CASES = """\
ruleset: small-aid
cases:
  - name: at the limit
    on: 2024-05-01
    given: {members: [{id: a, net_income: LIMIT}]}
    expect: {status: entitled, amount: 100 RON}
"""


@pytest.fixture
def programme(definitions, offices):
    return commands.define_programme(
        code="small-aid", kind="benefit", title={"en": "Small aid"}, summary={}, care_level="primary_prevention",
        unit="family", duties={}, law={}, papers=[], terms={}, serves=[], actor=system("test"), at=NOON,
    )  # fmt: skip


def draft(programme, by, limit="500 RON", cases=CASES):
    return commands.draft_ruleset(
        programme=programme, text=RULES.replace("LIMIT", limit), cases=cases.replace("LIMIT", limit), actor=by, at=NOON
    )


def publish(ruleset, by, day=date(2024, 1, 1)):
    return commands.publish_ruleset(ruleset=ruleset, effective_from=day, actor=by, at=NOON, today=TODAY)


def status(income: int, on: date) -> str:
    unit = Unit([{"id": "a", "facts": {"net_income": income}}])
    return queries.ruleset_in_force("small-aid", on).ruleset.determine(unit, on=on).status


def test_published_rules_decide_from_their_day(programme, cast):
    publish(draft(programme, cast.rozalia), cast.doina)
    assert queries.ruleset_in_force("small-aid", date(2023, 12, 31)) is None
    assert status(50_000, date(2024, 1, 1)) == "entitled" and status(50_001, TODAY) == "not_entitled"
    assert set(queries.rulesets_in_force(TODAY)) == {"small-aid"}


def test_the_latest_day_wins_and_the_past_keeps_its_rules(programme, cast):
    publish(draft(programme, cast.rozalia), cast.doina)
    publish(draft(programme, cast.rozalia, "600 RON"), cast.doina, date(2026, 12, 1))
    assert status(55_000, TODAY) == "not_entitled" and status(55_000, date(2026, 12, 1)) == "entitled"


def test_who_drafted_cannot_publish(programme, cast):
    ruleset = draft(programme, system("one"))
    with pytest.raises(Refused) as refusal:
        publish(ruleset, system("one"))
    assert refusal.value.code == "second_person"
    publish(ruleset, system("another"))


def test_the_database_itself_holds_the_second_person(programme, cast):
    ruleset = draft(programme, cast.rozalia)
    signed = {"state": "published", "effective_from": TODAY, "published_at": NOON}
    with pytest.raises(IntegrityError), transaction.atomic():
        Ruleset.objects.filter(pk=ruleset.pk).update(**signed, published_by=cast.rozalia.as_json())
    Ruleset.objects.filter(pk=ruleset.pk).update(**signed, published_by=cast.doina.as_json())


def test_only_who_may_drafts_and_publishes(programme, cast):
    with pytest.raises(NoGrant):
        draft(programme, cast.elena)
    ruleset = draft(programme, cast.rozalia)
    for nobody in (cast.elena, cast.ioana, cast.rozalia):
        with pytest.raises(NoGrant):
            publish(ruleset, nobody)


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        (CASES.replace("status: entitled", "status: not_entitled"), "cases_fail"),
        (CASES.replace("net_income", "net_incom"), "cases_fail"),
        (CASES.replace("100 RON", "101 RON"), "cases_fail"),
        ("cases: []", "wrong_case"),
        ("", "wrong_case"),
        ("cases: [{name: x}]", "wrong_case"),
    ],
)
def test_rules_whose_cases_do_not_hold_are_not_published(programme, cast, cases, code):
    ruleset = draft(programme, cast.rozalia, cases=cases)
    with pytest.raises(Refused) as refusal:
        publish(ruleset, cast.doina)
    assert refusal.value.code == code
    ruleset.refresh_from_db()
    assert ruleset.state == RulesetState.DRAFT


def test_rules_that_the_checker_refuses_are_not_even_drafted(programme, cast):
    with pytest.raises(Refused) as refusal:
        commands.draft_ruleset(
            programme=programme, text=RULES.replace("net_income", "net_incom"), cases=CASES, actor=cast.rozalia, at=NOON
        )
    assert refusal.value.code == "ruleset_refused" and refusal.value.values["problems"]


def test_published_rules_never_change(programme, cast):
    ruleset = publish(draft(programme, cast.rozalia), cast.doina)
    ruleset.text = "other"
    with pytest.raises(Published):
        ruleset.save()
    with pytest.raises(Published):
        ruleset.delete()
    for step in (lambda: publish(ruleset, system("x")), lambda: commands.withdraw_ruleset(
        ruleset=ruleset, because="", actor=cast.rozalia, at=NOON
    )):  # fmt: skip
        with pytest.raises(IllegalMove):
            step()


def test_a_draft_is_withdrawn_and_another_takes_the_next_number(programme, cast):
    first = draft(programme, cast.rozalia)
    commands.withdraw_ruleset(ruleset=first, because="a slip", actor=cast.rozalia, at=NOON)
    assert draft(programme, cast.rozalia).number == 2
    assert reachable(MOVES, RulesetState.DRAFT) == set(RulesetState)


def test_two_versions_cannot_begin_on_one_day(programme, cast):
    publish(draft(programme, cast.rozalia), cast.doina)
    with pytest.raises(Refused) as refusal:
        publish(draft(programme, cast.rozalia, "600 RON"), cast.doina)
    assert refusal.value.code == "ruleset_day_taken"


def test_a_change_with_effect_in_the_past_is_announced_and_waits_in_every_office(programme, cast):
    publish(draft(programme, cast.rozalia), cast.doina)
    publish(draft(programme, cast.rozalia, "700 RON"), cast.doina, TODAY + timedelta(days=40))
    assert not Item.objects.exists()  # neither the first rules nor those of a day to come
    publish(draft(programme, cast.rozalia, "600 RON"), cast.doina, date(2026, 3, 1))
    said = Event.objects.filter(kind="programmes.ruleset_published").order_by("id").last().payload
    assert said["backdated"] and said["effective_from"] == "2026-03-01"
    assert said["until"] == (TODAY + timedelta(days=40)).isoformat()
    assert {item.office.code for item in Item.objects.filter(kind="programmes.backdated")} == {"spas", "elsewhere"}


def test_compiled_rules_are_kept_until_a_definition_changes(programme, cast, django_assert_num_queries):
    publish(draft(programme, cast.rozalia), cast.doina)
    first = queries.ruleset_in_force("small-aid", TODAY).ruleset
    with django_assert_num_queries(1):
        assert queries.ruleset_in_force("small-aid", TODAY).ruleset is first
    with django_assert_num_queries(1):
        assert queries.rulesets_in_force(TODAY)["small-aid"].ruleset is first
    catalogue.define_fact(code="rent", subject="household", type="money", currency="RON", title={"en": "Rent"},
                          actor=system("test"), at=NOON)  # fmt: skip
    assert queries.ruleset_in_force("small-aid", TODAY).ruleset is not first


def test_a_retired_programme_is_no_longer_offered(programme, cast):
    commands.retire_programme(code="small-aid", on=TODAY, actor=cast.rozalia, at=NOON)
    assert queries.programmes_in_order() == [] and Programme.objects.exists()
    assert [p.code for p in queries.programmes_in_order(on=TODAY - timedelta(days=1))] == ["small-aid"]
