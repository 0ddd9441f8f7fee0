"""Variant tables: names that rules of letters cannot join. See variants.yaml."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from .folding import fold


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    data = yaml.safe_load(files(__package__).joinpath("variants.yaml").read_text(encoding="utf-8"))
    spelling: dict[str, tuple[str, ...]] = {}
    for skeleton, names in data["spellings"].items():
        for name in names:
            key = fold(str(name)).replace(" ", "")
            spelling[key] = (*spelling.get(key, ()), skeleton)
    related: dict[str, set[str]] = {}
    for group in data["related"]:
        code = fold(str(group[0]))
        for name in group:
            related.setdefault(fold(str(name)), set()).add(code)
    return spelling, {k: frozenset(v) for k, v in related.items()}


def spelling_of(folded: str) -> tuple[str, ...] | None:
    """Skeletons the table gives to a folded token, or None."""
    return _tables()[0].get(folded)


def related_codes(folded: str) -> frozenset[str]:
    """Codes of the groups of names that languages treat as one (János, Ioan), or that are pet forms of each other."""
    return _tables()[1].get(folded, frozenset())
