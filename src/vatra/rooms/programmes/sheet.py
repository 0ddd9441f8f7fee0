"""A programme as a policy officer reads it: stages, rules in words, figures with their dates and laws, cases."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from vatra.engines.rules import RuleSet
from vatra.engines.rules.cases import read_cases
from vatra.engines.rules.document import read_document
from vatra.engines.rules.parameters import Parameter, Schedule, Table, plain
from vatra.engines.rules.types import Type, as_json
from vatra.foundation.bodies.queries import bodies_by_code
from vatra.foundation.catalogue.queries import definitions
from vatra.kernel.money import Money

from .models import Programme, Ruleset
from .queries import compiled
from .states import RulesetState

Text = dict[str, str]
DUTIES = ("receives", "verifies", "decides", "signs", "pays", "hears_appeals")
_NAME = re.compile(r":?\b([a-z_][a-z0-9_]*)\b(?![('])")
_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Duty:
    """Who does one stage, as what, by which act."""

    duty: str
    body: Text
    acts_as: Text
    act: Text
    note: Text
    verified: bool


@dataclass(frozen=True)
class Part:
    """A piece of a reason: words, or the title of a figure that the trace fills in."""

    words: str = ""
    figure: Text = field(default_factory=dict)


@dataclass(frozen=True)
class ClauseRow:
    id: str
    said: dict[str, list[Part]]  # language → the reason, with places for figures
    formula: str
    law: dict[str, Any]
    verified: bool


@dataclass(frozen=True)
class Cell:
    """One value as shown: money, or text; `label` is the key of a table's row, or the limit of a schedule's."""

    money: Money | None = None
    number: Decimal | None = None
    percent: Decimal | None = None
    text: str = ""
    label: Text = field(default_factory=dict)
    limit: Money | str | None = None
    above: bool = False


@dataclass(frozen=True)
class Step:
    """The value of a parameter from a day on, with its legal source."""

    start: date | None
    cells: list[Cell]
    law: dict[str, Any]
    verified: bool


@dataclass(frozen=True)
class ParameterRow:
    name: str
    title: Text
    shared: bool
    steps: list[Step]  # the latest first


@dataclass(frozen=True)
class Figure:
    name: str
    title: Text
    formula: str


@dataclass(frozen=True)
class CaseRow:
    name: str
    on: date
    status: str
    amount: str


@dataclass(frozen=True)
class Version:
    number: int
    state: str
    effective_from: date | None
    drafted_by: str
    published_by: str
    published_at: datetime | None


@dataclass(frozen=True)
class Sheet:
    """Everything a page shows about a programme. `rules` is empty where nothing is in force on the day."""

    programme: Programme
    unit: Text
    serves: list[tuple[str, str, Text]]  # plan, node, title of the objective
    duties: list[Duty]
    versions: list[Version]
    in_force: Version | None
    clauses: list[ClauseRow]
    figures: list[Figure]
    parameters: list[ParameterRow]
    amount: dict[str, list[Part]]  # amount, not_below, cap, rounding, nothing_below: as written, figures by title
    period: str
    asked: list[Text]  # what must be known
    cases: list[CaseRow]
    law_verified: bool
    unverified: int


def sheet(code: str, *, on: date) -> Sheet | None:
    """The programme as it stands on a day; None if there is none under this code. At most six queries."""
    programme = Programme.objects.filter(code=code).first()
    if programme is None:
        return None
    rows = list(Ruleset.objects.filter(programme=programme).order_by("-number"))
    now = [r for r in rows if r.state == RulesetState.PUBLISHED and r.effective_from and r.effective_from <= on]
    current = max(now, key=lambda r: r.effective_from) if now else None  # type: ignore[arg-type, return-value]
    known = definitions()
    units = known.pack.settings.get("units", {}) if known.pack else {}
    nodes = programme.serves.select_related("plan").order_by("plan__code", "code")
    rules = _Rules(current, on) if current else None
    duties = _duties(programme)
    clauses = rules.clauses() if rules else []
    parameters = rules.parameters() if rules else []
    doubts = sum(not c.verified for c in clauses) + sum(not d.verified for d in duties)
    doubts += not _verified(programme.law)
    doubts += sum(any(not step.verified for step in p.steps) for p in parameters)
    return Sheet(
        programme=programme,
        unit=units.get(programme.unit, {}).get("title", {}),
        serves=[(node.plan.code, node.code, node.title) for node in nodes],
        duties=duties,
        versions=[_version(row) for row in rows],
        in_force=_version(current) if current else None,
        clauses=clauses,
        figures=rules.figures() if rules else [],
        parameters=parameters,
        amount=rules.amount() if rules else {},
        period=rules.ruleset.period if rules else "",
        asked=rules.asked() if rules else [],
        cases=[*_cases(current)] if current else [],
        law_verified=_verified(programme.law),
        unverified=doubts,
    )


def _version(row: Ruleset) -> Version:
    by = row.published_by or {}
    return Version(
        row.number, row.state, row.effective_from, row.drafted_by.get("name", ""), by.get("name", ""), row.published_at
    )


def _duties(programme: Programme) -> list[Duty]:
    bodies = bodies_by_code()
    found = []
    for duty in DUTIES:
        said = programme.duties.get(duty)
        if said:
            body = bodies.get(said["body"])
            found.append(
                Duty(
                    duty, body.name if body else {"": said["body"]}, said.get("as", {}), said.get("act", {}),
                    said.get("note", {}), said.get("verified", True),
                )
            )  # fmt: skip
    return found


def _cases(current: Ruleset) -> Iterator[CaseRow]:
    for case in read_cases(current.cases).cases:
        yield CaseRow(case.name, case.on, case.expect.get("status") or "", case.expect.get("amount") or "")


class _Rules:
    """The rules in force, taken apart for reading."""

    def __init__(self, current: Ruleset, on: date) -> None:
        self.on = on
        self.ruleset: RuleSet = compiled(current.pk, current.digest)
        self.document = plain(read_document(current.text))
        self.titles: dict[str, Text] = self.document.get("x_titles") or {}

    def title(self, name: str) -> Text:
        """What a figure is called: as the rules say, as the catalogue says, or its bare name."""
        fact = definitions().facts.get(name)
        parameter = self.ruleset.parameters.get(name) or self.ruleset.catalogue.parameters.get(name)
        return self.titles.get(name) or (fact.title if fact else {}) or (parameter and parameter.title) or {"": name}

    def clauses(self) -> list[ClauseRow]:
        return [
            ClauseRow(
                clause.id, {language: self._parts(text) for language, text in clause.because.items()}, clause.text,
                clause.law, _verified(clause.law),
            )
            for clause in self.ruleset.clauses
        ]  # fmt: skip

    def _parts(self, text: str) -> list[Part]:
        pieces = _PLACE.split(text)  # words and names in turn
        parts = [Part(words=piece) if i % 2 == 0 else Part(figure=self.title(piece)) for i, piece in enumerate(pieces)]
        return [part for part in parts if part.words or part.figure]

    def figures(self) -> list[Figure]:
        """Derived figures in the order written, with their formulas."""
        written: dict[str, str] = self.document.get("derive") or {}
        return [Figure(name, self.title(name.split(".")[-1]), formula) for name, formula in written.items()]

    def amount(self) -> dict[str, list[Part]]:
        keys = ("amount", "not_below", "cap", "nothing_below")
        said = {key: self._formula(self.document[key]) for key in keys if self.document.get(key)}
        if isinstance(rounding := self.document.get("rounding"), dict):
            said["rounding"] = [Part(words=f"{rounding.get('to')} ({rounding.get('mode')})")]
        return said

    def _formula(self, text: str) -> list[Part]:
        """A formula in which the names of figures are read as their titles."""
        parts = []
        for i, piece in enumerate(_NAME.split(text)):
            title = self.title(piece) if i % 2 else {"": piece}
            parts.append(Part(words=piece) if "" in title else Part(figure=title))
        return [part for part in parts if part.words or part.figure]

    def asked(self) -> list[Text]:
        facts = definitions().facts
        return [facts[name].title for name in facts if name in self.ruleset.facts_read and not facts[name].formula]

    def parameters(self) -> list[ParameterRow]:
        """Every parameter the rules use, those of the ruleset first."""
        order = list(self.ruleset.parameters)
        used = sorted(
            self.ruleset.used_parameters(),
            key=lambda p: (p.shared, p.name not in order, order.index(p.name) if p.name in order else 0),
        )
        return [ParameterRow(p.name, self.title(p.name), p.shared, self._steps(p)) for p in used]

    def _steps(self, parameter: Parameter) -> list[Step]:
        steps = []
        for step in sorted(parameter.steps, key=lambda s: s.start, reverse=True):
            law = step.law or self.ruleset.law or {}
            start = None if step.start == date.min else step.start
            steps.append(Step(start, [*self._cells(parameter, step.value)], law, _verified(law)))
        return steps

    def _cells(self, parameter: Parameter, value: Any) -> Iterator[Cell]:
        if isinstance(value, Schedule):
            of = parameter.of or parameter.type
            for limit, held in zip(value.limits, value.values, strict=True):
                yield _cell(held, parameter.type, limit=_shown(limit, of))
            yield _cell(value.above, parameter.type, above=True)
        elif isinstance(value, Table):
            titles = self._titles(value)
            for keys, held in _rows(value):
                said = titles.get(keys[0]) if len(keys) == 1 else None
                yield _cell(held, parameter.type, label=said or {"": " · ".join(keys)})
        elif value is not None:
            yield _cell(value, parameter.type)

    def _titles(self, table: Table) -> dict[str, Text]:
        """Titles of a table's keys: those of a code list of the rules' facts that has them all."""
        known = definitions()
        keys = {str(key) for (kind, key), _held in table.rows if kind == "is"}
        for fact in sorted(self.ruleset.facts_read & set(known.facts)):
            codes = known.lists.get(known.facts[fact].code_list, {})
            if keys and keys <= set(codes):
                return {key: codes[key].title for key in keys}
        return {}


def _rows(table: Table, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for (kind, key), held in table.rows:
        label = (*before, {"is": str(key), "from": f"{key}+", "else": "…"}[kind])
        if isinstance(held, Table):
            yield from _rows(held, label)
        else:
            yield label, held


def _shown(value: Any, type_: Type) -> Money | str:
    if type_.kind == "money":
        return Money(value, type_.currency or "")
    return str(as_json(value, type_))


def _cell(value: Any, type_: Type, **more: Any) -> Cell:
    shown = _shown(value, type_)
    if isinstance(shown, Money):
        return Cell(money=shown, **more)
    if type_.kind == "percentage":
        return Cell(percent=Decimal(shown.removesuffix("%")).scaleb(-2), **more)
    return Cell(number=Decimal(shown), **more) if type_.numeric else Cell(text=shown, **more)


def _verified(law: dict[str, Any]) -> bool:
    """A source that could not be checked says `verified: false`; written rules keep it as text."""
    return str(law.get("verified", "true")).lower() != "false"
