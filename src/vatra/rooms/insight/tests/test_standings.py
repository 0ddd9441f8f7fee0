"""Who stands on the list of households at high risk without help, who leaves it, and who sees it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOON

from vatra.foundation.audit.commands import seal
from vatra.foundation.audit.models import Event
from vatra.kernel.refused import NoGrant
from vatra.rooms.benefits.models import Application
from vatra.rooms.insight.models import Holds, Standing
from vatra.rooms.insight.queries import counts, households_without_help
from vatra.rooms.insight.tasks import FOLLOWED, keep_standings
from vatra.rooms.people.queries import household_card
from vatra.rooms.programmes.models import Programme

from .conftest import SYSTEM, say, worker


def kept(at=NOON) -> int:
    while seal(at=at):
        pass
    return keep_standings(at=at)


def listed(actor, **how):
    return [row.household_id for row in households_without_help(actor=actor, **how)[0]]


def test_the_list_holds_those_at_high_risk_without_help_and_says_why(town):
    assert kept() >= 4
    (row,), after = households_without_help(actor=town.officer)
    assert (row.household_id, row.head, row.score, after) == (town.poor.pk, "Ana", 6, "")
    said = [reason.said["en"] for reason in row.reasons]
    assert said[0].startswith("Income per member is RON 100") or "100" in said[0]
    assert any("disability" in sentence for sentence in said)
    assert row.since == NOON.date() and not row.may_be_more


def test_of_whom_too_little_is_known_stands_apart_with_what_to_ask(town):
    kept()
    (row,), _ = households_without_help(actor=town.officer, holds=Holds.UNKNOWN)
    assert row.household_id == town.asked.pk and row.may_be_more
    assert set(row.missing) >= {"net_income", "disability_degree"}
    assert counts(actor=town.officer) == counts(actor=town.officer).__class__(high=1, unhelped=1, unknown=1)


def test_a_sealed_household_is_on_nobodys_list_who_may_not_know_it(town):
    kept()
    assert Standing.objects.get(pk=town.hidden.pk).holds == Holds.YES
    assert town.hidden.pk not in listed(town.officer)
    sealed_by = listed(town.chief)  # who sealed it is tied to it
    assert town.hidden.pk in sealed_by


def test_a_fact_that_changes_moves_the_household_at_the_next_round(town):
    kept()
    say(town.poor, at=NOON + timedelta(minutes=1), net_income=500000, occupation="employed", disability_degree="none")
    kept(NOON + timedelta(minutes=2))
    assert listed(town.officer) == []
    say(town.asked, at=NOON + timedelta(minutes=3), net_income=0, disability_degree="none", occupation="unemployed")
    kept(NOON + timedelta(minutes=4))
    assert listed(town.officer) == [town.asked.pk]


def apply_for(made, at):
    person = household_card(made.pk, valid_on=at.date(), known_at=at, actor=SYSTEM).members[0].person_id
    return Application.objects.create(
        programme=Programme.objects.get(code="emergency-aid"), household=made, applicant_id=person,
        beneficiary_id=person, office=made.office, filed_on=at.date(), language="ro", registered_at=at,
    )  # fmt: skip


def test_a_request_takes_the_household_off_the_list_and_its_withdrawal_brings_it_back(town):
    kept()
    first = Standing.objects.get(pk=town.poor.pk).unhelped_since
    made = apply_for(town.poor, NOON)
    Event.objects.create(
        kind="benefits.applied", ref_kind="benefits.application", ref_id=made.pk, actor={}, actor_kind="system",
        actor_id="test", at=NOON,
    )  # fmt: skip
    kept(NOON + timedelta(minutes=1))
    assert listed(town.officer) == [] and Standing.objects.get(pk=town.poor.pk).help == "application"
    later = NOON + timedelta(days=2)
    Application.objects.filter(pk=made.pk).update(state="withdrawn", closed_at=later)
    kept(later + timedelta(minutes=1))  # a new day: looked at again without any announcement
    assert listed(town.officer) == [town.poor.pk]
    assert Standing.objects.get(pk=town.poor.pk).unhelped_since == later.date() > first


def test_the_same_facts_give_the_same_rows(town):
    kept()
    rows = list(Standing.objects.order_by("pk").values())
    assert kept() == 0 and list(Standing.objects.order_by("pk").values()) == rows


def test_a_household_nobody_announced_is_found_by_the_daily_look(town):
    """The faulty control: a reader that only follows announcements would miss it."""
    kept()
    Standing.objects.filter(pk=town.poor.pk).delete()
    assert keep_standings(at=NOON) == 1 and listed(town.officer) == [town.poor.pk]


def test_what_is_followed_is_announced_by_somebody():
    """An announcement that nobody makes is a slip of the pen."""
    rooms = Path(__file__).parents[2]
    paths = [path for path in rooms.rglob("*.py") if not {"insight", "tests"} & set(path.relative_to(rooms).parts)]
    said = "\n".join(path.read_text() for path in paths)
    for kind in FOLLOWED:
        room, name = kind.split(".")
        stem = name.rsplit("_", 1)[0]
        assert f'"{kind}"' in said or f'"{name}"' in said or re.search(rf'f"{room}\.({stem}_)?\{{', said), (
            f"nobody announces {kind}"
        )


def test_who_holds_no_action_sees_no_list(town):
    with pytest.raises(NoGrant):
        households_without_help(actor=worker("mayor", "mayor"))


def test_pages_of_the_list_go_on_where_the_last_ended(town, django_assert_max_num_queries):
    kept()
    say(town.asked, net_income=0, disability_degree="none", occupation="unemployed")
    kept(NOON + timedelta(minutes=1))
    with django_assert_max_num_queries(8):
        first, after = households_without_help(actor=town.officer, limit=1)
    second, end = households_without_help(actor=town.officer, limit=1, after=after)
    assert {first[0].household_id, second[0].household_id} == {town.poor.pk, town.asked.pk} and end == ""
    assert [row.score for row in (*first, *second)] == sorted((row.score for row in (*first, *second)), reverse=True)
