"""The worker writes the instructions of a cycle, in bounded steps that can be repeated."""

import base64
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from vatra.foundation.audit.commands import record
from vatra.kernel.ids import stable_id

from ..comparing import compare, gone
from ..models import Cycle, Instruction
from ..paid_to import seal
from ..plans import Plan, differs, plans
from ..reasons import BY_HAND, NO_LONGER_DUE
from ..states import CycleState, InstructionState
from .common import FIELDS, actor_from, batches, key_of, move, move_cycle, waits, working

PLANNED = ["payee_id", "amount", "currency", "way", "paid_to", "account_blind", "account_masked", "compared", *FIELDS]


class Incomplete(RuntimeError):
    """Something due is neither in the cycle nor paid by another: a fault in the code that writes it."""


def write_plans(cycle: UUID, *, at: datetime) -> bool:
    """Write the instructions of a cycle, batch by batch. Each batch is a transaction of its own and can be repeated;
    killed between two, it goes on where it stood. False when it was paused, or there is nothing to do."""
    found = Cycle.objects.select_related("programme", "fund").get(pk=cycle)
    if found.state != CycleState.PREPARING:
        return False
    due = plans(found, at=found.known_at)
    wanted = [plan for plan in due if not plan.taken]
    for batch in batches(wanted):
        if not _write(cycle, batch, total=len(wanted)):
            return False
    return _end_preparing(cycle, due, at=at)


@transaction.atomic
def _write(cycle: UUID, batch: list[Plan], *, total: int) -> bool:
    found = working(cycle, CycleState.PREPARING)
    if found is None:
        return False
    at = found.known_at
    mine = {
        (row.entitlement_id, row.period): row
        for row in Instruction.objects.filter(cycle=found, entitlement__in=[p.due.entitlement_id for p in batch])
        if row.state in (InstructionState.PLANNED, InstructionState.EXCLUDED)
    }
    attempts = _attempts(found, batch)
    new: list[Instruction] = []
    changed: dict[UUID, Instruction] = {}
    for plan in batch:
        row = mine.get((plan.due.entitlement_id, plan.due.period_start))
        if row is None:
            attempts[plan.slot] = attempts.get(plan.slot, 0) + 1
            new.append(_instruction(found, plan, attempts[plan.slot], at))
        elif _bring(row, plan, at):
            changed[row.pk] = row
    changed |= {
        row.pk: row for row in compare(found, [*mine.values(), *new]) if row.pk not in {each.pk for each in new}
    }
    # first what gives up its key, then what takes one
    Instruction.objects.bulk_update(sorted(changed.values(), key=lambda row: row.live_key is not None), PLANNED)
    Instruction.objects.bulk_create(new)
    found.total, found.done = total, Instruction.objects.filter(cycle=found).count()
    found.save(update_fields=["total", "done"])
    return True


def _attempts(cycle: Cycle, batch: list[Plan]) -> dict[tuple[UUID, date], int]:
    rows = Instruction.objects.filter(programme=cycle.programme, person_id__in=[p.slot[0] for p in batch])
    said = rows.values_list("person_id", "period").annotate(last=Max("attempt"))
    return {(person, period): last for person, period, last in said}


def end_to_end_id(instruction: UUID) -> str:
    """By which the bank says what became of it: 28 plain characters, the same for the same instruction, always."""
    return "VT" + base64.b32encode(instruction.bytes).decode().rstrip("=")


def instruction_id(person: UUID, programme: str, period: date, attempt: int) -> UUID:
    return stable_id("payments.instruction", str(person), programme, f"{period:%Y-%m}", str(attempt))


def _instruction(cycle: Cycle, plan: Plan, attempt: int, at: datetime) -> Instruction:
    due = plan.due
    id = instruction_id(due.canonical_beneficiary_id, due.programme_code, due.period_start, attempt)
    made = Instruction(
        id=id, cycle=cycle, entitlement_id=due.entitlement_id, household_id=due.household_id,
        programme_id=cycle.programme_id, beneficiary_id=due.beneficiary_id, person_id=due.canonical_beneficiary_id,
        period=due.period_start, attempt=attempt, end_to_end_id=end_to_end_id(id), planned_at=at, changed_at=at,
        state=InstructionState.EXCLUDED if plan.reason else InstructionState.PLANNED, reason=plan.reason,
        live_key=None if plan.reason else key_of(due.canonical_beneficiary_id, cycle.programme_id, due.period_start),
    )  # fmt: skip
    freeze(made, plan)
    return made


def freeze(found: Instruction, plan: Plan) -> None:
    """What the instruction pays, to whom and to which account: from here on it does not follow later changes."""
    due = plan.due
    found.payee_id, found.amount, found.currency, found.way = due.payee_id, due.amount, due.currency, plan.way
    seal(found, plan.account.iban if plan.account else "", plan.holder)


def _bring(row: Instruction, plan: Plan, at: datetime) -> bool:
    """Bring what was planned to what is due now; what an officer left out stays out. False when nothing changes."""
    if row.reason == BY_HAND:
        return False
    if row.state == InstructionState.PLANNED and not plan.reason and not differs(row, plan):
        return False
    if row.state == InstructionState.EXCLUDED and row.reason == plan.reason:
        return False
    freeze(row, plan)
    if plan.reason:
        if row.state == InstructionState.EXCLUDED:
            row.reason, row.note = plan.reason, ""
        else:
            move(row, InstructionState.EXCLUDED, at=at, reason=plan.reason)
    elif row.state == InstructionState.EXCLUDED:
        move(row, InstructionState.PLANNED, at=at)
    return True


@transaction.atomic
def _end_preparing(cycle: UUID, due: list[Plan], *, at: datetime) -> bool:
    found = working(cycle, CycleState.PREPARING)
    if found is None:
        return False
    held = _leave_out_what_is_gone(found, due)
    absent = [plan for plan in due if (plan.due.entitlement_id, plan.due.period_start) not in held]
    if not all(plan.taken for plan in absent):
        raise Incomplete(str(cycle))
    move_cycle(found, CycleState.PREPARED)
    found.prepared_at, found.taken = found.known_at, len(absent)
    found.gone = gone(found, Instruction.objects.all()).count()
    found.done = found.total = sum(not plan.taken for plan in due)
    found.save()
    waits("check", found, action="payments.prepare", at=at)
    rows = Instruction.objects.filter(cycle=found)
    record(
        "payments.prepared", found, actor=actor_from(found.prepared_by), at=at,
        planned=rows.filter(state=InstructionState.PLANNED).count(),
        excluded=rows.filter(state=InstructionState.EXCLUDED).count(),
    )  # fmt: skip
    return True


def _leave_out_what_is_gone(cycle: Cycle, due: list[Plan]) -> set[tuple[UUID, date]]:
    """What was planned or left out before and is not due any more is left out because of that, and says so. Returns
    what the cycle holds."""
    rows = Instruction.objects.filter(cycle=cycle)
    held = {(right, period): (pk, reason) for pk, right, period, reason in rows.values_list(
        "pk", "entitlement_id", "period", "reason")}  # fmt: skip
    over = set(held) - {(plan.due.entitlement_id, plan.due.period_start) for plan in due}
    left_over = [held[slot][0] for slot in over if held[slot][1] != NO_LONGER_DUE]
    for some in batches(left_over):
        left = list(rows.filter(pk__in=some))
        for row in left:
            if row.state == InstructionState.PLANNED:
                move(row, InstructionState.EXCLUDED, at=cycle.known_at, reason=NO_LONGER_DUE)
            else:
                row.reason, row.changed_at = NO_LONGER_DUE, cycle.known_at
        Instruction.objects.bulk_update(left, FIELDS)
    return set(held)
