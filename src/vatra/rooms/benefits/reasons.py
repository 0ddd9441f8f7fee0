"""Reasons in sentences: what a clause said, with its figures, in each language the pack says it in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from vatra.foundation.catalogue.queries import codes, fact_definitions
from vatra.foundation.letters.wording import FIRST_STRONG, POP, direction, said_in, written
from vatra.kernel.money import Money
from vatra.kernel.words import gettext_noop

PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NOT_KNOWN = "…"  # where a figure is not yet known; the clause says so beside it
YES_NO = {
    "ro": ("da", "nu"), "en": ("yes", "no"), "ar": ("نعم", "لا"), "tr": ("evet", "hayır"),
}  # fmt: skip
UNVERIFIED = gettext_noop("not verified")


@dataclass(frozen=True, slots=True)
class ClauseAnswer:
    """One clause as it was decided. `because` holds finished sentences, one per language of the pack."""

    id: str
    holds: bool | None
    because: dict[str, str]
    law: str
    url: str
    verified: bool
    values: dict[str, Any] = field(default_factory=dict)

    def as_json(self, language: str) -> dict[str, Any]:
        said = said_in(self.because, language)
        return {
            "id": self.id, "holds": self.holds, "because": said.said if said else "", "law": self.law,
            "values": self.values,
        }  # fmt: skip


def clause_answer(traced: Mapping[str, Any]) -> ClauseAnswer:
    """From a clause as the engine traces it, or as a determination froze it."""
    law = traced["law"] or {}
    return ClauseAnswer(
        id=traced["id"],
        holds=traced["holds"],
        because={language: sentence(text, traced["values"], language) for language, text in traced["because"].items()},
        law=cited(law),
        url=str(law.get("url") or ""),
        verified=law.get("verified", True) is not False,
        values=dict(traced["values"]),
    )


def cited(law: Mapping[str, Any] | None) -> str:
    """`Legea 226/2021, art. 6`."""
    parts = [str(law[part]) for part in ("act", "article") if (law or {}).get(part)]
    return ", ".join(parts)


def sentence(text: str, values: Mapping[str, Any], language: str) -> str:
    """The sentence with each `{figure}` as this language writes it."""
    # From right to left a figure is isolated, so that its sign, its name and its sentence keep their sides.
    start, end = (FIRST_STRONG, POP) if direction(language) == "rtl" else ("", "")
    return PLACE.sub(lambda found: f"{start}{figure(values.get(found[1]), found[1], language)}{end}", text)


def figure(value: Any, name: str, language: str) -> str:
    """A traced value in words: money, share, day, yes or no, the title of a code; `…` while it is not known."""
    match value:
        case None:
            return NOT_KNOWN
        case bool():
            yes, no = YES_NO.get(language, YES_NO["en"])
            return yes if value else no
        case {"minor": minor, "currency": currency}:
            return written(Money(minor, currency), language)
        case {"at_least": _, "at_most": _}:
            return NOT_KNOWN  # the bounds of a catalogue say nothing to a person
        case int():
            return written(value, language)
        case str() if value.endswith("%"):
            return f"{_number(value[:-1], language)} %"
        case str() if DAY.fullmatch(value):
            return written(date.fromisoformat(value), language)
        case str():
            return _code(value, name, language)
    return str(value)


def _number(text: str, language: str) -> str:
    try:
        return written(Decimal(text), language)
    except ArithmeticError:
        return text


def _code(value: str, name: str, language: str) -> str:
    """The title of a code of the fact's list; otherwise a number, or the text as it is."""
    fact = fact_definitions().get(name)
    if fact and fact.code_list:
        title = next((row.title for row in codes(fact.code_list, retired=True) if row.code == value), None)
        found = said_in(title, language)
        return found.said if found else value
    return _number(value, language)
