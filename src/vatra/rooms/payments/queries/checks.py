"""The checks of a cycle: everything that is due, in exactly one place, and what changed since the month before."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from vatra.kernel.actor import Actor
from vatra.kernel.days import add_months
from vatra.rooms.benefits.models import Entitlement
from vatra.rooms.people.models import Identity

from ..models import Cycle, Instruction
from ..plans import Plan, overtaken, plans
from ..reasons import NOT_IN_CYCLE, WITHOUT_ACCOUNT, sentence
from ..states import CycleState, InstructionState
from .instructions import rows_of
from .rows import Changed, Checks, InstructionRow, Unpaid

SHOWN = 50
COUNTS = [
    InstructionState.PLANNED, InstructionState.APPROVED, InstructionState.SENT, InstructionState.PAID,
]  # fmt: skip
Slot = tuple[UUID, date]  # an entitlement and the month that is paid for


@dataclass(frozen=True, slots=True)
class Sorted:
    """Everything due, by what becomes of it: each plan is in exactly one list. `gone` was paid the month before."""

    planned: list[tuple[Plan, Instruction]]
    unpaid: list[tuple[Plan, str, Instruction | None]]
    taken: list[Plan]
    overtaken: list[Instruction]
    gone: list[Instruction]
    new: list[Instruction]
    changed: list[tuple[Instruction, Instruction]]


def checks(cycle: UUID, *, actor: Actor, at: datetime, shown: int = SHOWN) -> Checks:
    """The checks of a cycle as things stand at an instant. Raises DoesNotExist where the actor may not see it.

    Lists hold the first `shown` of those whose records the actor may see; `counts` and `reasons` hold everybody.
    """
    found = Cycle.objects.visible_to(actor, "payments.view").select_related("programme", "fund").get(pk=cycle)
    return _shown(found, sort(found, at=at), actor, shown)


def sort(cycle: Cycle, *, at: datetime) -> Sorted:
    """Where each due amount stands. What is not planned has a named reason: its own, or that it is not in the cycle."""
    mine = {(row.entitlement_id, row.period): row for row in _latest(cycle)}
    planned: list[tuple[Plan, Instruction]] = []
    unpaid: list[tuple[Plan, str, Instruction | None]] = []
    taken, over = [], []
    seen: set[Slot] = set()
    for plan in plans(cycle, at=at):
        slot = (plan.due.entitlement_id, plan.due.period_start)
        row = mine.get(slot)
        seen.add(slot)
        if row is not None and row.state in COUNTS:
            planned.append((plan, row))
            if row.state == InstructionState.PLANNED and overtaken(row, plan):
                over.append(row)
        elif plan.taken:
            taken.append(plan)
        else:
            unpaid.append((plan, _why(plan, row), row))
    over += [row for slot, row in mine.items() if row.state == InstructionState.PLANNED and slot not in seen]
    pays = [row for row in mine.values() if row.state in COUNTS]
    before = _before(cycle)
    due = {plan.due.entitlement_id for plan in [p for p, _ in planned] + [p for p, _, _ in unpaid] + taken}
    return Sorted(
        planned, unpaid, taken, over, gone=[row for key, row in before.items() if key not in due],
        new=_new(cycle, pays), changed=list(_changed(pays, before)),
    )  # fmt: skip


def _latest(cycle: Cycle) -> list[Instruction]:
    """The instructions of a cycle, the last attempt of each amount."""
    return list(Instruction.objects.filter(cycle=cycle).order_by("attempt", "pk"))


def _why(plan: Plan, row: Instruction | None) -> str:
    if row is None or row.state == InstructionState.REPLACED:
        return plan.reason or NOT_IN_CYCLE
    return row.reason or plan.reason or NOT_IN_CYCLE


def _before(cycle: Cycle) -> dict[UUID, Instruction]:
    """What goes on from month to month and was paid, or is being paid, for the month before; by entitlement."""
    month = add_months(cycle.period, -1)
    rows = Instruction.objects.filter(
        ~Q(entitlement__period="once"), programme=cycle.programme_id, cycle__office=cycle.office_id, period=month,
        state__in=COUNTS,
    )  # fmt: skip
    return {row.entitlement_id: row for row in rows.order_by("pk")}


def _new(cycle: Cycle, pays: Iterable[Instruction]) -> list[Instruction]:
    """Whose entitlement was never paid for an earlier month."""
    earlier = Instruction.objects.filter(
        programme=cycle.programme_id, period__lt=cycle.period, state__in=COUNTS
    ).exclude(cycle=cycle)
    known = set(earlier.values_list("entitlement_id", flat=True))
    return [row for row in pays if row.entitlement_id not in known]


def _changed(pays: Iterable[Instruction], before: dict[UUID, Instruction]) -> Iterable[tuple[Instruction, Instruction]]:
    """Who was paid the month before, and gets another amount, or gets it on another account."""
    by_person = {row.person_id: row for row in before.values()}
    for row in pays:
        last = by_person.get(row.person_id)
        if last and (last.amount, last.account_blind) != (row.amount, row.account_blind):
            yield row, last


# --- for one reader ---------------------------------------------------------------------------------------------------


def _shown(cycle: Cycle, found: Sorted, actor: Actor, shown: int) -> Checks:
    visible = set(
        Instruction.objects.visible_to(actor, "payments.view").filter(cycle=cycle).values_list("pk", flat=True)
    )
    households = _readable(found, actor)
    unpaid = [each for each in found.unpaid if each[0].due.household_id in households]
    names = _names([plan.due.beneficiary_id for plan, _, _ in unpaid] + [row.beneficiary_id for row in found.gone])
    listed = [_unpaid(plan, why, row, names) for plan, why, row in unpaid]
    gone = [row for row in found.gone if row.household_id in households]
    return Checks(
        due=len(found.planned) + len(found.unpaid) + len(found.taken), planned=len(found.planned),
        taken=len(found.taken), new=_rows(found.new, visible, shown),
        gone=[_gone(row, names) for row in gone[:shown]],
        changed=_changed_rows([pair for pair in found.changed if pair[0].pk in visible][:shown]),
        without_account=[row for row in listed if row.reason == WITHOUT_ACCOUNT][:shown],
        entitled_unpaid=listed[:shown], overtaken=_rows(found.overtaken, visible, shown), unpaid=len(found.unpaid),
        reasons=dict(Counter(why for _, why, _ in found.unpaid)),
        counts={
            "new": len(found.new), "gone": len(found.gone), "changed": len(found.changed),
            "without_account": sum(why == WITHOUT_ACCOUNT for _, why, _ in found.unpaid),
            "overtaken": len(found.overtaken) if cycle.state in (CycleState.PREPARED, CycleState.CHECKED) else 0,
        },
        unseen=len(found.unpaid) - len(unpaid),
    )  # fmt: skip


def _readable(found: Sorted, actor: Actor) -> set[UUID]:
    """The households of the unpaid and the gone that whoever may see payments may see: the same offices and seals."""
    entitlements = [plan.due.entitlement_id for plan, _, _ in found.unpaid] + [row.entitlement_id for row in found.gone]
    seen = Entitlement.objects.visible_to(actor, "payments.view").filter(pk__in=entitlements)
    return set(seen.values_list("household_id", flat=True))


def _names(persons: list[UUID]) -> dict[UUID, str]:
    return dict(Identity.objects.filter(person__in=persons).values_list("person_id", "display_name"))


def _rows(found: list[Instruction], visible: set[UUID], shown: int) -> list[InstructionRow]:
    ids = [row.pk for row in found if row.pk in visible][:shown]
    return rows_of(Instruction.objects.filter(pk__in=ids).order_by("household__number", "pk")) if ids else []


def _changed_rows(pairs: list[tuple[Instruction, Instruction]]) -> list[Changed]:
    if not pairs:
        return []
    ids = [row.pk for row, _ in pairs]
    now = {row.id: row for row in rows_of(Instruction.objects.filter(pk__in=ids))}
    return [
        Changed(
            now[row.pk], last.amount, last.account_masked if last.account_blind != row.account_blind else ""
        )
        for row, last in pairs
    ]  # fmt: skip


def _unpaid(plan: Plan, why: str, row: Instruction | None, names: dict[UUID, str]) -> Unpaid:
    due = plan.due
    return Unpaid(
        due.entitlement_id, due.household_id, due.beneficiary_id, names.get(due.beneficiary_id, ""), due.amount,
        due.currency, due.period_start, why, sentence(why), row.pk if row else None,
    )  # fmt: skip


def _gone(row: Instruction, names: dict[UUID, str]) -> Unpaid:
    return Unpaid(
        row.entitlement_id, row.household_id, row.beneficiary_id, names.get(row.beneficiary_id, ""), row.amount,
        row.currency, row.period, "no_longer_due", sentence("no_longer_due"), row.pk,
    )  # fmt: skip
