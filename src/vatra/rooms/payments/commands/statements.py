"""Files from the bank: kept, read whole, then applied row by row in bounded steps. The same file again changes nothing."""

import hashlib
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.models import Body
from vatra.foundation.catalogue.queries import currencies
from vatra.foundation.files.commands import store
from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import done, open_item
from vatra.kernel.actor import Actor
from vatra.kernel.ids import stable_id
from vatra.kernel.moves import check_move
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..bank.answers import REJECTED, Answer, Reading, read
from ..models import BankFile, Cycle, Instruction, Statement, StatementRow
from ..queue import apply_statement
from ..reasons import DUPLICATE
from ..states import OPEN_OUTCOMES, STATEMENT_MOVES, InstructionState, StatementState
from . import common
from .common import ID, actor_from, id_of, today, worked_cycle
from .settling import come_back, settle

# what a row says → the states in which there is nothing left to do for it; what was sent and then cancelled had come back
ALREADY = {
    "paid": {InstructionState.PAID},
    "returned": {InstructionState.RETURNED, InstructionState.REPLACED, InstructionState.CANCELLED},
}
UNREADABLE = 0  # an amount that no payment can have: it fits none


def settle_from_file(*, content: bytes, name: str, office: Body | ID, actor: Actor, at: datetime) -> Statement:
    """Keep a file of the bank and put its rows before the worker.

    Refuses what is no such file, what is damaged, and the same file a second time.
    """
    return _receive(read(content), content, name, id_of(office), actor, at)


@transaction.atomic
def _receive(reading: Reading, content: bytes, name: str, here: UUID, actor: Actor, at: datetime) -> Statement:
    if not Cycle.objects.visible_to(actor, "payments.settle").filter(office=here).exists():
        raise Cycle.DoesNotExist
    Body.objects.select_for_update(no_key=True).get(
        pk=here
    )  # the same file from two people at once: one after the other
    digest = hashlib.sha256(content).hexdigest()
    id = stable_id("payments.statement", str(here), digest)
    before = Statement.objects.filter(pk=id).first()
    if before is not None:
        raise Refused(
            "statement_known", gettext_noop("This file was read already, on %(day)s."),
            gettext_noop("Open it in the list of bank files; nothing has changed."), day=today(before.received_at),
        )  # fmt: skip
    named = [answer for answer in reading.answers if answer.end_to_end_id]
    others, faults = _of_the_whole(reading, here)
    made = Statement(
        id=id, office_id=here, kind=reading.kind, message_id=reading.message_id, digest=digest,
        faults=[*reading.faults, *faults], received_at=at, actor=actor.as_json(),
    )  # fmt: skip
    made.file = store(content=content, name=name, ref=ref(made), actor=actor, at=at)
    ours = {answer.end_to_end_id for answer in named}
    named += [answer for answer in others if answer.end_to_end_id not in ours]
    rows = [_row(made, number, answer) for number, answer in enumerate(named, start=1)]
    made.total = len(rows)
    made.save(force_insert=True)
    StatementRow.objects.bulk_create(rows, batch_size=500)
    record("payments.statement_received", made, actor=actor, at=at, statement=reading.kind, rows=len(rows))
    apply_statement.enqueue(str(made.pk))
    return made


def _of_the_whole(reading: Reading, here: UUID) -> tuple[list[Answer], list[dict[str, str]]]:
    """What the bank says of a whole file, as an answer for each payment in it; or the fault for which nothing follows.

    A file that was never sent from here, one that the bank refuses because it has it already, and one of which
    payments have arrived, are for a person to look at: paying everybody in it again would be the harm.
    """
    whole = reading.whole
    if whole is None or whole.says == "noted":
        return [], []
    sent = BankFile.objects.filter(message_id=reading.original, cycle__office=here)
    of_it = Instruction.objects.filter(cycle__in=sent.values("cycle"), way__in=sent.values("way")).exclude(sent_at=None)
    fault = ""
    if not of_it.exists():
        fault = "file_unknown"
    elif whole.says == "returned" and whole.reason in DUPLICATE:
        fault = "file_repeated"
    elif whole.says == "returned" and of_it.filter(state=InstructionState.PAID).exists():
        fault = "file_contradicts"
    if fault:
        return [], [{"code": fault, "original": reading.original, "status": whole.status}]
    ids = of_it.order_by("pk").values_list("end_to_end_id", flat=True)
    return [Answer(id, whole.says, whole.status, whole.reason) for id in ids], []


def _row(made: Statement, number: int, answer: Answer) -> StatementRow:
    return StatementRow(
        statement=made, row=number, end_to_end_id=answer.end_to_end_id[:35], says=answer.says, status=answer.status,
        reason=answer.reason, amount=_minor(answer.amount, answer.currency), currency=answer.currency, on=answer.on,
        outcome="noted" if answer.says == "noted" else "",
    )  # fmt: skip


def _minor(amount: Decimal | None, currency: str) -> int | None:
    """Minor units; None where the bank names no amount."""
    if amount is None:
        return None
    scaled = amount.scaleb(currencies().get(currency, {}).get("exponent", 2))
    return int(scaled) if scaled == scaled.to_integral_value() and abs(scaled) < 10**17 else UNREADABLE


@transaction.atomic
def statement_seen(*, statement: Statement | ID, actor: Actor, at: datetime) -> bool:
    """Somebody has looked at what fits no payment in a bank's file, and done what there was to do: it waits no more.
    Changes no payment. Twice changes nothing; returns whether it waited."""
    rows = Statement.objects.visible_to(actor, "payments.settle").select_for_update(of=("self",))
    found = rows.get(pk=id_of(statement))
    waited = done(key=f"payments.look:{found.pk}", at=at)
    if waited:
        record("payments.statement_seen", found, actor=actor, at=at)
    return waited


# --- the worker's part ------------------------------------------------------------------------------------------------


def apply_rows(statement: UUID, *, at: datetime) -> bool:
    """Apply what waits, batch by batch and cycle by cycle, each a transaction of its own that can be repeated."""
    while True:
        waiting = StatementRow.objects.filter(statement=statement, outcome="").order_by("row")
        some = list(waiting.values_list("pk", "end_to_end_id")[: common.BATCH])
        if not some:
            return _applied(statement, at)
        for cycle, rows in _by_cycle(some).items():
            _apply(statement, cycle, rows)


def _by_cycle(rows: list[tuple[int, str]]) -> dict[UUID | None, list[int]]:
    known = Instruction.objects.filter(end_to_end_id__in=[id for _, id in rows])
    cycles = dict(known.values_list("end_to_end_id", "cycle_id"))
    grouped: dict[UUID | None, list[int]] = defaultdict(list)
    for pk, id in rows:
        grouped[cycles.get(id)].append(pk)
    return dict(sorted(grouped.items(), key=lambda each: str(each[0])))


@transaction.atomic
def _apply(statement: UUID, cycle: UUID | None, pks: list[int]) -> None:
    """The rows of one cycle: what arrived, what came back, what is known already, what does not fit.

    A row after another one of the same payment waits for the next turn: a statement may book a payment and, some lines
    on, its return.
    """
    said = Statement.objects.select_related("office").get(pk=statement)
    found = worked_cycle(cycle) if cycle else None
    if found is not None and found.office_id != said.office_id:
        found = None
    rows = list(StatementRow.objects.select_for_update(of=("self",)).filter(pk__in=pks, outcome="").order_by("row"))
    instructions = {}
    if found is not None:
        mine = Instruction.objects.select_for_update(of=("self",)).filter(
            cycle=found, end_to_end_id__in=[row.end_to_end_id for row in rows]
        )
        instructions = {each.end_to_end_id: each for each in mine.order_by("pk")}
    arrived: dict[date, list[Instruction]] = defaultdict(list)
    back: dict[date, list[tuple[Instruction, str, str]]] = defaultdict(list)
    taken: set[UUID] = set()
    day_known = today(said.received_at)
    for row in rows:
        each = instructions.get(row.end_to_end_id)
        if each is not None and each.pk in taken:
            continue
        row.instruction = each
        row.outcome = _outcome(row, each)
        if each is None or row.outcome not in ("settled", "returned"):
            continue
        taken.add(each.pk)
        on = min(max(row.on or day_known, today(each.sent_at or said.received_at)), day_known)
        if row.outcome == "settled":
            arrived[on].append(each)
        else:
            back[on].append((each, row.reason or ("bank_rejected" if row.status else "bank_returned"), ""))
    actor = actor_from(said.actor)
    for on, some in sorted(arrived.items()):
        settle(found, some, on=on, actor=actor, at=said.received_at)
    for on, these in sorted(back.items()):
        come_back(found, these, on=on, actor=actor, at=said.received_at)
    StatementRow.objects.bulk_update(rows, ["instruction", "outcome"])


def _outcome(row: StatementRow, each: Instruction | None) -> str:
    if each is None:
        return "unknown"
    if (row.amount is not None and row.amount != each.amount) or (row.currency and row.currency != each.currency):
        return "mismatch"
    if each.sent_at is not None and each.state in ALREADY[row.says]:
        return "repeated"
    if row.says == "returned" and row.status in REJECTED and row.reason in DUPLICATE:
        return "mismatch"  # refused as made already: then it was made, and is not to be paid again
    sent, back = InstructionState.SENT, InstructionState.RETURNED
    if row.says == "paid" and each.state in (sent, back):
        return "settled" if each.state == sent else "mismatch"
    if row.says == "returned" and each.state in (sent, InstructionState.PAID):
        return "returned"
    return "mismatch"


@transaction.atomic
def _applied(statement: UUID, at: datetime) -> bool:
    found = Statement.objects.select_for_update(of=("self",)).get(pk=statement)
    if found.state == StatementState.APPLIED:
        return False
    check_move(STATEMENT_MOVES, source=StatementState(found.state), target=StatementState.APPLIED)
    found.state, found.applied_at = StatementState.APPLIED, at
    found.save()
    rows = StatementRow.objects.filter(statement=found)
    wrong = rows.filter(outcome__in=OPEN_OUTCOMES).count()
    if wrong or found.faults:
        open_item(
            key=f"payments.look:{found.pk}", kind="payments.look", ref=ref(found), office=found.office_id,
            action="payments.settle", at=at, values={"number": found.message_id, "count": wrong, "code": found.kind},
        )  # fmt: skip
    record("payments.statement_applied", found, actor=actor_from(found.actor), at=at, open_rows=wrong)
    return True
