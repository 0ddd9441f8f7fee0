"""What a caller brings to be registered or recorded."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vatra.kernel.ref import Ref

from .models import Household, Person

Subject = Person | Household | Ref


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as far as they are known; nothing in it is compulsory, as long as there is anything at all."""

    full_name: str = ""
    given: str = ""
    father: str = ""
    mother: str = ""
    family: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    sex: str = ""
    identifiers: list[tuple[str, str, date | None]] = field(default_factory=list)  # kind, value, expires on
    contacts: list[tuple[str, str, bool]] = field(default_factory=list)  # kind, value, safe to call or write
    language: str = ""

    @property
    def name(self) -> str:
        """The whole name in one line."""
        parts = " ".join(part for part in (self.given, self.father, self.family) if part.strip())
        return " ".join((self.full_name or parts).split())

    @property
    def year(self) -> int | None:
        return self.birth_date.year if self.birth_date else self.birth_year

    @property
    def phones(self) -> list[str]:
        return [value for kind, value, _ in self.contacts if kind == "phone"]

    @property
    def empty(self) -> bool:
        return not (self.name or self.mother.strip() or self.year or self.identifiers or self.contacts)


@dataclass(frozen=True, slots=True)
class NewFact:
    """One thing that became known. `valid_to` is the first day on which it no longer holds."""

    subject: Subject
    code: str
    value: Any  # typed as in foundation/catalogue/values
    valid_from: date
    valid_to: date | None = None
    question: str = ""
