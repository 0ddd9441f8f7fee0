"""The checks of a cycle: everything that was due, in exactly one place, and what changed since the month before.

What is due was worked out when the cycle was prepared, and is worked out again before it is checked and approved; the
page only counts what stands in the cycle, and costs the same however long that takes.
"""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from vatra.kernel.actor import Actor

from ..comparing import COUNTS, NOT_DUE, before, gone
from ..models import Compared, Cycle, Instruction
from ..reasons import NO_LONGER_DUE, WITHOUT_ACCOUNT, sentence
from ..states import CycleState, InstructionState
from .instructions import rows_of
from .rows import Changed, Checks, InstructionRow

SHOWN = 50


def checks(cycle: UUID, *, actor: Actor, shown: int = SHOWN) -> Checks:
    """The checks of a cycle. Raises DoesNotExist where the actor may not see it. Some fifteen queries.

    Lists hold the first `shown` of those whose records the actor may see; `counts` and `reasons` hold everybody.
    """
    found = Cycle.objects.visible_to(actor, "payments.view").get(pk=cycle)
    every = _Look(found, Instruction.objects.all())
    mine = _Look(found, Instruction.objects.visible_to(actor, "payments.view"))
    paid, unpaid = every.compared(), sum(every.reasons.values())
    planned = sum(paid.values())
    return Checks(
        at=found.known_at, due=planned + unpaid + every.taken, planned=planned, taken=every.taken, unpaid=unpaid,
        reasons=dict(every.reasons), unseen=unpaid - mine.unpaid.count() if unpaid else 0,
        new=_rows(mine.paying.filter(compared=Compared.NEW), shown) if paid[Compared.NEW] else [],
        gone=[_because(row, NO_LONGER_DUE) for row in _rows(mine.gone, shown)] if found.gone else [],
        changed=_changed(mine, shown) if paid[Compared.CHANGED] else [],
        without_account=_rows(mine.unpaid.filter(reason=WITHOUT_ACCOUNT), shown),
        entitled_unpaid=[_because(row, _why(row.state, row.reason)) for row in _rows(mine.unpaid, shown)],
        overtaken=_rows(mine.overtaken, shown),
        counts={
            "new": paid[Compared.NEW], "gone": found.gone, "changed": paid[Compared.CHANGED],
            "without_account": every.reasons[WITHOUT_ACCOUNT], "overtaken": every.overtaken.count(),
        },
    )  # fmt: skip


@dataclass
class _Look:
    """What stands in a cycle, and beside it for the month before, among these rows; none of it is read yet."""

    cycle: Cycle
    among: QuerySet[Instruction]

    @property
    def paying(self) -> QuerySet[Instruction]:
        return self.among.filter(cycle=self.cycle, state__in=COUNTS)

    def compared(self) -> Counter[str]:
        """How many are paid, by how they stand to earlier months."""
        said = self.paying.order_by().values_list("compared").annotate(n=Count("pk"))
        return Counter(dict(said))

    @property
    def rest(self) -> QuerySet[Instruction]:
        """Due, and not paid by this cycle; `elsewhere` where another one pays it by now."""
        live = Instruction.objects.filter(
            entitlement=OuterRef("entitlement"), period=OuterRef("period"), live_key__isnull=False
        ).exclude(cycle=self.cycle)
        states = [state for state in InstructionState if state not in COUNTS]
        left = self.among.filter(cycle=self.cycle, state__in=states).exclude(NOT_DUE)
        return left.annotate(elsewhere=Exists(live))

    @property
    def unpaid(self) -> QuerySet[Instruction]:
        return self.rest.filter(elsewhere=False)

    @cached_property
    def _counted(self) -> list[tuple[bool, str, str, int]]:
        said = self.rest.values_list("elsewhere", "state", "reason").annotate(n=Count("pk"))
        return list(said.order_by("state", "reason"))

    @cached_property
    def reasons(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for elsewhere, state, reason, count in self._counted:
            if not elsewhere:
                found[_why(state, reason)] += count
        return found

    @property
    def taken(self) -> int:
        return self.cycle.taken + sum(count for elsewhere, _, _, count in self._counted if elsewhere)

    @property
    def overtaken(self) -> QuerySet[Instruction]:
        """As whoever checked or approved last was told."""
        if self.cycle.state not in (CycleState.PREPARED, CycleState.CHECKED):
            return self.among.none()
        return self.among.filter(cycle=self.cycle, state=InstructionState.PLANNED, overtaken_at__isnull=False)

    @property
    def before(self) -> QuerySet[Instruction]:
        return before(self.cycle, self.among)

    @property
    def gone(self) -> QuerySet[Instruction]:
        return gone(self.cycle, self.among)


def _rows(found: QuerySet[Instruction], shown: int) -> list[InstructionRow]:
    listed = rows_of(found.order_by("pk")[:shown])
    return sorted(listed, key=lambda row: (row.household_number, row.id))


def _changed(look: _Look, shown: int) -> list[Changed]:
    """What each was paid for the month before; who was paid it in a home that the reader may not see is not listed."""
    now = _rows(look.paying.filter(compared=Compared.CHANGED), shown)
    ids = {row.pk: (row.person_id, row.account_blind) for row in look.paying.filter(pk__in=[row.id for row in now])}
    people = [person for person, _ in ids.values()]
    earlier = {row.person_id: row for row in look.before.filter(person_id__in=people)} if people else {}
    found = []
    for row in now:
        person, account = ids[row.id]
        if (last := earlier.get(person)) is None:
            continue
        found.append(Changed(row, last.amount, last.account_masked if last.account_blind != account else ""))
    return found


def _why(state: str, reason: str) -> str:
    """What was sent again and is not live is a new attempt that was given up."""
    return "cancelled" if state == InstructionState.REPLACED else reason


def _because(row: InstructionRow, reason: str) -> InstructionRow:
    return replace(row, reason=reason, reason_text=sentence(reason))
