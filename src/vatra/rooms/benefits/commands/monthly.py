"""The monthly list to the body that pays: sent with its number, answered row by row, corrected, sent again."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.models import Body
from vatra.foundation.docket.commands import register_entry
from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import done, open_item
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.moves import check_move
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.programmes.models import Programme

from ..answer_file import AnswerFault, answers_in
from ..models import EntitlementChange, ListedChange, MonthlyList
from ..queries.monthly import waiting_changes
from ..queries.numbers import number_of
from ..states import ROW_MOVES, RowState
from . import letters
from .common import ID, id_of, today

LIMIT = 2000


@transaction.atomic
def send_monthly_list(
    *, programme: Programme | str, office: Body | ID, month: date, actor: Actor, at: datetime
) -> MonthlyList:
    """Everything that was granted, changed, suspended, resumed or ended and is on no list yet goes out to the body that
    pays, on one numbered list with its letter; rows that came back and were corrected go out again.

    A list holds up to `LIMIT` rows, the earliest first; what is more waits for another one. Refuses a programme that
    this authority pays itself, a month to come, and an empty list. A record that the actor may not see (sealed) waits
    for whoever may.
    """
    found = programme if isinstance(programme, Programme) else Programme.objects.get(code=programme)
    month = month.replace(day=1)
    _check(found, month, at)
    # two officers at once: the second waits here, and finds nothing left
    Body.objects.select_for_update(no_key=True).filter(pk=id_of(office)).first()
    rows = waiting_changes(actor=actor, programme=found, office=id_of(office))
    changes = list(rows.select_for_update(of=("self",))[:LIMIT])
    if not changes:
        raise Refused(
            "empty_monthly_list", gettext_noop("Nothing changed since the last list: there is nothing to send."),
            gettext_noop("Signed decisions, suspensions and ends come here by themselves."),
        )  # fmt: skip
    made = MonthlyList(
        id=uuid7(at), office_id=id_of(office), to_body=_payer(changes), programme=found, month=month, sent_at=at,
        actor=actor.as_json(),
    )  # fmt: skip
    made.entry = register_entry(
        office=made.office_id, register="transmission_list", direction="out", subject="monthly_list",
        ref=Ref("benefits.monthly_list", made.pk), actor=actor, at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    ListedChange.objects.bulk_create(
        ListedChange(id=uuid7(at), monthly_list=made, row=row, change=each) for row, each in enumerate(changes, 1)
    )
    made.letter = letters.monthly_list(made, changes, actor=actor, at=at)
    made.save(update_fields=["letter"])
    record(
        "benefits.monthly_list_sent", made, actor=actor, at=at,
        about=list(dict.fromkeys(each.entitlement.beneficiary_id for each in changes)), programme=found.code,
        number=number_of(made.entry), rows=len(changes), month=month.isoformat(),
    )  # fmt: skip
    return made


def _check(programme: Programme, month: date, at: datetime) -> None:
    if programme.paid_from is not None:
        raise Refused(
            "paid_here", gettext_noop("“%(programme)s” is paid by this authority: there is no list to send."),
            gettext_noop("Prepare a payment cycle instead."), programme=programme.code,
        )  # fmt: skip
    if month > today(at):
        raise Refused(
            "month_to_come", gettext_noop("The list of a month that has not come cannot be sent."),
            gettext_noop("Choose this month or an earlier one."),
        )  # fmt: skip


def _payer(changes: list[EntitlementChange]) -> Body:
    payers = {each.entitlement.payer_id: each.entitlement.payer for each in changes}
    found = next(iter(payers.values()))
    if len(payers) > 1 or found is None:
        raise Refused(
            "several_payers", gettext_noop("The rows of this list are paid by different bodies, or by nobody known."),
            gettext_noop("Have the administrator load the pack: it says which body pays."),
        )  # fmt: skip
    return found


@transaction.atomic
def answer_row(*, row: ListedChange | ID, accepted: bool, reason: str = "", actor: Actor, at: datetime) -> ListedChange:
    """The body that pays took the row, or sent it back with a reason: then it waits for the officer.

    Refuses a rejection without its reason, and a row that was answered already.
    """
    found = _locked_row(row, actor)
    return _answer(found, accepted=accepted, reason=reason, actor=actor, at=at)


@transaction.atomic
def answer_rows(
    *, monthly_list: MonthlyList | ID, content: bytes, actor: Actor, at: datetime
) -> tuple[int, int, list[AnswerFault]]:
    """The answers of a whole file (the list's own CSV, filled in): how many were accepted, how many rejected, and every
    line that could not be taken, with why. Answers that are known already change nothing.
    """
    found = (
        MonthlyList.objects.visible_to(actor, "benefits.draft")
        .select_for_update(of=("self",))
        .get(pk=id_of(monthly_list))
    )
    rows = {each.row: each for each in _rows().filter(monthly_list=found)}
    answers, faults = answers_in(content)
    taken = [0, 0]
    for line, number, accepted, reason in answers:
        row = rows.get(number)
        if row is None:
            faults.append(AnswerFault(line, gettext_noop("Row %(row)s is not on this list."), {"row": number}))
        elif row.state == RowState.SENT:
            try:
                _answer(row, accepted=accepted, reason=reason, actor=actor, at=at)
            except Refused as refusal:
                faults.append(AnswerFault(line, refusal.sentence, refusal.values))
            else:
                taken[0 if accepted else 1] += 1
        elif (row.state == RowState.ACCEPTED) != accepted:
            faults.append(
                AnswerFault(line, gettext_noop("Row %(row)s was answered differently before."), {"row": number})
            )
    return taken[0], taken[1], sorted(faults, key=lambda fault: fault.line)


@transaction.atomic
def correct_row(*, row: ListedChange | ID, correction: str, actor: Actor, at: datetime) -> ListedChange:
    """The officer mended what was wrong; the row goes out again on the next list. Refuses without saying what."""
    return _mend(row, RowState.CORRECTED, correction, actor=actor, at=at)


@transaction.atomic
def drop_row(*, row: ListedChange | ID, correction: str, actor: Actor, at: datetime) -> ListedChange:
    """It was rightly rejected and is not sent again. Refuses without a reason. The entitlement itself is left as it is:
    end it where nothing is due.
    """
    return _mend(row, RowState.DROPPED, correction, actor=actor, at=at)


def _mend(row: ListedChange | ID, target: RowState, said: str, *, actor: Actor, at: datetime) -> ListedChange:
    found = _locked_row(row, actor)
    check_move(ROW_MOVES, source=RowState(found.state), target=target)
    if not said.strip():
        raise Refused("reason_needed", gettext_noop("Say what was corrected, or why it is not sent again."))
    found.state, found.corrected_at, found.correction = target, at, said.strip()
    found.save(update_fields=["state", "corrected_at", "correction"])
    done(key=f"benefits.rejected:{found.pk}", at=at)
    _record(found, f"benefits.row_{target.value}", actor, at, correction=found.correction)
    return found


def _answer(found: ListedChange, *, accepted: bool, reason: str, actor: Actor, at: datetime) -> ListedChange:
    target = RowState.ACCEPTED if accepted else RowState.REJECTED
    check_move(ROW_MOVES, source=RowState(found.state), target=target)
    if not accepted and not reason.strip():
        raise Refused(
            "rejection_needs_a_reason", gettext_noop("Say why row %(row)s was rejected."),
            gettext_noop("Write the reason as the answer gives it; the officer works from it."), row=found.row,
        )  # fmt: skip
    found.state, found.answered_at, found.answered_by = target, at, actor.as_json()
    found.reason = "" if accepted else reason.strip()
    found.save(update_fields=["state", "answered_at", "answered_by", "reason"])
    _record(found, f"benefits.row_{target.value}", actor, at, reason=found.reason)
    if not accepted:
        _wait(found, at)
    if not ListedChange.objects.filter(monthly_list=found.monthly_list, state=RowState.SENT).exists():
        MonthlyList.objects.filter(pk=found.monthly_list_id, answered_at=None).update(answered_at=at)
    return found


def _wait(found: ListedChange, at: datetime) -> None:
    entitlement = found.change.entitlement
    open_item(
        key=f"benefits.rejected:{found.pk}", kind="benefits.rejected", ref=ref(entitlement),
        office=entitlement.office_id, action="benefits.draft", at=at,
        values={
            "programme": entitlement.programme.title, "code": entitlement.programme.code, "reason": found.reason,
            "number": number_of(found.monthly_list.entry), "list": str(found.monthly_list_id),
            "filed_on": today(found.monthly_list.sent_at).isoformat(),
        },
    )  # fmt: skip


def _rows():
    return ListedChange.objects.select_related(
        "change__entitlement__programme", "monthly_list__entry__register", "monthly_list"
    ).order_by("row")


def _locked_row(row: ListedChange | ID, actor: Actor) -> ListedChange:
    pk: UUID = id_of(row)
    found = _rows().get(pk=pk)
    seen = MonthlyList.objects.visible_to(actor, "benefits.draft").select_for_update(of=("self",))
    seen.get(pk=found.monthly_list_id)  # raises DoesNotExist where the actor may not
    return _rows().get(pk=pk)


def _record(found: ListedChange, event: str, actor: Actor, at: datetime, **more: str) -> None:
    record(
        event, found, actor=actor, at=at, about=[found.change.entitlement.beneficiary_id], row=found.row,
        list=number_of(found.monthly_list.entry), **more,
    )  # fmt: skip


__all__ = ["answer_row", "answer_rows", "correct_row", "drop_row", "send_monthly_list"]
