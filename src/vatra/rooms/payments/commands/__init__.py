"""Everything that changes something in this room."""

from .deciding import approve_cycle, cancel_cycle, check_cycle, exclude_instruction, include_instruction
from .exporting import export_cycle
from .preparing import pause_cycle, prepare_cycle, refresh_cycle, resume_cycle
from .settling import cancel_instruction, close_cycle, correct_and_resend, return_instruction, settle_by_hand
from .statements import settle_from_file, statement_seen

__all__ = [
    "approve_cycle",
    "cancel_cycle",
    "cancel_instruction",
    "check_cycle",
    "close_cycle",
    "correct_and_resend",
    "exclude_instruction",
    "export_cycle",
    "include_instruction",
    "pause_cycle",
    "prepare_cycle",
    "refresh_cycle",
    "resume_cycle",
    "return_instruction",
    "settle_by_hand",
    "settle_from_file",
    "statement_seen",
]
