"""Indicators: figures of a whole population, weighted, written in the same language (`kind: indicator`).

A measure is a formula over summaries of all rows (persons, with `unit: person`; units otherwise); a row's formula may name the
measures before it. Rows whose figure, condition or weight is unknown are left out, and how many is reported.

Methods: weighted quantile: the first value at which the cumulated weight reaches the share, the mean of it and the next one if
it reaches it exactly; Gini coefficient from the weighted Lorenz curve, (2·Σ w·x·W − Σ w²·x) / (Σw·Σwx) − 1 with W the
cumulated weight (both as in Alfons & Templ, Journal of Statistical Software 54(15), 2013). Sums are exact 128-bit integers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from vatra.engines.rules.batch import Batch, Source
from vatra.engines.rules.check import Checker
from vatra.engines.rules.closures import Compiler
from vatra.engines.rules.document import Mapping as MappingNode
from vatra.engines.rules.document import Node as Document
from vatra.engines.rules.document import Scalar
from vatra.engines.rules.ir import CONST, UNIT, Node
from vatra.engines.rules.outcome import shown
from vatra.engines.rules.parameters import check_name
from vatra.engines.rules.problems import Trouble, unknown
from vatra.engines.rules.ruleset import RuleSet
from vatra.engines.rules.syntax import Syn
from vatra.engines.rules.types import INTEGER, Type
from vatra.kernel.money import divide
from vatra.kernel.words import gettext_noop as _

ALL = "population"
SHARE = Type("percentage", scale=6)
RATIO = Type("number", scale=6)
SUMMARIES = ("total", "mean", "median", "quantile", "share", "gini", "people", "rows")


@dataclass
class Measure:
    name: str
    node: Node
    by: Node | None = None
    title: Any = None


@dataclass
class Indicator:
    weight: Node | None
    measures: list[Measure] = field(default_factory=list)


class MeasureChecker:
    """Checks the formulas of measures on top of the Checker that knows the rows."""

    def __init__(self, rows: Checker, weight: Node | None) -> None:
        self.rows, self.weight = rows, weight
        self.known: dict[str, Node] = rows.measures

    def check(self, s: Syn) -> Node:
        rows = self.rows
        before = rows.level, rows.over_all
        rows.level, rows.over_all = ALL, self.summary
        try:
            return rows.check(s)
        finally:
            rows.level, rows.over_all = before

    def summary(self, s: Syn) -> Node:
        """total, mean, median, quantile, share, gini, people, rows; ratio and rate of two figures."""
        if s.word in ("ratio", "rate"):
            return self._ratio(s)
        first: Syn | None = s.args[0] if s.args else None
        condition: Syn | None = None
        if first is not None and first.op == "filtered":
            first, condition = first.args
        rows, up = self.rows, self.rows.builder
        rows.level, rows.over_all = rows.home, None
        try:
            where = rows.truth(condition) if condition is not None else up.true()
            value = rows.check(first) if first is not None and not _alone(first) else None
        finally:
            rows.level, rows.over_all = ALL, self.summary
        return self._made(s, value, where, first)

    def _made(self, s: Syn, value: Node | None, where: Node, first: Syn | None) -> Node:
        up, name = self.rows.builder, s.word
        scale = self.weight.type.scale if self.weight is not None else 0
        extra: Any = None
        if name in ("people", "rows"):
            if value is not None:
                where = up.logic("and", [where, value])
            value = up.const(1, INTEGER)
            type_ = Type("number" if scale else "integer", scale=scale) if name == "people" else INTEGER
        elif (
            value is None
            or (name == "share") != (value.type.kind == "boolean")
            or (name != "share" and not value.type.numeric)
        ):
            wanted = _("a condition") if name == "share" else _("a figure of each row")
            raise Trouble(
                first.pos if first else s.pos, "wrong_type", _("%(name)s(…) needs %(what)s."), name=name, what=wanted
            )
        else:
            type_ = {"share": SHARE, "gini": SHARE}.get(name, value.type)
        if name == "quantile":
            extra = self._share(s)
        elif len(s.args) > 1:
            raise Trouble(
                s.args[1].pos, "wrong_type", _("%(name)s(…) takes one figure, and a condition after WHERE."), name=name
            )
        return up.make("over_all", type_, (value, where), (name, extra), scope=CONST)

    def _share(self, s: Syn) -> tuple[int, int]:
        node = self.rows.check(s.args[1]) if len(s.args) == 2 else None
        if (
            node is None
            or node.op != "const"
            or node.type.kind not in ("percentage", "number")
            or not 0 < node.info < 10**node.type.scale
        ):
            raise Trouble(
                s.pos, "wrong_type", _("quantile(…) takes a figure and a share between 0 %% and 100 %%, such as 20%%.")
            )
        return node.info, 10**node.type.scale

    def _ratio(self, s: Syn) -> Node:
        """a / b, unknown where b is zero; `rate` as a percentage."""
        if len(s.args) != 2:
            raise Trouble(s.pos, "wrong_type", _("%(name)s(…) takes two figures."), name=s.word)
        up, rows = self.rows.builder, self.rows
        a, b = rows.check(s.args[0]), rows.check(s.args[1])
        rows._figures(s, a, b)
        type_ = SHARE if s.word == "rate" else RATIO
        if a.type.kind == "money" or b.type.kind == "money":
            a, b = rows.aligned(s.pos, a, b)
        left, right = type_.scale + b.type.scale, a.type.scale
        shared = min(left, right)
        top = up.make("big", a.type, (a,), 10 ** (left - shared), scope=CONST)
        low = up.make("big", b.type, (b,), 10 ** (right - shared), scope=CONST)
        return up.make("div", type_, (top, low), "half_up", scope=CONST)


def _alone(s: Syn) -> bool:
    return s.op == "name" and s.word in ("member", "person", "unit", "household")


def read_indicator(
    root: MappingNode, rows: Checker, formula: Callable[[Document], Syn], note: Callable[[Trouble], None]
) -> Indicator:
    """The weight and the measures of a document; what is wrong goes to `note`."""
    weight = None
    if (node := root.get("weight")) is not None:
        try:
            weight = rows.formula(formula(node), rows.home, lambda t: t.kind in ("number", "integer"), _("a number"))
        except Trouble as trouble:
            note(trouble)
    out = Indicator(weight)
    node = root.get("measures")
    if not isinstance(node, MappingNode) or not node.items:
        note(
            Trouble(
                node.pos if node else root.pos,
                "syntax",
                _("An indicator needs its measures: a mapping of names to formulas."),
            )
        )
        return out
    checker = MeasureChecker(rows, weight)
    for name, item in node.items.items():
        try:
            check_name(name, node.keys[name].pos)
            out.measures.append(_measure(name, node.keys[name], item, checker, formula))
        except Trouble as trouble:
            note(trouble)
    return out


def _measure(
    name: str, key: Scalar, item: Document, checker: MeasureChecker, formula: Callable[[Document], Syn]
) -> Measure:
    rows, by, title, text = checker.rows, None, None, item
    if isinstance(item, MappingNode):
        for k in item.items:
            if k not in ("formula", "by", "title", "note", "direction"):
                raise unknown(
                    item.keys[k].pos,
                    "unknown_key",
                    _("“%(name)s” is not a key of a measure."),
                    k,
                    ("formula", "by", "title", "note"),
                )
        if (node := item.get("by")) is not None:
            by = rows.formula(formula(node), rows.home, lambda t: t.kind in ("code", "boolean"), _("a code"))
        found = item.get("formula")
        if found is None:
            raise Trouble(item.pos, "syntax", _("The measure “%(name)s” has no formula."), name=name)
        text = found
    if name in checker.known or name in rows.catalogue.facts or any(n == name for n, _l in rows.derived):
        raise Trouble(
            key.pos, "duplicate_id", _("“%(name)s” is already the name of a fact, a parameter or a figure."), name=name
        )
    node_ = checker.check(formula(text))
    if by is None:
        checker.known[name] = rows.builder.make("measure", node_.type, info=name, lo=node_.lo, hi=node_.hi)
    return Measure(name, node_, by, title)


# -- running


class _Compiler(Compiler):
    def on_big(self, node: Node, level: str) -> Any:
        inner, factor = self.at(node.args[0], level), node.info
        return lambda e: None if (x := inner(e)) is None else x * factor


@dataclass
class Measured:
    """`value` is plain JSON, or a mapping from code to it for a measure `by` a code; `left_out` rows were unknown."""

    name: str
    value: Any
    left_out: int
    type: Type


def measure(ruleset: RuleSet, on: date, source: Source, con: duckdb.DuckDBPyConnection | None = None) -> list[Measured]:
    """Compute the measures of an indicator over a population, in their order."""
    return _Run(ruleset, on, source, con or duckdb.connect()).all()


class _Run:
    def __init__(self, ruleset: RuleSet, on: date, source: Source, con: duckdb.DuckDBPyConnection) -> None:
        self.ruleset, self.on, self.source, self.con = ruleset, on, source, con
        self.indicator: Indicator = ruleset.indicator
        self.results: dict[Any, Any] = {2: on}
        self.builder = ruleset.builder
        self.left_out = 0

    def all(self) -> list[Measured]:
        out = []
        for m in self.indicator.measures:
            self.left_out = 0
            if m.by is None:
                value = self.results[m.name] = self._value(m.node, None)
                out.append(Measured(m.name, shown(value, m.node.type), self.left_out, m.node.type))
            else:
                codes = m.by.type.codes or (True, False)
                groups = {}
                for code in codes:
                    only = self.builder.compare("=", m.by, self.builder.const(code, m.by.type))
                    groups[str(code).lower() if isinstance(code, bool) else code] = shown(
                        self._value(m.node, only), m.node.type
                    )
                out.append(Measured(m.name, groups, self.left_out, m.node.type))
        return out

    def _value(self, root: Node, only: Node | None) -> Any:
        """One measure, its summaries first; `only` narrows every summary to a group."""
        for node in root.walk():
            if node.op == "over_all":
                self.results["over_all", node.key] = self._summary(node, only)
        return _Compiler(self.ruleset.plan, self.on).at(root, UNIT)(self.results)  # type: ignore[arg-type]

    def _summary(self, node: Node, only: Node | None) -> Any:
        value, where = node.args
        weight = self.indicator.weight or self.builder.const(1, INTEGER)
        conditions = [n for n in (where, only) if n is not None and not (n.op == "const" and n.info is True)]
        figures = {
            "x": value,
            "w": weight,
            "c": self.builder.logic("and", conditions) if conditions else self.builder.true(),
        }
        names = {n.info for f in figures.values() for n in f.walk() if n.op == "measure"}
        batch = Batch(self.ruleset, self.on, self.source, figures=figures, measures={n: self.results[n] for n in names})
        fn, extra = node.info
        rows = f"WITH rows_ AS ({batch.sql}), kept AS (SELECT x, w FROM rows_ WHERE c AND x IS NOT NULL AND w IS NOT NULL) "
        left = self.con.execute(
            f"WITH rows_ AS ({batch.sql}) SELECT count(*) FROM rows_ WHERE c IS NULL OR (c AND (x IS NULL OR w IS NULL))"
        ).fetchone()
        self.left_out = max(self.left_out, int(left[0]) if left else 0)
        scale = self.indicator.weight.type.scale if self.indicator.weight is not None else 0
        return getattr(self, "_" + fn)(rows, 10**scale, extra)

    def _row(self, sql: str) -> tuple[Any, ...]:
        return tuple(None if x is None else int(x) for x in self.con.execute(sql).fetchone() or ())

    def _rows(self, rows: str, power: int, extra: Any) -> int:
        return self._row(rows + "SELECT count(*) FROM kept")[0]

    def _people(self, rows: str, power: int, extra: Any) -> int:
        return self._row(rows + "SELECT coalesce(sum(w), 0) FROM kept")[0]

    def _total(self, rows: str, power: int, extra: Any) -> int:
        total = self._row(rows + "SELECT coalesce(sum(w::HUGEINT * x::HUGEINT), 0) FROM kept")[0]
        return divide(total, power, "half_up")

    def _mean(self, rows: str, power: int, extra: Any) -> int | None:
        total, weight = self._row(rows + "SELECT sum(w::HUGEINT * x::HUGEINT), sum(w) FROM kept")
        return divide(total, weight, "half_up") if weight else None

    def _share(self, rows: str, power: int, extra: Any) -> int | None:
        part, whole = self._row(rows + "SELECT sum(CASE WHEN x THEN w ELSE 0 END), sum(w) FROM kept")
        return divide(part * 10**SHARE.scale, whole, "half_up") if whole else None

    def _median(self, rows: str, power: int, extra: Any) -> int | None:
        return self._quantile(rows, power, (1, 2))

    def _quantile(self, rows: str, power: int, share: tuple[int, int]) -> int | None:
        found = self._row(
            rows
            + ", steps AS (SELECT x, sum(w) AS w FROM kept GROUP BY x), run AS (SELECT x, sum(w) OVER (ORDER BY x) AS cw, "
            + "sum(w) OVER () AS tw, lead(x) OVER (ORDER BY x) AS next FROM steps) "
            + f"SELECT x, next, cw * {share[1]} = tw * {share[0]} FROM run WHERE cw * {share[1]} >= tw * {share[0]} ORDER BY x LIMIT 1"
        )
        if not found:
            return None
        x, after, exact = found
        return divide(x + after, 2, "half_up") if exact and after is not None else x

    def _gini(self, rows: str, power: int, extra: Any) -> int | None:
        twice, squares, weight, total = self._row(
            rows
            + ", steps AS (SELECT x::HUGEINT AS x, sum(w)::HUGEINT AS w FROM kept GROUP BY x), run AS (SELECT x, w, sum(w) OVER (ORDER BY x) AS cw "
            + "FROM steps) SELECT sum(2 * w * x * cw::HUGEINT), sum(w * w * x), sum(w), sum(w * x) FROM run"
        )
        if not weight or not total:
            return None
        return divide((twice - squares) * 10**SHARE.scale, weight * total, "half_up") - 10**SHARE.scale
