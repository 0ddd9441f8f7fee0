"""Syntax tree → typed tree: names, types, units, currencies, rounding and zero divisors are settled here."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vatra.engines.rules.catalogue import PERSON, Catalogue, FactType
from vatra.engines.rules.ir import CONST, MEMBER, ROUNDINGS, UNIT, Builder, Node
from vatra.engines.rules.parameters import Parameter, Schedule, Table
from vatra.engines.rules.problems import Trouble, unknown
from vatra.engines.rules.registry import FUNCTIONS, SUMMARIES
from vatra.engines.rules.syntax import Syn, parse
from vatra.engines.rules.types import (
    BOOLEAN,
    DATE,
    MAX_DECIMALS,
    TEXT,
    BadValue,
    Type,
    money_type,
    read_date,
    read_literal,
)
from vatra.kernel.words import gettext_noop as _

_AGGREGATES = ("sum", "count", "avg", "min", "max", "any", "all", "only")
Pos = tuple[int, int]


@dataclass
class Derived:
    """A named figure of the ruleset; `node` once it is checked, `busy` while it is."""

    name: str
    level: str
    syntax: Syn | None
    pos: Pos
    node: Node | None = None
    busy: bool = False
    broken: bool = False


@dataclass
class Checker:
    """Resolves formulas of one document. `home` is the level of clauses: a member for `unit: person`."""

    catalogue: Catalogue
    parameters: dict[str, Parameter]
    home: str = UNIT
    unit: str = "household"
    derived: dict[tuple[str, str], Derived] = field(default_factory=dict)
    builder: Builder = field(default_factory=Builder)
    trail: list[Derived] = field(default_factory=list)
    level: str = UNIT
    inside_aggregate: bool = False
    sample: tuple[str, int] | None = None
    nonzero: set[int] = field(default_factory=set)
    used_parameters: set[str] = field(default_factory=set)
    # For indicators: the measures so far, and who makes summaries over the whole population at this moment.
    measures: dict[str, Node] = field(default_factory=dict)
    over_all: Callable[[Syn], Node] | None = None

    # -- entry points

    def formula(self, syntax: Syn, level: str, want: Callable[[Type], bool] | None = None, what: str = "") -> Node:
        """The typed tree of one formula. Raises Trouble."""
        with self._at(level):
            node = self.check(syntax)
        if want and not want(node.type):
            raise Trouble(
                syntax.pos,
                "wrong_type",
                _("This gives a value of type %(type)s; %(what)s is needed here."),
                type=str(node.type),
                what=what,
            )
        return node

    @contextmanager
    def _at(self, level: str, *, aggregate: bool = False):
        before = self.level, self.inside_aggregate, self.nonzero
        self.level, self.inside_aggregate = level, aggregate
        try:
            yield
        finally:
            self.level, self.inside_aggregate, self.nonzero = before

    def check(self, s: Syn) -> Node:
        if s.window is not None:
            raise Trouble(
                s.window.pos,
                "wrong_type",
                _("“over …” belongs inside avg(…), sum(…), min(…), max(…), any(…), all(…) or count(…)."),
            )
        return getattr(self, "on_" + s.op)(s)

    # -- leaves

    def on_number(self, s: Syn) -> Node:
        unit = s.args[0].word if s.args else ""
        text = s.word + (unit if unit == "%" else f" {unit}" if unit else "")
        if unit and unit != "%" and unit not in self.catalogue.currencies:
            raise unknown(
                s.pos,
                "unknown_currency",
                _("The currency “%(name)s” is not known here."),
                unit,
                self.catalogue.currencies,
            )
        try:
            type_, value = read_literal(text, self.catalogue.currencies)
        except BadValue as bad:
            raise Trouble(s.pos, "wrong_type", bad.args[0], **bad.args[1]) from None
        if not type_.numeric:
            raise Trouble(s.pos, "wrong_type", _("“%(text)s” has too many digits or decimals."), text=text[:40])
        return self.builder.const(value, type_)

    def on_text(self, s: Syn) -> Node:
        return self.builder.const(s.word, TEXT)

    def on_boolean(self, s: Syn) -> Node:
        return self.builder.const(s.word == "true", BOOLEAN)

    def on_date(self, s: Syn) -> Node:
        day = read_date(s.word)
        if day is None:
            raise Trouble(
                s.pos, "wrong_type", _("“%(text)s” is not a date; write DATE '2024-01-31'."), text=s.word[:40]
            )
        return self.builder.const(day, DATE)

    def on_name(self, s: Syn) -> Node:
        first, dot, rest = s.word.partition(".")
        if not dot:
            if first == "member":
                raise Trouble(
                    s.pos,
                    "wrong_type",
                    _("“member” alone is only used in count(member); name a fact: member.age."),
                )
            if first in self.measures:
                return self.measures[first]
            if self.over_all is not None:
                raise unknown(
                    s.pos,
                    "unknown_fact",
                    _("No measure is called “%(name)s”; facts are summarised, as in total(%(name)s)."),
                    first,
                    self.measures,
                )
            return self.named(s, first, self.level)
        if "." in rest:
            raise Trouble(s.pos, "syntax", _("“%(name)s” has more than one dot."), name=s.word[:60])
        if first in ("member", "person"):
            if self.level != MEMBER:
                raise Trouble(
                    s.pos,
                    "unit_mismatch",
                    _(
                        "“%(name)s” is a fact of each person; for the %(unit)s say sum(%(name)s), any(%(name)s) or another summary."
                    ),
                    name=s.word,
                    unit=self.unit,
                )
            return self.named(s, rest, MEMBER)
        if first in ("unit", "household", self.unit):
            return self.named(s, rest, UNIT)
        raise unknown(
            s.pos,
            "unknown_name",
            _("“%(name)s” before the dot is neither member nor unit."),
            first,
            ("member", "unit", self.unit),
        )

    def named(self, s: Syn, name: str, level: str) -> Node:
        """A fact or a derived figure by name, at the level asked for."""
        other = UNIT if level == MEMBER else MEMBER
        if found := self.derived.get((name, level)):
            return self.derived_node(found, s)
        fact = self.catalogue.facts.get(name)
        if fact and self.level_of(fact) == level:
            return self.fact(fact, s)
        if fact or (name, other) in self.derived:
            self._mismatch(s, name, level)
        near = {n for n, f in self.catalogue.facts.items()} | {n for n, _l in self.derived}
        if name in self.parameters or name in self.catalogue.parameters:
            raise Trouble(
                s.pos,
                "unknown_fact",
                _("“%(name)s” is a parameter; write it with a colon: :%(name)s."),
                name=name,
            )
        raise unknown(s.pos, "unknown_fact", _("No fact or derived figure is called “%(name)s”."), name, near)

    def _mismatch(self, s: Syn, name: str, level: str) -> None:
        if level == MEMBER:
            raise Trouble(
                s.pos,
                "unit_mismatch",
                _("“%(name)s” belongs to the whole %(unit)s, not to one person; write unit.%(name)s."),
                name=name,
                unit=self.unit,
            )
        raise Trouble(
            s.pos,
            "unit_mismatch",
            _(
                "“%(name)s” belongs to one person, not to the %(unit)s; write a summary such as sum(member.%(name)s) or any(member.%(name)s)."
            ),
            name=name,
            unit=self.unit,
        )

    def level_of(self, fact: FactType) -> str:
        return MEMBER if fact.of == PERSON else UNIT

    def fact(self, fact: FactType, s: Syn) -> Node:
        level = self.level_of(fact)
        if fact.formula is not None:
            hidden = self.derived.setdefault(
                ("=" + fact.name, level),
                Derived(fact.name, level, parse(fact.formula, lambda _i: s.pos), s.pos),
            )
            return self.derived_node(hidden, s)
        span = fact.span if fact.type.numeric else None
        lo, hi = (fact.low, fact.high) if fact.low is not None else (-1, 1)
        assert lo is not None and hi is not None
        return self.builder.make("fact", fact.type, info=(fact.name, self.sample), scope=level, lo=lo, hi=hi, span=span)

    def derived_node(self, found: Derived, s: Syn) -> Node:
        """The node that reads a derived figure; checks its formula first, and finds circles."""
        if self.sample is not None:
            # Looking back reads the facts of another month: the formula is taken again on that month.
            assert found.syntax is not None
            if found in self.trail or len(self.trail) > 40:
                self._circle(found, s)
            self.trail.append(found)
            with self._at(found.level):
                node = self.check(found.syntax)
            self.trail.pop()
            return node
        if found.busy:
            self._circle(found, s)
        if found.broken:
            raise Trouble(s.pos, "broken", "")  # reported where it is defined
        if found.node is None:
            if len(self.trail) > 60:
                raise Trouble(
                    found.pos,
                    "too_deep",
                    _("More than %(limit)s figures are derived one from another."),
                    limit=60,
                )
            self._resolve(found)
        node = found.node
        assert node is not None
        return self.builder.make("derived", node.type, (node,), found.name, scope=found.level, lo=node.lo, hi=node.hi)

    def _resolve(self, found: Derived) -> None:
        found.busy = True
        self.trail.append(found)
        try:
            assert found.syntax is not None
            with self._at(found.level):
                self.nonzero = set()
                found.node = self.check(found.syntax)
        except Trouble:
            found.broken = True
            raise
        finally:
            found.busy = False
            self.trail.pop()

    def _circle(self, found: Derived, s: Syn) -> None:
        start = self.trail.index(found) if found in self.trail else 0
        names = [d.name for d in self.trail[start:]] + [found.name]
        raise Trouble(
            s.pos,
            "circular",
            _("The figures are derived in a circle: %(circle)s."),
            circle=" → ".join(names[:12]),
        )

    # -- parameters

    def find_parameter(self, s: Syn) -> Parameter:
        found = self.parameters.get(s.word) or self.catalogue.parameters.get(s.word)
        if found is None:
            known = {*self.parameters, *self.catalogue.parameters}
            raise unknown(s.pos, "unknown_parameter", _("No parameter is called “%(name)s”."), s.word, known)
        self.used_parameters.add(found.name)
        return found

    def on_parameter(self, s: Syn) -> Node:
        found = self.find_parameter(s)
        if found.shape == "schedule":
            raise Trouble(
                s.pos,
                "wrong_type",
                _("“%(name)s” is a schedule; read it with scale(figure, :%(name)s)."),
                name=s.word,
            )
        if found.shape == "table":
            raise Trouble(s.pos, "wrong_type", _("“%(name)s” is a table; read it with :%(name)s[key]."), name=s.word)
        lo, hi = self._extent(found)
        return self.builder.make("parameter", found.type, info=found, lo=lo, hi=hi)

    def _extent(self, found: Parameter) -> tuple[int, int]:
        values = [v for v in found.values() if v is not None]
        return (min(values), max(values)) if found.type.numeric and values else (-1, 1)

    def on_lookup(self, s: Syn) -> Node:
        found = self.find_parameter(s)
        if found.shape != "table":
            raise Trouble(s.pos, "wrong_type", _("“%(name)s” is not a table; it takes no key."), name=s.word)
        keys = [self.check(a) for a in s.args]
        for step in found.steps:
            if isinstance(step.value, Table):
                self._covers(s, step.value, keys, 0)
        lo, hi = self._extent(found)
        return self.builder.make("lookup", found.type, tuple(keys), found, lo=lo, hi=hi)

    def _covers(self, s: Syn, table: Table, keys: list[Node], at: int) -> None:
        """Each possible key has a row; the rows name codes that exist."""
        if at >= len(keys) or (at + 1 == len(keys)) == isinstance(table.rows[0][1], Table):
            raise Trouble(
                s.pos,
                "wrong_type",
                _("“%(name)s” has %(depth)s keys in its table."),
                name=s.word,
                depth=at + table.depth(),
            )
        key, here = keys[at], s.args[at].pos
        matches = [m for m, _v in table.rows]
        if key.type.kind == "integer":
            if any(m[0] == "is" and not isinstance(m[1], int) for m in matches):
                raise Trouble(
                    here,
                    "wrong_type",
                    _("The table “%(name)s” is not read with a whole number."),
                    name=s.word,
                )
            starts = [m[1] for m in matches if m[0] == "from"]
            single = {m[1] for m in matches if m[0] == "is"}
            top = min(starts) - 1 if starts else key.hi
            missing = next((n for n in range(max(key.lo, -1), min(top, 2_000) + 1) if n not in single), None)
            if ("else", None) not in matches and (
                missing is not None or (not starts and key.hi > 2_000) or key.lo < -1
            ):
                raise Trouble(
                    here, "unknown_code", _("The table “%(name)s” has no row for %(key)s; end it with “%(next)s+” or “else”, and begin low enough."),
                    name=s.word, key=missing if missing is not None else "a large number", next=max(single, default=0) + 1,
                )  # fmt: skip
        elif key.type.kind == "code":
            codes = key.type.codes or ()
            for kind, value in matches:
                if kind != "else" and str(value) not in codes:
                    raise unknown(
                        found_pos(s),
                        "unknown_code",
                        _("The table's row “%(name)s” is not one of the codes of its key."),
                        str(value),
                        codes,
                    )
            rows = {str(m[1]) for m in matches if m[0] == "is"}
            lacking = [c for c in codes if c not in rows]
            if lacking and ("else", None) not in matches:
                raise Trouble(
                    here,
                    "unknown_code",
                    _("The table “%(name)s” has no row for “%(key)s”."),
                    name=s.word,
                    key=lacking[0],
                )
        else:
            raise Trouble(
                here,
                "wrong_type",
                _("A table is read with a code or a whole number, not with %(type)s."),
                type=str(key.type),
            )
        for _match, inner in table.rows:
            if isinstance(inner, Table):
                self._covers(s, inner, keys, at + 1)

    # -- operators

    def on_arith(self, s: Syn) -> Node:
        a, b = self.check(s.args[0]), self.check(s.args[1])
        self._figures(s, a, b)
        if s.word == "*":
            return self._times(s, a, b)
        a, b = self.aligned(s.pos, a, b)
        return self.builder.add(a, b, a.type) if s.word == "+" else self.builder.sub(a, b, a.type)

    def _figures(self, s: Syn, *nodes: Node) -> None:
        for syntax, node in zip(s.args, nodes, strict=False):
            if not node.type.numeric:
                raise Trouble(
                    syntax.pos,
                    "wrong_type",
                    _("A figure is needed here, not a value of type %(type)s."),
                    type=str(node.type),
                )

    def _times(self, s: Syn, a: Node, b: Node) -> Node:
        kinds = {a.type.kind, b.type.kind}
        if "money" in kinds:
            money, factor = (a, b) if a.type.kind == "money" else (b, a)
            if factor.type.kind == "money":
                raise Trouble(s.pos, "wrong_type", _("Money times money means nothing."))
            if factor.type.kind != "integer":
                raise Trouble(
                    s.pos,
                    "rounding_missing",
                    _("A share of money names its rounding: write pct(share, amount, 'half_up')."),
                )
            return self.builder.mul(money, factor, money.type)
        scale = a.type.scale + b.type.scale
        if scale > MAX_DECIMALS + 6:
            raise Trouble(
                s.pos,
                "rounding_missing",
                _("The product has too many decimals; round with round(x, decimals, 'half_up')."),
            )
        kind = "percentage" if "percentage" in kinds else "number" if "number" in kinds else "integer"
        if kinds == {"percentage", "number"}:
            kind = "number"
        return self.builder.mul(a, b, Type(kind, scale=scale))

    def aligned(self, pos: Pos, a: Node, b: Node) -> tuple[Node, Node]:
        """Two figures of one kind with the same decimals. Raises Trouble for money with numbers or two currencies."""
        ka, kb = a.type.kind, b.type.kind
        if ka != kb and {ka, kb} != {"integer", "number"}:
            hint = _("A value of type %(a)s and one of type %(b)s do not go together.")
            if "money" in (ka, kb):
                hint = hint + " " + _("Write amounts with their currency, such as 200 %(currency)s.")
            currency = a.type.currency or b.type.currency
            raise Trouble(pos, "wrong_type", hint, a=str(a.type), b=str(b.type), currency=currency)
        if a.type.currency != b.type.currency:
            raise Trouble(
                pos,
                "wrong_currency",
                _("%(a)s and %(b)s are different currencies."),
                a=a.type.currency,
                b=b.type.currency,
            )
        kind = "number" if "number" in (ka, kb) else ka
        type_ = Type(kind, a.type.currency, max(a.type.scale, b.type.scale))
        return self.builder.rescale(a, type_), self.builder.rescale(b, type_)

    def on_minus(self, s: Syn) -> Node:
        a = self.check(s.args[0])
        self._figures(s, a)
        return self.builder.neg(a)

    def on_compare(self, s: Syn) -> Node:
        a, b = self.check(s.args[0]), self.check(s.args[1])
        a, b = self.comparable(s, a, b)
        if s.word not in ("=", "<>") and not (a.type.numeric or a.type.kind == "date"):
            raise Trouble(
                s.pos,
                "wrong_type",
                _("Values of type %(type)s are compared with = or <> only."),
                type=str(a.type),
            )
        if s.word == "<>":
            return self.builder.make("not", BOOLEAN, (self.builder.compare("=", a, b),))
        if s.word in (">", ">="):
            return self.builder.compare("<" if s.word == ">" else "<=", b, a)
        return self.builder.compare(s.word, a, b)

    def comparable(self, s: Syn, a: Node, b: Node) -> tuple[Node, Node]:
        if a.type.numeric and b.type.numeric:
            return self.aligned(s.pos, a, b)
        a, b = self.fitted(s.args[0].pos, a, b.type), self.fitted(s.args[1].pos, b, a.type)
        if a.type.kind != b.type.kind:
            raise Trouble(
                s.pos,
                "wrong_type",
                _("A value of type %(a)s and one of type %(b)s do not go together."),
                a=str(a.type),
                b=str(b.type),
            )
        return a, b

    def fitted(self, pos: Pos, node: Node, want: Type) -> Node:
        """A written text as the code or date that it is compared with; anything else as it is."""
        if node.type.kind != "text" or node.op not in ("const", "parameter"):
            return node
        words = [node.info] if node.op == "const" else node.info.values()
        if want.kind == "code":
            for word in words:
                if word not in (want.codes or ()):
                    raise unknown(
                        pos,
                        "unknown_code",
                        _("“%(name)s” is not one of the codes that are possible here."),
                        str(word),
                        want.codes or (),
                    )
            type_ = Type("code", codes=want.codes)
            return (
                self.builder.const(node.info, type_)
                if node.op == "const"
                else self.builder.make("parameter", type_, info=node.info)
            )
        if want.kind == "date" and node.op == "const" and (day := read_date(node.info)):
            return self.builder.const(day, DATE)
        return node

    def on_in(self, s: Syn) -> Node:
        subject = self.check(s.args[0])
        parts = []
        for item in s.args[1:]:
            pair = Syn("compare", item.pos, "=", [s.args[0], item])
            parts.append(self.builder.compare("=", *self.comparable(pair, subject, self.check(item))))
        if not parts:
            raise Trouble(s.pos, "syntax", _("The list after IN is empty."))
        return self.builder.logic("or", parts)

    def on_between(self, s: Syn) -> Node:
        low = Syn("compare", s.pos, ">=", [s.args[0], s.args[1]])
        high = Syn("compare", s.pos, "<=", [s.args[0], s.args[2]])
        return self.builder.logic("and", [self.on_compare(low), self.on_compare(high)])

    def truth(self, s: Syn) -> Node:
        node = self.check(s)
        if node.type.kind != "boolean":
            raise Trouble(
                s.pos,
                "wrong_type",
                _("A condition that is true or false is needed here, not a value of type %(type)s."),
                type=str(node.type),
            )
        return node

    def on_and(self, s: Syn) -> Node:
        return self.builder.logic("and", [self.truth(a) for a in s.args])

    def on_or(self, s: Syn) -> Node:
        return self.builder.logic("or", [self.truth(a) for a in s.args])

    def on_not(self, s: Syn) -> Node:
        return self.builder.make("not", BOOLEAN, (self.truth(s.args[0]),))

    def on_filtered(self, s: Syn) -> Node:
        raise Trouble(s.pos, "wrong_type", _("WHERE is used inside a summary: count(member where age < 6)."))

    def on_case(self, s: Syn) -> Node:
        tests, values, before = [], [], set(self.nonzero)
        for test, value in zip(s.args[:-1:2], s.args[1:-1:2], strict=True):
            condition = self.truth(test)
            tests.append(condition)
            self.nonzero = before | self._proved(condition)
            values.append(self.check(value))
        self.nonzero = before | ({n for n in self._refuted(tests[0])} if len(tests) == 1 else set())
        values.append(self.check(s.args[-1]))
        self.nonzero = before
        places = [*s.args[1:-1:2], s.args[-1]]
        values = self.alike(places, values)
        parts = [p for pair in zip(tests, values, strict=False) for p in pair] + [values[-1]]
        return self.builder.case(parts)

    def alike(self, places: list[Syn], values: list[Node]) -> list[Node]:
        """Values of one type with the same decimals. Raises Trouble at the first that differs."""
        coded = next((v.type for v in values if v.type.kind in ("code", "date")), None)
        if coded:
            values = [self.fitted(p.pos, v, coded) for p, v in zip(places, values, strict=True)]
        first = values[0]
        for place, value in zip(places[1:], values[1:], strict=True):
            if first.type.numeric and value.type.numeric:
                first, _same = self.aligned(place.pos, first, value)
            elif value.type.kind != first.type.kind:
                raise Trouble(
                    place.pos,
                    "wrong_type",
                    _("This gives %(b)s where the first choice gives %(a)s."),
                    a=str(first.type),
                    b=str(value.type),
                )
        return [self.builder.rescale(v, first.type) if first.type.numeric else v for v in values]

    def _proved(self, condition: Node) -> set[int]:
        """Keys of nodes that cannot be zero where the condition holds."""
        parts = condition.args if condition.op == "and" else (condition,)
        out = set()
        for part in parts:
            if part.op == "not" and part.args[0].op == "cmp" and part.args[0].info == "=":
                a, b = part.args[0].args
                out |= {x.key for x, y in ((a, b), (b, a)) if y.op == "const" and y.info == 0}
            if part.op == "cmp":
                a, b = part.args
                strict = part.info == "<"
                if part.info in ("<", "<=") and b.op != "const" and (a.lo > 0 or (strict and a.lo >= 0)):
                    out.add(b.key)
                if part.info in ("<", "<=") and a.op != "const" and (b.hi < 0 or (strict and b.hi <= 0)):
                    out.add(a.key)
                if part.info == "=" and (b.lo > 0 or b.hi < 0):
                    out.add(a.key)
        return out

    def _refuted(self, condition: Node) -> set[int]:
        if condition.op == "cmp" and condition.info == "=":
            a, b = condition.args
            return {x.key for x, y in ((a, b), (b, a)) if y.op == "const" and y.info == 0}
        if condition.op == "cmp":  # not (a <= b) is b < a
            a, b = condition.args
            turned = self.builder.compare("<" if condition.info == "<=" else "<=", b, a)
            return self._proved(turned)
        return set()

    # -- calls

    def on_call(self, s: Syn) -> Node:
        if self.over_all is not None and s.word in (
            "total",
            "mean",
            "median",
            "quantile",
            "share",
            "gini",
            "people",
            "rows",
            "ratio",
            "rate",
        ):
            return self.over_all(s)
        if s.word in _AGGREGATES and self.over_all is None:
            return self._aggregate(s)
        if s.word not in FUNCTIONS:
            raise unknown(
                s.pos,
                "unknown_function",
                _("No function is called “%(name)s”."),
                s.word,
                {*FUNCTIONS, *_AGGREGATES},
            )
        for a in s.args:
            if a.op == "filtered":
                self.on_filtered(a)
        return FUNCTIONS[s.word](self, s)

    def rounding(self, s: Syn, at: int, required: bool = True) -> str:
        """The rounding named by the argument at a place. Raises Trouble if it is missing or is none."""
        if at >= len(s.args):
            if not required:
                return "half_up"
            raise Trouble(
                s.pos,
                "rounding_missing",
                _("%(name)s(…) must name its rounding: 'half_up', 'half_even', 'up' or 'down'."),
                name=s.word,
            )
        arg = s.args[at]
        if arg.op != "text" or arg.word not in ROUNDINGS:
            raise Trouble(
                arg.pos, "rounding_missing", _("A rounding is one of 'half_up', 'half_even', 'up' or 'down'.")
            )
        return arg.word

    def nonzero_divisor(self, s: Syn, b: Node) -> None:
        if b.lo > 0 or b.hi < 0 or b.key in self.nonzero:
            return
        raise Trouble(
            s.pos,
            "division_by_zero",
            _(
                "This can be zero, and nothing is divided by zero. Guard it: greatest(1, …), or CASE WHEN … > 0 THEN … ELSE … END."
            ),
        )

    def _aggregate(self, s: Syn) -> Node:
        if not s.args:
            raise Trouble(s.pos, "syntax", _("%(name)s(…) needs something to summarise."), name=s.word)
        first, condition = s.args[0], None
        if first.op == "filtered":
            first, condition = first.args
        if first.window is not None:
            if condition is not None:
                raise Trouble(
                    condition.pos,
                    "wrong_type",
                    _("WHERE and OVER do not go together; derive the figure first."),
                )
            return SUMMARIES["time"](self, s, first)
        return SUMMARIES["members"](self, s, first, condition)


def found_pos(s: Syn) -> Pos:
    return s.args[0].pos if s.args else s.pos


def schedule_extent(found: Parameter) -> tuple[int, int]:
    """Least and greatest value of a schedule over all its dates."""
    values = [
        v for step in found.steps if isinstance(step.value, Schedule) for v in (*step.value.values, step.value.above)
    ]
    return min(0, *values), max(0, *values)


def as_money(currency: str, exponent: int) -> Type:
    return money_type(currency, exponent)


__all__ = ["CONST", "Any", "Checker", "Derived", "date"]
