"""A plan with the programmes that serve it, their money and its indicators: several rooms on one page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from vatra.rooms.insight import queries as insight
from vatra.rooms.insight.queries import Broken, FundYear, How, IndicatorCard, Spending
from vatra.rooms.policy.models import Plan
from vatra.rooms.policy.queries import Branch, plan, tree
from vatra.rooms.programmes.models import Programme
from vatra.rooms.programmes.queries import serving


@dataclass(frozen=True)
class Line:
    """An objective (or what stands below it), how deep, the programmes that serve it, and what it is held to."""

    branch: Branch
    depth: int
    programmes: list[Programme]
    indicators: list[IndicatorCard]


@dataclass(frozen=True)
class Aim:
    branch: Branch
    lines: list[Line]


@dataclass(frozen=True)
class Outline:
    """A plan laid out for reading. `unserved` counts objectives that no programme serves; `unmeasured` those without
    an indicator."""

    plan: Plan
    aims: list[Aim]
    objectives: int
    unserved: int
    unmeasured: int


def outline(code: str) -> Outline | None:
    """A plan by its code, or None. At most six queries, however large it is."""
    found = plan(code)
    if found is None:
        return None
    aims = tree(found)
    ids = [branch.id for aim in aims for branch, _depth in _below(aim)]
    by_node, cards = serving(ids), cards_of(ids)
    laid = [
        Aim(aim, [Line(b, depth, by_node.get(b.id, []), cards.get(b.id, [])) for b, depth in _below(aim)])
        for aim in aims
    ]
    objectives = [line for aim in laid for line in aim.lines if line.branch.kind == "objective"]
    return Outline(
        found, laid, len(objectives), sum(not _any(line, by_node) for line in objectives),
        sum(not _any(line, cards) for line in objectives),
    )  # fmt: skip


def cards_of(nodes: list[UUID]) -> dict[UUID, list[IndicatorCard]]:
    """The indicators of these nodes with their months, by node. Two queries."""
    held = insight.indicators_of(nodes)
    made = insight.cards([one for group in held.values() for one in group])
    return {node: [made[one.pk] for one in group] for node, group in held.items()}


def _any(line: Line, by_node: dict) -> bool:
    return bool(by_node.get(line.branch.id)) or any(by_node.get(b.id) for b, _depth in _below(line.branch))


def _below(branch: Branch, depth: int = 0) -> Iterator[tuple[Branch, int]]:
    for child in branch.below:
        yield child, depth
        yield from _below(child, depth + 1)


@dataclass(frozen=True)
class Served:
    """A programme under an objective, with what it paid in the year."""

    programme: Programme
    spending: Spending


@dataclass(frozen=True)
class NodePage:
    """One objective: what serves it, what that costs, and what it is held to."""

    plan: Plan
    branch: Branch
    above: list[Branch]
    below: list[Branch]
    served: list[Served]
    funds: list[FundYear]
    cards: list[IndicatorCard]
    year: int


def node_page(plan_code: str, code: str, *, year: int) -> NodePage | None:
    """An objective with everything below it. At most thirteen queries, and one for each fund."""
    found = plan(plan_code)
    way = next((way for aim in tree(found) if (way := _way(aim, code))), None) if found else None
    if found is None or way is None:
        return None
    *above, branch = way
    ids = [branch.id, *(b.id for b, _depth in _below(branch))]
    by_node = serving(ids)
    programmes = list({one.pk: one for node in ids for one in by_node.get(node, [])}.values())
    spent = insight.spending(programmes, year=year)
    cards = cards_of(ids)
    return NodePage(
        found, branch, above, list(branch.below), [Served(one, spent[one.pk]) for one in programmes],
        insight.funds_of(programmes, year=year), [card for node in ids for card in cards.get(node, [])], year,
    )  # fmt: skip


def _way(branch: Branch, code: str) -> list[Branch]:
    """From an aim down to the node with this code; nothing where it is not below."""
    if branch.code == code:
        return [branch]
    for child in branch.below:
        if way := _way(child, code):
            return [branch, *way]
    return []


@dataclass(frozen=True)
class IndicatorPage:
    """An indicator with its months, one month's breakdowns, and how it is computed down to the questions."""

    card: IndicatorCard
    plan: Plan
    broken: Broken | None
    how: How


def indicator_page(code: str, *, month: date | None = None) -> IndicatorPage | None:
    """Everything published of an indicator, or None. At most eight queries; nothing in it depends on the reader."""
    found = insight.indicator(code)
    if found is None:
        return None
    return IndicatorPage(
        insight.trend(found), found.node.plan, insight.latest_tables(found, month=month), insight.how(found)
    )
