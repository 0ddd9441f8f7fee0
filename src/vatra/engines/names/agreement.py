"""How two parts of a name agree, and what that is worth as evidence that one person is meant."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA, DamerauLevenshtein

from .folding import is_arabic
from .skeletons import skeletons
from .variants import related_codes
from .vowels import conflicts

LEVELS = {"same": 3.0, "spelling": 2.7, "similar": 2.1, "related": 1.2, "begins": 1.1}
"""Evidence of a name part at each level of agreement, in log odds."""
CONTRADICTS = 0.6
SHORT = 0.4
FURTHER = 0.7
"""Within one script every letter further apart than one costs this much: a slip is likelier than another name."""


@lru_cache(maxsize=20_000)
def level(ours: str, theirs: str) -> str | None:
    """How two folded name tokens agree: same, spelling, similar, related, begins; None if they do not.

    ``spelling``: a reading of the skeleton is shared, and in one script the letters are not far apart (so
    that *Ali* and
    *Ola* are not one name). ``similar``: at most one typing error in three letters or more, two in eight or more.
    ``begins``: ours is an initial or the beginning of theirs.
    """
    if ours == theirs:
        return "same"
    if not ours or not theirs:
        return None
    compare = _in_one_script if is_arabic(ours) == is_arabic(theirs) else _across_scripts
    found = compare(ours, theirs)
    if found is None and related_codes(ours) & related_codes(theirs):
        return "related"
    return found


def _in_one_script(ours: str, theirs: str) -> str | None:
    longest = max(len(ours), len(theirs))
    near = max(1, longest // 2)
    distance = OSA.distance(ours, theirs, score_cutoff=near)
    if distance <= near and len(ours) > 1 and len(theirs) > 1:
        a, b = skeletons(ours), skeletons(theirs)
        if (len(a[:1] and a[0]) >= 3 or distance <= 2) and not set(a).isdisjoint(b):
            return "spelling" if len(a[0]) >= 2 else "similar" if distance <= 1 and len(ours) >= 3 else None
    allowed = 2 if longest >= 8 else 1 if longest >= 3 else 0
    if allowed and DamerauLevenshtein.distance(ours, theirs, score_cutoff=allowed) <= allowed:
        return "similar"
    return "begins" if theirs.startswith(ours) else None


def _across_scripts(ours: str, theirs: str) -> str | None:
    a, b = skeletons(ours), skeletons(theirs)
    if not a or not b:
        return None
    shortest = min(len(a[0]), len(b[0]))
    if not set(a).isdisjoint(b):
        return "spelling" if shortest >= 2 or len(ours) <= 4 else None
    if shortest >= 4 and OSA.distance(a[0], b[0], score_cutoff=1) <= 1:
        return "similar"
    return "begins" if len(ours) == 1 and a[0][:1] == b[0][:1] else None


@lru_cache(maxsize=20_000)
def evidence(ours: str, theirs: str) -> tuple[str, float] | None:
    """(level, its worth in log odds), None where the tokens do not agree."""
    how = level(ours, theirs)
    if how is None:
        return None
    worth = LEVELS[how]
    if how in ("spelling", "similar"):
        if is_arabic(ours) == is_arabic(theirs):
            less = FURTHER * max(0, OSA.distance(ours, theirs) - 1)
        else:
            less = CONTRADICTS * conflicts(ours, theirs) + (SHORT if len(skeletons(ours)[0]) < 3 else 0.0)
        worth = max(LEVELS["related"], worth - less)
    return how, worth * min(1.0, 0.55 + 0.15 * len(ours))
