"""What the pack says of referrals (`referrals:` in pack.yaml): terms, which service answers which need, levels."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from vatra.foundation.catalogue.queries import definitions


@dataclass(frozen=True, slots=True)
class Term:
    days: int
    counting: str = "working"
    law: dict[str, Any] = field(default_factory=dict)
    verified: bool = True


def _said() -> dict[str, Any]:
    found = definitions().pack
    return (found.settings.get("referrals") or {}) if found else {}


def term(name: str) -> Term | None:
    """How long this step may take; None where the pack sets no term for it."""
    said = _said().get("terms", {}).get(name)
    if said is None:
        return None
    return Term(said["days"], said.get("counting", "working"), said.get("law", {}), said.get("verified", True))


def link_days() -> int:
    """For how many days a signed link opens unless the worker says otherwise."""
    return int(_said().get("link_days", 14))


def answers_need(service_type: str, need: str) -> bool:
    """Whether a kind of service is one that answers a need, as the pack maps them."""
    return any(fnmatchcase(service_type, pattern) for pattern in _said().get("needs", {}).get(need, []))


def level_of(service_type: str) -> str:
    """The level of care on which a kind of service stands, as the pack says; empty where it says nothing."""
    for level, patterns in _said().get("levels", {}).items():
        if any(fnmatchcase(service_type, pattern) for pattern in patterns):
            return level
    return ""
