"""Where every figure of a ruleset lives in the rows of a unit, and in which order they are computed.

A row is a list: slot 0 of the unit's row holds the members' rows, 1 the programmes already had, 2 the day;
slot 0 of a member's row holds the unit's. Facts follow, then derived figures and summaries in the order of need.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vatra.engines.rules import values as v
from vatra.engines.rules.ir import MEMBER, UNIT, Node

Row = list[Any]
Closure = Callable[[Row], Any]
FIRST = {UNIT: 3, MEMBER: 1}


@dataclass
class Plan:
    """Where every fact, derived figure and summary of a ruleset lives, and in which order they are computed."""

    facts: dict[str, dict[tuple[str, Any], int]] = field(default_factory=lambda: {UNIT: {}, MEMBER: {}})
    spans: dict[str, list[Any]] = field(default_factory=lambda: {UNIT: [], MEMBER: []})
    slots: dict[tuple[int, str], int] = field(default_factory=dict)
    steps: list[tuple[str, int, Node]] = field(default_factory=list)
    width: dict[str, int] = field(default_factory=lambda: dict(FIRST))

    def reads(self, root: Node) -> None:
        """Give every fact under `root` a slot. All facts come before the first step."""
        for node in root.walk():
            if node.op == "fact" and node.info not in self.facts[node.scope]:
                self.facts[node.scope][node.info] = self.width[node.scope]
                self.spans[node.scope].append(v.span(*node.span) if node.span else None)
                self.width[node.scope] += 1

    def add(self, root: Node) -> None:
        """Steps for the summaries and derived figures that `root` needs, innermost first."""
        todo: list[tuple[Node, bool]] = [(root, False)]
        while todo:
            node, ready = todo.pop()
            hoisted = node.op in ("agg", "derived")
            if hoisted and (node.key, node.scope) in self.slots:
                continue
            if not ready:
                todo.append((node, True))
                todo.extend((a, False) for a in node.args)
            elif node.op == "derived" and (node.args[0].key, node.scope) in self.slots:
                self.slots[node.key, node.scope] = self.slots[node.args[0].key, node.scope]
            elif hoisted:
                self.slots[node.key, node.scope] = self.width[node.scope]
                self.steps.append((node.scope, self.width[node.scope], node.args[0] if node.op == "derived" else node))
                self.width[node.scope] += 1


class ClosureMaker:
    """Makes closures of nodes over rows of a level."""

    plan: Plan
    on: date

    def at(self, node: Node, level: str) -> Closure:
        raise NotImplementedError
