"""What a household may receive: rows that screens, commands and the command line read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from vatra.engines.rules import Outcome
from vatra.kernel.money import Money
from vatra.rooms.programmes.models import Programme
from vatra.rooms.programmes.queries import InForce

from .reasons import ClauseAnswer
from .units import UnitOfLaw

ENTITLED, NOT_ENTITLED, UNKNOWN = "entitled", "not_entitled", "unknown"
ORDER = {ENTITLED: 0, UNKNOWN: 1, NOT_ENTITLED: 2}
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Who:
    """Which body has a duty, and as what (`as_`: the mayor of a municipality)."""

    code: str
    name: Text
    as_: Text = field(default_factory=dict)
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that can still change the answer."""

    fact: str
    subject_kind: str  # person, household
    subject_id: UUID


@dataclass(frozen=True)
class Answer:
    """One programme for one unit of the household. Nothing of it is stored; a decision freezes a determination."""

    programme: Programme
    status: str
    amount: Money | None
    bounds: tuple[Money | None, Money | None] | None
    period: str
    starts_on: date | None
    ends_on: date | None
    clauses: list[ClauseAnswer]
    missing: list[Missing]
    beneficiary_id: UUID | None
    beneficiary: str
    applicant_id: UUID | None
    unit: UnitOfLaw | None
    decided_by: Who | None
    signed_by: Who | None
    paid_by: Who | None
    local: bool  # this authority decides; otherwise an application is forwarded
    terms: Mapping[str, Any]
    in_force: InForce
    outcome: Outcome | None = field(repr=False)  # None where the household has nobody whom the programme is for

    @property
    def failing(self) -> list[ClauseAnswer]:
        return [clause for clause in self.clauses if clause.holds is False]

    @property
    def open_clauses(self) -> list[ClauseAnswer]:
        return [clause for clause in self.clauses if clause.holds is None]

    @property
    def entitled(self) -> bool:
        return self.status == ENTITLED


@dataclass(frozen=True, slots=True)
class QuestionToAsk:
    """One question, the programmes it decides once it and those before it are answered, and those it helps."""

    fact: str
    subject_kind: str
    subject_id: UUID
    subject: str  # the person's name; empty for the household
    text: Text
    help: Text
    type: str
    codes: list[tuple[str, Text]]
    currency: str
    sensitive: bool
    decides: list[str]
    helps: list[str]


@dataclass(frozen=True)
class Panel:
    """Every programme of the pack for a household on a day, as known at an instant, and what to ask next."""

    household_id: UUID
    number: str
    on: date
    known_at: datetime
    answers: list[Answer]
    questions: list[QuestionToAsk]
    every: list[Answer] = field(default_factory=list)  # also units that a programme is plainly not for

    def answers_for(self, code: str) -> list[Answer]:
        return [answer for answer in self.every if answer.programme.code == code]
