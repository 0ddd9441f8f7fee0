"""The closures for a unit about which everything read is known: the usual case, without a look at unknown values.

The same tree, the same slots as `closures.py`, whose closures remain for units with anything unknown. Where every fact is
known nothing else can become unknown, except through the few operations that `always_known` excludes.
"""

from collections.abc import Iterable
from typing import Any

from vatra.engines.rules import values as v
from vatra.engines.rules.closures import Closure, Compiler, Row, in_force, read_schedule, row_of
from vatra.engines.rules.ir import CONST, MEMBER, UNIT, Node
from vatra.kernel.money import divide


def always_known(roots: Iterable[Node]) -> bool:
    """Whether known facts make every figure known."""
    for root in roots:
        for node in root.walk():
            if node.op in ("is_working_day", "next_working_day") or (node.op == "agg" and node.info == "only"):
                return False
            if node.op == "div" and node.args[1].lo <= 0 <= node.args[1].hi:
                return False
    return True


class Exact(Compiler):
    """Arithmetic and logic on plain values. A constant or a slot as operand is taken without a call of its own."""

    def slot_of(self, node: Node, level: str) -> int | None:
        """The slot of a fact or hoisted node on a row of this very level."""
        if node.scope != level:
            return None
        if node.op == "fact":
            return self.plan.facts[node.scope][node.info]
        return self.plan.slots.get((node.key, node.scope))

    def fixed(self, node: Node) -> Any:
        """The value of a constant or parameter, else None."""
        if node.op == "const":
            return node.info
        return in_force(node.info, self.on) if node.op == "parameter" else None

    def on_rescale(self, node: Node, level: str) -> Closure:
        a, k = self.at(node.args[0], level), node.info
        return (lambda e: v.within(a(e) * k)) if node.checked else (lambda e: a(e) * k)

    def on_add(self, node: Node, level: str) -> Closure:
        a, b = (self.at(x, level) for x in node.args)
        return (lambda e: v.within(a(e) + b(e))) if node.checked else (lambda e: a(e) + b(e))

    def on_sub(self, node: Node, level: str) -> Closure:
        a, b = (self.at(x, level) for x in node.args)
        if node.checked:
            return lambda e: v.within(a(e) - b(e))
        k = self.fixed(node.args[1])
        return (lambda e: a(e) - k) if k is not None else (lambda e: a(e) - b(e))

    def on_mul(self, node: Node, level: str) -> Closure:
        a, b = (self.at(x, level) for x in node.args)
        if node.checked:
            return lambda e: v.within(a(e) * b(e))
        for one, other in ((0, b), (1, a)):
            if (k := self.fixed(node.args[one])) is not None:
                return _times(other, k)
        return lambda e: a(e) * b(e)

    def on_total(self, node: Node, level: str) -> Closure:
        parts = [self.at(a, level) for a in node.args]
        return lambda e: v.within(sum([p(e) for p in parts]))

    def on_neg(self, node: Node, level: str) -> Closure:
        a = self.at(node.args[0], level)
        return lambda e: -a(e)

    def on_div(self, node: Node, level: str) -> Closure:
        a, b, mode = self.at(node.args[0], level), self.at(node.args[1], level), node.info
        k = self.fixed(node.args[1])
        if k and k > 0 and node.args[0].lo >= 0 and mode in ("half_up", "up", "down"):
            # For figures that are never negative these roundings are one floor division.
            extra = {"half_up": k // 2, "up": k - 1, "down": 0}[mode]
            return lambda e: (a(e) + extra) // k
        return lambda e: divide(a(e), b(e), mode)

    def _extreme(self, node: Node, level: str, careful: Any, plain: Any) -> Closure:
        if len(node.args) == 2:
            a, b = (self.at(x, level) for x in node.args)
            if plain is max:
                return lambda e: x if (x := a(e)) >= (y := b(e)) else y
            return lambda e: x if (x := a(e)) <= (y := b(e)) else y
        parts = [self.at(a, level) for a in node.args]
        return lambda e: plain([p(e) for p in parts])

    def on_cmp(self, node: Node, level: str) -> Closure:
        left, right = node.args
        a, b, op = self.at(left, level), self.at(right, level), node.info
        slot, k = self.slot_of(left, level), self.fixed(right)
        if slot is not None and k is not None:
            return _slot_to_fixed(op, slot, k)
        slot, k = self.slot_of(right, level), self.fixed(left)
        if slot is not None and k is not None:
            return _fixed_to_slot(op, slot, k)
        if op == "=":
            return lambda e: a(e) == b(e)
        return (lambda e: a(e) < b(e)) if op == "<" else (lambda e: a(e) <= b(e))

    def on_and(self, node: Node, level: str) -> Closure:
        parts = [self.at(a, level) for a in node.args]
        if len(parts) == 2:
            a, b = parts
            return lambda e: a(e) and b(e)
        if len(parts) == 3:
            a, b, c = parts
            return lambda e: a(e) and b(e) and c(e)
        return lambda e: all([p(e) for p in parts])

    def on_or(self, node: Node, level: str) -> Closure:
        parts = [self.at(a, level) for a in node.args]
        if len(parts) == 2:
            a, b = parts
            return lambda e: a(e) or b(e)
        if len(parts) == 3:
            a, b, c = parts
            return lambda e: a(e) or b(e) or c(e)
        return lambda e: any([p(e) for p in parts])

    def on_not(self, node: Node, level: str) -> Closure:
        a = self.at(node.args[0], level)
        return lambda e: not a(e)

    def on_case(self, node: Node, level: str) -> Closure:
        parts = [self.at(a, level) for a in node.args]
        if len(parts) == 3:
            test, yes, no = parts
            return lambda e: yes(e) if test(e) else no(e)
        pairs, last = list(zip(parts[:-1:2], parts[1:-1:2], strict=True)), parts[-1]

        def case(e: Row) -> Any:
            for test, value in pairs:
                if test(e):
                    return value(e)
            return last(e)

        return case

    def on_lookup(self, node: Node, level: str) -> Closure:
        table = in_force(node.info, self.on)
        if len(node.args) > 1:
            return super().on_lookup(node, level)
        key = self.at(node.args[0], level)
        if all(match[0] == "is" for match, _value in table.rows) and node.args[0].type.kind == "code":
            rows = {str(match[1]): value for match, value in table.rows}
            return lambda e: rows[key(e)]
        return lambda e: row_of(table, key(e))

    def on_scale(self, node: Node, level: str) -> Closure:
        parameter, mode, factor = node.info
        a, schedule = self.at(node.args[0], level), in_force(parameter, self.on)
        limits, power = [n * factor for n in schedule.limits], 10**parameter.type.scale
        return lambda e: read_schedule(schedule, limits, a(e), power, mode)

    # -- summaries

    def _everyone(self, node: Node) -> bool:
        where = node.args[1]
        return where.scope == CONST and where.info is True

    def agg_count(self, node: Node) -> Closure:
        where = self.at(node.args[1], MEMBER)
        if self._everyone(node):
            return lambda u: len(u[0])
        return lambda u: sum(map(where, u[0]))

    def agg_sum(self, node: Node) -> Closure:
        value, where = self.at(node.args[0], MEMBER), self.at(node.args[1], MEMBER)
        guard = v.within if node.checked else None
        if self._everyone(node):
            total: Closure = lambda u: sum(map(value, u[0]))  # noqa: E731
        else:
            total = lambda u: sum([value(m) for m in u[0] if where(m)])  # noqa: E731
        return (lambda u: guard(total(u))) if guard else total

    def agg_any(self, node: Node) -> Closure:
        value, where = self.at(node.args[0], MEMBER), self.at(node.args[1], MEMBER)
        if self._everyone(node):
            return lambda u: any(map(value, u[0]))
        return lambda u: any([value(m) for m in u[0] if where(m)])

    def agg_all(self, node: Node) -> Closure:
        value, where = self.at(node.args[0], MEMBER), self.at(node.args[1], MEMBER)
        if self._everyone(node):
            return lambda u: all(map(value, u[0]))
        return lambda u: all([value(m) for m in u[0] if where(m)])

    def agg_min(self, node: Node) -> Closure:
        return self._best(node, min)

    def agg_max(self, node: Node) -> Closure:
        return self._best(node, max)

    def _best(self, node: Node, pick: Any) -> Closure:
        value, where = self.at(node.args[0], MEMBER), self.at(node.args[1], MEMBER)
        default = self.at(node.args[2], UNIT) if len(node.args) == 3 else None
        if self._everyone(node):
            return lambda u: pick(map(value, u[0]))

        def best(u: Row) -> Any:
            found = [value(m) for m in u[0] if where(m)]
            return pick(found) if found else default(u) if default else None

        return best


def _times(a: Closure, k: int) -> Closure:
    return lambda e: a(e) * k


def _slot_to_fixed(op: str, slot: int, k: Any) -> Closure:
    if op == "=":
        return lambda e: e[slot] == k
    return (lambda e: e[slot] < k) if op == "<" else (lambda e: e[slot] <= k)


def _fixed_to_slot(op: str, slot: int, k: Any) -> Closure:
    if op == "=":
        return lambda e: k == e[slot]
    return (lambda e: k < e[slot]) if op == "<" else (lambda e: k <= e[slot])
