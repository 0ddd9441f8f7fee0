"""A plan with the programmes that serve each of its objectives: two rooms on one page."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from vatra.rooms.policy.models import Plan
from vatra.rooms.policy.queries import Branch, plan, tree
from vatra.rooms.programmes.models import Programme
from vatra.rooms.programmes.queries import serving


@dataclass(frozen=True)
class Line:
    """An objective (or what stands below it), how deep, and the programmes that serve it."""

    branch: Branch
    depth: int
    programmes: list[Programme]


@dataclass(frozen=True)
class Aim:
    branch: Branch
    lines: list[Line]


@dataclass(frozen=True)
class Outline:
    """A plan laid out for reading. `unserved` counts objectives that no programme serves."""

    plan: Plan
    aims: list[Aim]
    objectives: int
    unserved: int


def outline(code: str) -> Outline | None:
    """A plan by its code, or None. At most four queries, however large it is."""
    found = plan(code)
    if found is None:
        return None
    aims = tree(found)
    by_node = serving([branch.id for aim in aims for branch, _depth in _below(aim)])
    laid = [Aim(aim, [Line(b, depth, by_node.get(b.id, [])) for b, depth in _below(aim)]) for aim in aims]
    objectives = [line for aim in laid for line in aim.lines if line.branch.kind == "objective"]
    return Outline(found, laid, len(objectives), sum(not _served(line, by_node) for line in objectives))


def _served(line: Line, by_node: dict[UUID, list[Programme]]) -> bool:
    return bool(line.programmes) or any(by_node.get(b.id) for b, _depth in _below(line.branch))


def _below(branch: Branch, depth: int = 0) -> Iterator[tuple[Branch, int]]:
    for child in branch.below:
        yield child, depth
        yield from _below(child, depth + 1)
