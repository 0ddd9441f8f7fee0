"""Search keys: what is written in the key table when a name is, and what a search asks it.

A key is a signed 64-bit number, made of a kind and one or two skeletons (or folded letters), so the table is
two bigints with an ordinary B-tree index on (key, person_id), the same on SQLite and PostgreSQL. Why these
kinds: see docs/adr/0004-names-and-linkage.md.

    one      one skeleton                              everybody of one name; cut off by its limit when common
    pair     two skeletons of one name, any order      the workhorse: parts in any order, one part wrong
    same     two parts as they are written, any order  those who are written as typed, and one letter away from it
    stem     a skeleton, two signs of another          it is half typed, or an initial: "M. Haddad"
    start    the first two letters of a part           typing begins
    year     one skeleton and a year of birth          "Mohamad 1984"
    phone    the last eight digits
    related  a group of related names                  János for Ioan, when nothing else is given
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import combinations, permutations

from .folding import digits, is_arabic
from .parts import tokens
from .skeletons import skeletons
from .variants import related_codes

MASK = (1 << 64) - 1
KINDS = {"one": 1, "pair": 2, "stem": 3, "start": 5, "year": 6, "phone": 7, "related": 8, "same": 9}
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


def _bare(token: str) -> str:
    """A token without the article of Arabic, which is there or not."""
    return token[2:] if len(token) >= 5 and token.startswith("ال") else token


def _same(a: str, b: str) -> int:
    return _mix(KINDS["same"] * 0x9E3779B97F4A7C15 + _hash(_bare(a)) + _hash(_bare(b)))


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
                keys.add(_key("start", _bare(token)[:2]))
            for frame in skeletons(token):
                if len(token) > 1:
                    keys.add(_key("one", frame))
                if birth_year is not None:
                    keys.add(_key("year", frame, str(birth_year)))
            keys.update(_key("related", code) for code in related_codes(token))
        for i, j in combinations(range(len(found)), 2):
            keys.update(_pair(a, b) for a in read[i] for b in read[j])
            if len(found[i]) > 1 and len(found[j]) > 1 and read[i] and read[j]:
                keys.add(_same(found[i], found[j]))
            for whole, other in ((i, j), (j, i)):
                keys.update(_key("stem", frame, second[:2]) for frame in read[whole][:1] for second in read[other][:1])
    keys.update(k for p in phones if (k := phone_key(p)) is not None)
    return keys


@dataclass(frozen=True)
class KeyGroup:
    """Keys of one kind: look up each, take at most `limit` persons of each, count `weight` for a hit.

    `each`: the keys are many and mostly empty; this is the limit of each, and `limit` is for all of them.
    `also`: only persons who have one of these keys too, among the first of the keys; with `nearly` those who have one of
    these instead of the keys come after them, for half the weight.
    """

    kind: str
    keys: tuple[int, ...]
    limit: int
    weight: float
    each: int = 0
    also: tuple[int, ...] = ()
    nearly: tuple[int, ...] = ()


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
_CHAT = re.compile(r"(?<![\w-])(?=[a-z]*[235679])(?:[235679]?[a-z])+[235679]?(?![\w-])", re.IGNORECASE)
_CHAT_LETTERS = str.maketrans({"2": "a", "3": "a", "5": "kh", "6": "t", "7": "h", "9": "s"})
"""Figures that stand for Arabic letters where a keyboard lacks them: 3ali, Mo7ammad, 5aled."""
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


def _letters(word: str) -> str:
    """A word of letters and figures as a name; as it is if it is none, "X7"."""
    return word.translate(_CHAT_LETTERS) if sum(c.isalpha() for c in word) > 1 else word


def _two_digits(number: int, today: date | None) -> tuple[int, ...]:
    """`54` is a year of birth without its century or, where today is known, an age."""
    years = [1900 + number, 2000 + number]
    if today is not None:
        years = [y for y in years if y <= today.year] + [today.year - number - back for back in (0, 1)]
    return tuple(dict.fromkeys(years))


def query_keys(text: str, *, today: date | None = None) -> Query:
    """Read a search text: names, a year or date of birth, an age (with `today`), a phone, identifiers; then its keys.

    Digits may be of any script. A run of six or more digits is both a possible phone and a possible identifier;
    letters and digits together are an identifier, and a name too if the digits may stand for Arabic letters (*Mo7ammad*).
    Never raises.
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
    rest = _WITH_DIGITS.sub(" ", _CHAT.sub(lambda m: _letters(m[0]), rest))
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
    """The keys of a query, those that say most first. Limits and weights were set on seeds that are not reported."""
    typed = _Typed(found, tuple(_readings(t) for t in found), years)
    two = len(found) == 2
    groups = [
        KeyGroup("phone", _sorted(k for p in phones if (k := phone_key(p)) is not None), 50, 8.0),
        KeyGroup("same", _sorted(_same(found[i], found[j]) for i, j in combinations(typed.whole, 2)), 100, 6.0),
        *typed.both(),
        *typed.nearly(),
        KeyGroup("pair", typed.pairs(), 100, 4.0),
        KeyGroup("slip", typed.slips() if two else (), 400, 4.5, SAME_EACH),
        KeyGroup("year", typed.years_of(), 100, 3.0),
        KeyGroup(
            "near", typed.near_year() if len(found) == 1 else typed.near_pairs() if two else (), 500, 2.6, NEAR_EACH
        ),
        KeyGroup("stem", typed.stems(), 40 if two else 20, 1.5),
        KeyGroup("initial", typed.initials(), 100, 1.5, NEAR_EACH),
        KeyGroup("one", typed.ones(), 120 if len(found) == 1 else 20, 1.0),
    ]
    if len(found) == 1:
        groups.append(KeyGroup("related", _sorted(_key("related", c) for c in related_codes(found[0])), 40, 0.7))
    if found and len(found[-1]) > 1 and len(typed.whole) < 2:
        groups.append(KeyGroup("start", (_key("start", _bare(found[-1])[:2]),), 60, 0.5))
    return tuple(group for group in groups if group.keys)


def _sorted(keys: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(keys)))


SIGNS = "abtkgshfmnlr"
LATIN = "abcdefghijklmnopqrstuvwxyz"
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
BOTH_AMONG = 1500
"""Persons of one key among whom those are looked for who have the rest of what was typed too."""
SAME_EACH = 24
NEAR_EACH = 16
"""Persons taken of each name one slip away: there are many, and whom nothing else tells apart must not crowd them out."""


def _edits(text: str, letters: str) -> set[str]:
    """Texts one slip away: a letter left out, put in, mistaken, or changed places with the next."""
    cut = [(text[:i], text[i:]) for i in range(len(text) + 1)]
    out = {a + b[1:] for a, b in cut if b}
    out |= {a + b[1] + b[0] + b[2:] for a, b in cut if len(b) > 1}
    out |= {a + c + b[1:] for a, b in cut if b for c in letters}
    out |= {a + c + b for a, b in cut for c in letters}
    return out - {text, ""}


@dataclass(frozen=True)
class _Typed:
    """The parts that were typed, their readings and the years; each method gives the keys of one kind."""

    found: tuple[str, ...]
    read: tuple[tuple[str, ...], ...]
    years: tuple[int, ...]

    @property
    def whole(self) -> list[int]:
        """The parts of two letters or more, the longest and so the rarest first."""
        return sorted(
            (n for n, t in enumerate(self.found) if len(t) > 1 and self.read[n]), key=lambda n: -len(self.found[n])
        )

    def pair(self, i: int, j: int) -> set[int]:
        return {_pair(a, b) for a in self.read[i] for b in self.read[j]}

    def pairs(self) -> tuple[int, ...]:
        return _sorted(k for i, j in combinations(self.whole, 2) for k in self.pair(i, j))

    def year(self, i: int) -> set[int]:
        return {_key("year", frame, str(year)) for frame in self.read[i] for year in self.years}

    def years_of(self) -> tuple[int, ...]:
        return _sorted(k for i, frames in enumerate(self.read) if frames for k in self.year(i))

    def ones(self) -> tuple[int, ...]:
        return _sorted(_key("one", frame) for i in self.whole for frame in skeletons(self.found[i]))

    def stems(self) -> tuple[int, ...]:
        """A part, and the beginning of another that may be half typed."""
        ends = [(i, j) for i in self.whole for j in self.whole if i != j and len(self.read[j][0]) > 1]
        return _sorted(_key("stem", self.read[i][0], self.read[j][0][:2]) for i, j in ends)

    def initials(self) -> tuple[int, ...]:
        """A part, and another of which a letter or a sign is all that was typed."""
        short = [n for n, frames in enumerate(self.read) if frames and (len(self.found[n]) <= 3 or len(frames[0]) < 2)]
        return _sorted(k for i in self.whole for j in short if i != j for k in self.initial(i, j))

    def initial(self, i: int, j: int) -> set[int]:
        sign = self.read[j][0][:1]
        return {_key("stem", self.read[i][0], sign + second) for second in ("", *SIGNS)}

    def both(self) -> Iterator[KeyGroup]:
        """For names so common that a pair of them is shared by thousands: who of these has the other parts or the year."""
        if self.years:
            for i in self.whole[:2]:
                also = {k for j in self.whole if j != i for k in self.pair(i, j)}
                also |= (
                    {k for j, t in enumerate(self.found) if len(t) == 1 for k in self.initial(i, j)}
                    if not also
                    else set()
                )
                if also:
                    yield KeyGroup("both", _sorted(self.year(i)), 60, 20.0, also=_sorted(also))
        for i, j in list(combinations(self.whole, 2))[:2]:
            for k in set(range(len(self.found))) - {i, j}:
                if self.read[k]:
                    also = self.initial(i, k) if len(self.found[k]) <= 2 else self.pair(i, k)
                    yield KeyGroup("both", _sorted(self.pair(i, j)), 60, 20.0, also=_sorted(also))

    def nearly(self) -> Iterator[KeyGroup]:
        """For a slip in one part of a common name: who has two others, or one and the year, and nearly this one."""
        if not 2 <= len(self.whole) <= 4:
            return
        ring = self.whole * 2
        for at, i in enumerate(self.whole):
            j, k = ring[at + 1], ring[at + 2]
            if len(self.whole) == 2 and self.years:
                yield KeyGroup("nearly", _sorted(self.year(i)), 60, 10.0, also=self.near(i, j))
            elif len(self.whole) > 2 and not self.years:
                sure, near = _sorted(self.pair(i, j)), self.near(i, j)
                yield KeyGroup("nearly", sure, 60, 10.0, also=self.near(i, k), nearly=near)

    def near(self, i: int, j: int) -> tuple[int, ...]:
        """A part, and another with a slip that changed its skeleton."""
        return _sorted(_pair(self.read[i][0], near) for near in _edits(self.read[j][0], SIGNS))

    def slips(self) -> tuple[int, ...]:
        """Two parts of which one is written with a slip, letter by letter."""
        out = set()
        for i, j in permutations(self.whole, 2):
            bare = _bare(self.found[j])
            if len(bare) > 2:
                letters = LATIN if bare.isascii() else ARABIC if is_arabic(bare) else "".join(set(bare))
                out |= {_same(self.found[i], near) for near in _edits(bare, letters)}
        return _sorted(out)

    def near_pairs(self) -> tuple[int, ...]:
        """Two parts of which one holds a slip that changed its skeleton, whatever the other's spelling."""
        out = {k for i, j in permutations(self.whole, 2) if len(self.read[j][0]) > 2 for k in self.near(i, j)}
        return _sorted(out - set(self.pairs()))

    def near_year(self) -> tuple[int, ...]:
        """One part that holds a slip, and the year."""
        if not self.years or not self.whole or len(self.read[0][0]) < 3:
            return ()
        return _sorted(_key("year", near, str(y)) for near in _edits(self.read[0][0], SIGNS) for y in self.years)
