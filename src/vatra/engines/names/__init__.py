"""Names in any script: folding, skeletons, parts, search keys and ranking. Pure; see docs/names.md."""

from .agreement import level
from .folding import digits, fold
from .keys import KeyGroup, Query, phone_key, query_keys, search_keys
from .lookup import lookup_sql
from .parts import NameParts, parse_name, tokens
from .ranking import Candidate, Ranked, Wanted, rank, wanted
from .reasons import REASONS, Reason
from .skeletons import skeleton, skeletons

__all__ = [
    "REASONS",
    "Candidate",
    "KeyGroup",
    "NameParts",
    "Query",
    "Ranked",
    "Reason",
    "Wanted",
    "digits",
    "fold",
    "level",
    "lookup_sql",
    "parse_name",
    "phone_key",
    "query_keys",
    "rank",
    "search_keys",
    "skeleton",
    "skeletons",
    "tokens",
    "wanted",
]
