"""Everything that changes in this room, by what it is about."""

from .closing import close_case, move_level
from .needs import close_need, record_need
from .notes import DraftMovedOn, save_note_draft, write_note
from .opening import add_to_team, assign_worker, open_case, open_case_file, take_note_of_case, weigh_risk
from .plans import add_action, add_goal, complete_action, end_goal, write_plan
from .referral_steps import accept, decline, deliver, give_outcome, put_on_waiting_list, see, start
from .referrals import close_referral, make_link, refer_again, revoke_link, send_referral, withdraw_referral
from .reviews import approve_review, ask_review, return_review
from .types import define_case_type, retire_case_type
from .visits import plan_visit, record_visit

__all__ = [
    "DraftMovedOn",
    "accept",
    "add_action",
    "add_goal",
    "add_to_team",
    "approve_review",
    "ask_review",
    "assign_worker",
    "close_case",
    "close_need",
    "close_referral",
    "complete_action",
    "decline",
    "define_case_type",
    "deliver",
    "end_goal",
    "give_outcome",
    "make_link",
    "move_level",
    "open_case",
    "open_case_file",
    "plan_visit",
    "put_on_waiting_list",
    "record_need",
    "record_visit",
    "refer_again",
    "retire_case_type",
    "return_review",
    "revoke_link",
    "save_note_draft",
    "see",
    "send_referral",
    "start",
    "take_note_of_case",
    "weigh_risk",
    "withdraw_referral",
    "write_note",
    "write_plan",
]
