"""What became of the money: it arrived, or came back and is sent again, or is given up; and the cycle is closed."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from vatra.foundation.audit.commands import record
from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import done, open_item
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.ledger.commands import Line, post
from vatra.rooms.ledger.models import AccountKind
from vatra.rooms.people.models import Person

from ..models import Cycle, CycleKind, Instruction
from ..plans import Plan, blind_of, plans
from ..reasons import SEALED, WRONG_ACCOUNT, sentence
from ..reconcile import differences
from ..states import CycleState, InstructionState
from .common import (
    FIELDS,
    ID,
    back_to_prepared,
    because_of,
    id_of,
    key_of,
    line,
    locked_cycle,
    locked_instruction,
    move,
    move_cycle,
    persons,
    today,
    touched,
    waits,
    waits_no_more,
    worked_cycle,
)
from .preparing import new_cycle
from .writing import end_to_end_id, freeze, instruction_id

BY_HAND_AT_ONCE = 500
ACCOUNT_OF = {
    InstructionState.APPROVED: AccountKind.RESERVED,
    InstructionState.SENT: AccountKind.SENT,
    InstructionState.PAID: AccountKind.PAID,
    InstructionState.RETURNED: AccountKind.RETURNED,
}


@transaction.atomic
def settle_by_hand(*, instructions: Sequence[Instruction | ID], on: date, actor: Actor, at: datetime) -> int:
    """These payments of one cycle arrived, or were paid at the desk, on a day. All of them, or none.

    Refuses a day to come, one before they were sent, what was paid already, and what was not sent. Returns how many.
    """
    if on > today(at):
        raise Refused("day_to_come", gettext_noop("A payment cannot have arrived on a day to come."))
    if not 0 < len(instructions) <= BY_HAND_AT_ONCE:
        raise Refused(
            "too_many", gettext_noop("Settle up to %(limit)s payments at once."),
            gettext_noop("Take them in parts, or read the bank's file."), limit=BY_HAND_AT_ONCE,
        )  # fmt: skip
    ids = {id_of(each) for each in instructions}
    seen = Instruction.objects.visible_to(actor, "payments.settle").filter(pk__in=ids)
    cycles = set(seen.values_list("cycle_id", flat=True))
    if len(cycles) != 1 or seen.count() != len(ids):
        raise Instruction.DoesNotExist
    cycle = worked_cycle(cycles.pop())
    rows = list(Instruction.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    paid = [row for row in rows if row.state == InstructionState.PAID]
    if paid:
        raise Refused(
            "already_paid", gettext_noop("%(count)s of these payments are settled already."),
            gettext_noop("Open the cycle again; there may be nothing left to do."), count=len(paid),
        )  # fmt: skip
    _not_before_it_was_sent(rows, on)
    settle(cycle, rows, on=on, actor=actor, at=at)
    return len(rows)


def _not_before_it_was_sent(rows: list[Instruction], on: date) -> None:
    sent = max((today(row.sent_at) for row in rows if row.sent_at), default=on)
    if on < sent:
        raise Refused(
            "day_before", gettext_noop("The payment was sent on %(day)s: nothing became of it before."),
            gettext_noop("Correct the day."), day=sent,
        )  # fmt: skip


def settle(cycle: Cycle, rows: list[Instruction], *, on: date, actor: Actor, at: datetime) -> None:
    """In the caller's transaction, with the cycle locked: these arrived."""
    lines = []
    for row in rows:
        held = ACCOUNT_OF.get(InstructionState(row.state), AccountKind.SENT)
        move(row, InstructionState.PAID, at=at)
        lines.append(line(row, "paid", to=AccountKind.PAID, of=held))
        if held == AccountKind.RETURNED:
            done(key=f"payments.correct:{row.pk}", at=at)
    Instruction.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=InstructionState.PAID, moves=F("moves") + 1, reason="", note="", paid_on=on, returned_on=None,
        changed_at=at,
    )  # fmt: skip
    _posted(cycle, rows, lines, "payments.paid", actor, at)


@transaction.atomic
def return_instruction(
    *, instruction: Instruction | ID, on: date, reason: str, note: str = "", actor: Actor, at: datetime
) -> Instruction:
    """A payment came back, by what the bank says on paper or because nobody came for it. It is still owed.

    Refuses without a reason (a code of the bank, or `not_collected`), a day to come or before it was sent, and what was
    not sent.
    """
    if on > today(at):
        raise Refused("day_to_come", gettext_noop("A payment cannot have come back on a day to come."))
    found = locked_instruction(instruction, actor=actor, action="payments.settle")
    _not_before_it_was_sent([found], on)
    come_back(found.cycle, [(found, because_of(reason)[:64], note)], on=on, actor=actor, at=at)
    return found


def come_back(
    cycle: Cycle, rows: list[tuple[Instruction, str, str]], *, on: date, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """In the caller's transaction, with the cycle locked: these came back, each for its reason."""
    lines = []
    for row, reason, note in rows:
        held = ACCOUNT_OF.get(InstructionState(row.state), AccountKind.SENT)
        move(row, InstructionState.RETURNED, at=at, reason=reason, note=note)
        row.returned_on, row.paid_on = on, None
        lines.append(line(row, "returned", to=AccountKind.RETURNED, of=held))
        open_item(
            key=f"payments.correct:{row.pk}", kind="payments.correct", ref=ref(row), office=cycle.office_id,
            action="payments.settle", at=at,
            values={"programme": cycle.programme.title, "code": cycle.programme.code, "number": row.end_to_end_id,
                    "reason": reason},
        )  # fmt: skip
    moved = [row for row, _, _ in rows]
    Instruction.objects.bulk_update(moved, FIELDS)
    _posted(cycle, moved, lines, "payments.returned", actor, at)


def _posted(
    cycle: Cycle, rows: list[Instruction], lines: list[Line], event: str, actor: Actor, at: datetime
) -> None:  # fmt: skip
    post(fund=cycle.fund, year=cycle.budget_year, lines=lines, actor=actor, at=at)
    record(event, cycle, actor=actor, at=at, about=persons(rows), instructions=[str(row.pk) for row in rows])
    _settled(cycle, at)


def _settled(cycle: Cycle, at: datetime) -> None:
    """Of every payment it is known what became of it: the cycle can be reconciled. A late return opens it again."""
    if cycle.state == CycleState.CLOSED:
        move_cycle(cycle, CycleState.SETTLED)
        cycle.closed_at = cycle.closed_by = None
    elif cycle.state == CycleState.EXPORTED and not _still_out(cycle):
        move_cycle(cycle, CycleState.SETTLED)
        cycle.settled_at = at
    else:
        return
    cycle.save()
    waits("close", cycle, action="payments.settle", at=at)


def _still_out(cycle: Cycle) -> bool:
    return Instruction.objects.filter(cycle=cycle, state=InstructionState.SENT).exists()


@transaction.atomic
def cancel_instruction(*, instruction: Instruction | ID, because: str, actor: Actor, at: datetime) -> Instruction:
    """Give up one payment that is approved and not sent, came back, or waits to be sent again. The amount is
    available again; if it is still due, the next cycle says so. Refuses without a reason, and what is on its way."""
    why = because_of(because)
    found = locked_instruction(instruction, actor=actor, action="payments.settle")
    cycle, before = found.cycle, InstructionState(found.state)
    if before == InstructionState.PLANNED and cycle.kind != CycleKind.RESEND:
        raise Refused(
            "leave_out", gettext_noop("This cycle is still in preparation: nothing is promised yet."),
            gettext_noop("Leave the person out of the cycle instead."),
        )  # fmt: skip
    if before == InstructionState.APPROVED and cycle.state != CycleState.APPROVED:
        raise Refused(
            "being_sent", gettext_noop("The files of this cycle are being written; this payment is in them."),
            gettext_noop("Wait for what the bank says, or ask the bank to call it back."),
        )  # fmt: skip
    held = ACCOUNT_OF.get(before, AccountKind.RETURNED)
    move(found, InstructionState.CANCELLED, at=at, reason="cancelled", note=why)
    found.save()
    lines = [line(found, "released", to=AccountKind.AVAILABLE, of=held)]
    post(fund=cycle.fund, year=cycle.budget_year, lines=lines, actor=actor, at=at)
    done(key=f"payments.correct:{found.pk}", at=at)
    if before == InstructionState.PLANNED:
        back_to_prepared(cycle)
        touched(cycle, actor)
        cycle.save()
    record("payments.cancelled", found, actor=actor, at=at, about=persons([found]), because=why)
    return found


@transaction.atomic
def correct_and_resend(*, instruction: Instruction | ID, actor: Actor, at: datetime) -> Instruction:
    """A new attempt of what came back, to the account that is recorded now; the old one stays and says so.

    It waits in a cycle of new attempts, which a second person approves like any other. Refuses while the account is
    the one that the bank found wrong, and while it is not due any more or cannot be paid, with the reason.
    """
    old = locked_instruction(instruction, actor=actor, action="payments.settle")
    cycle = _cycle_of_new_attempts(old, actor=actor, at=at)
    plan = _due_again(old, at=at)
    move(old, InstructionState.REPLACED, at=at, reason=old.reason, note=old.note)
    old.save()
    attempts = Instruction.objects.filter(
        person_id=old.person_id, programme=old.programme_id, period=old.period
    ).order_by("-attempt")
    attempt = attempts.values_list("attempt", flat=True)[0] + 1
    id = instruction_id(old.person_id, cycle.programme.code, old.period, attempt)
    made = Instruction(
        id=id, cycle=cycle, entitlement_id=old.entitlement_id, household_id=old.household_id,
        programme_id=old.programme_id, beneficiary_id=old.beneficiary_id, person_id=old.person_id, period=old.period,
        attempt=attempt, replaces=old, end_to_end_id=end_to_end_id(id), planned_at=at, changed_at=at,
        state=InstructionState.PLANNED, live_key=key_of(old.person_id, old.programme_id, old.period),
    )  # fmt: skip
    freeze(made, plan)
    made.amount, made.currency = old.amount, old.currency  # what came back is what is owed
    made.save(force_insert=True)
    done(key=f"payments.correct:{old.pk}", at=at)
    touched(cycle, actor)
    cycle.total = cycle.done = Instruction.objects.filter(cycle=cycle).count()
    cycle.save()
    waits("check", cycle, action="payments.prepare", at=at)
    record("payments.corrected", made, actor=actor, at=at, about=persons([made]), replaces=str(old.pk))
    return made


def _cycle_of_new_attempts(old: Instruction, *, actor: Actor, at: datetime) -> Cycle:
    """The one of this month that is in preparation and pays from the same year, or a new one."""
    before = old.cycle
    in_preparation = [CycleState.PREPARED, CycleState.CHECKED]
    rows = Cycle.objects.select_for_update(of=("self",)).filter(
        programme=old.programme_id, period=old.period, office=before.office_id, kind=CycleKind.RESEND,
        budget_year=before.budget_year, state__in=in_preparation,
    )  # fmt: skip
    found = rows.select_related("programme", "fund__office", "office").first()
    if found is not None:
        back_to_prepared(found)
        return found
    made = new_cycle(
        before.programme, before.fund, old.period, CycleKind.RESEND, before.office_id, year=before.budget_year,
        state=CycleState.PREPARED, actor=actor, at=at,
    )  # fmt: skip
    made.prepared_at = at
    return made


def _due_again(old: Instruction, *, at: datetime) -> Plan:
    """What is due now in place of what came back. Refuses when that cannot be paid."""
    cycle = old.cycle
    shadow = Cycle(
        id=cycle.pk, programme=cycle.programme, fund=cycle.fund, office=cycle.office, period=old.period,
        kind=CycleKind.REGULAR, known_at=at,
    )  # fmt: skip
    slot = (old.entitlement_id, old.period)
    person = Person.objects.values_list("canonical_id", flat=True).get(pk=old.beneficiary_id)
    found = plans(shadow, at=at, of=[person])
    plan = next((p for p in found if (p.due.entitlement_id, p.due.period_start) == slot), None)
    if plan is None:
        raise Refused(
            "no_longer_due", gettext_noop("This amount is not due any more."),
            gettext_noop("Cancel the payment with a reason; the amount is then available again."),
        )  # fmt: skip
    if plan.reason and plan.reason != SEALED:
        raise Refused(
            "cannot_be_paid_again", sentence(plan.reason),
            gettext_noop("Mend that first, on the page of the household; then correct the payment."),
        )  # fmt: skip
    if old.reason in WRONG_ACCOUNT and old.account_blind and blind_of(plan) == old.account_blind:
        raise Refused(
            "same_account", gettext_noop("The account recorded now is the one that the bank found wrong."),
            gettext_noop("Record the right account of who is paid first; then correct the payment."),
        )  # fmt: skip
    return plan


@transaction.atomic
def close_cycle(*, cycle: Cycle | ID, actor: Actor, at: datetime) -> Cycle:
    """The cycle is reconciled: every payment arrived, was replaced or given up, and the ledger says the same, payment
    by payment. Refuses while something is open, and names what differs."""
    found = locked_cycle(cycle, actor=actor, action="payments.settle")
    move_cycle(found, CycleState.CLOSED)
    waiting = Instruction.objects.filter(cycle=found, state=InstructionState.RETURNED).count()
    if waiting:
        raise Refused(
            "still_owed", gettext_noop("%(count)s payments of this cycle came back and are still owed."),
            gettext_noop("Correct them, or cancel them with a reason."), count=waiting,
        )  # fmt: skip
    wrong = differences(found)
    if wrong:
        raise Refused(
            "not_reconciled", gettext_noop("The ledger and this cycle differ in %(count)s places: %(first)s."),
            gettext_noop("Tell who administers the installation; close it when they agree."),
            count=len(wrong), first=str(wrong[0]),
        )  # fmt: skip
    found.closed_by, found.closed_at = actor.as_json(), at
    found.save()
    waits_no_more(found, at=at)
    record("payments.closed", found, actor=actor, at=at)
    return found
