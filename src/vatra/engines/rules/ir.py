"""The typed tree that both ways of running share. Equal parts are the same object, so common work is done once.

Every numeric node is an integer scaled by its type and carries the range it can take; the range proves divisors
not zero, and shows where a run-time check against overflow of 64 bits is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from vatra.engines.rules.types import BOOLEAN, DATE, INT64, INTEGER, Type
from vatra.kernel.days import add_months, month_end

CONST, UNIT, MEMBER = "const", "unit", "member"
MAX_MEMBERS = 1_000
ROUNDINGS = ("half_up", "half_even", "up", "down")


@dataclass(eq=False, slots=True)
class Node:
    """`scope` says on what it is computed: nothing (const: the day and the parameters), the unit, or one member."""

    op: str
    type: Type
    args: tuple["Node", ...] = ()
    info: Any = None
    scope: str = CONST
    lo: int = -INT64
    hi: int = INT64
    checked: bool = False  # may leave 64 bits: check when computing
    span: tuple[int | None, int | None] | None = None  # facts: declared bounds of an unknown value
    key: int = 0

    def walk(self, *, into_derived: bool = True) -> Iterator["Node"]:
        """Every node of the tree once, without recursion."""
        seen, todo = set(), [self]
        while todo:
            node = todo.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            if node.op != "derived" or into_derived or node is self:
                todo.extend(node.args)


@dataclass
class Builder:
    """Makes nodes; the only place where nodes are made, so that equal ones are shared."""

    known: dict[tuple, Node] = field(default_factory=dict)

    def make(
        self,
        op: str,
        type_: Type,
        args: tuple[Node, ...] = (),
        info: Any = None,
        *,
        scope: str | None = None,
        lo: int = -INT64,
        hi: int = INT64,
        span: tuple[int | None, int | None] | None = None,
    ) -> Node:
        key = (op, type_, tuple(a.key for a in args), info, type(info))
        node = self.known.get(key)
        if node is None:
            if scope is None:
                scopes = {a.scope for a in args}
                scope = MEMBER if MEMBER in scopes else UNIT if UNIT in scopes else CONST
            checked = type_.numeric and (lo < -INT64 or hi > INT64)
            node = Node(
                op,
                type_,
                args,
                info,
                scope,
                max(lo, -INT64),
                min(hi, INT64),
                checked,
                span,
                len(self.known) + 1,
            )
            self.known[key] = node
        return node

    def const(self, value: Any, type_: Type) -> Node:
        if type_.numeric:
            return self.make("const", type_, info=value, lo=value, hi=value)
        return self.make("const", type_, info=value)

    def true(self) -> Node:
        return self.const(True, BOOLEAN)

    def rescale(self, a: Node, type_: Type) -> Node:
        """The same value with the decimals of another type of its kind (or an integer as a number)."""
        if a.type.scale == type_.scale:
            return a if a.type.kind == type_.kind else self._retype(a, type_)
        factor = 10 ** (type_.scale - a.type.scale)
        if a.op == "const":
            return self.const(a.info * factor, type_)
        return self.make("rescale", type_, (a,), factor, lo=a.lo * factor, hi=a.hi * factor)

    def _retype(self, a: Node, type_: Type) -> Node:
        if a.op == "const":
            return self.const(a.info, type_)
        return self.make("rescale", type_, (a,), 1, lo=a.lo, hi=a.hi)

    def add(self, a: Node, b: Node, type_: Type) -> Node:
        return self.make("add", type_, (a, b), lo=a.lo + b.lo, hi=a.hi + b.hi)

    def sub(self, a: Node, b: Node, type_: Type) -> Node:
        return self.make("sub", type_, (a, b), lo=a.lo - b.hi, hi=a.hi - b.lo)

    def neg(self, a: Node) -> Node:
        if a.op == "const":
            return self.const(-a.info, a.type)
        return self.make("neg", a.type, (a,), lo=-a.hi, hi=-a.lo)

    def mul(self, a: Node, b: Node, type_: Type) -> Node:
        corners = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
        return self.make("mul", type_, (a, b), lo=min(corners), hi=max(corners))

    def div(self, a: Node, b: Node, mode: str, type_: Type) -> Node:
        """Integer division with a named rounding. The caller has proved that b is not zero."""
        small = min(abs(b.lo), abs(b.hi)) if b.lo > 0 or b.hi < 0 else 1
        size = max(abs(a.lo), abs(a.hi)) // max(small, 1) + 1
        lo, hi = -size, size
        if a.lo >= 0 and b.lo > 0:
            lo = 0
        return self.make("div", type_, (a, b), mode, lo=lo, hi=hi)

    def extreme(self, op: str, parts: list[Node]) -> Node:
        pick = max if op == "greatest" else min
        lo, hi = (pick(p.lo for p in parts), pick(p.hi for p in parts)) if parts[0].type.numeric else (-INT64, INT64)
        return self.make(op, parts[0].type, tuple(parts), lo=lo, hi=hi)

    def case(self, parts: list[Node]) -> Node:
        values = [*parts[1::2], parts[-1]] if len(parts) > 1 else parts
        return self.make(
            "case", values[0].type, tuple(parts), lo=min(v.lo for v in values), hi=max(v.hi for v in values)
        )

    def logic(self, op: str, parts: list[Node]) -> Node:
        return parts[0] if len(parts) == 1 else self.make(op, BOOLEAN, tuple(parts))

    def compare(self, op: str, a: Node, b: Node) -> Node:
        return self.make("cmp", BOOLEAN, (a, b), op)

    def count(self, where: Node) -> Node:
        low = 1 if where.op == "const" and where.info is True else 0
        return self.make("agg", INTEGER, (self.const(1, INTEGER), where), "count", scope=UNIT, lo=low, hi=MAX_MEMBERS)

    def total(self, value: Node, where: Node) -> Node:
        many = MAX_MEMBERS
        return self.make(
            "agg",
            value.type,
            (value, where),
            "sum",
            scope=UNIT,
            lo=min(0, value.lo * many),
            hi=max(0, value.hi * many),
        )

    def aggregate(self, fn: str, value: Node, where: Node, default: Node | None) -> Node:
        """any, all, min, max or only, over the members for which `where` holds."""
        args = (value, where) if default is None else (value, where, default)
        lo, hi = min(v.lo for v in args[::2]), max(v.hi for v in args[::2])
        return self.make("agg", value.type, args, fn, scope=UNIT, lo=lo, hi=hi)

    def day(self) -> Node:
        return self.make("day", DATE)


def sample_day(spec: tuple[str, int], on: date) -> date:
    """The last day of the month that lies `spec[1]` months before the month, quarter or year of `on`."""
    unit, back = spec
    months = {"month": 0, "quarter": (on.month - 1) % 3, "year": on.month - 1}[unit]
    return month_end(add_months(on.replace(day=1), -months - back))


def previous_day(on: date) -> date:
    return on - timedelta(days=1)


# Working days are looked at this far round the day of a decision; beyond it no calendar is certain.
CALENDAR_DAYS = 3653


def within_calendar(day: date, on: date) -> bool:
    return abs((day - on).days) <= CALENDAR_DAYS
