"""The doors of this room for whoever reads.

cycles(*, actor, open_only=False) -> list[CycleRow]
cycle_card(cycle_id, *, actor) -> CycleCard
checks(cycle_id, *, actor) -> Checks
instructions(cycle_id, *, actor, state="", reason="", offset=0, limit=50) -> (list[InstructionRow], total)
instruction_row(instruction_id, *, actor) -> InstructionRow
payments_of(*, actor, household=None, person=None) -> list[InstructionRow]
trail(instruction_id, *, actor) -> Trail
exceptions(*, actor) -> list[InstructionRow]                                   returned, and not corrected
statements(*, actor) -> list[StatementCard] / statement_card(id, *, actor) -> StatementCard
payable_programmes(*, actor) -> list[Programme]
Of the ledger: ledger.queries.funds(actor), balances(fund, year), entries_of(ref), trail_of_cent(entry).
"""

from .rows import (
    Changed,
    Checks,
    CycleCard,
    CycleRow,
    FileRow,
    InstructionRow,
    LedgerRow,
    Progress,
    StatementCard,
    StateSum,
    Trail,
    Unpaid,
)

__all__ = [
    "Changed",
    "Checks",
    "CycleCard",
    "CycleRow",
    "FileRow",
    "InstructionRow",
    "LedgerRow",
    "Progress",
    "StateSum",
    "StatementCard",
    "Trail",
    "Unpaid",
]
