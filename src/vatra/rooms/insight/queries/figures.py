"""Published figures: the same for every reader, and how each is computed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from vatra.foundation.catalogue.measures import UnknownMeasure, age_groups, measure
from vatra.foundation.catalogue.queries import code as code_of
from vatra.foundation.catalogue.queries import fact_definitions
from vatra.foundation.catalogue.rows import FactRow
from vatra.foundation.forms.models import FormVersion
from vatra.foundation.forms.questions import questions_of
from vatra.foundation.places.models import Area
from vatra.foundation.places.queries import outlines
from vatra.rooms.benefits.reasons import PLACE
from vatra.rooms.programmes.cases import read_cases

from ..computing import kind_of
from ..conditions import POINTS, derived_in, ruleset_of, said_in
from ..models import By, Figure, Indicator, Published

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is shown: a number in the indicator's unit, or hidden, or nothing to say (nobody to divide by)."""

    value: Decimal | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    month: date
    final: bool
    cell: Cell


@dataclass(frozen=True)
class IndicatorCard:
    """An indicator with its months, the first one first, the running one last. `baseline` is the pack's, or the first
    month that was measured (`measured_baseline`); none where that one is hidden: a later one is not where it began."""

    indicator: Indicator
    unit: str  # "%" , "days", "money", or what is counted
    months: list[Month]
    baseline: Decimal | None
    baseline_on: date | None
    measured_baseline: bool
    target: Decimal | None
    target_on: date | None

    @property
    def latest(self) -> Month | None:
        """The last month that has a figure or hides one; the running one if it is the only one."""
        final = [m for m in self.months if m.final and (m.cell.hidden or m.cell.value is not None)]
        return final[-1] if final else (self.months[-1] if self.months else None)

    @property
    def running(self) -> Month | None:
        return self.months[-1] if self.months and not self.months[-1].final else None

    @property
    def moved(self) -> Decimal | None:
        """By how much the latest final month differs from the one before it; None where one of them says nothing."""
        final = [m for m in self.months if m.final]
        if len(final) < 2 or final[-1].cell.value is None or final[-2].cell.value is None:
            return None
        return final[-1].cell.value - final[-2].cell.value

    @property
    def reached(self) -> bool | None:
        now = self.latest.cell.value if self.latest else None
        if now is None or self.target is None or self.indicator.direction == "none":
            return None
        return now >= self.target if self.indicator.direction == "up" else now <= self.target


def number(kind: str, value: int | None, of: int | None) -> Decimal | None:
    """A stored figure in its unit: shares in percent and means to one decimal, rounded half up."""
    if value is None or (kind in ("share", "mean") and not of):
        return None
    if kind == "share":
        return (HUNDRED * value / Decimal(of or 1)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if kind == "mean":
        return (Decimal(value) / Decimal(of or 1)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Decimal(value)


def indicator(code: str) -> Indicator | None:
    rows = Indicator.objects.filter(code=code, retired_on=None)
    return rows.select_related("node__plan", "condition").first()


def indicators_of(nodes: Iterable[UUID]) -> dict[UUID, list[Indicator]]:
    """The indicators of these nodes of a plan, in order. One query."""
    found: dict[UUID, list[Indicator]] = {}
    rows = Indicator.objects.filter(node__in=list(nodes), retired_on=None).select_related("condition")
    for row in rows.order_by("order", "code"):
        found.setdefault(row.node_id, []).append(row)
    return found


def cards(indicators: Iterable[Indicator]) -> dict[UUID, IndicatorCard]:
    """Cards of indicators by id. One query for all of their months."""
    wanted = list(indicators)
    months: dict[UUID, list[Published]] = {}
    rows = Published.objects.filter(indicator__in=wanted, superseded_at=None).order_by("month")
    for row in rows:
        months.setdefault(row.indicator_id, []).append(row)
    return {one.pk: _card(one, months.get(one.pk, [])) for one in wanted}


def trend(found: Indicator) -> IndicatorCard:
    return cards([found])[found.pk]


def _card(found: Indicator, rows: list[Published]) -> IndicatorCard:
    kind = kind_of(found)
    months = [Month(row.month, row.final, Cell(number(kind, row.value, row.of), row.hidden)) for row in rows]
    told, told_on = _said(found.baseline)
    measured = told is None
    if told is None:
        first = next((m for m in months if m.final and (m.cell.hidden or m.cell.value is not None)), None)
        told, told_on = (first.cell.value, first.month) if first and not first.cell.hidden else (None, None)
    target, target_on = _said(found.target)
    return IndicatorCard(found, unit_of(found), months, told, told_on, measured, target, target_on)


def _said(said: dict[str, Any]) -> tuple[Decimal | None, date | None]:
    if not said:
        return None, None
    return Decimal(str(said["value"])), date.fromisoformat(said["on"])


def unit_of(found: Indicator) -> str:
    if kind_of(found) == "share":
        return "%"
    if found.measure:
        try:
            return measure(found.measure).unit
        except UnknownMeasure:  # a room that is gone; its figures stay
            return ""
    return "people" if found.counted.get("counts") == "people" else "households"


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """`own`: only those of the area who are placed no closer; without an area, those who are nowhere. `rings` is the
    area's outline, where one is known."""

    area: Area | None
    own: bool
    cell: Cell
    rings: list[Any]


@dataclass(frozen=True)
class Broken:
    """The breakdowns of one final month. Sex and age by their words; "" are those of whom it is not known."""

    month: date
    total: Cell
    areas: list[AreaFigure]
    sexes: list[tuple[dict[str, str], Cell]]
    ages: list[tuple[dict[str, str], Cell]]
    hidden: bool  # whether anything is


def latest_tables(found: Indicator, *, month: date | None = None) -> Broken | None:
    """The breakdowns of a final month, or of the latest one; None before the first. Four queries."""
    rows = Published.objects.filter(indicator=found, superseded_at=None, final=True)
    row = (rows.filter(month=month) if month else rows).order_by("-month").first()
    if row is None:
        return None
    kind = kind_of(found)
    figures = list(Figure.objects.filter(published=row).exclude(by=By.SEX_AGE).select_related("area"))

    def cell(figure: Figure) -> Cell:
        return Cell(number(kind, figure.value, figure.of), figure.hidden)

    ages = {group.code: (n, group.title) for n, group in enumerate(age_groups())}
    in_areas = [f for f in figures if f.by == By.AREA]
    rings = outlines(f.area_id for f in in_areas if f.area_id and not f.own)
    of_areas = [
        AreaFigure(f.area, f.own, cell(f), rings.get(f.area_id, []) if f.area_id and not f.own else [])
        for f in in_areas
    ]
    of_sexes = [(_sex(f.sex), cell(f)) for f in sorted(figures, key=lambda f: f.sex or "~") if f.by == By.SEX]
    in_age = sorted((f for f in figures if f.by == By.AGE), key=lambda f: ages.get(f.age, (99, {}))[0])
    of_ages = [(ages[f.age][1] if f.age in ages else {}, cell(f)) for f in in_age]
    return Broken(
        row.month, Cell(number(kind, row.value, row.of), row.hidden), of_areas, of_sexes, of_ages,
        any(f.hidden for f in figures) or row.hidden,
    )  # fmt: skip


def _sex(code: str) -> dict[str, str]:
    found = code_of("sex", code) if code else None
    return found.title if found else {}


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that a figure reads, and the questions of forms by which it is asked: (form's title, question)."""

    fact: FactRow
    questions: list[tuple[dict[str, str], dict[str, str]]]


@dataclass(frozen=True)
class How:
    """How an indicator is computed, down to the questions: the measure in a sentence, or the condition's factors."""

    about: str  # of a measure: a sentence to translate
    kind: str
    factors: list[tuple[str, str, dict[str, str]]]  # of a condition: name, formula, its sentence
    clauses: list[tuple[str, dict[str, str]]]  # formula, sentence
    asked: list[Asked]
    cases: int  # worked examples that the condition carries


def how(found: Indicator) -> How:
    """From the indicator to its measure or condition, to the facts it reads, to the questions that were asked."""
    if found.condition is None:
        declared = measure(found.measure)
        return How(declared.about, declared.kind, [], [], _asked(declared.facts), 0)
    ruleset = ruleset_of(found.condition)
    formulas = derived_in(found.condition.text)
    sentences = said_in(found.condition.text, "x_reasons")
    names = _names(found.condition.text)
    factors = [
        (name, formulas[name], _named(sentences.get(name, {}), names)) for name in formulas if name.startswith(POINTS)
    ]
    clauses = [(clause.text, _named(clause.because, names)) for clause in ruleset.clauses]
    cases = len(read_cases(found.condition.cases).cases)
    return How("", kind_of(found), factors, clauses, _asked(sorted(ruleset.facts_read)), cases)


def _names(text: str) -> dict[str, dict[str, str]]:
    """What the figures of a condition are called: derived ones, parameters, facts."""
    facts = {code: fact.title for code, fact in fact_definitions().items()}
    said = {name: parameter.get("title") or {} for name, parameter in said_in(text, "parameters").items()}
    return {**facts, **said, **said_in(text, "x_titles")}  # type: ignore[dict-item]


def _named(sentence: Mapping[str, str], names: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """A reason with the names of its figures in their places: here it is about nobody."""

    def name(found: re.Match[str], language: str) -> str:
        title = names.get(found[1]) or {}
        return f"[{title.get(language) or title.get('en') or found[1]}]"

    return {
        language: PLACE.sub(lambda found, language=language: name(found, language), text)  # type: ignore[misc]
        for language, text in sentence.items()
    }


def _asked(facts: Iterable[str]) -> list[Asked]:
    """One query, and none for versions whose questions are read already."""
    defined = fact_definitions()
    wanted: dict[str, list[tuple[dict[str, str], dict[str, str]]]] = {code: [] for code in facts if code in defined}
    for version in FormVersion.objects.filter(retired_at=None).select_related("form").order_by("form_id"):
        for question in questions_of(version).walk():
            if question.fact in wanted:
                wanted[question.fact].append((version.form.title, question.label))
    rows = [Asked(defined[code], questions) for code, questions in wanted.items()]
    return sorted(rows, key=lambda row: row.fact.order)
