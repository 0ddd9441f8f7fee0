"""What people decide about a cycle before money moves: leaving out, taking in, checking, approving, cancelling."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from vatra.foundation.audit.commands import record
from vatra.foundation.refs import ref
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.ledger.commands import Line, post
from vatra.rooms.ledger.models import AccountKind

from ..models import Cycle, CycleKind, Instruction, Way
from ..reasons import BY_HAND, SEALED, sentence
from ..states import CycleState, InstructionState
from .common import (
    ID,
    back_to_prepared,
    because_of,
    id_of,
    key_of,
    locked_cycle,
    locked_instruction,
    move,
    move_cycle,
    persons,
    planned,
    source_of,
    touched,
    waits,
    waits_no_more,
)
from .looking import IN_PREPARATION, look_again, overtaken, stopped_since


@transaction.atomic
def exclude_instruction(*, instruction: Instruction | ID, because: str, actor: Actor, at: datetime) -> Instruction:
    """Leave somebody out of a cycle, with a reason. Whoever does cannot approve it. A later cycle may pay them.

    Refuses without a reason, and once the cycle is approved. A cycle that was checked must be checked again.
    """
    why = because_of(because)
    found = _in_preparation(instruction, actor)
    if found.cycle.kind == CycleKind.RESEND:
        raise Refused(
            "owed_already", gettext_noop("This amount came back and is still owed: it cannot wait for a later cycle."),
            gettext_noop("Pay it, or cancel the payment with a reason."),
        )  # fmt: skip
    move(found, InstructionState.EXCLUDED, at=at, reason=BY_HAND, note=why)
    found.save()
    return _edited(found, "payments.excluded", actor, at, because=why)


@transaction.atomic
def include_instruction(*, instruction: Instruction | ID, actor: Actor, at: datetime) -> Instruction:
    """Take in whom an officer left out; or, by whoever is tied to a sealed record, the person of that record.

    Refuses for any other reason: what is wrong is mended where it is wrong, and then the cycle looks again.
    """
    found = _in_preparation(instruction, actor)
    if found.state != InstructionState.EXCLUDED or found.reason not in (BY_HAND, SEALED):
        raise Refused(
            "mend_first", sentence(found.reason) if found.reason else gettext_noop("This person is paid already."),
            gettext_noop("Mend that first; then let the cycle look again at what is due."),
        )  # fmt: skip
    if found.payee_id is None or (found.way == Way.BANK and not found.account_masked) or found.amount <= 0:
        raise Refused(
            "cannot_be_paid", gettext_noop("There is no account to which this could be paid."),
            gettext_noop("Record who is paid and their account; then let the cycle look again at what is due."),
        )  # fmt: skip
    key = key_of(found.person_id, found.programme_id, found.period)
    if Instruction.objects.filter(live_key=key).exists():
        raise Refused("already_in_period", sentence("already_in_period"))
    move(found, InstructionState.PLANNED, at=at)
    found.save()
    return _edited(found, "payments.included", actor, at)


def _in_preparation(instruction: Instruction | ID, actor: Actor) -> Instruction:
    found = locked_instruction(instruction, actor=actor, action="payments.prepare")
    if found.cycle.state not in IN_PREPARATION:
        raise Refused(
            "not_in_preparation", gettext_noop("This cycle is “%(state)s”: who is in it does not change any more."),
            gettext_noop("Cancel the single payment instead, or wait for what the bank says."), state=found.cycle.state,
        )  # fmt: skip
    return found


def _edited(found: Instruction, event: str, actor: Actor, at: datetime, **more: str) -> Instruction:
    back_to_prepared(found.cycle)
    touched(found.cycle, actor)
    found.cycle.save()
    waits("check", found.cycle, action="payments.prepare", at=at)
    record(event, found, actor=actor, at=at, about=persons([found]), **more)
    return found


def check_cycle(*, cycle: Cycle | ID, actor: Actor, at: datetime) -> Cycle:
    """Somebody has seen the checks: who is new, gone, changed, without an account, entitled and unpaid and why.

    Now it waits for a second person. Refuses a cycle that pays nobody, and one for which what is due changed since it
    was prepared.
    """
    seen = Cycle.objects.visible_to(actor, "payments.prepare").select_related("programme", "fund").get(pk=id_of(cycle))
    if seen.state == CycleState.PREPARED:
        look_again(seen, at=at)  # a long look, before anything is locked
    return _check(seen, actor=actor, at=at)


@transaction.atomic
def _check(cycle: Cycle, *, actor: Actor, at: datetime) -> Cycle:
    found = locked_cycle(cycle, actor=actor, action="payments.prepare")
    move_cycle(found, CycleState.CHECKED)
    count, amount = planned(found)
    if not count:
        raise Refused(
            "nobody_to_pay", gettext_noop("This cycle pays nobody."),
            gettext_noop("See who is entitled and unpaid, mend what stands in the way, and look again; or cancel it."),
        )  # fmt: skip
    found.checked_by, found.checked_at = actor.as_json(), at
    found.save()
    waits("approve", found, action="payments.approve", at=at)
    record("payments.checked", found, actor=actor, at=at, count=count, amount=amount)
    return found


def approve_cycle(
    *, cycle: Cycle | ID, count: int | None = None, amount: int | None = None, actor: Actor, at: datetime
) -> Cycle:
    """A second person approves: the money is reserved in the fund, and nothing of the cycle changes any more.

    `count` and `amount` are what the approver saw. Refuses whoever prepared, changed or corrected anything in it, when
    something else stands there now, when what is due changed since, and when the budget does not suffice (the
    database holds that, whoever else approves at the same time).
    """
    seen = Cycle.objects.visible_to(actor, "payments.approve").select_related("programme", "fund").get(pk=id_of(cycle))
    if seen.state == CycleState.CHECKED:
        look_again(seen, at=at)  # a long look, before anything is locked
    return _approve(seen, count=count, amount=amount, actor=actor, at=at)


@transaction.atomic
def _approve(cycle: Cycle, *, count: int | None, amount: int | None, actor: Actor, at: datetime) -> Cycle:
    found = locked_cycle(cycle, actor=actor, action="payments.approve")
    if found.approved_at is not None:
        raise Refused(
            "already_approved", gettext_noop("This cycle was approved already, by %(name)s."),
            gettext_noop("There is nothing left to approve."), name=(found.approved_by or {}).get("name") or "",
        )  # fmt: skip
    move_cycle(found, CycleState.APPROVED)
    if actor.id == found.prepared_by["id"] or actor.id in found.touched_by:
        raise Refused(
            "another_person", gettext_noop("Whoever prepared or changed this cycle cannot approve it."),
            gettext_noop("Ask a colleague who holds this role."),
        )  # fmt: skip
    stands = planned(found)
    if (count is not None and count != stands[0]) or (amount is not None and amount != stands[1]):
        raise Refused(
            "not_what_was_seen", gettext_noop("Something in this cycle changed while you looked at it."),
            gettext_noop("Open it again, and approve what stands there now."),
        )  # fmt: skip
    stopped = stopped_since(found)
    if stopped:
        raise overtaken(stopped)
    found.approved_by, found.approved_at = actor.as_json(), at
    found.approved_count, found.approved_amount = stands
    found.save()
    post(
        fund=found.fund, year=found.budget_year, actor=actor, at=at,
        lines=[Line(AccountKind.RESERVED, source_of(found), stands[1], ref(found), "reserved")],
    )  # fmt: skip
    Instruction.objects.filter(cycle=found, state=InstructionState.PLANNED).update(
        state=InstructionState.APPROVED, moves=F("moves") + 1, changed_at=at
    )
    waits("export", found, action="payments.prepare", at=at)
    record("payments.approved", found, actor=actor, at=at, count=stands[0], amount=stands[1])
    return found


@transaction.atomic
def cancel_cycle(*, cycle: Cycle | ID, because: str, actor: Actor, at: datetime) -> Cycle:
    """Give a cycle up, with a reason: nobody in it is paid by it; what was reserved is available again.

    Refuses without a reason, and once its files are ordered.
    """
    why = because_of(because)
    found = locked_cycle(cycle, actor=actor, action="payments.prepare")
    before = CycleState(found.state)
    move_cycle(found, CycleState.CANCELLED)
    _release(found, before, actor, at)
    open_ = [InstructionState.PLANNED, InstructionState.APPROVED]
    Instruction.objects.filter(cycle=found, state__in=open_).update(
        state=InstructionState.CANCELLED, live_key=None, reason="cycle_cancelled", moves=F("moves") + 1, changed_at=at
    )
    found.cancelled_at, found.because, found.paused_at = at, why, None
    found.save()
    waits_no_more(found, at=at)
    record("payments.cycle_cancelled", found, actor=actor, at=at, because=why)
    return found


def _release(cycle: Cycle, before: CycleState, actor: Actor, at: datetime) -> None:
    """What the cycle holds goes back to the budget: reserved once it was approved; before, what came back is held."""
    if before == CycleState.APPROVED:
        held, (_, amount) = AccountKind.RESERVED, planned(cycle, InstructionState.APPROVED)
    elif cycle.kind == CycleKind.RESEND:
        held, (_, amount) = AccountKind.RETURNED, planned(cycle)
    else:
        return
    if amount:
        lines = [Line(AccountKind.AVAILABLE, held, amount, ref(cycle), "released")]
        post(fund=cycle.fund, year=cycle.budget_year, lines=lines, actor=actor, at=at)
