"""What several rulesets compute alike of one household is computed once: the panel decides dozens of programmes at a time.

Two nodes mean the same if their operations, their operands and the values of their parameters on the day are the same,
whatever the derived figures round them are called.
"""

import itertools
from collections.abc import Iterable
from datetime import date
from typing import Any

from vatra.engines.rules.closures import in_force
from vatra.engines.rules.ir import Node

MAX_KNOWN = 100_000
_numbers: dict[Any, int] = {}
_next = itertools.count(1)


def meanings(nodes: Iterable[Node], on: date) -> dict[int, int | None]:
    """A number for each node, by its key: equal for equal meanings on a day; None if it depends on the decision itself."""
    out: dict[int, int | None] = {}
    for root in nodes:
        todo = [root]
        while todo:
            node = todo[-1]
            waiting = [a for a in node.args if a.key not in out]
            if waiting:
                todo += waiting
                continue
            todo.pop()
            if node.key not in out:
                out[node.key] = _meaning(node, [out[a.key] for a in node.args], on)
    return out


def _meaning(node: Node, parts: list[int | None], on: date) -> int | None:
    if node.op == "derived":
        return parts[0]
    if None in parts or node.op in ("has", "measure", "over_all", "is_working_day", "next_working_day"):
        return None
    return _number((node.op, node.type, node.scope, node.checked, _said(node, on), *parts))


def _said(node: Node, on: date) -> Any:
    """What a node says besides its operands."""
    if node.op in ("parameter", "lookup"):
        return in_force(node.info, on)
    if node.op == "scale":
        parameter, mode, factor = node.info
        return in_force(parameter, on), mode, factor, parameter.type
    return (node.info.__class__, node.info)


def _number(said: Any) -> int:
    """Numbers are never used twice, so forgetting old ones costs a second computation and nothing else."""
    found = _numbers.get(said)
    if found is None:
        if len(_numbers) >= MAX_KNOWN:
            _numbers.clear()
        found = _numbers[said] = next(_next)
    return found
