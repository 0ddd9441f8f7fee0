"""Is a cycle still what is due? Asked before it is checked and before it is approved, and noted where it is not."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits.queries.due import payable_rights

from .. import plans
from ..models import Cycle, Instruction
from ..states import CycleState, InstructionState
from .common import worked_cycle

IN_PREPARATION = (CycleState.PREPARED, CycleState.CHECKED)


def look_again(cycle: Cycle, *, at: datetime) -> None:
    """Work out what is due now, and refuse where a planned payment is not that any more, or where something is due
    that the cycle neither pays nor names. Whom it concerns is noted, for the page of the checks."""
    due = {(plan.due.entitlement_id, plan.due.period_start): plan for plan in plans.plans(cycle, at=at)}
    rows = {(row.entitlement_id, row.period): row for row in Instruction.objects.filter(cycle=cycle)}
    changed = [
        row.pk
        for slot, row in rows.items()
        if row.state == InstructionState.PLANNED and plans.overtaken(row, due.get(slot))
    ]
    _note(cycle, changed, at)
    missing = sum(not plan.taken and slot not in rows for slot, plan in due.items())
    if changed or missing:
        raise overtaken(len(changed) + missing)


def overtaken(count: int) -> Refused:
    return Refused(
        "overtaken", gettext_noop("For %(count)s people, what is due changed after the cycle was prepared."),
        gettext_noop("Let the cycle look again at what is due, and check it again."), count=count,
    )  # fmt: skip


@transaction.atomic
def _note(cycle: Cycle, changed: list[UUID], at: datetime) -> None:
    """In a transaction of its own: what was found stands, though the step is refused."""
    rows = Instruction.objects.filter(cycle=cycle)
    if not changed and not rows.filter(overtaken_at__isnull=False).exists():
        return
    if worked_cycle(cycle.pk).state in IN_PREPARATION:
        rows.filter(overtaken_at__isnull=False).exclude(pk__in=changed).update(overtaken_at=None)
        rows.filter(pk__in=changed).update(overtaken_at=at)


def stopped_since(cycle: Cycle) -> int:
    """With the cycle locked: how many of its planned payments rest on a right that does not go on at this instant. A
    right that was ended between the long look and the lock is not approved."""
    rights = payable_rights(programme=cycle.programme, period=plans.month_of(cycle.period))
    rows = Instruction.objects.filter(cycle=cycle, state=InstructionState.PLANNED)
    return rows.exclude(entitlement__in=rights).count()
