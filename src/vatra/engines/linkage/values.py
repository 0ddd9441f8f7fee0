"""What one distinct text says: computed once per distinct value, however many records carry it.

Everything that needs the names engine happens here, in Python; after that linkage is integers and plain SQL.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..names.folding import digits, fold, is_arabic
from ..names.keys import _hash
from ..names.parts import parse_name, tokens
from ..names.skeletons import skeletons
from ..names.variants import related_codes
from ..names.vowels import vowel_mask

NAME_COLUMNS = (
    ("f", "VARCHAR"), ("k", "VARCHAR"), ("s", "BIGINT"), ("a", "BIGINT"), ("t1", "BIGINT"), ("t2", "BIGINT"),
    ("x", "BOOLEAN"), ("m", "BIGINT"), ("bag", "BIGINT"), ("r1", "BIGINT"), ("r2", "BIGINT"),
)  # fmt: skip
"""Features of a name value: folded text, skeleton text, skeleton, second reading, skeletons of its first
two tokens, whether Arabic, vowel mask, bag of letters, two codes of related names."""


_ONE_BYTE = str.maketrans(
    dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگڤ", "ABTVJHXD*RZS$CIQUEGFOKLMNWPY!#%&+", strict=True))
)
"""Arabic letters one to one in ASCII (in the spirit of Buckwalter): carriers' levenshtein counts bytes, and a letter
must be one. No small letters, so that no Arabic text is ever equal to a Latin one."""


def forget() -> None:
    """Drop what the caches hold; a batch sees every distinct text once."""
    for cached in (_signed, _hash, fold, tokens, parse_name, skeletons, vowel_mask):
        cached.cache_clear()


@lru_cache(maxsize=100_000)
def _signed(text: str) -> int:
    value = _hash(text)
    return value - (1 << 64) if value >> 63 else value


def name_features(text: str) -> tuple | None:
    """The features `NAME_COLUMNS` of one name field; None if it holds no letter."""
    found = tokens(text)
    if not found:
        return None
    if len(found) > 1:
        found = tuple(t for t in found if not t.isdigit())[:4] or found
    frames = [skeletons(t) for t in found]
    kept = [(t, f) for t, f in zip(found, frames, strict=True) if f]
    if not kept:
        return None
    folded = " ".join(t[2:] if len(t) >= 5 and t.startswith("ال") else t for t, _ in kept)
    first = [f[0] for _, f in kept]
    joined = "".join(sorted(first)) if len(first) > 1 else first[0]
    second = kept[0][1][1] if len(kept) == 1 and len(kept[0][1]) > 1 else None
    related = sorted(related_codes(kept[0][0]))[:2]
    arabic = is_arabic(folded)
    folded = folded.translate(_ONE_BYTE)
    return (
        folded,
        joined,
        _signed(joined),
        _signed(second) if second else None,
        _signed(first[0]),
        _signed(first[1]) if len(first) > 1 else None,
        arabic,
        vowel_mask(kept[0][0]) if len(kept) == 1 else 0,
        _signed("bag" + "".join(sorted(folded))),
        _signed("related" + related[0]) if related else None,
        _signed("related" + related[1]) if len(related) > 1 else None,
    )


def full_name_parts(text: str) -> tuple[str | None, str | None, str | None] | None:
    """(given, father, family) of a full name, None where absent."""
    parts = parse_name(text)
    if not parts.given:
        return None
    return parts.given, parts.father or None, parts.family or None


_SEPARATED = re.compile(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")


def birth(text: str) -> tuple[int | None, int] | None:
    """(yyyymmdd or None, year) of a date or year of birth in the usual writings; None if no year can be read.

    ``12/03/1984``, ``12.3.1984``, ``1984-03-12``, ``19840312``, ``1984``; a month over 12 changes places
    with the day. A day that is in no calendar is kept: its other figures still tell; but ``00/00/1984`` is a year.
    """
    text = digits(text).strip()
    if m := _SEPARATED.match(text):
        a, b, c = (int(g) for g in m.groups())
        year, month, day = (a, b, c) if len(m[1]) == 4 else (c, b, a)
    elif m := _COMPACT.match(text):
        year, month, day = (int(g) for g in m.groups())
    elif m := _YEAR.search(text):
        return (None, int(m[1]))
    else:
        return None
    if month > 12 >= day:
        month, day = day, month
    if not (1000 <= year <= 2999):
        return None
    return (year * 10000 + month * 100 + day if month and day else None, year)


_SEXES = {
    **dict.fromkeys(
        [
            "m",
            "male",
            "man",
            "h",
            "homme",
            "erkek",
            "e",
            "bay",
            "barbat",
            "masculin",
            "b",
            "ferfi",
            "ffi",
            "ذكر",
            "رجل",
            "1",
        ],
        "m",
    ),
    **dict.fromkeys(
        [
            "f",
            "female",
            "woman",
            "femme",
            "kadin",
            "k",
            "kiz",
            "bayan",
            "femeie",
            "feminin",
            "no",
            "انثي",
            "امراه",
            "2",
        ],
        "f",
    ),
}


def sex(text: str) -> str | None:
    """``m``, ``f``, the folded text for what is neither, None for nothing."""
    folded = fold(text)
    return _SEXES.get(folded, folded) or None


def locality(text: str) -> tuple[str, int] | None:
    """(folded text, skeleton) of a place name."""
    folded = fold(text)
    if not folded:
        return None
    folded = " ".join(w[2:] if len(w) >= 5 and w.startswith("ال") else w for w in folded.split())
    frames = [f[0] for w in folded.split() if (f := skeletons(w))]
    return folded.translate(_ONE_BYTE), _signed("".join(frames) or folded)
