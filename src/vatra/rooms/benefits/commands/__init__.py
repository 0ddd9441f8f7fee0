"""Everything that changes in this room."""

from .applications import apply, complete, invalidate_paper, request_papers, see_paper, withdraw
from .certificates import certify
from .decisions import countersign, draft_decision, record_delivery, report, return_draft, sign
from .determinations import determine_application
from .entitlements import end_entitlement, resume_entitlement, suspend_entitlement
from .forwarding import forward
from .monthly import answer_row, answer_rows, correct_row, drop_row, send_monthly_list

__all__ = [
    "answer_row",
    "answer_rows",
    "apply",
    "certify",
    "complete",
    "correct_row",
    "countersign",
    "determine_application",
    "draft_decision",
    "drop_row",
    "end_entitlement",
    "forward",
    "invalidate_paper",
    "record_delivery",
    "report",
    "request_papers",
    "resume_entitlement",
    "return_draft",
    "see_paper",
    "send_monthly_list",
    "sign",
    "suspend_entitlement",
    "withdraw",
]
