"""Cases, and everything that belongs to one. Only `Case` is asked who may see it; the rest is reached through it."""

from .cases import Case, CaseQuerySet, LevelMove
from .plans import Action, Goal, Need, OwnerKind, Plan
from .referrals import Referral, ReferralStep
from .reviews import Review, ReviewKind
from .types import CaseType
from .visits import Note, Visit

__all__ = [
    "Action",
    "Case",
    "CaseQuerySet",
    "CaseType",
    "Goal",
    "LevelMove",
    "Need",
    "Note",
    "OwnerKind",
    "Plan",
    "Referral",
    "ReferralStep",
    "Review",
    "ReviewKind",
    "Visit",
]
