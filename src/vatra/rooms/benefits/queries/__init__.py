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
from .granted import granted_to
from .help import as_json, what_could_help
from .numbers import number_of
from .papers import MissingPaper, missing_papers, open_wishes

__all__ = [
    "NOT_PAYABLE",
    "AgainRow",
    "ApplicationPage",
    "ApplicationRow",
    "ApplicationView",
    "DecisionView",
    "Due",
    "Explained",
    "Happened",
    "MissingPaper",
    "application",
    "applications",
    "as_json",
    "due_entitlements",
    "forwardings",
    "granted_to",
    "last_letter",
    "missing_papers",
    "number_of",
    "open_applications",
    "open_wishes",
    "timeline",
    "to_forward",
    "to_take_again",
    "what_could_help",
]
