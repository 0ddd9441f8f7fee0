"""The life of a cycle, of an instruction in it, and of a file that the bank sent."""

from django.db import models


class CycleState(models.TextChoices):
    PREPARING = "preparing"  # the worker writes its instructions
    PREPARED = "prepared"  # instructions may be excluded and included
    CHECKED = "checked"  # somebody has seen the checks: it may be approved
    APPROVED = "approved"  # by a second person; the money is reserved
    EXPORTING = "exporting"  # the worker writes its files
    EXPORTED = "exported"  # the files may be handed to the bank, the list to the cashier
    SETTLED = "settled"  # of every instruction it is known what became of it
    CLOSED = "closed"  # reconciled: nothing is open
    CANCELLED = "cancelled"


CYCLE_MOVES = {
    CycleState.PREPARING: {CycleState.PREPARED, CycleState.CANCELLED},
    CycleState.PREPARED: {CycleState.CHECKED, CycleState.PREPARING, CycleState.CANCELLED},
    CycleState.CHECKED: {CycleState.PREPARED, CycleState.PREPARING, CycleState.APPROVED, CycleState.CANCELLED},
    CycleState.APPROVED: {CycleState.EXPORTING, CycleState.CANCELLED},
    CycleState.EXPORTING: {CycleState.EXPORTED},
    CycleState.EXPORTED: {CycleState.SETTLED},
    CycleState.SETTLED: {CycleState.CLOSED},
    CycleState.CLOSED: {CycleState.SETTLED},  # the bank returns a payment long afterwards
    CycleState.CANCELLED: set(),
}
OPEN_CYCLE = [state for state in CycleState if state not in (CycleState.CLOSED, CycleState.CANCELLED)]


class InstructionState(models.TextChoices):
    PLANNED = "planned"
    EXCLUDED = "excluded"  # due, but not paid in this cycle, for a named reason
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    RETURNED = "returned"  # came back; still owed until it is corrected or given up
    REPLACED = "replaced"  # a new attempt pays it
    CANCELLED = "cancelled"


INSTRUCTION_MOVES = {
    InstructionState.PLANNED: {InstructionState.EXCLUDED, InstructionState.APPROVED, InstructionState.CANCELLED},
    InstructionState.EXCLUDED: {InstructionState.PLANNED},
    InstructionState.APPROVED: {InstructionState.SENT, InstructionState.CANCELLED},
    InstructionState.SENT: {InstructionState.PAID, InstructionState.RETURNED},
    InstructionState.PAID: {InstructionState.RETURNED},
    # a return noted by mistake: it had arrived after all
    InstructionState.RETURNED: {InstructionState.REPLACED, InstructionState.CANCELLED, InstructionState.PAID},
    InstructionState.REPLACED: set(),
    InstructionState.CANCELLED: set(),
}
# While an instruction is in one of these, no other pays the same person for the same programme and period.
LIVE = [
    InstructionState.PLANNED, InstructionState.APPROVED, InstructionState.SENT, InstructionState.PAID,
    InstructionState.RETURNED,
]  # fmt: skip
NOT_LIVE = [state for state in InstructionState if state not in LIVE]


class StatementState(models.TextChoices):
    RECEIVED = "received"  # kept; the worker goes through its rows
    APPLIED = "applied"


STATEMENT_MOVES = {
    StatementState.RECEIVED: {StatementState.APPLIED},
    StatementState.APPLIED: set(),
}
# what becomes of a row that fits nothing: somebody looks at it
OPEN_OUTCOMES = ("unknown", "mismatch")
