"""Typed tree → Python closures for one unit. Nothing is generated as text, nothing is `eval`ed."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date
from typing import Any

from vatra.engines.rules import values as v
from vatra.engines.rules.closures_dates import DateClosures
from vatra.engines.rules.closures_summaries import SummaryClosures
from vatra.engines.rules.ir import MEMBER, UNIT, Node, sample_day
from vatra.engines.rules.parameters import Parameter, Schedule, Table
from vatra.engines.rules.plan import FIRST, Closure, Plan, Row
from vatra.kernel.money import divide


class Compiler(DateClosures, SummaryClosures):
    """Closures of one ruleset for one set of parameter values; `on` is only used to choose these."""

    def __init__(self, plan: Plan, on: date) -> None:
        self.plan, self.on = plan, on
        self.made: dict[tuple[int, str], Closure] = {}

    def steps(self) -> list[tuple[bool, int, Closure]]:
        """(is for members, slot, closure) in order."""
        return [(level == MEMBER, slot, self.inner(node, level, slot)) for level, slot, node in self.plan.steps]

    def inner(self, node: Node, level: str, slot: int) -> Closure:
        """The computation behind a slot: of a summary itself, or of the formula that a derived figure names."""
        if node.op == "agg" and self.plan.slots.get((node.key, UNIT)) == slot and level == UNIT:
            return getattr(self, "agg_" + node.info)(node)
        return self.at(node, level)

    def at(self, node: Node, level: str) -> Closure:
        """A closure over a row of `level`."""
        key = (node.key, level)
        if key not in self.made:
            if level == MEMBER and node.scope == UNIT:
                outer = self.at(node, UNIT)
                self.made[key] = lambda m: outer(m[0])
            elif (slot := self.plan.slots.get((node.key, node.scope))) is not None:
                self.made[key] = _slot(slot)
            else:
                self.made[key] = getattr(self, "on_" + node.op)(node, level)
        return self.made[key]

    # -- leaves

    def on_const(self, node: Node, level: str) -> Closure:
        value = node.info
        return lambda e: value

    def on_fact(self, node: Node, level: str) -> Closure:
        return _slot(self.plan.facts[node.scope][node.info])

    def on_derived(self, node: Node, level: str) -> Closure:
        return self.at(node.args[0], level)

    def on_parameter(self, node: Node, level: str) -> Closure:
        value = in_force(node.info, self.on)
        return lambda e: value

    def on_day(self, node: Node, level: str) -> Closure:
        return (lambda m: m[0][2]) if level == MEMBER else (lambda u: u[2])

    def on_sampled_day(self, node: Node, level: str) -> Closure:
        spec, day = node.info, self.on_day(node, level)
        return lambda e: sample_day(spec, day(e))

    def on_has(self, node: Node, level: str) -> Closure:
        code = node.info
        return lambda u: None if u[1] is None else code in u[1]

    def on_measure(self, node: Node, level: str) -> Closure:
        name = node.info
        return lambda e: e[name]

    def on_over_all(self, node: Node, level: str) -> Closure:
        key: Any = ("over_all", node.key)
        return lambda e: e[key]

    # -- arithmetic

    def on_rescale(self, node: Node, level: str) -> Closure:
        a, k = self.at(node.args[0], level), node.info
        if node.checked:
            return lambda e: v.mul(a(e), k)

        def rescale(e: Row) -> Any:
            x = a(e)
            return x * k if x.__class__ is int else v.mul(x, k)

        return rescale

    def on_add(self, node: Node, level: str) -> Closure:
        a, b = (self.at(x, level) for x in node.args)
        if node.checked:
            return lambda e: v.add(a(e), b(e))

        def add(e: Row) -> Any:
            x, y = a(e), b(e)
            return x + y if x.__class__ is int is y.__class__ else v.add(x, y)

        return add

    def on_sub(self, node: Node, level: str) -> Closure:
        a, b = (self.at(x, level) for x in node.args)
        if node.checked:
            return lambda e: v.sub(a(e), b(e))

        def sub(e: Row) -> Any:
            x, y = a(e), b(e)
            return x - y if x.__class__ is int is y.__class__ else v.sub(x, y)

        return sub

    def on_mul(self, node: Node, level: str) -> Closure:
        a, b = (self.at(x, level) for x in node.args)
        if node.checked:
            return lambda e: v.mul(a(e), b(e))

        def mul(e: Row) -> Any:
            x, y = a(e), b(e)
            return x * y if x.__class__ is int is y.__class__ else v.mul(x, y)

        return mul

    def on_total(self, node: Node, level: str) -> Closure:
        parts = [self.at(a, level) for a in node.args]

        def total(e: Row) -> Any:
            got: Any = 0
            for part in parts:
                got = v.add(got, part(e))
            return got

        return total

    def on_neg(self, node: Node, level: str) -> Closure:
        a = self.at(node.args[0], level)
        return lambda e: v.neg(a(e))

    def on_div(self, node: Node, level: str) -> Closure:
        a, b = (self.at(x, level) for x in node.args)
        mode = node.info

        def div(e: Row) -> Any:
            x, y = a(e), b(e)
            return divide(x, y, mode) if x.__class__ is int is y.__class__ and y else v.div(x, y, mode)

        return div

    def on_greatest(self, node: Node, level: str) -> Closure:
        return self._extreme(node, level, v.greatest, max)

    def on_least(self, node: Node, level: str) -> Closure:
        return self._extreme(node, level, v.least, min)

    def _extreme(self, node: Node, level: str, careful: Callable, plain: Callable) -> Closure:
        parts = [self.at(a, level) for a in node.args]
        if not node.type.numeric:

            def days(e: Row) -> Any:
                got = [p(e) for p in parts]
                return None if None in got else plain(got)

            return days

        def extreme(e: Row) -> Any:
            got = [p(e) for p in parts]
            for x in got:
                if x.__class__ is not int:
                    return careful(got)
            return plain(got)

        return extreme

    # -- logic

    def on_cmp(self, node: Node, level: str) -> Closure:
        a, b = (self.at(x, level) for x in node.args)
        if not node.args[0].type.numeric:
            return _compare_words(node.info, a, b)
        if node.info == "=":

            def eq(e: Row) -> Any:
                x, y = a(e), b(e)
                return x == y if x.__class__ is int is y.__class__ else v.equal(x, y)

            return eq
        if node.info == "<":

            def lt(e: Row) -> Any:
                x, y = a(e), b(e)
                return x < y if x.__class__ is int is y.__class__ else v.less(x, y, False)

            return lt

        def le(e: Row) -> Any:
            x, y = a(e), b(e)
            return x <= y if x.__class__ is int is y.__class__ else v.less(x, y, True)

        return le

    def on_and(self, node: Node, level: str) -> Closure:
        parts = [self.at(a, level) for a in node.args]

        def conjunction(e: Row) -> Any:
            got: bool | None = True
            for part in parts:
                x = part(e)
                if x is False:
                    return False
                if x is None:
                    got = None
            return got

        return conjunction

    def on_or(self, node: Node, level: str) -> Closure:
        parts = [self.at(a, level) for a in node.args]

        def disjunction(e: Row) -> Any:
            got: bool | None = False
            for part in parts:
                x = part(e)
                if x is True:
                    return True
                if x is None:
                    got = None
            return got

        return disjunction

    def on_not(self, node: Node, level: str) -> Closure:
        a = self.at(node.args[0], level)

        def negation(e: Row) -> Any:
            x = a(e)
            return None if x is None else not x

        return negation

    def on_case(self, node: Node, level: str) -> Closure:
        parts = [self.at(a, level) for a in node.args]
        pairs, last = list(zip(parts[:-1:2], parts[1:-1:2], strict=True)), parts[-1]
        merge = v.hull if node.type.numeric else _same

        def case(e: Row) -> Any:
            open_: list[Any] = []
            for test, value in pairs:
                x = test(e)
                if x is True:
                    return merge([*open_, value(e)]) if open_ else value(e)
                if x is None:
                    open_.append(value(e))
            return merge([*open_, last(e)]) if open_ else last(e)

        return case

    # -- parameters with a key

    def on_lookup(self, node: Node, level: str) -> Closure:
        keys = [self.at(a, level) for a in node.args]
        table = in_force(node.info, self.on)

        def lookup(e: Row) -> Any:
            found = table
            for key in keys:
                x = key(e)
                if x is None or x.__class__ is v.Span:
                    return None
                found = row_of(found, x)
            return found

        return lookup

    def on_scale(self, node: Node, level: str) -> Closure:
        parameter, mode, factor = node.info
        a, schedule = self.at(node.args[0], level), in_force(parameter, self.on)
        limits = [n * factor for n in schedule.limits]
        power = 10**parameter.type.scale
        whole = unread(schedule)

        def scale(e: Row) -> Any:
            x = a(e)
            return read_schedule(schedule, limits, x, power, mode) if x.__class__ is int else whole

        return scale


def _slot(slot: int) -> Closure:
    return lambda e: e[slot]


def _compare_words(op: str, a: Closure, b: Closure) -> Closure:
    """Codes, texts and booleans by equality, dates also by order."""

    def compare(e: Row) -> Any:
        x, y = a(e), b(e)
        if x is None or y is None:
            return None
        return x == y if op == "=" else x < y if op == "<" else x <= y

    return compare


def _same(values: list[Any]) -> Any:
    return values[0] if all(x == values[0] and x is not None for x in values) else None


def in_force(parameter: Parameter, on: date) -> Any:
    """The value on a day; None where there is none (`RuleSet.determine` refuses that before)."""
    step = parameter.at(on)
    return step.value if step else None


def row_of(table: Table, key: Any) -> Any:
    """The value, or inner table, of a key; the checker has seen that each possible key has one."""
    for (kind, match), found in table.rows:
        if (
            kind == "else"
            or (kind == "is" and (match == key or str(match) == key))
            or (kind == "from" and key >= match)
        ):
            return found
    return None


def unread(schedule: Schedule) -> v.Value:
    """What is known of a schedule's result when the figure it is read with is not."""
    if schedule.kind == "marginal":
        return None
    return v.hull([*schedule.values, schedule.above if schedule.kind == "schedule" else 0])


def read_schedule(schedule: Schedule, limits: list[int], x: int, power: int, mode: str) -> int:
    """The value of a schedule at x; a marginal one adds its slices and rounds once."""
    if schedule.kind == "schedule":
        at = bisect_left(limits, x)
        return schedule.values[at] if at < len(limits) else schedule.above
    if schedule.kind == "thresholds":
        at = bisect_right(limits, x)
        return schedule.values[at - 1] if at else 0
    total = 0
    for i, (limit, share) in enumerate(zip(limits, schedule.values, strict=True)):
        if x <= limit:
            break
        total += (min(x, limits[i + 1]) - limit if i + 1 < len(limits) else x - limit) * share
    return divide(v.within(total), power, mode)  # type: ignore[arg-type]


__all__ = ["FIRST", "Closure", "Compiler", "Plan", "Row", "in_force", "read_schedule", "row_of", "unread"]
