"""What the work and the facts can be measured by: each room declares its measures, and the last room computes them.

A measure is a function of a `Span` that asks the database once and yields `Row`s, grouped in SQL as far as possible.
It asks nobody's leave: figures are computed by the house, protected where cells are small, and then the same for
every reader. A room writes `measures.py` and calls `register_measure` when Django starts:

    def applications(span: Span) -> Iterable[Row]:
        rows = Application.objects.filter(registered_at__gte=span.since, registered_at__lt=span.until)
        rows = rows.values(**home("household__"), **who("beneficiary__", span))   # both of people.measures
        return [Row(n, **cell) for *cell, n in …annotate(n=Count("pk"))]
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Q, Value, When
from django.utils.module_loading import import_string

from vatra.kernel.days import add_months

from .queries import codes, zone

# count: how many · sum: of amounts or days · mean: value/of · share: value/of, between nothing and all
Kind = Literal["count", "sum", "mean", "share"]
# during: what happened within the span · at_end: how things stood at its last moment
Timing = Literal["during", "at_end"]


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end`, not included; `since` and `until` are the same as instants where the pack lives."""

    start: date
    end: date
    since: datetime
    until: datetime

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)


def span(start: date, end: date) -> Span:
    here = ZoneInfo(zone())
    return Span(start, end, datetime.combine(start, time(), here), datetime.combine(end, time(), here))


def month(of: date) -> Span:
    """The calendar month in which a day lies."""
    first = of.replace(day=1)
    return span(first, add_months(first, 1))


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of a measure. `value` is a count, or a sum in the measure's unit (minor units, days); `of` is the
    denominator of a mean or share; `people` is how many persons or households stand behind the cell, by which small
    cells are told (the value itself unless said). Whatever is not known stays empty. `sealed`: of sealed records."""

    value: int
    of: int = 0
    people: int | None = None
    area: UUID | None = None
    sex: str = ""
    age: str = ""
    sealed: bool = False

    @property
    def behind(self) -> int:
        if self.people is not None:
            return self.people
        return self.of or self.value


Call = Callable[[Span], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Measure:
    """`call` is the dotted path of the function; `about` says in a sentence how it is computed; `facts` names the
    facts it reads, from which a reader walks on to the questions that were asked; `breakdowns` which of area, sex and
    age its rows carry; `grain` what one unit of it is about."""

    code: str
    title: str
    unit: str  # "days", "money" or the plural noun of what is counted
    kind: Kind
    timing: Timing
    call: str
    about: str
    grain: str = "person"  # person, household
    facts: tuple[str, ...] = ()
    breakdowns: tuple[str, ...] = ("area", "sex", "age")

    def rows(self, over: Span) -> list[Row]:
        found: Call = import_string(self.call)
        return list(found(over))


_MEASURES: dict[str, Measure] = {}


class UnknownMeasure(LookupError):
    """No room declares this measure."""


def register_measure(
    code: str, title: str, *, unit: str, kind: Kind = "count", timing: Timing = "during", call: str, about: str,
    grain: str = "person", facts: tuple[str, ...] = (), breakdowns: tuple[str, ...] = ("area", "sex", "age"),
) -> None:  # fmt: skip
    """`code` is `room.noun`; `title` and `about` are sentences marked for translation."""
    declared = Measure(code, title, unit, kind, timing, call, about, grain, facts, breakdowns)
    if _MEASURES.setdefault(code, declared) != declared:
        raise ValueError(f"two rooms declare the measure {code}")


def measures() -> dict[str, Measure]:
    return dict(_MEASURES)


def measure(code: str) -> Measure:
    if code not in _MEASURES:
        raise UnknownMeasure(code)
    return _MEASURES[code]


# --- age groups -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgeGroup:
    code: str
    title: dict[str, str]
    start: int
    under: int  # 999 without an upper end


def age_groups() -> list[AgeGroup]:
    """The pack's list `age_group` (`extra: {from, under}`), in its order; children, adults, older people without it."""
    said = [AgeGroup(c.code, c.title, c.extra.get("from", 0), c.extra.get("under", 999)) for c in codes("age_group")]
    return said or [
        AgeGroup("0-17", {"en": "0–17"}, 0, 18),
        AgeGroup("18-64", {"en": "18–64"}, 18, 65),
        AgeGroup("65+", {"en": "65+"}, 65, 999),
    ]


def age_group(birth_date: str, birth_year: str, on: date) -> Case:
    """The age group on a day, in SQL, from the columns of birth; by the year alone where no more is known; else ''."""
    whens = []
    for group in age_groups():
        born_after, born_until = _years_before(on, group.under), _years_before(on, group.start)
        known = Q(**{f"{birth_date}__gt": born_after, f"{birth_date}__lte": born_until})
        by_year = Q(**{
            f"{birth_date}__isnull": True, f"{birth_year}__gt": on.year - group.under,
            f"{birth_year}__lte": on.year - group.start,
        })  # fmt: skip
        whens.append(When(known | by_year, then=Value(group.code)))
    return Case(*whens, default=Value(""), output_field=CharField())


def _years_before(on: date, years: int) -> date:
    return add_months(on, -12 * years) if years < on.year else date.min
