"""Leaves of formulas: written values, facts, derived figures, parameters and their tables."""

from vatra.engines.rules.catalogue import PERSON, FactType
from vatra.engines.rules.check_state import Derived, Pos, State
from vatra.engines.rules.ir import MEMBER, UNIT, Node
from vatra.engines.rules.parameters import Parameter, Table
from vatra.engines.rules.problems import Trouble, unknown
from vatra.engines.rules.syntax import Syn, parse
from vatra.engines.rules.types import (
    BOOLEAN,
    DATE,
    TEXT,
    BadValue,
    read_date,
    read_literal,
)
from vatra.kernel.words import gettext_noop as _


class Names(State):
    """Resolves what a formula names, at the level it is read on."""

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
        made = found.node
        assert made is not None
        return self.builder.make("derived", made.type, (made,), found.name, scope=found.level, lo=made.lo, hi=made.hi)

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


def found_pos(s: Syn) -> Pos:
    return s.args[0].pos if s.args else s.pos
