"""One assistance unit with its dated facts, as a determination sees it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from vatra.engines.rules.catalogue import HOUSEHOLD, PERSON, Catalogue
from vatra.engines.rules.ir import MAX_MEMBERS
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _


class Unit:
    """Members and facts. A fact is a plain value, or a list of (from, to or None, value); absent is unknown.

    `subject` is the id of the member a programme for single persons decides about (the first, if not given).
    Refuses an empty unit, one of more than MAX_MEMBERS, and two members with one id.
    """

    def __init__(
        self,
        members: Iterable[Mapping[str, Any]],
        facts: Mapping[str, Any] | None = None,
        subject: str | None = None,
    ) -> None:
        self.members = [(str(m["id"]), m.get("facts") or {}) for m in members]
        self.facts: Mapping[str, Any] = facts or {}
        ids = [m[0] for m in self.members]
        if not ids or len(ids) > MAX_MEMBERS or len(set(ids)) < len(ids):
            raise Refused(
                "wrong_unit",
                _("A unit has from 1 to %(limit)s members, each with an id of its own."),
                _("Correct who belongs to the unit."),
                limit=MAX_MEMBERS,
            )
        if subject is not None and subject not in ids:
            raise Refused("wrong_unit", _("The subject %(subject)s is not a member of the unit."), "", subject=subject)
        self.ids = ids
        self.subject = ids.index(subject) if subject is not None else 0
        self._shared: dict[tuple[int, date], dict[Any, Any]] = {}
        self._prepared: dict[tuple[int, date], tuple[dict[str, Any], list[dict[str, Any]]]] = {}

    def values(self, catalogue: Catalogue, on: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """(unit's facts, each member's facts) on a day, converted once for all rulesets of a catalogue."""
        key = (id(catalogue), on)
        if key not in self._prepared:
            self._prepared[key] = (
                _read(self.facts, HOUSEHOLD, catalogue, on),
                [_read(facts, PERSON, catalogue, on) for _id, facts in self.members],
            )
        return self._prepared[key]

    def shared(self, catalogue: Catalogue, on: date) -> dict[Any, Any]:
        """What rulesets have computed of this unit on a day, for each other (see shared.py)."""
        return self._shared.setdefault((id(catalogue), on), {})


def _read(facts: Mapping[str, Any], of: str, catalogue: Catalogue, on: date) -> dict[str, Any]:
    out = dict(catalogue.nothing_known[of])
    for name, held in facts.items():
        fact = catalogue.facts.get(name)
        # A fact of another pack, or of the other kind, is none of this catalogue's business.
        if fact is None or fact.of != of:
            continue
        value = _on(held, on) if held.__class__ is list else held
        if value is not None:
            out[name] = fact.read(value)
    return out


def _on(history: list[tuple[date, date | None, Any]], on: date) -> Any:
    """The value valid on a day; of several, the one that began last."""
    best, value = None, None
    for start, end, held in history:
        if start <= on and (end is None or on < end) and (best is None or start >= best):
            best, value = start, held
    return value
