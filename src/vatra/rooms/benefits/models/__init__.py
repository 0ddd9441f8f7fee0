"""Applications, frozen determinations, decisions, what is forwarded to others, and what follows from a decision."""

from .applications import (
    HOUSEHOLD,
    Application,
    Certificate,
    Decision,
    Determination,
    ForwardedApplication,
    Forwarding,
    Frozen,
    Paper,
)
from .entitlements import ChangeKind, Entitlement, EntitlementChange, ListedChange, MonthlyList

__all__ = [
    "HOUSEHOLD",
    "Application",
    "Certificate",
    "ChangeKind",
    "Decision",
    "Determination",
    "Entitlement",
    "EntitlementChange",
    "ForwardedApplication",
    "Forwarding",
    "Frozen",
    "ListedChange",
    "MonthlyList",
    "Paper",
]
