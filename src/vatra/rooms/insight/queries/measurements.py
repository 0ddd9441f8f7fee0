"""Reading reported figures: a plan's indicators with their totals, one indicator by place, time, reporter and part."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet, Sum

from vatra.foundation.bodies.models import Body
from vatra.foundation.places.models import Area
from vatra.foundation.places.queries import outlines
from vatra.kernel.exact import added, join
from vatra.rooms.policy.models import Node, Plan
from vatra.rooms.policy.queries import Branch, tree

from ..aggregating import Group, by, total
from ..models import Aggregation, IndicatorSeries, Measurement


def _live(**said: Any) -> QuerySet[Measurement]:
    return Measurement.objects.filter(superseded_at=None, **said).order_by()


def is_measured(plan: Plan) -> bool:
    """Whether figures were ever reported for a plan."""
    return IndicatorSeries.objects.filter(plan=plan).exists()


def measured_nodes(plan: Plan) -> set[UUID]:
    """The indicators of a plan that have reported figures."""
    return set(IndicatorSeries.objects.filter(plan=plan).values_list("node_id", flat=True))


# --- the whole plan ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator with what was reported: the plain sum of all reports, and what stands for the whole time."""

    branch: Branch
    unit: str
    how: str
    parts: int  # series
    reports: int
    reported: Decimal  # sum of every figure, whatever it means
    figure: Decimal | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Section:
    """An objective of the plan with its indicators; `depth` counts from the aim."""

    branch: Branch
    depth: int
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class MeasuredPlan:
    plan: Plan
    aims: list[tuple[Branch, list[Section]]]
    indicators: int
    reports: int
    first: date | None
    last: date | None


def measured_plan(plan: Plan) -> MeasuredPlan:
    """A plan's tree with the totals of its indicators. Four queries."""
    by_node: dict[UUID, list[IndicatorSeries]] = defaultdict(list)
    for found in IndicatorSeries.objects.filter(plan=plan).order_by("code"):
        by_node[found.node_id].append(found)
    sums = _sums(plan)
    turns = _groups(_live(series__plan=plan).exclude(series__aggregation=Aggregation.SUM))
    of_series: dict[UUID, list[Group]] = defaultdict(list)
    for group in turns:
        of_series[group.series].append(group)

    def line(branch: Branch) -> Line:
        series = by_node[branch.id]
        found = [sums[one.pk] for one in series if one.pk in sums]
        reported = added(one.value for one in found)
        how = series[0].aggregation
        figure = reported if how == Aggregation.SUM else total((g for s in series for g in of_series[s.pk]), how)
        last = max((one.last for one in found), default=None)
        return Line(branch, series[0].unit, how, len(series), sum(one.count for one in found), reported, figure, last)

    aims = [(aim, _sections(aim, by_node, line)) for aim in tree(plan)]
    lines = [one for _, sections in aims for section in sections for one in section.lines]
    first = min((one.first for one in sums.values()), default=None)
    last = max((one.last for one in sums.values()), default=None)
    return MeasuredPlan(plan, aims, len(lines), sum(one.reports for one in lines), first, last)


def _sections(aim: Branch, by_node: dict[UUID, list[IndicatorSeries]], line) -> list[Section]:
    sections = []
    for branch, depth in [(aim, 0), *_below(aim, 1)]:
        lines = [line(child) for child in branch.below if child.id in by_node]
        if lines or branch.kind != "indicator":
            sections.append(Section(branch, depth, lines))
    return sections


def _below(branch: Branch, depth: int) -> Iterator[tuple[Branch, int]]:
    for child in branch.below:
        if child.kind != "indicator":
            yield child, depth
            yield from _below(child, depth + 1)


@dataclass(frozen=True, slots=True)
class _Sum:
    value: Decimal
    count: int
    first: date
    last: date


def _sums(plan: Plan) -> dict[UUID, _Sum]:
    rows = _live(series__plan=plan).values_list("series_id").annotate(
        Sum("whole"), Sum("nano"), Sum("atto"), Count("id"), Min("starts_on"), Max("ends_on")
    )  # fmt: skip
    return {series: _Sum(join(w, n, a), count, first, last) for series, w, n, a, count, first, last in rows}


def _groups(rows: QuerySet[Measurement]) -> list[Group]:
    found = rows.values_list("series_id", "area_id", "reporter_id", "starts_on", "ends_on").annotate(
        Sum("whole"), Sum("nano"), Sum("atto"), Count("id")
    )
    return [Group(s, area, body, start, end, join(w, n, a), c) for s, area, body, start, end, w, n, a, c in found]


def sums_of_plan(plan: Plan) -> Iterator[list[object]]:
    """For each of the source's indicators: its code, title, unit, how it is read, how many reports, their exact sum."""
    sums = _sums(plan)
    for one in IndicatorSeries.objects.filter(plan=plan).select_related("node").order_by("node__order", "code"):
        found = sums.get(one.pk)
        yield [
            one.code,
            one.title,
            one.unit,
            one.aggregation,
            found.count if found else 0,
            found.value if found else "",
        ]


# --- one indicator ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked to see: a stretch of periods, one place, one reporter."""

    first: date | None = None
    last: date | None = None
    area: str = ""  # code
    reporter: UUID | None = None


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    area: Area
    value: Decimal | None
    rings: list[Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """A breakdown: the figure of each of its codes, with titles as the mapping gave them."""

    code: str
    title: dict[str, str] | str
    rows: list[tuple[dict[str, str] | str, Decimal]]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator as asked for. `places` has every area of the kind that most figures name, reported or not."""

    node: Node
    above: list[Node]
    unit: str
    how: str
    series: list[IndicatorSeries]
    periods: list[tuple[date, date]]  # all that were ever reported
    reports: int
    reported: Decimal | None  # the plain sum of what was asked for
    figure: Decimal | None
    kind: str
    places: list[PlaceFigure]
    elsewhere: list[tuple[Area, Decimal]]  # figures of larger or smaller areas
    here: Area | None
    over_time: list[tuple[tuple[date, date], Decimal | None]]
    by_reporter: list[tuple[Body | None, Decimal]]
    reporters: list[Body]
    breakdowns: list[Parts]


def indicator(plan: Plan, node_id: UUID, asked: Asked) -> Indicator | None:
    """An indicator of the plan with its figures, or None. Eight queries, however many figures there are."""
    nodes = {node.pk: node for node in Node.objects.filter(plan=plan)}
    node = nodes.get(node_id)
    series = list(IndicatorSeries.objects.filter(node=node_id, plan=plan).order_by("code"))
    if node is None or not series:
        return None
    how = series[0].aggregation
    groups = _groups(_live(series__in=[one.pk for one in series]))
    periods = sorted({(group.starts_on, group.ends_on) for group in groups})
    bodies = {body.pk: body for body in Body.objects.filter(pk__in={g.reporter for g in groups if g.reporter})}
    areas = {area.pk: area for area in Area.objects.filter(pk__in={group.area for group in groups})}
    in_time = [group for group in groups if _within(group, asked)]
    chosen = [g for g in in_time if asked.reporter in (None, g.reporter)]
    kind, places, elsewhere = _places(areas, by(chosen, lambda g: g.area, how))
    known = [*areas.values(), *(place.area for place in places)]  # nothing may be reported of the one that is asked for
    here = next((area for area in known if area.code == asked.area), None)
    shown = [g for g in chosen if here is None or g.area == here.pk]
    all_time = [g for g in groups if asked.reporter in (None, g.reporter) and (here is None or g.area == here.pk)]
    months = by(all_time, lambda g: (g.starts_on, g.ends_on), how)
    by_body = by((g for g in in_time if here is None or g.area == here.pk), lambda g: g.reporter, how)
    return Indicator(
        node, _above(node, nodes), series[0].unit, how, series, periods, sum(g.count for g in shown),
        added(g.value for g in shown) if shown else None, total(shown, how), kind, places, elsewhere, here,
        [(period, months.get(period)) for period in periods],
        _bodies(bodies, by_body),
        sorted(bodies.values(), key=lambda body: body.name_key), _breakdowns(plan, series, shown, how),
    )  # fmt: skip


def _bodies(bodies: dict[UUID, Body], figures: dict[UUID | None, Decimal]) -> list[tuple[Body | None, Decimal]]:
    found = [(bodies.get(key) if key else None, value) for key, value in figures.items()]
    return sorted(found, key=lambda row: (-row[1], row[0].name_key if row[0] else ""))


def _within(group: Group, asked: Asked) -> bool:
    return (asked.first is None or group.starts_on >= asked.first) and (
        asked.last is None or group.ends_on <= asked.last
    )


def _above(node: Node, nodes: dict[UUID, Node]) -> list[Node]:
    found: list[Node] = []
    while node.parent_id:
        node = nodes[node.parent_id]
        found.insert(0, node)
    return found


def _places(
    areas: dict[UUID, Area], figures: dict[UUID, Decimal]
) -> tuple[str, list[PlaceFigure], list[tuple[Area, Decimal]]]:
    """Every area of the kind that most reports name, in the same country, with its outline and its figure."""
    if not areas:
        return "", [], []
    kinds = [area.kind for area in areas.values()]
    kind = max(sorted(set(kinds)), key=kinds.count)
    tops = {area.path.split("/")[0] for area in areas.values() if area.kind == kind}
    same = [
        area
        for area in Area.objects.filter(kind=kind, retired_on=None).order_by("path")
        if area.path.split("/")[0] in tops or area.pk in figures
    ]
    rings = outlines(area.pk for area in same)
    places = [PlaceFigure(area, figures.get(area.pk), rings.get(area.pk, [])) for area in same]
    listed = {area.pk for area in same}
    elsewhere = [(areas[pk], value) for pk, value in figures.items() if pk not in listed]
    return kind, places, elsewhere


def _breakdowns(plan: Plan, series: list[IndicatorSeries], groups: list[Group], how: str) -> list[Parts]:
    titles = plan.source.get("breakdowns", {})
    codes = {one.pk: one.breakdown for one in series}
    found = []
    for dimension in dict.fromkeys(name for one in series for name in one.breakdown):
        said = titles.get(dimension, {})
        figures = by(
            (g for g in groups if dimension in codes[g.series]), lambda g, d=dimension: codes[g.series][d], how
        )
        if len(figures) > 1:
            words = said.get("codes", {})
            rows = [
                (words.get(code, code), value) for code, value in sorted(figures.items(), key=lambda r: (-r[1], r[0]))
            ]
            found.append(Parts(dimension, said.get("title", dimension), rows))
    return found


def figures_of(plan: Plan, node_id: UUID | None = None) -> Iterator[list[object]]:
    """Every live figure of an indicator, or of all of the plan, as reported: for a file. In the order of the reports."""
    rows = _live(series__plan=plan)
    if node_id:
        rows = rows.filter(series__node=node_id)
    fields = (
        "series__code", "series__title", "series__unit", "area__code", "area__name", "reporter__name", "starts_on",
        "ends_on", "reported", "whole", "nano", "atto", "details", "row",
    )  # fmt: skip
    for *said, whole, nano, atto, details, row in rows.order_by("starts_on", "id").values_list(*fields).iterator():
        yield [*said, join(whole, nano, atto), details, row]
