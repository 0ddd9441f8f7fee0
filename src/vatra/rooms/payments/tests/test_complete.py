"""Nobody who is entitled is left out in silence: whatever is due is planned, taken by another cycle, or named."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vatra.kernel.days import Period
from vatra.kernel.refused import Refused
from vatra.rooms.benefits.models import Entitlement
from vatra.rooms.benefits.queries import due_entitlements
from vatra.rooms.payments import commands, plans
from vatra.rooms.payments.commands import writing
from vatra.rooms.payments.models import Instruction
from vatra.rooms.payments.queries import checks
from vatra.rooms.payments.reasons import REASONS

from .people import AT, CARMEN, HORIA, MONTH, entitle, prepared, town

PERSON = st.fixed_dictionaries({
    "accounts": st.booleans(), "sealed": st.sampled_from([False, False, False, True]),
    "period": st.sampled_from(["month", "once"]),
    "starts_on": st.sampled_from([date(2026, 9, 10), date(2026, 11, 15), date(2026, 12, 1)]),
    "ends_on": st.sampled_from([None, None, date(2026, 10, 31), date(2026, 11, 30)]),
    "amount": st.sampled_from([0, 1, 50_000]),
    "fate": st.sampled_from(["", "", "", "suspended", "paid", "left_out", "merged"]),
})  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(people=st.lists(PERSON, min_size=1, max_size=7))
def test_due_is_planned_or_taken_or_named(people):
    with transaction.atomic():
        here = _town_of(people)
        second = prepared(here, at=AT + timedelta(days=1))
        found = checks(second.pk, actor=CARMEN, shown=100)
        due = due_entitlements(
            programme=here.programme, period=Period(MONTH, date(2026, 12, 1)), known_at=second.known_at
        )
        # complete: three disjoint kinds, each reason with a sentence
        assert found.due == len(due) == found.planned + found.taken + found.unpaid
        assert sum(found.reasons.values()) == found.unpaid and set(found.reasons) <= set(REASONS)
        planned = set(
            Instruction.objects.filter(cycle=second, state="planned").values_list("entitlement_id", flat=True)
        )
        unpaid = {row.entitlement_id for row in found.entitled_unpaid}
        assert not planned & unpaid and len(unpaid) == found.unpaid - found.unseen
        taken = {each.entitlement_id for each in due} - planned - unpaid
        live = Instruction.objects.exclude(live_key=None).exclude(cycle=second).values_list("entitlement_id", flat=True)
        assert taken <= set(live) and len(taken) == found.taken
        transaction.set_rollback(True)


def _town_of(people):
    """Each as drawn; those `paid` are taken by a first cycle, those `left_out` were left out of it."""
    here = town(budget=10_000_000)
    for each in people:
        fate = each["fate"]
        ends = each["ends_on"] if not each["ends_on"] or each["ends_on"] >= each["starts_on"] else None
        right = entitle(
            here, 1, accounts=each["accounts"], sealed=each["sealed"], period=each["period"], ends_on=ends,
            starts_on=each["starts_on"], amount=each["amount"], varied=False,
        )[0]  # fmt: skip
        if fate == "suspended":
            Entitlement.objects.filter(pk=right).update(state="suspended", suspended_from=date(2026, 11, 1), reason="x")
    _merge(here, [n for n, each in enumerate(people) if each["fate"] == "merged"])
    first = prepared(here)
    for n, each in enumerate(people):
        row = Instruction.objects.filter(cycle=first, entitlement=here.entitlements[n], state="planned").first()
        if row and each["fate"] != "paid":
            commands.exclude_instruction(instruction=row, because="mai târziu", actor=CARMEN, at=AT)
    if Instruction.objects.filter(cycle=first, state="planned").exists():
        commands.check_cycle(cycle=first, actor=CARMEN, at=AT)
        commands.approve_cycle(cycle=first, actor=HORIA, at=AT)
    else:
        commands.cancel_cycle(cycle=first, because="nimeni", actor=CARMEN, at=AT)
    return here


def _merge(here, numbers):
    from vatra.rooms.people.models import Person

    if len(numbers) > 1:
        Person.objects.filter(pk=here.persons[numbers[1]]).update(canonical_id=here.persons[numbers[0]])


@pytest.mark.django_db
def test_a_plan_that_forgets_somebody_is_found(monkeypatch):
    """A faulty control: a planner that leaves out whom it cannot pay does not come to what is due."""
    real = plans.plans
    here = town(budget=10_000_000)
    entitle(here, 2)
    entitle(here, 1, accounts=False)
    cycle = prepared(here)
    assert checks(cycle.pk, actor=CARMEN).due == 3
    commands.cancel_cycle(cycle=cycle, because="x", actor=CARMEN, at=AT)
    monkeypatch.setattr(writing, "plans", lambda *a, **k: [p for p in real(*a, **k) if not p.reason])
    faulty = prepared(here)
    assert checks(faulty.pk, actor=CARMEN).due != 3
    with pytest.raises(Refused) as refused:  # and nobody gets to approve it
        commands.check_cycle(cycle=faulty, actor=CARMEN, at=AT)
    assert refused.value.code == "overtaken"


@pytest.mark.django_db
def test_a_worker_that_forgets_somebody_does_not_come_to_an_end(monkeypatch):
    """A faulty control: a batch that leaves out its last one."""
    here = town(budget=10_000_000)
    entitle(here, 3)
    real = writing._write
    monkeypatch.setattr(writing, "_write", lambda cycle, batch, total: real(cycle, batch[:-1], total=total))
    with pytest.raises(writing.Incomplete):
        prepared(here)


@pytest.mark.django_db
def test_people_who_were_merged_are_paid_once():
    here = town(budget=10_000_000)
    entitle(here, 2)
    first = prepared(here)
    commands.check_cycle(cycle=first, actor=CARMEN, at=AT)
    commands.approve_cycle(cycle=first, actor=HORIA, at=AT)
    for row in Instruction.objects.filter(person_id=here.persons[0]):
        commands.cancel_instruction(instruction=row, because="x", actor=CARMEN, at=AT)
    _merge(here, [0, 1])
    second = prepared(here, at=AT + timedelta(days=1))
    assert not Instruction.objects.filter(cycle=second, state="planned").exists()
