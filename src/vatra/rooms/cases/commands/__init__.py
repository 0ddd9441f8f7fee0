"""Everything that changes in this room, by what it is about."""

from .closing import close_case, move_level
from .needs import close_need, record_need, reopen_need
from .notes import DraftMovedOn, save_note_draft, write_note
from .opening import add_to_team, assign_worker, open_case, open_case_file, take_note_of_case, weigh_risk
from .plans import add_action, add_goal, complete_action, end_goal, write_plan
from .reviews import approve_review, ask_review, return_review
from .types import define_case_type, retire_case_type
from .visits import plan_visit, record_visit

__all__ = [
    "DraftMovedOn",
    "add_action",
    "add_goal",
    "add_to_team",
    "approve_review",
    "ask_review",
    "assign_worker",
    "close_case",
    "close_need",
    "complete_action",
    "define_case_type",
    "end_goal",
    "move_level",
    "open_case",
    "open_case_file",
    "plan_visit",
    "record_need",
    "record_visit",
    "reopen_need",
    "retire_case_type",
    "return_review",
    "save_note_draft",
    "take_note_of_case",
    "weigh_risk",
    "write_note",
    "write_plan",
]
