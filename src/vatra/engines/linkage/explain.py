"""Reasons of a pair, from its pattern of agreement: the same codes and sentences as the search gives."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..names.reasons import Reason
from .parameters import LEVELS
from .sql import ORDER

_NAME = {
    "same": "same", "script": "spelling", "spelling": "spelling", "part": "part", "sounds": "similar", "similar": "similar",
    "close": "similar",
    "related": "related", "initial": "initial", "differs": "differs", "differs_script": "differs",
}  # fmt: skip
_BIRTH = {
    "same": "birth_date_same", "swapped": "birth_date_swapped", "defaulted": "birth_year_same", "digit": "birth_date_similar",
    "similar": "birth_year_same", "near_same": "birth_day_same", "day_same": "birth_day_same", "two_digits": "birth_date_close",
    "year": "birth_year_same", "near": "birth_year_near", "differs": "birth_year_differs",
}  # fmt: skip


def _code(name: str, level: str) -> str:
    """The code of one field's level of agreement."""
    if level == "swapped" and name in ("given", "family"):
        return "name_parts_swapped"
    if name in ("given", "father", "mother", "family"):
        return f"{name}_name_{_NAME.get(level, 'similar')}"
    return _BIRTH[level] if name == "birth" else f"{name}_{level}"


def codes(pattern: int) -> list[str]:
    """Reason codes of one pattern, those for it first."""
    levels = ((name, pattern >> 4 * place & 15) for place, name in enumerate(reversed(ORDER)))
    found = dict.fromkeys(_code(name, LEVELS[name][at - 1]) for name, at in reversed([*levels]) if at)
    return sorted(found, key=lambda c: c.endswith("_differs"))


def heads(translate: Callable[[str], str]) -> Callable[[str], str]:
    """What a code says in the language of `translate` (a gettext function), translated once."""
    return cache(lambda code: Reason(code).head(translate))
