"""Ranking: candidates from the key table, ordered by how likely they are the person meant, each with its reasons.

The score is a sum of evidence in natural log odds (as in Fellegi and Sunter 1969), squeezed to 0..1; its weights are
fixed, rounded from the defaults of engines/linkage, and need no training at the desk.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import OSA, DamerauLevenshtein

from .folding import digits, fold, is_arabic
from .keys import Query, _groups
from .parts import CHILD, NameParts, parse_name, tokens
from .reasons import Reason
from .skeletons import skeletons
from .variants import related_codes

LEVELS = {"same": 3.0, "spelling": 2.7, "similar": 1.7, "related": 1.2, "begins": 1.1}
"""Evidence of a name part at each level of agreement, in log odds."""
UNFOUND = -1.6
UNFOUND_GIVEN = -5.0
"""On a form the given name is known to be one, and it alone tells the members of a household apart."""
UNASKED = -0.12
IN_PLACE = 0.25
PRIOR = 4.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the room knows of a person it may show. `names` are full names, the first the one in use."""

    id: object
    names: list[str]
    birth_date: date | None = None
    birth_year: int | None = None
    phones: list[str] = field(default_factory=list)
    identifiers_match: bool = False
    locality: str | None = None
    sex: str | None = None
    relatives_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted(Query):
    """A query that comes from a form, not from a search box: what each field says of the person."""

    sex: str | None = None
    locality: str | None = None
    relatives_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One candidate with a score in 0..1 and the reasons, strongest first, those against last."""

    candidate_id: object
    score: float
    reasons: list[Reason]


def wanted(
    name: str,
    *,
    birth_date: date | None = None,
    birth_year: int | None = None,
    phones: Iterable[str] = (),
    sex: str | None = None,
    locality: str | None = None,
    relatives_names: Mapping[str, str] | None = None,
) -> Wanted:
    """The query for likely duplicates of a person being registered: look up its `keys`, then `rank`."""
    year = birth_date.year if birth_date else birth_year
    years = (year,) if year else ()
    found = tokens(name)
    numbers = ["".join(c for c in digits(p) if c.isdigit()) for p in phones]
    return Wanted(
        text=name,
        tokens=found,
        birth_year=year,
        birth_date=birth_date,
        birth_years=years,
        phones=tuple(n for n in numbers if n),
        keys=_groups(found, years, numbers),
        sex=sex,
        locality=locality,
        relatives_names=dict(relatives_names or {}),
    )


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
    one_script = is_arabic(ours) == is_arabic(theirs)
    a, b = skeletons(ours), skeletons(theirs)
    meet = not set(a).isdisjoint(b)
    if meet:
        if not one_script:
            return "spelling" if min(len(a[0]), len(b[0])) >= 2 or len(ours) <= 4 else None
        if len(ours) > 1 and len(theirs) > 1:
            distance = OSA.distance(ours, theirs)
            if distance <= max(1, max(len(ours), len(theirs)) // 2) and (len(a[0]) >= 3 or distance <= 2):
                return "spelling" if len(a[0]) >= 2 else "similar" if distance <= 1 and len(ours) >= 3 else None
    if one_script:
        longest = max(len(ours), len(theirs))
        allowed = 2 if longest >= 8 else 1 if longest >= 3 else 0
        if allowed and DamerauLevenshtein.distance(ours, theirs, score_cutoff=allowed) <= allowed:
            return "similar"
        if theirs.startswith(ours):
            return "begins"
    elif min(len(a[:1] and a[0]), len(b[:1] and b[0])) >= 4 and OSA.distance(a[0], b[0], score_cutoff=1) <= 1:
        return "similar"
    if len(ours) == 1 and a and b and a[0][:1] == b[0][:1] and not one_script:
        return "begins"
    if related_codes(ours) & related_codes(theirs):
        return "related"
    return None


FURTHER = 0.6
"""Within one script every letter further apart than one costs this much: a slip is likelier than another name."""


@lru_cache(maxsize=20_000)
def _evidence(ours: str, theirs: str) -> tuple[str, float] | None:
    """(level, its worth in log odds), None where the tokens do not agree."""
    how = level(ours, theirs)
    if how is None:
        return None
    worth = LEVELS[how]
    if how in ("spelling", "similar") and is_arabic(ours) == is_arabic(theirs):
        worth = max(LEVELS["related"], worth - FURTHER * max(0, OSA.distance(ours, theirs) - 1))
    return how, worth * min(1.0, 0.55 + 0.15 * len(ours))


def _roles(parts: NameParts) -> dict[str, str]:
    """token -> the part it plays in a parsed name

    A name in the middle is called the father's only where that is certain, in Arabic script or after *bin* or *bint*:
    elsewhere it is as often a second given name, and every reason shown must be true.
    """
    certain = is_arabic(parts.given) or not CHILD.isdisjoint(parts.particles)
    father = parts.father if certain else ""
    roles: dict[str, str] = {}
    for role, token in (("family_name", parts.family), ("father_name", father), ("given_name", parts.given)):
        if token:
            roles[token] = role
    return roles


def _align(ours: tuple[str, ...], theirs: tuple[str, ...]) -> list[tuple[int, int, str, float]]:
    """Greedy best assignment of our tokens to theirs: (our index, their index, level, worth), each index once."""
    found = []
    for i, a in enumerate(ours):
        for j, b in enumerate(theirs):
            if (said := _evidence(a, b)) is not None:
                found.append((-said[1] - (0.1 if i == j else 0.0), i, j, said))
    found.sort()
    left, right, out = set(), set(), []
    for _, i, j, (how, worth) in found:
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            out.append((i, j, how, worth))
    return out


def _best_name(query: Query, candidate: Candidate) -> tuple[float, list[tuple[float, Reason]]]:
    best: tuple[float, list[tuple[float, Reason]]] | None = None
    relatives = [
        (f"{k}_name", t) for k, v in candidate.relatives_names.items() if k in ("father", "mother") for t in tokens(v)
    ]
    for name in candidate.names or [""]:
        parts = parse_name(name)
        roles = _roles(parts)
        theirs = parts.tokens
        every = (*theirs, *(t for _, t in relatives))
        pairs = _align(query.tokens, every)
        score, reasons = 0.0, []
        for i, j, how, worth in pairs:
            token = every[j]
            role = roles.get(token, "name_part") if j < len(theirs) else relatives[j - len(theirs)][0]
            score += worth + (IN_PLACE if i == j else 0.0)
            reasons.append((worth, Reason(f"{role}_{how}", {"ours": query.tokens[i], "theirs": token})))
        for i in set(range(len(query.tokens))) - {pair[0] for pair in pairs}:
            worth = UNFOUND_GIVEN if i == 0 and isinstance(query, Wanted) and len(query.tokens) > 1 else UNFOUND
            score += worth
            reasons.append((worth, Reason("name_part_missing", {"ours": query.tokens[i]})))
        score += UNASKED * len(set(range(len(theirs))) - {pair[1] for pair in pairs})
        if best is None or score > best[0]:
            best = (score, reasons)
    score, reasons = best or (0.0, [])
    if len(candidate.names) > 1:
        # What another of the person's names holds is not said to be missing.
        rest = {t for name in candidate.names for t in tokens(name)} | {t for _, t in relatives}
        held = {t for t in query.tokens if any(level(t, other) for other in rest)}
    else:
        held = {r.values["ours"] for _, r in reasons if not r.against}
    return score, [r for r in reasons if r[1].code != "name_part_missing" or r[1].values["ours"] not in held]


def _birth(query: Query, candidate: Candidate) -> list[tuple[float, Reason]]:
    if query.birth_date and candidate.birth_date:
        a, b = query.birth_date, candidate.birth_date
        said = {"theirs": b.isoformat()}
        if a == b:
            return [(4.5, Reason("birth_date_same", said))]
        if (a.year, a.month, a.day) == (b.year, b.day, b.month):
            return [(3.2, Reason("birth_date_swapped", said))]
        if sum(x != y for x, y in zip(a.isoformat(), b.isoformat(), strict=True)) == 1:
            return [(2.4, Reason("birth_date_similar", said))]
    year = candidate.birth_date.year if candidate.birth_date else candidate.birth_year
    if not query.birth_years or year is None:
        return []
    gap = min(abs(year - y) for y in query.birth_years)
    said = {"theirs": str(year)}
    if gap == 0:
        return [(2.3, Reason("birth_year_same", said))]
    if gap <= 2:
        return [(0.8, Reason("birth_year_near", said))]
    return [(-2.0, Reason("birth_year_differs", said))]


def _rest(query: Query, candidate: Candidate) -> list[tuple[float, Reason]]:
    out: list[tuple[float, Reason]] = []
    if candidate.identifiers_match:
        out.append((9.0, Reason("identifier_same")))
    if query.phones and candidate.phones:
        theirs = {"".join(c for c in digits(p) if c.isdigit())[-8:] for p in candidate.phones}
        if any(p[-8:] in theirs for p in query.phones):
            out.append((4.0, Reason("phone_same")))
        elif not (candidate.identifiers_match and not isinstance(query, Wanted)):
            out.append((-0.4, Reason("phone_differs")))
    if isinstance(query, Wanted):
        if query.sex and candidate.sex:
            same = query.sex == candidate.sex
            out.append((0.4, Reason("sex_same")) if same else (-2.5, Reason("sex_differs")))
        if query.locality and candidate.locality:
            same = fold(query.locality) == fold(candidate.locality)
            out.append(
                (
                    0.8 if same else -0.4,
                    Reason(f"locality_{'same' if same else 'differs'}", {"theirs": candidate.locality}),
                )
            )
        for kind in ("father", "mother"):
            ours, theirs = query.relatives_names.get(kind), candidate.relatives_names.get(kind)
            if ours and theirs:
                a, b = tokens(ours), tokens(theirs)
                how = level(a[0], b[0]) if a and b else None
                worth = LEVELS[how] * 0.6 if how else -1.0
                out.append((worth, Reason(f"{kind}_name_{how or 'differs'}", {"ours": ours, "theirs": theirs})))
    return out


def rank(query: Query, candidates: list[Candidate]) -> list[Ranked]:
    """Candidates by falling score, each with reasons that are true of it. Stable for equal scores.

    `identifiers_match` is taken on the caller's word (identifiers are looked up by blind index). An empty list gives
    an empty list; a candidate with nothing in common is kept, with a score near 0.
    """
    ranked = []
    for candidate in candidates:
        total, reasons = _best_name(query, candidate)
        more = _birth(query, candidate) + _rest(query, candidate)
        total += sum(worth for worth, _ in more)
        reasons = sorted(reasons + more, key=lambda r: -r[0])
        score = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total - PRIOR))))
        ranked.append(Ranked(candidate.id, round(score, 6), [r for _, r in reasons]))
    return sorted(ranked, key=lambda r: -r.score)
