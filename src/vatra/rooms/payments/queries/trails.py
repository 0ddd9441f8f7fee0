"""From a payment back to the law; and what the bank said."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Count

from vatra.foundation.worklist.models import Item
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref
from vatra.kernel.refused import NoGrant
from vatra.rooms.benefits.models import Entitlement
from vatra.rooms.benefits.queries import number_of
from vatra.rooms.ledger.queries import EntryRow, entries_of

from ..models import Instruction, Statement, StatementRow
from ..reasons import known
from ..states import OPEN_OUTCOMES
from .cycles import files_of
from .instructions import one, rows_of
from .rows import LedgerRow, StatementCard, Trail


def trail(instruction: UUID, *, actor: Actor) -> Trail:
    """Instruction → entries in the ledger, entitlement, decision, determination, clauses. A dozen queries.

    Raises DoesNotExist where the actor may not see the instruction.
    """
    found = one(instruction, actor)
    attempts = (
        Instruction.objects.visible_to(actor, "payments.view")
        .filter(person_id=found.person_id, programme=found.programme_id, period=found.period)
        .order_by("attempt")
    )
    entitlement = Entitlement.objects.select_related(
        "decision__entry__register", "determination__ruleset"
    ).get(pk=found.entitlement_id)  # fmt: skip
    decision, determination = entitlement.decision, entitlement.determination
    cycle = found.cycle
    return Trail(
        instruction=rows_of([found])[0], attempts=rows_of(attempts),
        entries=_ledger(Ref("payments.instruction", found.pk)), cycle_entries=_ledger(Ref("payments.cycle", cycle.pk)),
        cycle_id=cycle.pk, cycle_state=cycle.state, cycle_kind=cycle.kind, prepared_by=(cycle.prepared_by or {}).get("name") or "",
        approved_by=(cycle.approved_by or {}).get("name") or "", files=files_of(cycle.pk, actor=actor),
        entitlement_id=entitlement.pk, decision_id=decision.pk, decision_number=number_of(decision.entry),
        signed_at=decision.signed_at, signed_by=(decision.signed_by or {}).get("name") or "",
        determination_id=determination.pk, determined_on=determination.on, ruleset_id=determination.ruleset_id,
        ruleset_number=determination.ruleset.number, clauses=determination.frozen.get("clauses", []),
        bank_says=_bank_says(found),
    )  # fmt: skip


def _ledger(ref: Ref) -> list[LedgerRow]:
    return [_ledger_row(each) for each in entries_of(ref)]


def _ledger_row(each: EntryRow) -> LedgerRow:
    return LedgerRow(each.id, each.on, each.at, each.step, each.amount, each.debit, each.credit, each.actor, each.act)


def _bank_says(found: Instruction) -> list[dict[str, Any]]:
    rows = StatementRow.objects.filter(instruction=found).select_related("statement").order_by("pk")
    return [
        {
            "kind": row.statement.kind, "message_id": row.statement.message_id, "on": row.on, "says": row.says,
            "status": row.status, "reason": row.reason, "reason_text": known(row.reason),
            "outcome": row.outcome,
        }
        for row in rows
    ]  # fmt: skip


def statements(*, actor: Actor, limit: int = 100) -> list[StatementCard]:
    """Files from the bank, the latest first. Raises NoGrant for who may not open such files."""
    found = list(Statement.objects.visible_to(actor, "payments.files").order_by("-received_at", "pk")[:limit])
    return [_card(each, outcomes, []) for each, outcomes in zip(found, _outcomes(found), strict=True)]


def statement_card(statement: UUID, *, actor: Actor) -> StatementCard:
    """A file from the bank, with the rows that somebody must look at."""
    found = Statement.objects.visible_to(actor, "payments.files").get(pk=statement)
    rows = StatementRow.objects.filter(statement=found, outcome__in=OPEN_OUTCOMES).order_by("row")[:200]
    try:
        seen = set(Instruction.objects.visible_to(actor, "payments.view").filter(
            pk__in=[row.instruction_id for row in rows]).values_list("pk", flat=True))  # fmt: skip
    except NoGrant:
        seen = set()
    open_rows = [
        {
            "row": row.row, "end_to_end_id": row.end_to_end_id, "says": row.says, "status": row.status,
            "reason": row.reason, "reason_text": known(row.reason), "amount": row.amount, "currency": row.currency, "on": row.on, "outcome": row.outcome,
            "instruction_id": row.instruction_id if row.instruction_id in seen else None,
        }
        for row in rows
    ]  # fmt: skip
    waits = Item.objects.filter(key=f"payments.look:{found.pk}", done_at=None).exists()
    return replace(_card(found, _outcomes([found])[0], open_rows), waits=waits)


def _outcomes(found: list[Statement]) -> list[dict[str, int]]:
    counted: dict[UUID, dict[str, int]] = {each.pk: {} for each in found}
    said = StatementRow.objects.filter(statement__in=found).values_list("statement_id", "outcome")
    for statement, outcome, count in said.annotate(n=Count("pk")):
        counted[statement][outcome] = count
    return [counted[each.pk] for each in found]


def _card(each: Statement, outcomes: dict[str, int], open_rows: list[dict[str, Any]]) -> StatementCard:
    waiting = outcomes.get("", 0)
    said = {outcome: count for outcome, count in outcomes.items() if outcome}
    return StatementCard(
        each.pk, each.kind, each.message_id, each.state, each.received_at, each.total, each.total - waiting, said,
        each.faults, each.file_id, open_rows,
    )  # fmt: skip
