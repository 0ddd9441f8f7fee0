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
    names_on_records,
    person_names,
    someone_hidden,
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
    "names_on_records",
    "opening",
    "openings_of",
    "person_names",
    "search",
    "someone_hidden",
    "who_opened",
]
