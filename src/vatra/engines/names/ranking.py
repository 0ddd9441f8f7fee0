"""Ranking: candidates from the key table, ordered by how likely they are the person meant, each with its reasons.

The score is a sum of evidence in natural log odds (as in Fellegi and Sunter 1969), squeezed to 0..1; its weights are
fixed, rounded from the defaults of engines/linkage, and need no training at the desk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from .agreement import LEVELS, evidence, level
from .folding import digits, fold, is_arabic
from .keys import Query, _groups
from .parts import CHILD, NameParts, parse_name, tokens
from .reasons import Reason

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


class Ranked:
    """One candidate with a score in 0..1 and the reasons, strongest first, those against last.

    The reasons are put in words when they are first asked for: of hundreds that are ranked a few are shown.
    """

    __slots__ = ("_reasons", "_say", "candidate_id", "score")

    def __init__(self, candidate_id: object, score: float, say: Callable[[], list[Reason]]) -> None:
        self.candidate_id, self.score = candidate_id, score
        self._say, self._reasons = say, None

    @property
    def reasons(self) -> list[Reason]:
        if self._reasons is None:
            self._reasons = self._say()
        return self._reasons


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
            if (said := evidence(a, b)) is not None:
                found.append((-said[1] - (0.1 if i == j else 0.0), i, j, said))
    found.sort()
    left, right, out = set(), set(), []
    for _, i, j, (how, worth) in found:
        if i not in left and j not in right:
            left.add(i)
            right.add(j)
            out.append((i, j, how, worth))
    return out


@dataclass(frozen=True, slots=True)
class _Fit:
    """How what was typed fits one of a candidate's names: `every` holds its `own` parts, then those of the parents."""

    score: float
    name: str
    every: tuple[str, ...]
    own: int
    pairs: list[tuple[int, int, str, float]]
    missing: list[tuple[int, float]]


def _fit(query: Query, name: str, relatives: list[tuple[str, str]]) -> _Fit:
    theirs = tokens(name)
    every = (*theirs, *(token for _, token in relatives))
    pairs = _align(query.tokens, every)
    met = {pair[0] for pair in pairs}
    given = 0 if isinstance(query, Wanted) and len(query.tokens) > 1 else None
    missing = [(i, UNFOUND_GIVEN if i == given else UNFOUND) for i in range(len(query.tokens)) if i not in met]
    score = sum(worth + (IN_PLACE if i == j else 0.0) for i, j, _, worth in pairs)
    score += sum(worth for _, worth in missing)
    score += UNASKED * (len(theirs) - sum(j < len(theirs) for _, j, _, _ in pairs))
    return _Fit(score, name, every, len(theirs), pairs, missing)


def _relatives(candidate: Candidate) -> list[tuple[str, str]]:
    """(role, token) of the parents' names."""
    said = candidate.relatives_names.items()
    return [(f"{kind}_name", token) for kind, name in said if kind in ("father", "mother") for token in tokens(name)]


def _name_reasons(query: Query, candidate: Candidate, fit: _Fit) -> list[tuple[float, Reason]]:
    """What of the name agrees and what is missing. What another of the person's names holds is not said to be missing."""
    relatives = _relatives(candidate)
    roles = _roles(parse_name(fit.name))
    out = []
    for i, j, how, worth in fit.pairs:
        role = roles.get(fit.every[j], "name_part") if j < fit.own else relatives[j - fit.own][0]
        out.append((worth, Reason(f"{role}_{how}", {"ours": query.tokens[i], "theirs": fit.every[j]})))
    held = {query.tokens[i] for i, _, _, _ in fit.pairs}
    if len(candidate.names) > 1:
        rest = {t for name in candidate.names for t in tokens(name)} | {t for _, t in relatives}
        held = {t for t in query.tokens if any(level(t, other) for other in rest)}
    for i, worth in fit.missing:
        if query.tokens[i] not in held:
            out.append((worth, Reason("name_part_missing", {"ours": query.tokens[i]})))
    return out


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
    """Candidates by falling likelihood, each with reasons that are true of it. Stable for equal ones.

    `identifiers_match` is taken on the caller's word (identifiers are looked up by blind index). An empty list gives
    an empty list; a candidate with nothing in common is kept, with a score near 0.
    """
    totals = [_weigh(query, candidate) for candidate in candidates]
    order = sorted(range(len(candidates)), key=lambda n: -totals[n][0])
    return [_ranked(query, candidates[n], *totals[n]) for n in order]


def _weigh(query: Query, candidate: Candidate) -> tuple[float, _Fit, list[tuple[float, Reason]]]:
    """(log odds, how the name fits that fits best, what speaks besides the name)"""
    relatives = _relatives(candidate)
    fits = [_fit(query, name, relatives) for name in candidate.names or [""]]
    best = max(fits, key=lambda fit: fit.score)
    more = _birth(query, candidate) + _rest(query, candidate)
    return best.score + sum(worth for worth, _ in more), best, more


def _ranked(query: Query, candidate: Candidate, total: float, fit: _Fit, more: list[tuple[float, Reason]]) -> Ranked:
    def say() -> list[Reason]:
        found = _name_reasons(query, candidate, fit) + more
        return [reason for _, reason in sorted(found, key=lambda said: -said[0])]

    score = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total - PRIOR))))
    return Ranked(candidate.id, round(score, 6), say)
