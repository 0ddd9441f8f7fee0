"""Typed tree → SQL expressions, on columns of a member's or a unit's row.

Every figure is a pair of texts (lo, hi): the same text where it is exact or NULL, two texts where it may be known only
between bounds. NULL in lo or hi is "no bound". The rules are those of `values.py`, column by column.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from vatra.engines.rules import values as v
from vatra.engines.rules.closures import in_force, unread
from vatra.engines.rules.dialects import DuckDB
from vatra.engines.rules.ir import Node, sample_day
from vatra.engines.rules.parameters import Table
from vatra.engines.rules.sql_cells import Cell, both
from vatra.engines.rules.sql_dates import DateExpressions
from vatra.engines.rules.sql_summaries import SummaryExpressions

# Operations whose SQL names an operand more than once: such operands get a column of their own.
REPEATS = {
    "div", "scale", "lookup", "age", "years_between", "months_between", "add_months", "month_end", "quarter_start", "is_working_day", "next_working_day",
}  # fmt: skip
REPEATS_IF_NULL = {"case", "greatest", "least", "mul", "cmp"}


class Expressions(DateExpressions, SummaryExpressions):
    """SQL of nodes for one day and dialect. `column(node, level)` gives the Cell of a hoisted node, or None."""

    def __init__(
        self,
        on: date,
        dialect: DuckDB,
        column: Callable[[Node], Cell | None],
        fact: Callable[[Node], Cell],
        has: Callable[[str], Cell],
        measures: Mapping[str, Any] | None = None,
    ) -> None:
        self.on, self.d, self.column, self.fact, self.has = on, dialect, column, fact, has
        self.measures = measures or {}
        self.made: dict[int, Cell] = {}

    def at(self, node: Node) -> Cell:
        cell = self.column(node)
        if cell is not None:
            return cell
        if node.key not in self.made:
            self.made[node.key] = self.inner(node)
        return self.made[node.key]

    def inner(self, node: Node) -> Cell:
        return getattr(self, "on_" + node.op)(node)

    # -- leaves

    def literal(self, value: Any, kind: str) -> str:
        if value is None:
            return "NULL"
        if kind == "boolean":
            return "TRUE" if value else "FALSE"
        if kind == "date":
            return self.d.day(value)
        return self.d.text(value) if kind in ("code", "text") else self.d.whole(value)

    def on_const(self, node: Node) -> Cell:
        return both(self.literal(node.info, node.type.kind), False)

    def on_parameter(self, node: Node) -> Cell:
        return both(self.literal(in_force(node.info, self.on), node.type.kind), False)

    def on_measure(self, node: Node) -> Cell:
        value = self.measures[node.info]
        return both(self.d.typed(node.type.kind, self.literal(value, node.type.kind)), value is None)

    def on_fact(self, node: Node) -> Cell:
        return self.fact(node)

    def on_derived(self, node: Node) -> Cell:
        return self.at(node.args[0])

    def on_has(self, node: Node) -> Cell:
        return self.has(node.info)

    def on_day(self, node: Node) -> Cell:
        return both(self.d.day(self.on), False)

    def on_sampled_day(self, node: Node) -> Cell:
        return both(self.d.day(sample_day(node.info, self.on)), False)

    # -- arithmetic

    def _join(self, sign: str, cells: list[Cell]) -> Cell:
        null = any(c.null for c in cells)
        lo = "(" + f" {sign} ".join(c.lo for c in cells) + ")"
        return Cell(lo, "(" + f" {sign} ".join(c.hi for c in cells) + ")", null)

    def on_add(self, node: Node) -> Cell:
        return self._join("+", [self.at(a) for a in node.args])

    on_total = on_add

    def on_sub(self, node: Node) -> Cell:
        a, b = (self.at(x) for x in node.args)
        return Cell(f"({a.lo} - {b.hi})", f"({a.hi} - {b.lo})", a.null or b.null)

    def on_neg(self, node: Node) -> Cell:
        a = self.at(node.args[0])
        return Cell(f"(- {a.hi})", f"(- {a.lo})", a.null)

    def on_rescale(self, node: Node) -> Cell:
        a = self.at(node.args[0])
        if node.info == 1:
            return a
        k = self.d.whole(node.info)
        return Cell(f"({a.lo} * {k})", f"({a.hi} * {k})", a.null)

    def on_mul(self, node: Node) -> Cell:
        a, b = (self.at(x) for x in node.args)
        null = a.null or b.null
        if a.exact and b.exact:
            return both(f"({a.lo} * {b.lo})", null)
        if a.exact:
            a, b = b, a
            low = node.args[0].lo
        else:
            low = node.args[1].lo
        if b.exact:
            return self._span_times(a, b.lo, low >= 0, null)
        first, second = self._span_times(a, b.lo, False, null), self._span_times(b, a.lo, False, null)
        pick = "CASE WHEN {b.lo} = {b.hi} THEN {x} WHEN {a.lo} = {a.hi} THEN {y} END"
        return Cell(
            pick.format(a=a, b=b, x=first.lo, y=second.lo), pick.format(a=a, b=b, x=first.hi, y=second.hi), null
        )

    def _span_times(self, a: Cell, k: str, positive: bool, null: bool) -> Cell:
        if positive:
            return Cell(f"({a.lo} * {k})", f"({a.hi} * {k})", null)
        return Cell(
            f"(CASE WHEN {k} >= 0 THEN {a.lo} ELSE {a.hi} END * {k})",
            f"(CASE WHEN {k} >= 0 THEN {a.hi} ELSE {a.lo} END * {k})",
            null,
        )

    def on_div(self, node: Node) -> Cell:
        top, bottom = node.args
        a, b = self.at(top), self.at(bottom)
        by = b.lo if b.exact else f"CASE WHEN {b.lo} = {b.hi} THEN {b.lo} END"
        zero = bottom.lo <= 0 <= bottom.hi
        if zero:
            by = f"nullif({by}, 0)"
        signs = top.lo >= 0 and bottom.lo > 0

        def text(x: str) -> str:
            return self.rounded(x, by, node.info, plain=signs, positive=bottom.lo > 0)

        null = a.null or b.null or zero
        if a.exact:
            return both(text(a.lo), null)
        if bottom.lo > 0:
            return Cell(text(a.lo), text(a.hi), null)
        return Cell(
            text(f"(CASE WHEN {by} > 0 THEN {a.lo} ELSE {a.hi} END)"),
            text(f"(CASE WHEN {by} > 0 THEN {a.hi} ELSE {a.lo} END)"),
            null,
        )

    def rounded(self, a: str, b: str, mode: str, *, plain: bool, positive: bool) -> str:
        """Rounded division. `plain`: a is not negative and b positive; `positive`: b is."""
        if not plain:
            size = self.rounded(f"abs({a})", b if positive else f"abs({b})", mode, plain=True, positive=True)
            if mode == "down":
                return self.d.quotient(a, b)
            return f"({size} * {self._sign(a) if positive else f'({self._sign(a)} * {self._sign(b)})'})"
        whole, rest = self.d.quotient(a, b), f"({a} % {b})"
        if mode == "down":
            return whole
        if mode == "up":
            more = f"{rest} > 0"
        elif mode == "half_up":
            more = f"{rest} >= {b} - {rest}"
        else:
            more = f"({rest} > {b} - {rest} OR ({rest} = {b} - {rest} AND {whole} % 2 = 1))"
        return f"({whole} + CASE WHEN {more} THEN 1 ELSE 0 END)"

    def _sign(self, a: str) -> str:
        return f"CASE WHEN {a} < 0 THEN -1 ELSE 1 END"

    def strict(self, cells: list[str], sql: str, nulls: list[bool]) -> str:
        """`sql`, or NULL as soon as one of the texts that may be NULL is (LEAST and GREATEST skip NULL)."""
        tests = [f"{c} IS NULL" for c, null in zip(cells, nulls, strict=True) if null]
        return f"CASE WHEN {' OR '.join(tests)} THEN NULL ELSE {sql} END" if tests else sql

    def on_greatest(self, node: Node) -> Cell:
        return self._extreme(node, "GREATEST")

    def on_least(self, node: Node) -> Cell:
        return self._extreme(node, "LEAST")

    def _extreme(self, node: Node, word: str) -> Cell:
        cells = [self.at(a) for a in node.args]
        nulls = [c.null for c in cells]
        los, his = [c.lo for c in cells], [c.hi for c in cells]
        lo, hi = f"{word}({', '.join(los)})", f"{word}({', '.join(his)})"
        if not any(nulls):
            return both(lo, False)
        if not node.type.numeric:
            return both(self.strict(los, lo, nulls), True)
        # The side that a missing bound leaves open: for GREATEST the upper one.
        return (
            Cell(lo, self.strict(his, hi, nulls), True)
            if word == "GREATEST"
            else Cell(self.strict(los, lo, nulls), hi, True)
        )

    # -- logic

    def on_cmp(self, node: Node) -> Cell:
        a, b = (self.at(x) for x in node.args)
        null = a.null or b.null
        if a.exact and b.exact:
            return both(f"({a.lo} {node.info} {b.lo})", null)
        if node.info == "=":
            true = f"{a.lo} = {a.hi} AND {b.lo} = {b.hi} AND {a.lo} = {b.lo}"
            false = f"{a.hi} < {b.lo} OR {a.lo} > {b.hi}"
        else:
            true = f"{a.hi} {node.info} {b.lo}"
            false = f"{a.lo} {'>=' if node.info == '<' else '>'} {b.hi}"
        return both(f"(CASE WHEN {true} THEN TRUE WHEN {false} THEN FALSE END)", null)

    def on_and(self, node: Node) -> Cell:
        return self._join("AND", [self.at(a) for a in node.args])

    def on_or(self, node: Node) -> Cell:
        return self._join("OR", [self.at(a) for a in node.args])

    def on_not(self, node: Node) -> Cell:
        a = self.at(node.args[0])
        return both(f"(NOT {a.lo})", a.null)

    def on_case(self, node: Node) -> Cell:
        cells = [self.at(a) for a in node.args]
        tests, branches = cells[:-1:2], [*cells[1:-1:2], cells[-1]]
        null = any(c.null for c in cells)
        if not any(t.null for t in tests):
            lo = self._plain_case(tests, [b.lo for b in branches])
            return Cell(lo, self._plain_case(tests, [b.hi for b in branches]), null)
        reach = []
        for i in range(len(branches)):
            parts = [f"{t.lo} IS NOT TRUE" for t in tests[:i]]
            if i < len(tests):
                parts.append(f"{tests[i].lo} IS NOT FALSE")
            reach.append("(" + " AND ".join(parts) + ")")
        if node.type.numeric:
            return Cell(self._hull("LEAST", reach, branches, "lo"), self._hull("GREATEST", reach, branches, "hi"), True)
        least, most = (self._hull(word, reach, branches, "lo") for word in ("LEAST", "GREATEST"))
        return both(f"(CASE WHEN {least} = {most} THEN {least} END)", True)

    def _plain_case(self, tests: list[Cell], branches: list[str]) -> str:
        arms = " ".join(f"WHEN {t.lo} THEN {b}" for t, b in zip(tests, branches, strict=False))
        return f"(CASE {arms} ELSE {branches[-1]} END)"

    def _hull(self, word: str, reach: list[str], branches: list[Cell], side: str) -> str:
        """The extreme over the branches that may be taken; unknown if one of these is."""
        texts = [getattr(b, side) for b in branches]
        open_ = [f"({r} AND {t} IS NULL)" for r, t, b in zip(reach, texts, branches, strict=True) if b.null]
        arms = ", ".join(f"CASE WHEN {r} THEN {t} END" for r, t in zip(reach, texts, strict=True))
        sql = f"{word}({arms})"
        return f"(CASE WHEN {' OR '.join(open_)} THEN NULL ELSE {sql} END)" if open_ else sql

    # -- parameters with a key

    def on_lookup(self, node: Node) -> Cell:
        cells = [self.at(a) for a in node.args]
        sql = self._row(in_force(node.info, self.on), [self.exactly(c) for c in cells], node, 0)
        nulls = [c.null for c in cells]
        return both(self.strict([self.exactly(c) for c in cells], sql, nulls), any(nulls))

    def _row(self, table: Any, keys: list[str], node: Node, at: int) -> str:
        if not isinstance(table, Table):
            return self.literal(table, node.type.kind)
        kind, arms, last = node.args[at].type.kind, [], "NULL"
        for (match, key), inner in table.rows:
            value = self._row(inner, keys, node, at + 1)
            if match == "else":
                last = value
            else:
                shown = self.literal(str(key) if kind == "code" else key, kind)
                arms.append(f"WHEN {keys[at]} {'=' if match == 'is' else '>='} {shown} THEN {value}")
        return f"(CASE {' '.join(arms)} ELSE {last} END)" if arms else last

    def on_scale(self, node: Node) -> Cell:
        parameter, mode, factor = node.info
        schedule = in_force(parameter, self.on)
        cell = self.at(node.args[0])
        x = self.exactly(cell)
        limits = [n * factor for n in schedule.limits]
        if schedule.kind == "marginal":
            sql = self._marginal(x, limits, schedule.values, 10**parameter.type.scale, mode)
        else:
            sql = self._steps(x, schedule, limits, node)
        if not cell.null:
            return both(sql, False)
        lo, hi = v.ends(unread(schedule))
        kind = node.type.kind
        text = "(CASE WHEN {x} IS NULL THEN {bound} ELSE {sql} END)"
        return Cell(
            text.format(x=x, bound=self.literal(lo, kind), sql=sql),
            text.format(x=x, bound=self.literal(hi, kind), sql=sql),
            True,
        )

    def _steps(self, x: str, schedule: Any, limits: list[int], node: Node) -> str:
        pairs = list(zip(limits, schedule.values, strict=True))
        sign, last = "<=", schedule.above
        if schedule.kind == "thresholds":
            pairs, sign, last = pairs[::-1], ">=", 0
        kind = node.type.kind
        arms = " ".join(f"WHEN {x} {sign} {self.d.whole(n)} THEN {self.literal(y, kind)}" for n, y in pairs)
        return f"(CASE {arms} ELSE {self.literal(last, kind)} END)"

    def _marginal(self, x: str, limits: list[int], shares: tuple[int, ...], power: int, mode: str) -> str:
        terms = []
        for i, (limit, share) in enumerate(zip(limits, shares, strict=True)):
            top = f"LEAST({x}, {self.d.whole(limits[i + 1])})" if i + 1 < len(limits) else x
            terms.append(
                f"CASE WHEN {x} > {self.d.whole(limit)} THEN ({top} - {self.d.whole(limit)}) * {self.d.whole(share)} ELSE 0 END"
            )
        total = "(" + " + ".join(terms) + ")"
        return self.rounded(total, self.d.whole(power), mode, plain=min(shares) >= 0, positive=True)


def hoists(node: Node, null: Callable[[Node], bool]) -> set[int]:
    """Keys of the operands of `node` that its SQL names more than once and that are worth a column."""
    if node.op in REPEATS or (node.op in REPEATS_IF_NULL and any(null(a) for a in node.args)):
        return {a.key for a in node.args if a.op not in ("const", "parameter", "fact", "day", "sampled_day", "has")}
    return set()


__all__ = ["Cell", "Expressions", "both", "hoists"]
