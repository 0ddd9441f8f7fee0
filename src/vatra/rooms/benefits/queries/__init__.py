"""Everything that is read of this room."""

from .again import AgainRow, to_take_again
from .applications import (
    ApplicationPage,
    ApplicationRow,
    ApplicationView,
    DecisionView,
    Explained,
    Happened,
    application,
    applications,
    forwardings,
    last_letter,
    open_applications,
    timeline,
    to_forward,
)
from .due import NOT_PAYABLE, Due, due_entitlements
from .entitlements import EntitlementRow, changes_of, entitlement, entitlements_of
from .granted import granted_to
from .help import as_json, what_could_help
from .monthly import AnsweredRow, ChangeRow, ListRow, Waiting, list_csv, monthly_list, monthly_lists, monthly_waiting
from .numbers import number_of
from .papers import MissingPaper, missing_papers, open_wishes

__all__ = [
    "NOT_PAYABLE",
    "AgainRow",
    "AnsweredRow",
    "ApplicationPage",
    "ApplicationRow",
    "ApplicationView",
    "ChangeRow",
    "DecisionView",
    "Due",
    "EntitlementRow",
    "Explained",
    "Happened",
    "ListRow",
    "MissingPaper",
    "Waiting",
    "application",
    "applications",
    "as_json",
    "changes_of",
    "due_entitlements",
    "entitlement",
    "entitlements_of",
    "forwardings",
    "granted_to",
    "last_letter",
    "list_csv",
    "missing_papers",
    "monthly_list",
    "monthly_lists",
    "monthly_waiting",
    "number_of",
    "open_applications",
    "open_wishes",
    "timeline",
    "to_forward",
    "to_take_again",
    "what_could_help",
]
