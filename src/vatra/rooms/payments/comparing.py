"""A cycle beside the month before: who is new, whose payment changed, who is gone. Reads only."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from vatra.kernel.days import add_months

from .models import Compared, Cycle, Instruction
from .reasons import NO_LONGER_DUE
from .states import InstructionState

COUNTS = [
    InstructionState.PLANNED, InstructionState.APPROVED, InstructionState.SENT, InstructionState.PAID,
]  # fmt: skip
NOT_DUE = Q(state=InstructionState.EXCLUDED, reason=NO_LONGER_DUE)


def before(cycle: Cycle, among: QuerySet[Instruction]) -> QuerySet[Instruction]:
    """What goes on from month to month and was paid, or is being paid, for the month before."""
    return among.filter(
        ~Q(entitlement__period="once"), programme=cycle.programme_id, cycle__office=cycle.office_id,
        period=add_months(cycle.period, -1), state__in=COUNTS,
    )  # fmt: skip


def gone(cycle: Cycle, among: QuerySet[Instruction]) -> QuerySet[Instruction]:
    """Paid for the month before, and neither due here nor paid by another cycle for this one."""
    here = Q(cycle=cycle) & ~NOT_DUE
    still = Instruction.objects.filter(
        here | Q(live_key__isnull=False), entitlement=OuterRef("entitlement"), period=cycle.period
    )
    return before(cycle, among).filter(~Exists(still))


def compare(cycle: Cycle, rows: Iterable[Instruction]) -> list[Instruction]:
    """Say of each of these instructions how it stands to earlier months; they are not saved yet. Returns those of which
    something else is said now. Two queries.

    Changed: the person was paid for the month before, another amount or to another account. New: otherwise, a right
    that was never paid for an earlier month.
    """
    rows = list(rows)
    paid = Instruction.objects.filter(period__lt=cycle.period, state__in=COUNTS).exclude(cycle=cycle)
    known = set(paid.filter(entitlement__in=[row.entitlement_id for row in rows]).values_list("entitlement", flat=True))
    last: dict[UUID, tuple[int, str]] = {
        person: (amount, account)
        for person, amount, account in before(cycle, Instruction.objects.all())
        .filter(person_id__in=[row.person_id for row in rows])
        .values_list("person_id", "amount", "account_blind")
    }
    other = []
    for row in rows:
        now = (row.amount, row.account_blind)
        said = "" if row.entitlement_id in known else Compared.NEW
        if last.get(row.person_id, now) != now:
            said = Compared.CHANGED
        if row.compared != said:
            row.compared = said
            other.append(row)
    return other
