"""What is due for which month: suspended, gone on again, ended, replaced; each month once, and none in silence."""

from datetime import date, timedelta

import pytest

from vatra.kernel.days import Period
from vatra.rooms.benefits.commands import end_entitlement, resume_entitlement, suspend_entitlement
from vatra.rooms.benefits.models import Entitlement
from vatra.rooms.benefits.queries import due_entitlements
from vatra.rooms.payments import plans
from vatra.rooms.payments.models import Instruction
from vatra.rooms.people.models import Identity

from .people import AT, HORIA, entitle, prepared, town

pytestmark = pytest.mark.django_db
MONTHS = {month: Period(date(2026, month, 1), date(2026, month + 1, 1)) for month in range(8, 12)}


@pytest.fixture
def here():
    return town(budget=100_000_000)


def due(here, month: int, **more) -> list[str]:
    rows = due_entitlements(programme=here.programme, period=MONTHS[month], known_at=AT + timedelta(days=9), **more)
    return [row.reason_not_payable for row in rows]


def test_months_of_a_suspension_are_not_made_up_when_it_goes_on(here):
    (right,) = entitle(here, 1, starts_on=date(2026, 8, 1))
    suspend_entitlement(entitlement=right, on=date(2026, 9, 10), reason="se verifică", actor=HORIA, at=AT)
    assert [due(here, month) for month in (8, 9, 10)] == [[""], ["suspended"], ["suspended"]]
    resume_entitlement(entitlement=right, on=date(2026, 11, 5), actor=HORIA, at=AT + timedelta(hours=1))
    assert [due(here, month) for month in (8, 9, 10, 11)] == [[""], ["stood_still"], ["stood_still"], [""]]


def test_what_ends_while_it_is_suspended_is_not_paid_after_all(here):
    (right,) = entitle(here, 1, starts_on=date(2026, 8, 1))
    suspend_entitlement(entitlement=right, on=date(2026, 10, 1), reason="se verifică", actor=HORIA, at=AT)
    end_entitlement(
        entitlement=right, on=date(2026, 11, 10), reason="nu mai are dreptul", actor=HORIA, at=AT + timedelta(hours=1)
    )
    assert [due(here, month) for month in (9, 10, 11)] == [[""], ["stood_still"], ["stood_still"]]
    prepared(here)
    assert list(Instruction.objects.values_list("state", "reason")) == [("excluded", "stood_still")]


def test_what_goes_on_from_a_day_to_come_is_not_due_before(here):
    (right,) = entitle(here, 1)
    suspend_entitlement(entitlement=right, on=date(2026, 10, 1), reason="x", actor=HORIA, at=AT)
    resume_entitlement(entitlement=right, on=date(2026, 12, 10), actor=HORIA, at=AT + timedelta(hours=1))
    assert due(here, 11) == ["stood_still"]


def test_what_is_given_once_is_due_again_when_it_goes_on(here):
    (right,) = entitle(here, 1, period="once")
    suspend_entitlement(entitlement=right, on=date(2026, 10, 1), reason="x", actor=HORIA, at=AT)
    assert due(here, 11) == ["suspended"]
    resume_entitlement(entitlement=right, on=date(2026, 12, 10), actor=HORIA, at=AT + timedelta(hours=1))
    assert due(here, 11) == [""]


def test_a_new_decision_that_never_held_takes_nothing_from_the_one_before(here):
    first, second = entitle(here, 2)
    Entitlement.objects.filter(pk=first).update(
        state="ended", ended_at=AT, ends_on=date(2026, 11, 14), reason="replaced"
    )
    newer = Entitlement.objects.filter(pk=second)
    newer.update(
        beneficiary=here.persons[0], household=here.households[0], replaces=first, starts_on=date(2026, 11, 15)
    )
    assert [row.entitlement_id for row in _november(here)] == [second]
    newer.update(state="ended", ended_at=AT, ends_on=date(2026, 11, 14), reason="semnată din greșeală")
    assert [row.entitlement_id for row in _november(here)] == [first]


def _november(here):
    return due_entitlements(programme=here.programme, period=MONTHS[11], known_at=AT)


def test_a_child_of_whom_only_the_year_is_known_is_not_paid_directly(here):
    entitle(here, 1)
    Identity.objects.update(birth_date=None, birth_year=2008)
    assert due(here, 11) == ["nobody_to_pay"]
    Identity.objects.update(birth_year=2007)
    assert due(here, 11) == [""]


def test_one_person_can_be_asked_for_alone(here, django_assert_max_num_queries):
    entitle(here, 5)
    cycle = prepared(here)
    person = here.persons[3]
    with django_assert_max_num_queries(12):
        (only,) = plans.plans(cycle, at=AT, of=[person])
    every = {plan.due.entitlement_id: plan for plan in plans.plans(cycle, at=AT)}
    assert only == every[here.entitlements[3]] and len(every) == 5
