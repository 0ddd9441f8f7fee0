"""Reasons of a pair, from its pattern of agreement: the same codes and sentences as the search gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..names.reasons import Reason
from .parameters import LEVELS
from .scoring import decode
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


def codes(pattern: int) -> list[str]:
    """Reason codes of one pattern, those for it first."""
    levels = decode(np.array([pattern], dtype=np.int64))
    out: list[str] = []
    for name in ORDER:
        at = int(levels[name][0])
        if not at:
            continue
        level = LEVELS[name][at - 1]
        if level == "swapped" and name in ("given", "family"):
            code = "name_parts_swapped"
        elif name in ("given", "father", "mother", "family"):
            code = f"{name}_name_{_NAME.get(level, 'similar')}"
        elif name == "birth":
            code = _BIRTH[level]
        else:
            code = f"{name}_{level}"
        if code not in out:
            out.append(code)
    return sorted(out, key=lambda c: c.endswith("_differs"))


def words(pattern: int, translate: Callable[[str], str]) -> str:
    """The reasons of one pattern as sentences in the language of `translate` (a gettext function)."""
    return "; ".join(Reason(code).head(translate) for code in codes(pattern))
