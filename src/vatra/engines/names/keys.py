"""Search keys: what is written in the key table when a name is, and what a search asks it.

A key is a signed 64-bit number, made of a kind and one or two skeletons (or folded letters), so the table is
two bigints with an ordinary B-tree index on (key, person_id), the same on SQLite and PostgreSQL. Why these
kinds: see docs/adr/0004-names-and-linkage.md.

    one      one skeleton                              everybody of one name; cut off by its limit when common
    pair     two skeletons of one name, any order      the workhorse: parts in any order, one part wrong
    stem     a skeleton, two signs of another          a slip later in the second part, or it is half typed
    first    a skeleton, the initial of another        "M. Haddad"
    start    the first two letters of a part           typing begins
    year     one skeleton and a year of birth          "Mohamad 1984"
    phone    the last eight digits
    related  a group of related names                  János for Ioan, when nothing else is given
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import combinations

from .folding import digits
from .parts import tokens
from .skeletons import skeletons
from .variants import related_codes

MASK = (1 << 64) - 1
KINDS = {"one": 1, "pair": 2, "stem": 3, "first": 4, "start": 5, "year": 6, "phone": 7, "related": 8}
MAX_TOKENS = 6
"""Parts of one name that get keys; further ones are found only by the ranking."""
READINGS = 2
"""Readings of a token that are written in pairs and stems; all of them are written alone."""


@lru_cache(maxsize=50_000)
def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mix(value: int) -> int:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014), as a signed number."""
    value &= MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    value ^= value >> 31
    return value - (1 << 64) if value >> 63 else value


def _key(kind: str, *parts: str) -> int:
    """Parts in order. The workhorse `_pair` is symmetric instead."""
    total = KINDS[kind] * 0x9E3779B97F4A7C15
    for i, part in enumerate(parts):
        total += _hash(part) * (2 * i + 1)
    return _mix(total)


def _pair(a: str, b: str) -> int:
    return _mix(KINDS["pair"] * 0x9E3779B97F4A7C15 + _hash(a) + _hash(b))


def phone_key(phone: str) -> int | None:
    """The key of a telephone number: its last eight digits; None if there are fewer than six."""
    number = re.sub(r"\D", "", digits(phone))
    return _key("phone", number[-8:]) if len(number) >= 6 else None


def _readings(token: str, most: int = READINGS) -> tuple[str, ...]:
    return skeletons(token)[:most]


def search_keys(
    names: Iterable[str],
    *,
    birth_year: int | None = None,
    phones: Iterable[str] = (),
) -> set[int]:
    """Every key to be stored for a person, to be written in the transaction that writes the names.

    `names`: the person's full names, in any script; parts pair only inside one name, so give a Latin and an Arabic
    spelling as two names. Typically 15–25 keys for a name of three parts. An empty list gives an empty set.
    """
    keys: set[int] = set()
    for name in names:
        found = [t for t in tokens(name)[:MAX_TOKENS] if not t.isdigit()]
        read = [_readings(t) for t in found]
        for token, _frames in zip(found, read, strict=True):
            if len(token) >= 2:
                keys.add(_key("start", token.removeprefix("ال")[:2]))
            for frame in skeletons(token):
                if len(token) > 1:
                    keys.add(_key("one", frame))
                if birth_year is not None:
                    keys.add(_key("year", frame, str(birth_year)))
            keys.update(_key("related", code) for code in related_codes(token))
        for i, j in combinations(range(len(found)), 2):
            keys.update(_pair(a, b) for a in read[i] for b in read[j])
            for whole, other in ((i, j), (j, i)):
                for frame in read[whole][:1]:
                    for second in read[other][:1]:
                        keys.add(_key("stem", frame, second[:2]))
                        keys.add(_key("first", frame, second[:1]))
    keys.update(k for p in phones if (k := phone_key(p)) is not None)
    return keys


@dataclass(frozen=True)
class KeyGroup:
    """Keys of one kind: look up each, take at most `limit` persons of each, count `weight` for a hit.

    `each`: the keys are many and mostly empty; this is the limit of each, and `limit` is for all of them.
    `also`: only persons who have one of these keys too, among the first `BOTH_AMONG` of the keys.
    """

    kind: str
    keys: tuple[int, ...]
    limit: int
    weight: float
    each: int = 0
    also: tuple[int, ...] = ()


@dataclass(frozen=True)
class Query:
    """What a search text says. `keys` is ordered from the most selective group to the least."""

    text: str
    tokens: tuple[str, ...] = ()
    birth_year: int | None = None
    birth_date: date | None = None
    age: int | None = None
    birth_years: tuple[int, ...] = ()
    phones: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    keys: tuple[KeyGroup, ...] = field(default=())

    @property
    def empty(self) -> bool:
        """True when nothing can be looked up: no key and no identifier."""
        return not self.keys and not self.identifiers


_DATE = re.compile(r"(?<!\d)(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))(?!\d)")
_PHONE = re.compile(r"(?<![\w])\+?\d[\d\s()/.-]{4,}\d(?!\w)")
_WITH_DIGITS = re.compile(r"(?<!\w)(?=[\w-]*\d)[\w-]{4,}(?!\w)")
_AGE = re.compile(
    r"(?<!\w)(\d{1,3})\s*(?:years?(?: old)?|yrs?|y|yo|ani|yas(?:inda)?|yaş(?:ında)?|éves|eves|ev|سنه|سنة|عاما?|سنين|سنوات)(?!\w)",
    re.IGNORECASE,
)


def _take_dates(text: str, today: date | None) -> tuple[str, dict]:
    said: dict = {}
    if m := _DATE.search(text):
        y, mo, d = (m[1], m[2], m[3]) if m[1] else (m[6], m[5], m[4])
        with contextlib.suppress(ValueError):
            said["birth_date"] = date(int(y), int(mo), int(d))
        if 1880 <= int(y) <= 2100:
            said["birth_year"] = int(y)
            text = text[: m.start()] + " " + text[m.end() :]
    elif (m := _AGE.search(text)) and int(m[1]) <= 120:
        said["age"] = int(m[1])
        text = text[: m.start()] + " " + text[m.end() :]
        if today is not None:
            said["birth_years"] = tuple(today.year - int(m[1]) - back for back in (0, 1))
    if "birth_year" not in said and (m := re.search(r"(?<![\w+/-])(1[89]\d\d|20\d\d)(?![\w/-])", text)):
        said["birth_year"] = int(m[1])
        text = text[: m.start()] + " " + text[m.end() :]
    if "birth_year" in said:
        said["birth_years"] = (said["birth_year"],)
    elif not said and (m := re.search(r"(?<![\w+/.()-])(?<!\d\s)(\d{2})(?!\s?\d)(?![\w/.()-])", text)):
        said["birth_years"] = _two_digits(int(m[1]), today)
        text = text[: m.start()] + " " + text[m.end() :]
    return text, said


def _two_digits(number: int, today: date | None) -> tuple[int, ...]:
    """`54` is a year of birth without its century or, where today is known, an age."""
    years = [1900 + number, 2000 + number]
    if today is not None:
        years = [y for y in years if y <= today.year] + [today.year - number - back for back in (0, 1)]
    return tuple(dict.fromkeys(years))


def query_keys(text: str, *, today: date | None = None) -> Query:
    """Read a search text: names, a year or date of birth, an age (with `today`), a phone, identifiers; then its keys.

    Digits may be of any script. A run of six or more digits is both a possible phone and a possible identifier;
    letters and digits together are an identifier. Never raises.
    """
    plain, said = _take_dates(digits(text), today)
    phones, identifiers = [], []
    for m in _PHONE.finditer(plain):
        number = re.sub(r"\D", "", m[0])
        if len(number) >= 6:
            phones.append(number)
            identifiers.append(number)
    rest = _PHONE.sub(lambda m: " " if len(re.sub(r"\D", "", m[0])) >= 6 else m[0], plain)
    for m in _WITH_DIGITS.finditer(rest):
        identifiers.append(m[0])
    rest = _WITH_DIGITS.sub(" ", rest)
    found = tuple(t for t in tokens(rest)[:MAX_TOKENS] if not t.isdigit())
    return Query(
        text=text,
        tokens=found,
        phones=tuple(phones),
        identifiers=tuple(dict.fromkeys(identifiers)),
        keys=_groups(found, said.get("birth_years", ()), phones),
        **said,
    )


def _groups(found: tuple[str, ...], years: tuple[int, ...], phones: list[str]) -> tuple[KeyGroup, ...]:
    read = [_readings(t) for t in found]
    groups: list[tuple[str, set[int], int, float]] = [
        ("phone", {k for p in phones if (k := phone_key(p)) is not None}, 50, 8.0),
    ]
    pair, stem, first = set(), set(), set()
    for i, j in combinations(range(len(found)), 2):
        whole = [len(found[i]) > 1, len(found[j]) > 1]
        if all(whole):
            pair.update(_pair(a, b) for a in read[i] for b in read[j])
        for a, b in ((i, j), (j, i)):
            if len(found[a]) > 1 and read[a] and read[b]:
                if len(read[b][0]) >= 2:
                    stem.add(_key("stem", read[a][0], read[b][0][:2]))
                if len(found[b]) == 1 or len(found[b]) <= 3 or len(read[b][0]) < 2:
                    first.add(_key("first", read[a][0], read[b][0][:1]))
    year = {_key("year", frame, str(y)) for frames in read for frame in frames for y in years}
    one = {_key("one", f) for t in found if len(t) > 1 for f in skeletons(t)}
    start = {_key("start", t.removeprefix("ال")[:2]) for t in found[-1:] if len(t) >= 2}
    related = {_key("related", c) for t in found for c in related_codes(t)}
    groups += [
        ("pair", pair, 150 if len(found) == 2 else 100, 4.0),
        ("year", year, 100, 3.0),
        ("stem", stem, 80 if len(found) == 2 else 30, 2.5),
        ("slip", _slips(read, years) if len(found) <= 2 else set(), 500, 2.6),
        ("first", first, 60, 1.5),
        ("one", one, 120 if len(found) == 1 else 20, 1.0),
        ("related", related if len(found) == 1 else set(), 40, 0.7),
        ("start", start if len(found) == 1 or not pair else set(), 60, 0.5),
    ]
    single = tuple(
        KeyGroup(k, tuple(sorted(v)), limit, weight, SLIP_EACH if k == "slip" else 0)
        for k, v, limit, weight in groups
        if v
    )
    return (*_both(found, read, years), *single)


BOTH_AMONG = 1500
"""Persons of one pair among whom those are looked for who have the rest of what was typed too."""


def _both(found: tuple[str, ...], read: list[tuple[str, ...]], years: tuple[int, ...]) -> list[KeyGroup]:
    """For names so common that a pair of them is shared by thousands: who of these has the other parts or the year."""
    out = []
    whole = sorted((n for n, token in enumerate(found) if len(token) > 1 and read[n]), key=lambda n: -len(found[n]))
    for i, j in list(combinations(whole, 2))[:2]:
        also = {_key("year", read[i][0], str(year)) for year in years}
        for k in set(range(len(found))) - {i, j}:
            if read[k] and len(found[k]) <= 2:
                also.add(_key("first", read[i][0], read[k][0][:1]))
            elif read[k]:
                also.add(_pair(read[i][0], read[k][0]))
        if also:
            pairs = {_pair(a, b) for a in read[i] for b in read[j]}
            out.append(KeyGroup("both", tuple(sorted(pairs)), 60, 5.0, also=tuple(sorted(also))))
    return out


SLIP_EACH = 16
"""Persons taken of each skeleton one slip away: there are many, and whom nothing else tells apart must not crowd them out."""
_SIGNS = "abtkgshfmnlr"


def _near(frame: str) -> set[str]:
    """Skeletons one slip away: a sign left out, put in, mistaken, or changed places with the next."""
    cut = [(frame[:i], frame[i:]) for i in range(len(frame) + 1)]
    out = {a + b[1:] for a, b in cut if b}
    out |= {a + b[1] + b[0] + b[2:] for a, b in cut if len(b) > 1}
    out |= {a + c + b[1:] for a, b in cut if b for c in _SIGNS}
    out |= {a + c + b for a, b in cut for c in _SIGNS}
    return out - {frame, ""}


def _slips(read: list[tuple[str, ...]], years: tuple[int, ...]) -> set[int]:
    """Keys of pairs, and of parts with a year, in which one part holds a slip that changed its skeleton."""
    out: set[int] = set()
    frames = [r[0] if r else "" for r in read]
    if len(frames) == 2 and all(frames):
        for whole, slipped in (frames, frames[::-1]):
            out |= {_pair(whole, near) for near in _near(slipped)} - {_pair(*frames)}
    elif len(frames) == 1 and years and len(frames[0]) > 2:
        out |= {_key("year", near, str(y)) for near in _near(frames[0]) for y in years}
    return out
