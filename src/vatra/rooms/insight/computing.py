"""Rows of an indicator over a month: of the work through its measure, of what is known through its condition."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from vatra.foundation.catalogue.measures import AgeGroup, Row, Span, age_groups, measure
from vatra.kernel.days import age_on
from vatra.rooms.people.models import Household, Membership

from . import homes
from .conditions import holds
from .help import Moment, help_of
from .models import Condition, Holds, Indicator, Standing

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Stood:
    """How a household stood at the end of a span, with the (sex, age group) of each member."""

    area: UUID | None
    sealed: bool
    holds: Holds
    helped: bool
    people: tuple[tuple[str, str], ...]


def kind_of(indicator: Indicator) -> str:
    """count, sum, mean or share."""
    if indicator.measure:
        return measure(indicator.measure).kind
    return "share" if indicator.counted.get("of") else "count"


@dataclass
class Computer:
    """Computes rows; a condition's month is read once for all indicators that ask it."""

    kept: dict[tuple[str, date], list[Stood]] = field(default_factory=dict)

    def rows(self, indicator: Indicator, over: Span, *, now: bool = False) -> list[Row]:
        """`now`: the whole of the running month is all that is wanted."""
        condition = indicator.condition
        if condition is None:
            return measure(indicator.measure).rows(over)
        kept_up = now and condition.watched
        key = (condition.digest, date.max if kept_up else over.end)
        if key not in self.kept:
            self.kept[key] = list(standing_now(condition) if kept_up else stood(condition, over))
        return list(counted(self.kept[key], indicator.counted))


def stood(condition: Condition, over: Span) -> Iterator[Stood]:
    """Every household of the books, as things were known at the end of the span; some at a time."""
    moment = Moment(over.until, over.last)
    helped = help_of(moment)
    books = Household.objects.filter(registered_at__lt=over.until).filter(
        Q(closed_at=None) | Q(closed_at__gte=over.until)
    )
    rows = list(books.order_by("pk").values_list("pk", "area_id", "sealed_at"))
    groups = age_groups()
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        read = homes.read([pk for pk, _, _ in chunk], on=over.last, known_at=over.until)
        for pk, area, sealed_at in chunk:
            people = tuple(_who(facts, over.last, groups) for facts in read[pk].members.values())
            yield Stood(area, sealed_at is not None, holds(condition, read[pk], on=over.last), pk in helped, people)


def standing_now(condition: Condition) -> Iterator[Stood]:
    """The same for now, from what is kept up for the watched condition: of the people, only how many. Two queries."""
    members = Membership.objects.filter(valid_to=None, superseded_at=None).values("household_id")
    sizes = dict(members.annotate(n=Count("person__canonical_id", distinct=True)).values_list("household_id", "n"))
    rows = Standing.objects.filter(condition=condition, household__closed_at=None)
    for pk, area, sealed_at, said, kind in rows.values_list(
        "household_id", "household__area_id", "household__sealed_at", "holds", "help"
    ):
        yield Stood(area, sealed_at is not None, Holds(said), bool(kind), (("", ""),) * sizes.get(pk, 0))


def _who(facts: homes.Facts, on: date, groups: list[AgeGroup]) -> tuple[str, str]:
    born, sex = _last(facts, "birth_date"), _last(facts, "sex")
    age = age_on(born, on) if isinstance(born, date) else None
    group = next((g.code for g in groups if age is not None and g.start <= age < g.under), "")
    return str(sex or ""), group


def _last(facts: homes.Facts, code: str) -> Any:
    held = facts.get(code)
    return held[-1][2] if held else None


def counted(found: list[Stood], how: dict[str, Any]) -> Iterator[Row]:
    """`counts` households or people in them; only those `without_help`; as a share `of` all for whom the condition is
    `known`, or of those for whom it `holds`."""
    people, share = how.get("counts") == "people", how.get("of", "")
    hits: Counter = Counter()
    among: Counter = Counter()
    for one in found:
        yes = one.holds is Holds.YES and not (how.get("without_help") and one.helped)
        base = one.holds is Holds.YES if share == "holds" else one.holds is not Holds.UNKNOWN
        for sex, age in one.people if people else (("", ""),):
            cell = (one.area, sex, age, one.sealed)
            hits[cell] += yes
            among[cell] += base
    for cell in hits.keys() | among.keys():
        area, sex, age, sealed = cell
        if share and among[cell]:
            yield Row(hits[cell], of=among[cell], area=area, sex=sex, age=age, sealed=sealed)
        elif not share and hits[cell]:
            yield Row(hits[cell], area=area, sex=sex, age=age, sealed=sealed)
