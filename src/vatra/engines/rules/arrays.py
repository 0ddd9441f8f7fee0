"""The tree as operations on whole columns, for populations in which everything read is known.

The third way to run a text, and the fastest: no unknown values, no grouping by hashing. What it cannot do it refuses with
Unfit, and SQL runs instead: figures that might leave 64 bits or become unknown, free texts, programmes already had.

A plan is a list of steps in the order of need. In each round come the members' figures, then the summaries (all conditions
counted at once, as bits of one running sum), then the unit's figures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from vatra.engines.rules.arrays_dates import DateArrays
from vatra.engines.rules.arrays_summaries import SummaryArrays
from vatra.engines.rules.arrays_values import (
    EPOCH,
    FIGURES,
    ROWS,
    SUMMARIES,
    Codes,
    Column,
    Rows,
    Unfit,
    common,
    divide,
    kind_of,
    select,
    spread,
    width,
)  # fmt: skip
from vatra.engines.rules.closures import in_force, row_of
from vatra.engines.rules.exact import Exact, always_known
from vatra.engines.rules.ir import CONST, MEMBER, UNIT, Node, sample_day
from vatra.engines.rules.parameters import Schedule, Table
from vatra.engines.rules.plan import Plan
from vatra.engines.rules.types import INT64

MAX_ROWS_LOOKED_UP = 4096
LEFT_OUT = {"has", "measure", "over_all", "big", "is_working_day", "next_working_day"}


@dataclass(frozen=True)
class Read:
    """A column of the population that the steps read, and where its values go."""

    fact: str
    level: str
    day: date | None
    kind: type
    slot: int


@dataclass
class Step:
    place: tuple[int, int]  # round and phase
    out: int
    ins: tuple[int, ...]
    act: Callable[..., Column]
    spent: tuple[int, ...] = ()  # slots that no later step reads


class Arrays(DateArrays, SummaryArrays):
    """The steps of `roots` for one day, on rows of `home`. Raises Unfit if they are not for arrays."""

    def __init__(self, roots: list[Node], home: str, on: date) -> None:
        self.on, self.codes = on, Codes()
        _check(roots)
        plan = Plan()
        for root in roots:
            plan.reads(root)
        self.constants = Exact(plan, on)
        self.rows: dict[tuple[int, int], tuple[int, np.ndarray] | None] = {}  # of tables whose keys are few
        self.slots: dict[Any, int] = {}
        self.fixed: dict[int, Column] = {}
        self.reads: list[Read] = []
        self.steps: list[Step] = []
        self.flags: dict[int, list[tuple[int, Any, Callable[..., Column]]]] = {}
        self._arrange(roots, home)
        self.roots = [self.slots[root.key, home] for root in roots]
        self._forget()

    # -- running

    def run(self, rows: Rows) -> list[Column]:
        """The columns of the roots; one Python value where it is the same for every row."""
        values: list[Column] = [None] * len(self.slots)
        for slot, value in self.fixed.items():
            values[slot] = value
        for slot, value in rows.facts.items():
            values[slot] = value
        for step in self.steps:
            values[step.out] = step.act(rows, *[values[i] for i in step.ins])
            for slot in step.spent:
                values[slot] = None
        return [values[slot] for slot in self.roots]

    # -- arranging

    def _arrange(self, roots: list[Node], home: str) -> None:
        """Give every node a step, innermost first, and sort the steps by round and phase."""
        places: dict[Any, tuple[int, int]] = {}
        todo: list[tuple[Any, bool]] = [((root, home), False) for root in reversed(roots)]
        while todo:
            (node, level), ready = todo.pop()
            key = (node.key, level)
            if key in self.slots:
                continue
            needs = self._needs(node, level)
            if not ready:
                todo.append(((node, level), True))
                todo.extend((need, False) for need in needs)
                continue
            places[key] = self._place(node, level, [places[n.key, at] for n, at in needs])
            self._make(node, level, places[key], tuple(self.slots[n.key, at] for n, at in needs))
        self._count_together()
        self.steps.sort(key=lambda step: step.place)

    def _needs(self, node: Node, level: str) -> list[tuple[Node, str]]:
        if node.scope == CONST:
            return []
        if level != node.scope:
            return [(node, node.scope)]
        if node.op == "agg":
            return [(a, UNIT if i == 2 else MEMBER) for i, a in enumerate(node.args)]
        return [(a, level) for a in node.args]

    def _place(self, node: Node, level: str, needs: list[tuple[int, int]]) -> tuple[int, int]:
        """(round, phase)."""
        latest = max((r for r, _phase in needs), default=0)
        if node.scope == CONST:
            return 0, ROWS
        if node.scope == UNIT and level == MEMBER:
            return latest + 1, ROWS
        if node.op == "agg":
            # The value for a unit in which nobody qualifies is one of the unit's figures.
            return max(r + (phase == FIGURES) for r, phase in needs), SUMMARIES
        return latest, ROWS if level == MEMBER else FIGURES

    def slot(self, key: Any) -> int:
        return self.slots.setdefault(key, len(self.slots))

    def _make(self, node: Node, level: str, place: tuple[int, int], ins: tuple[int, ...]) -> None:
        key = (node.key, level)
        if node.scope == CONST:
            self.fixed[self.slot(key)] = self._constant(node)
        elif level != node.scope:
            kind = kind_of(node)
            self.step(place, key, ins, lambda rows, x: np.repeat(spread(x, kind, len(rows.sizes)), rows.sizes))
        elif node.op == "derived":
            self.slots[key] = ins[0]
        elif node.op == "fact":
            name, sample = node.info
            day = sample_day(sample, self.on) if sample else None
            self.reads.append(Read(name, level, day, kind_of(node), self.slot(key)))
            for code in node.type.codes or ():
                self.codes.number(code)
        elif node.op == "agg":
            self.summary(node, key, place, ins)
        else:
            self.step(place, key, ins, getattr(self, "on_" + node.op)(node))

    def step(self, place: tuple[int, int], key: Any, ins: tuple[int, ...], act: Callable[..., Column]) -> int:
        """Add a step; gives the slot of its column."""
        out = self.slot(key)
        self.steps.append(Step(place, out, ins, act))
        return out

    def _constant(self, node: Node) -> Column:
        value = self.constants.at(node, UNIT)([[], None, self.on])
        return value.toordinal() - EPOCH if isinstance(value, date) else self._named(value)

    def _named(self, value: Any) -> Any:
        return self.codes.number(value) if isinstance(value, str) else value

    def _forget(self) -> None:
        """Mark after which step each slot is spent, so that a run holds few columns at a time."""
        seen = {*self.roots, *self.fixed}
        for step in reversed(self.steps):
            step.spent = tuple({*step.ins, step.out} - seen)
            seen.update(step.ins)

    # -- arithmetic

    def _ufunc(self, node: Node, act: Any) -> Callable[..., Column]:
        kind = common(node, *node.args)
        return lambda rows, *parts: act(*parts, dtype=kind)

    def on_add(self, node: Node) -> Callable[..., Column]:
        return self._ufunc(node, np.add)

    def on_sub(self, node: Node) -> Callable[..., Column]:
        return self._ufunc(node, np.subtract)

    def on_neg(self, node: Node) -> Callable[..., Column]:
        return self._ufunc(node, np.negative)

    def on_mul(self, node: Node) -> Callable[..., Column]:
        return self._ufunc(node, np.multiply)

    def on_rescale(self, node: Node) -> Callable[..., Column]:
        kind, factor = width(node.lo, node.hi, node.args[0].lo, node.args[0].hi, node.info), node.info
        return (lambda rows, a: a) if factor == 1 else (lambda rows, a: np.multiply(a, factor, dtype=kind))

    def on_total(self, node: Node) -> Callable[..., Column]:
        """Partial sums may be wider than the whole."""
        least, most = sum(min(0, a.lo) for a in node.args), sum(max(0, a.hi) for a in node.args)
        kind = width(least, most)

        def total(rows: Rows, first: Column, *rest: Column) -> Column:
            for part in rest:
                first = np.add(first, part, dtype=kind)
            return first

        return total

    def on_div(self, node: Node) -> Callable[..., Column]:
        top, bottom = node.args
        return lambda rows, a, b: divide(a, b, node.info, top, bottom)

    def on_greatest(self, node: Node) -> Callable[..., Column]:
        return self._extreme(node, np.maximum)

    def on_least(self, node: Node) -> Callable[..., Column]:
        return self._extreme(node, np.minimum)

    def _extreme(self, node: Node, act: Any) -> Callable[..., Column]:
        kind = common(node, *node.args)

        def extreme(rows: Rows, first: Column, *rest: Column) -> Column:
            for part in rest:
                first = act(first, part, dtype=kind)
            return first

        return extreme

    # -- logic

    def on_cmp(self, node: Node) -> Callable[..., Column]:
        act = {"=": np.equal, "<": np.less, "<=": np.less_equal}[node.info]
        return lambda rows, a, b: act(a, b)

    def on_and(self, node: Node) -> Callable[..., Column]:
        return self._fold(np.logical_and)

    def on_or(self, node: Node) -> Callable[..., Column]:
        return self._fold(np.logical_or)

    def _fold(self, act: Any) -> Callable[..., Column]:
        def fold(rows: Rows, first: Column, *rest: Column) -> Column:
            for part in rest:
                first = act(first, part)
            return first

        return fold

    def on_not(self, node: Node) -> Callable[..., Column]:
        return lambda rows, a: np.logical_not(a)

    def on_case(self, node: Node) -> Callable[..., Column]:
        values = [*node.args[1:-1:2], node.args[-1]]
        kind = common(node, *values)

        def case(rows: Rows, *parts: Column) -> Column:
            got = parts[-1]
            for test, value in zip(parts[-3::-2], parts[-2::-2], strict=True):
                got = select(test, value, got, kind)
            return got

        return case

    # -- parameters with a key

    def on_lookup(self, node: Node) -> Callable[..., Column]:
        table, kind = in_force(node.info, self.on), kind_of(node)
        return lambda rows, *keys: self._row(table, node.args, keys, kind)

    def _row(self, found: Any, nodes: tuple[Node, ...], keys: tuple[Column, ...], kind: type) -> Column:
        if not isinstance(found, Table):
            return self._named(found)
        node, key = nodes[0], keys[0]
        if not isinstance(key, np.ndarray):
            return self._row(row_of(found, self._said(key, node)), nodes[1:], keys[1:], kind)
        if len(nodes) == 1:
            place = (id(found), node.key)
            if place not in self.rows:
                self.rows[place] = self._all_rows(found, node, kind)
            if (rows := self.rows[place]) is not None:
                first, values = rows
                return values.take(key - first if first else key)
        got: Column = 0
        for (match, said), inner in reversed(found.rows):
            value = self._row(inner, nodes[1:], keys[1:], kind)
            if match == "else":
                got = value
            else:
                want = self._named(str(said) if node.type.kind == "code" else said)
                got = select(key == want if match == "is" else key >= want, value, got, kind)
        return got

    def _said(self, key: Any, node: Node) -> Any:
        """A constant key as the table's rows name it."""
        if node.type.kind != "code":
            return key
        return next(code for code, number in self.codes.numbers.items() if number == key)

    def _all_rows(self, table: Table, node: Node, kind: type) -> tuple[int, np.ndarray] | None:
        """(first key, value of each key in turn), where the keys are few."""
        if node.type.kind == "code":
            if node.type.codes is None:
                return None
            numbers = {self.codes.number(c): c for c in node.type.codes}
            return 0, np.array(
                [row_of(table, numbers[n]) if n in numbers else 0 for n in range(max(numbers) + 1)], kind
            )
        if not node.type.numeric or node.hi - node.lo >= MAX_ROWS_LOOKED_UP:
            return None
        return node.lo, np.array([row_of(table, k) for k in range(node.lo, node.hi + 1)], kind)

    def on_scale(self, node: Node) -> Callable[..., Column]:
        parameter, mode, factor = node.info
        schedule, value = in_force(parameter, self.on), node.args[0]
        limits = [n * factor for n in schedule.limits]
        if schedule.kind == "marginal":
            return self._marginal(value, limits, schedule, 10**parameter.type.scale, mode)
        if max(map(abs, limits)) > INT64:
            raise Unfit
        side: Any = "left" if schedule.kind == "schedule" else "right"
        steps = np.array(limits, np.int64)
        last = [*schedule.values, schedule.above] if schedule.kind == "schedule" else [0, *schedule.values]
        values = np.array(last, kind_of(node))
        return lambda rows, x: values.take(np.searchsorted(steps, x, side))

    def _marginal(
        self, value: Node, limits: list[int], schedule: Schedule, power: int, mode: str
    ) -> Callable[..., Column]:
        """The slices, added and rounded once."""
        most = max(0, value.hi - limits[0]) * max(map(abs, schedule.values))
        if most > INT64 // 2:
            raise Unfit
        low = 0 if min(schedule.values) >= 0 else -most
        top = Node("scale", value.type, lo=low, hi=most)
        bottom = Node("const", value.type, lo=power, hi=power)

        def marginal(rows: Rows, x: Column) -> Column:
            total: Column = 0
            for limit, end, share in zip(limits, [*limits[1:], None], schedule.values, strict=True):
                top_of = x if end is None else np.minimum(x, end, dtype=np.int64)
                total = total + np.maximum(np.subtract(top_of, limit, dtype=np.int64), 0) * share
            return divide(total, power, mode, top, bottom)

        return marginal


def _check(roots: list[Node]) -> None:
    """Unfit, unless every figure stays known and within 64 bits."""
    if not always_known(roots):
        raise Unfit
    for root in roots:
        for node in root.walk():
            if node.op in LEFT_OUT or node.checked or (node.type.kind == "text" and node.op == "fact"):
                raise Unfit
