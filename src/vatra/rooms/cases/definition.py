"""A kind of case as the code reads it: the pack's words given shape."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .models import CaseType
from .states import Risk

# What can fulfil a step.
VISIT, NEEDS, PLAN, REVIEW, NOTE = "visit", "needs", "plan", "review", "note"
FULFILS = (VISIT, NEEDS, PLAN, REVIEW, NOTE)


@dataclass(frozen=True, slots=True)
class Within:
    """How long a step may take."""

    days: int
    counting: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """Something that must happen in such a case, in time."""

    code: str
    title: dict[str, str]
    done: str  # of FULFILS
    within: dict[str, Within]  # by risk
    after: str = ""  # the step whose end starts this one; empty: it starts when the case opens
    repeats: bool = False
    law: dict[str, Any] = field(default_factory=dict)

    @property
    def deadline(self) -> str:
        """The kind of its term in the docket."""
        return f"case.{self.code}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How such a case can end. `counts` tells separations apart: prevented, necessary, avoidable."""

    code: str
    title: dict[str, str]
    counts: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """What must be true before such a case closes; `holds` names a condition of `conditions.py`."""

    holds: str
    within_days: int = 0


@dataclass(frozen=True, slots=True)
class Definition:
    steps: tuple[Step, ...]
    closing: tuple[Closing, ...]
    outcomes: tuple[Outcome, ...]
    safety_plan: bool
    asks_on_level: dict[str, tuple[str, ...]]  # level → of "alternative", "way_home"
    forms: tuple[str, ...]

    def outcome(self, code: str) -> Outcome | None:
        return next((each for each in self.outcomes if each.code == code), None)

    def steps_done_by(self, what: str) -> Iterator[Step]:
        return (step for step in self.steps if step.done == what)

    def steps_after(self, code: str) -> Iterator[Step]:
        return (step for step in self.steps if step.after == code)


def definition_of(type_: CaseType) -> Definition:
    said = type_.definition
    return Definition(
        steps=tuple(_step(each) for each in said.get("steps", ())),
        closing=tuple(Closing(c["holds"], c.get("within_days", 0)) for c in said.get("closing", ())),
        outcomes=tuple(Outcome(o["code"], o["title"], o.get("counts", "")) for o in said.get("outcomes", ())),
        safety_plan=bool(said.get("safety_plan")),
        asks_on_level={level: tuple(asks) for level, asks in said.get("asks_on_level", {}).items()},
        forms=tuple(said.get("forms", ())),
    )


def _step(said: dict[str, Any]) -> Step:
    within = {
        risk: Within(w["days"], w["counting"], w.get("verified", True))
        for risk, w in said["within"].items()
        if risk in Risk.values
    }
    return Step(
        code=said["code"], title=said["title"], done=said["done"], within=within, after=said.get("after", ""),
        repeats=bool(said.get("repeats")), law=said.get("law", {}),
    )  # fmt: skip
