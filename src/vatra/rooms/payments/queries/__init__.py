"""Everything that is read of this room. Balances and entries are read in the ledger."""

from .checks import checks
from .cycles import cycle_card, cycles, files_of, payable_programmes, progress
from .instructions import exceptions, instruction_row, instructions, payments_of
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
)
from .trails import statement_card, statements, trail

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
    "checks",
    "cycle_card",
    "cycles",
    "exceptions",
    "files_of",
    "instruction_row",
    "instructions",
    "payable_programmes",
    "payments_of",
    "progress",
    "statement_card",
    "statements",
    "trail",
]
