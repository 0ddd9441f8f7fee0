"""Does the ledger say of each payment what the payment says of itself? Keys and amounts, never a sum alone."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from vatra.rooms.ledger.models import AccountKind, Entry

from .models import Cycle, CycleKind, Instruction
from .states import InstructionState as State

KIND = "payments.instruction"
WATCHED = (AccountKind.SENT, AccountKind.PAID, AccountKind.RETURNED)


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` of a record stands at `ledger` in the ledger, and should at `payments`; minor units."""

    id: UUID
    what: str
    ledger: int
    payments: int

    def __str__(self) -> str:
        return f"{self.what} of {self.id}: {self.ledger} ≠ {self.payments}"


def differences(cycle: Cycle) -> list[Difference]:
    """Every payment of a cycle whose entries are not what its state says, and what of the cycle is still reserved
    though nobody waits for it. Empty while the two agree. Three queries."""
    rows = list(Instruction.objects.filter(cycle=cycle).values_list("pk", "state", "amount"))
    resend = cycle.kind == CycleKind.RESEND
    nets = _nets(cycle)
    found = []
    for id, state, amount in rows:
        should = _should(State(state), amount)
        for kind in WATCHED:
            stands = nets[id][kind]
            if kind == AccountKind.RETURNED and stands == -amount and state == State.CANCELLED and resend:
                continue  # a new attempt that was given up before it was approved releases what had come back
            if stands != should.get(kind, 0):
                found.append(Difference(id, kind.value, stands, should.get(kind, 0)))
    waiting = sum(amount for _, state, amount in rows if state == State.APPROVED)
    reserved = sum(of[AccountKind.RESERVED] for of in nets.values())
    if reserved != waiting:
        found.append(Difference(cycle.pk, AccountKind.RESERVED.value, reserved, waiting))
    strangers = set(nets) - {id for id, _, _ in rows} - {cycle.pk}
    found += [Difference(id, "unknown", 1, 0) for id in sorted(strangers)]
    return found


def _should(state: State, amount: int) -> dict[AccountKind, int]:
    """What the entries of one payment leave on each account by themselves."""
    return {
        State.SENT: {AccountKind.SENT: amount},
        State.PAID: {AccountKind.PAID: amount},
        # what came back stays there by its own entries; the cycle of new attempts takes it from there
        State.RETURNED: {AccountKind.RETURNED: amount},
        State.REPLACED: {AccountKind.RETURNED: amount},
    }.get(state, {})


def _nets(cycle: Cycle) -> dict[UUID, dict[AccountKind, int]]:
    mine = Instruction.objects.filter(cycle=cycle).values("pk")
    entries = Entry.objects.filter(
        Q(ref_kind=KIND, ref_id__in=mine) | Q(ref_kind="payments.cycle", ref_id=cycle.pk)
    ).values_list("ref_id", "debit__kind", "credit__kind", "amount")
    nets: dict[UUID, dict[AccountKind, int]] = defaultdict(lambda: defaultdict(int))
    for id, debit, credit, amount in entries:
        nets[id][AccountKind(debit)] += amount
        nets[id][AccountKind(credit)] -= amount
    return nets
