"""Everything that is read of this room."""

from .accounts import Account, AccountRow, account_of, accounts_of
from .cards import (
    ContactRow,
    HouseholdCard,
    IdentifierRow,
    KinshipRow,
    MemberCard,
    RepresentationRow,
    consented,
    consents_of,
    household_card,
    households_of_person,
    person_names,
)
from .facts import KnownFact, UnitFacts, facts_of, history_of, known
from .search import Hit, likely_duplicates, likely_duplicates_of, search
from .trail import Opening, opening, openings_of, who_opened

__all__ = [
    "Account",
    "AccountRow",
    "ContactRow",
    "Hit",
    "HouseholdCard",
    "IdentifierRow",
    "KinshipRow",
    "KnownFact",
    "MemberCard",
    "Opening",
    "RepresentationRow",
    "UnitFacts",
    "account_of",
    "accounts_of",
    "consented",
    "consents_of",
    "facts_of",
    "history_of",
    "household_card",
    "households_of_person",
    "known",
    "likely_duplicates",
    "likely_duplicates_of",
    "opening",
    "openings_of",
    "person_names",
    "search",
    "who_opened",
]
