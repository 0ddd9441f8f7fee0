"""Everything that changes in this room."""

from .applications import apply, complete, invalidate_paper, request_papers, see_paper, withdraw
from .certificates import certify
from .decisions import countersign, draft_decision, record_delivery, report, return_draft, sign
from .determinations import determine_application
from .entitlements import end_entitlement, resume_entitlement, suspend_entitlement
from .forwarding import forward

__all__ = [
    "apply",
    "certify",
    "complete",
    "countersign",
    "determine_application",
    "draft_decision",
    "end_entitlement",
    "forward",
    "invalidate_paper",
    "record_delivery",
    "report",
    "request_papers",
    "resume_entitlement",
    "return_draft",
    "see_paper",
    "sign",
    "suspend_entitlement",
    "withdraw",
]
