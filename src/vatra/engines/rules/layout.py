"""Which figures get a column in SQL, and in which round and layer each can be computed.

A round is: members' figures, then the grouping by unit, then the unit's figures. A member's figure that reads one of the
unit needs the next round. Within a round, a layer is one SELECT over the one before.
"""

from collections.abc import Callable
from dataclasses import dataclass

from vatra.engines.rules.ir import CONST, MEMBER, UNIT, Node
from vatra.engines.rules.sql import hoists


@dataclass
class Step:
    """A node with a column (or, for a summary, columns of the grouping) of its own."""

    node: Node
    level: str
    name: str
    round: int = 0
    layer: int = 0

    @property
    def summary(self) -> bool:
        return self.node.op == "agg"


def layout(roots: list[Node], null: Callable[[Node], bool]) -> list[Step]:
    """The steps of all roots, innermost first."""
    wanted = {key for root in roots for node in root.walk() for key in hoists(node, null)}
    steps: dict[int, Step] = {}
    done: set[int] = set()
    for root in roots:
        todo = [(root, False)]
        while todo:
            node, ready = todo.pop()
            if node.key in done:
                continue
            if not ready:
                todo.append((node, True))
                todo.extend((a, False) for a in node.args)
                continue
            done.add(node.key)
            if node.scope != CONST and (node.op in ("agg", "derived") or node.key in wanted):
                step = Step(node, node.scope, f"{node.scope[0]}{len(steps)}")
                _place(step, steps)
                steps[node.key] = step
    return list(steps.values())


def _place(step: Step, steps: dict[int, Step]) -> None:
    needs = [(steps[n.key], inside) for n, inside in _needs(step.node, steps)]
    for inner, inside in needs:
        crosses = inner.level == UNIT and (step.level == MEMBER or inside)
        step.round = max(step.round, inner.round + crosses)
    for inner, _inside in needs:
        if inner.level == step.level and inner.round == step.round:
            step.layer = max(step.layer, inner.layer + 1)


def _needs(node: Node, steps: dict[int, Step]) -> list[tuple[Node, bool]]:
    """The nearest nodes below that have a column, and whether a summary reads them on each member."""
    out, seen = [], set()
    todo = [(a, node.op == "agg" and i < 2) for i, a in enumerate(node.args)]
    while todo:
        part, inside = todo.pop()
        if (part.key, inside) in seen:
            continue
        seen.add((part.key, inside))
        if part.key in steps:
            out.append((part, inside))
        else:
            todo.extend((a, inside) for a in part.args)
    return out


def members_read_unit(roots: list[Node], home: str) -> bool:
    """Whether some formula computed on members names a fact of the unit directly."""
    if home == MEMBER:
        return True
    for root in roots:
        for node in root.walk():
            parts = node.args[:2] if node.op == "agg" else node.args if node.scope == MEMBER else ()
            if any(n.op in ("fact", "has") and n.scope == UNIT for p in parts for n in p.walk()):
                return True
    return False
