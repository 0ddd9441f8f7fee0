"""Typed tree → Python closures for one unit. Nothing is generated as text, nothing is `eval`ed.

A row is a list: slot 0 of the unit's row holds the members' rows, 1 the programmes already had, 2 the day;
slot 0 of a member's row holds the unit's. Facts follow, then derived figures and summaries in the order of need.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from vatra.engines.rules import values as v
from vatra.engines.rules.ir import CONST, MEMBER, UNIT, Node, sample_day
from vatra.engines.rules.parameters import Parameter, Schedule, Table
from vatra.kernel.days import add_months, age_on, month_end, months_between
from vatra.kernel.money import divide

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


class Compiler:
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
        key = node.key
        return lambda e: e["over_all", key]

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

    # -- dates

    def _days(self, node: Node, level: str, compute: Callable[..., Any]) -> Closure:
        parts = [self.at(a, level) for a in node.args]

        def days(e: Row) -> Any:
            got = [p(e) for p in parts]
            for x in got:
                if x is None or x.__class__ is v.Span:
                    return None
            return compute(*got)

        return days

    def on_age(self, node: Node, level: str) -> Closure:
        return self._days(node, level, age_on)

    on_years_between = on_age

    def on_months_between(self, node: Node, level: str) -> Closure:
        return self._days(node, level, months_between)

    def on_days_between(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda a, b: (b - a).days)

    def on_year(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.year)

    def on_month(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.month)

    def on_day_of(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.day)

    def on_add_months(self, node: Node, level: str) -> Closure:
        return self._days(node, level, add_months)

    def on_add_days(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d, n: d + timedelta(days=n))

    def on_month_start(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.replace(day=1))

    def on_month_end(self, node: Node, level: str) -> Closure:
        return self._days(node, level, month_end)

    def on_quarter_start(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.replace(month=d.month - (d.month - 1) % 3, day=1))

    def on_year_start(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.replace(month=1, day=1))

    # -- summaries over the members

    def _parts(self, node: Node) -> tuple[Closure, Closure]:
        return self.at(node.args[0], MEMBER), self.at(node.args[1], MEMBER)

    def agg_count(self, node: Node) -> Closure:
        where = self._parts(node)[1]
        if node.args[1].scope == CONST and node.args[1].info is True:
            return lambda u: len(u[0])

        def count(u: Row) -> Any:
            got = [where(m) for m in u[0]]
            sure, open_ = got.count(True), got.count(None)
            return v.Span(sure, sure + open_) if open_ else sure

        return count

    def agg_sum(self, node: Node) -> Closure:
        value, where = self._parts(node)
        guard = v.within if node.checked else None

        def total(u: Row) -> Any:
            got: Any = 0
            for m in u[0]:
                w = where(m)
                if w is False:
                    continue
                x = value(m)
                if w is None:
                    x = v.hull([0, x])
                got = got + x if got.__class__ is int is x.__class__ else v.add(got, x)
            return guard(got) if guard and got.__class__ is int else got

        return total

    def agg_any(self, node: Node) -> Closure:
        value, where = self._parts(node)

        def any_(u: Row) -> Any:
            got: bool | None = False
            for m in u[0]:
                w = where(m)
                x = False if w is False else value(m)
                if x is True and w is True:
                    return True
                if x is not False:
                    got = None
            return got

        return any_

    def agg_all(self, node: Node) -> Closure:
        value, where = self._parts(node)

        def all_(u: Row) -> Any:
            got: bool | None = True
            for m in u[0]:
                w = where(m)
                x = True if w is False else value(m)
                if x is False and w is True:
                    return False
                if x is not True:
                    got = None
            return got

        return all_

    def _chosen(self, node: Node, pick: Callable[[list[Any]], Any]) -> Closure:
        """min, max, only: unknown as soon as it is unknown who qualifies."""
        value, where = self._parts(node)
        default = self.at(node.args[2], UNIT) if len(node.args) == 3 else None

        def chosen(u: Row) -> Any:
            found = []
            for m in u[0]:
                w = where(m)
                if w is None:
                    return None
                if w:
                    found.append(value(m))
            if not found:
                return default(u) if default else None
            return pick(found)

        return chosen

    def agg_min(self, node: Node) -> Closure:
        return self._chosen(node, _strict(min) if node.type.numeric else _days_of(min))

    def agg_max(self, node: Node) -> Closure:
        return self._chosen(node, _strict(max) if node.type.numeric else _days_of(max))

    def agg_only(self, node: Node) -> Closure:
        return self._chosen(node, lambda found: found[0] if len(found) == 1 else None)


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


def _strict(pick: Callable) -> Callable[[list[Any]], Any]:
    """The extreme of bounds side by side; a bound that one of them lacks, the whole lacks."""

    def extreme(found: list[Any]) -> Any:
        pairs = [v.ends(x) for x in found]
        los, his = [p[0] for p in pairs], [p[1] for p in pairs]
        return v.span(None if None in los else pick(los), None if None in his else pick(his))

    return extreme


def _days_of(pick: Callable) -> Callable[[list[Any]], Any]:
    return lambda found: None if None in found else pick(found)


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
