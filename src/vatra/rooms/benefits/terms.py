"""Terms of a programme, or of the pack where the programme names none: days, counting, law, whether verified."""

from dataclasses import dataclass
from typing import Any

from vatra.foundation.catalogue.queries import pack
from vatra.rooms.programmes.models import Programme

from .reasons import cited


@dataclass(frozen=True, slots=True)
class Term:
    days: int
    counting: str
    law: dict[str, Any]
    verified: bool

    @property
    def cited(self) -> str:
        """The law, where it was checked; an unverified one is not presented as law."""
        return cited(self.law) if self.verified else ""


def term(programme: Programme, *kinds: str) -> Term | None:
    """The first of these terms that the programme declares, else the first that the pack does."""
    for declared in (programme.terms or {}, pack().settings.get("deadlines", {})):
        for kind in kinds:
            said = declared.get(kind)
            if isinstance(said, dict) and "days" in said:
                law = said.get("law") or {}
                verified = said.get("verified", law.get("verified", True)) is not False
                return Term(int(said["days"]), said.get("counting", "calendar"), law, verified)
    return None


@dataclass(frozen=True, slots=True)
class Appeal:
    """Where one may turn against a decision, one instance after the other."""

    title: dict[str, str]
    to: dict[str, str]
    term: Term
    note: dict[str, str]  # the term in words, where days do not say it well (six months)


def appeals(programme: Programme) -> list[Appeal]:
    """The instances that the programme names, in their order."""
    found = []
    for said in (programme.extra or {}).get("appeal", []):
        given = said["term"]
        law = given.get("law") or {}
        verified = given.get("verified", law.get("verified", True)) is not False
        days = Term(int(given["days"]), given.get("counting", "calendar"), law, verified)
        found.append(Appeal(said["title"], said["to"], days, given.get("note") or {}))
    return found
