"""Deciding a condition: whether it holds for a household, by how many points, for which reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import yaml

from vatra.engines.rules import Catalogue, Outcome, RuleSet, load_ruleset
from vatra.rooms.benefits.answers import ENTITLED, NOT_ENTITLED
from vatra.rooms.benefits.reasons import PLACE
from vatra.rooms.programmes.queries import rules_catalogue

from .homes import Home
from .models import Condition, Holds

POINTS, SCORE = "points_", "score"  # the names by which a condition's figures are told apart
HOLDS = {ENTITLED: Holds.YES, NOT_ENTITLED: Holds.NO}


@dataclass(frozen=True)
class Finding:
    """`reasons` are the factors that brought points, the most first, each with the figures its sentence needs."""

    holds: Holds
    score: tuple[int, int]
    reasons: list[dict[str, Any]]
    missing: list[str]


@lru_cache(maxsize=32)
def _compiled(text: str, catalogue: Catalogue) -> RuleSet:
    return load_ruleset(text, catalogue)


def ruleset_of(condition: Condition) -> RuleSet:
    return _compiled(condition.text, rules_catalogue())


@lru_cache(maxsize=32)
def said_in(text: str, key: str) -> Mapping[str, dict[str, str]]:
    """`x_reasons` or `x_titles` of a condition's text: name → words in each language."""
    return (yaml.safe_load(text) or {}).get(key) or {}


@lru_cache(maxsize=32)
def derived_in(text: str) -> dict[str, str]:
    """The derived figures of a condition's text, as their author wrote them."""
    return {name: str(formula) for name, formula in ((yaml.safe_load(text) or {}).get("derive") or {}).items()}


def decide(condition: Condition, home: Home, *, on: date) -> Finding:
    """Nobody in the household: nothing holds, and nothing is known."""
    if not home.members:
        return Finding(Holds.UNKNOWN, (0, 0), [], [])
    outcome = ruleset_of(condition).determine(home.unit(), on=on)
    derived = outcome.derived
    reasons = sorted(
        (
            {"factor": name, "points": value, "values": _values(condition, name, derived, home, on)}
            for name, value in derived.items()
            if name.startswith(POINTS) and isinstance(value, int) and value > 0
        ),
        key=lambda reason: -reason["points"],
    )
    return Finding(
        HOLDS.get(outcome.status, Holds.UNKNOWN), _score(derived.get(SCORE)), reasons, _missing(outcome),
    )  # fmt: skip


def holds(condition: Condition, home: Home, *, on: date) -> Holds:
    """Only whether it holds: for counting many."""
    if not home.members:
        return Holds.UNKNOWN
    return HOLDS.get(ruleset_of(condition).determine(home.unit(), on=on).status, Holds.UNKNOWN)


def _missing(outcome: Outcome) -> list[str]:
    return list(dict.fromkeys(missing.fact for missing in outcome.missing))


def _score(value: Any) -> tuple[int, int]:
    match value:
        case {"at_least": low, "at_most": high}:
            return low or 0, high if high is not None else 99
        case int():
            return value, value
    return 0, 99


def _values(condition: Condition, factor: str, derived: Mapping[str, Any], home: Home, on: date) -> dict[str, Any]:
    """The figures that the factor's sentence names: derived ones, or facts of the household."""
    words = " ".join(said_in(condition.text, "x_reasons").get(factor, {}).values())
    found = {}
    for name in dict.fromkeys(PLACE.findall(words)):
        found[name] = derived[name] if name in derived else _on(home, name, on)
    return found


def _on(home: Home, code: str, on: date) -> Any:
    held = [row for row in home.facts.get(code, ()) if row[0] <= on and (row[1] is None or on < row[1])]
    value = held[-1][2] if held else None
    return value if isinstance(value, (str, int, type(None))) else str(value)
