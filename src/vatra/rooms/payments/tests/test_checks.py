"""The checks: everything that was due in exactly one place; refused where it changed before somebody said so."""

from datetime import date, timedelta

import pytest

from vatra.kernel.refused import Refused
from vatra.rooms.benefits.models import Entitlement
from vatra.rooms.ledger.queries import balances
from vatra.rooms.payments import commands
from vatra.rooms.payments.models import Instruction
from vatra.rooms.payments.queries import checks

from .people import AT, CARMEN, HORIA, MONTH, change_account, entitle, exported, prepared, run, town
from .test_cycle import states

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


@pytest.fixture
def here():
    return town(budget=100_000_000)


def test_what_changed_since_is_noted_when_somebody_says_that_they_have_seen_the_checks(here):
    rights = entitle(here, 3)
    cycle = prepared(here)
    change_account(here.persons[1], 4711)
    with pytest.raises(Refused) as refused:
        commands.check_cycle(cycle=cycle, actor=CARMEN, at=LATER)
    assert refused.value.code == "overtaken" and refused.value.values["count"] == 1
    found = checks(cycle.pk, actor=CARMEN)
    assert [row.entitlement_id for row in found.overtaken] == [rights[1]] and found.counts["overtaken"] == 1
    commands.refresh_cycle(cycle=cycle, actor=CARMEN, at=LATER)
    assert checks(cycle.pk, actor=CARMEN).overtaken == []
    run(cycle, at=LATER)
    assert commands.check_cycle(cycle=cycle, actor=CARMEN, at=LATER).state == "checked"


def test_a_right_that_ends_while_the_approver_looks_is_not_approved(here, monkeypatch):
    """Between the long look, before anything is locked, and the lock: another officer ends the right."""
    from vatra.rooms.benefits.commands import end_entitlement
    from vatra.rooms.payments.commands import deciding

    rights = entitle(here, 2)
    cycle = prepared(here)
    commands.check_cycle(cycle=cycle, actor=CARMEN, at=AT)
    real = deciding.look_again

    def look(*args, **kwargs):
        real(*args, **kwargs)
        end_entitlement(entitlement=rights[0], on=date(2026, 10, 31), reason="mutat", actor=CARMEN, at=AT)

    monkeypatch.setattr(deciding, "look_again", look)
    with pytest.raises(Refused) as refused:
        commands.approve_cycle(cycle=cycle, actor=HORIA, at=AT)
    assert refused.value.code == "overtaken" and states(cycle) == {"planned": 2}
    assert balances(here.fund, 2026).reserved == 0


def test_what_another_cycle_gave_back_is_not_left_out_in_silence(here):
    """Taken by a first cycle when the second was prepared; the first is given up before the second is checked."""
    entitle(here, 2)
    first = prepared(here)
    row = Instruction.objects.filter(cycle=first).first()
    commands.exclude_instruction(instruction=row, because="mai târziu", actor=CARMEN, at=AT)
    commands.check_cycle(cycle=first, actor=CARMEN, at=AT)
    commands.approve_cycle(cycle=first, actor=HORIA, at=AT)
    second = prepared(here, at=LATER)
    commands.cancel_cycle(cycle=first, because="greșit", actor=CARMEN, at=LATER)
    with pytest.raises(Refused) as refused:
        commands.check_cycle(cycle=second, actor=CARMEN, at=LATER)
    assert refused.value.code == "overtaken"
    commands.refresh_cycle(cycle=second, actor=CARMEN, at=LATER)
    run(second, at=LATER)
    found = checks(second.pk, actor=CARMEN)
    assert (found.due, found.planned, found.taken) == (2, 2, 0)


def test_who_was_left_out_and_is_not_due_any_more_is_not_owed_anything(here):
    from vatra.rooms.benefits.commands import end_entitlement

    (right, _) = entitle(here, 1, accounts=False) + entitle(here, 1)
    cycle = prepared(here)
    end_entitlement(entitlement=right, on=date(2026, 10, 31), reason="mutat", actor=HORIA, at=AT)
    commands.refresh_cycle(cycle=cycle, actor=CARMEN, at=LATER)
    run(cycle, at=LATER)
    found = checks(cycle.pk, actor=CARMEN)
    assert (found.due, found.planned, found.unpaid, found.reasons) == (1, 1, 0, {})


def test_what_another_cycle_took_is_counted_once(here):
    """Left out of a cycle, then taken by a second one: the first counts it as taken, and refreshing changes nothing."""
    entitle(here, 2)
    first = prepared(here)
    row = Instruction.objects.filter(cycle=first).first()
    commands.exclude_instruction(instruction=row, because="mai târziu", actor=CARMEN, at=AT)
    commands.check_cycle(cycle=first, actor=CARMEN, at=AT)
    commands.approve_cycle(cycle=first, actor=HORIA, at=AT)
    second = prepared(here, at=LATER)
    assert Instruction.objects.get(cycle=second).person_id == row.person_id
    for cycle, planned, taken in ((first, 1, 1), (second, 1, 1)):
        found = checks(cycle.pk, actor=CARMEN)
        assert (found.due, found.planned, found.taken, found.unpaid) == (2, planned, taken, 0)
    commands.refresh_cycle(cycle=second, actor=CARMEN, at=LATER)
    run(second, at=LATER)
    assert checks(second.pk, actor=CARMEN).taken == 1


def test_a_month_is_compared_with_the_one_before(here):
    rights = entitle(here, 4, starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 31))
    exported(here, period=date(2026, 10, 1))
    Entitlement.objects.filter(pk=rights[3]).update(ends_on=date(2026, 10, 31))
    newcomer = entitle(here, 1)[0]
    change_account(here.persons[2], 4711)
    cycle = prepared(here, at=LATER)
    found = checks(cycle.pk, actor=CARMEN)
    assert [row.entitlement_id for row in found.new] == [newcomer]
    assert [row.entitlement_id for row in found.gone] == [rights[3]] and found.gone[0].reason == "no_longer_due"
    (changed,) = found.changed
    assert changed.instruction.entitlement_id == rights[2] and changed.account_before.endswith("0002")
    assert found.counts == {"new": 1, "gone": 1, "changed": 1, "without_account": 0, "overtaken": 0}


def test_a_cycle_of_new_attempts_misses_nobody_of_the_month_before(here):
    """It holds only what came back: who is paid by the other cycle of the month is not gone."""
    entitle(here, 3, starts_on=date(2026, 9, 1))
    exported(here, period=date(2026, 10, 1))
    exported(here, at=AT)
    row = Instruction.objects.filter(period=MONTH).first()
    commands.return_instruction(instruction=row, on=AT.date(), reason="MS03", actor=CARMEN, at=LATER)
    again = commands.correct_and_resend(instruction=row, actor=CARMEN, at=LATER)
    found = checks(again.cycle_id, actor=CARMEN)
    assert (found.counts["gone"], found.planned, found.due) == (0, 1, 1)
    first = checks(row.cycle_id, actor=CARMEN)
    assert (first.due, first.planned, first.taken, first.unpaid) == (3, 2, 1, 0)


def test_the_page_of_the_checks_works_nothing_out_again(here, monkeypatch):
    """However many are due: the page counts what stands in the cycle, and asks no room what is due."""
    from vatra.rooms.payments import plans

    entitle(here, 5)
    entitle(here, 2, accounts=False)
    cycle = prepared(here)

    def never(*args, **kwargs):
        raise AssertionError("what is due was worked out again")

    monkeypatch.setattr(plans, "due_entitlements", never)
    assert checks(cycle.pk, actor=CARMEN).due == 7
    with pytest.raises(AssertionError):  # saying that one has seen them looks again
        commands.check_cycle(cycle=cycle, actor=CARMEN, at=AT)
