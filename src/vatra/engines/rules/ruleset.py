"""A checked document that can decide: the ruleset, and the programs compiled from it for each day."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from vatra.engines.rules.catalogue import Catalogue
from vatra.engines.rules.closures import Closure, Compiler, Plan, Row
from vatra.engines.rules.ir import MEMBER, UNIT, Builder, Node, sample_day
from vatra.engines.rules.outcome import ENTITLED, NOT_ENTITLED, UNKNOWN, Outcome, shown
from vatra.engines.rules.parameters import Parameter
from vatra.engines.rules.render import render
from vatra.engines.rules.types import Type
from vatra.engines.rules.unit import Unit, _on
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

MAX_PROGRAMS = 64


@dataclass(frozen=True)
class Clause:
    id: str
    node: Node
    because: dict[str, str]
    law: dict[str, Any]
    text: str
    placeholders: tuple[Node, ...] = ()


@dataclass
class RuleSet:
    """Immutable once loaded; safe to share between threads and to cache by `digest`."""

    code: str
    unit: str
    home: str
    catalogue: Catalogue
    clauses: list[Clause]
    amount: Node | None
    derived: list[tuple[str, str, Node]]  # name, level, the node that reads it
    parameters: dict[str, Parameter]
    law: dict[str, Any]
    period: str = "once"
    kind: str = "ruleset"
    document: dict[str, Any] = field(default_factory=dict)
    priority: int | None = None
    incompatible: tuple[str, ...] = ()
    in_force: tuple[date | None, date | None] = (None, None)
    digest: str = ""
    indicator: Any = None
    builder: Builder = field(default_factory=Builder)
    _programs: dict[date, "Program"] = field(default_factory=dict)

    @cached_property
    def roots(self) -> list[Node]:
        extra = [p for c in self.clauses for p in c.placeholders]
        return [
            *(d[2] for d in self.derived),
            *(c.node for c in self.clauses),
            *([self.amount] if self.amount else []),
            *extra,
        ]

    @cached_property
    def facts_read(self) -> set[str]:
        roots = list(self.roots)
        if self.indicator is not None:
            roots += [n for m in self.indicator.measures for n in (m.node, m.by) if n is not None]
            roots += [self.indicator.weight] if self.indicator.weight is not None else []
        return {n.info[0] for root in roots for n in root.walk() if n.op == "fact"}

    @cached_property
    def programmes_read(self) -> set[str]:
        """Codes of other programmes on which this one depends through has(…)."""
        return {n.info for root in self.roots for n in root.walk() if n.op == "has"}

    @cached_property
    def plan(self) -> Plan:
        plan = Plan()
        for root in self.roots:
            plan.reads(root)
        for root in self.roots:
            plan.add(root)
        return plan

    def used_parameters(self) -> list[Parameter]:
        out: dict[str, Parameter] = {}
        for root in self.roots:
            for node in root.walk():
                if node.op in ("parameter", "lookup"):
                    out[node.info.name] = node.info
                elif node.op == "scale":
                    out[node.info[0].name] = node.info[0]
        return list(out.values())

    def program(self, on: date) -> "Program":
        """The closures for a day. Raises Refused if a parameter has no value on it."""
        found = self._programs.get(on)
        if found is None:
            for parameter in self.used_parameters():
                if parameter.at(on) is None:
                    raise Refused(
                        "parameter_without_value",
                        _("The parameter “%(name)s” has no value on %(day)s."),
                        _("Choose a day on which the rules were in force, or add the value with its law."),
                        name=parameter.name,
                        day=on.isoformat(),
                    )
            if len(self._programs) >= MAX_PROGRAMS:
                self._programs.clear()
            found = self._programs[on] = Program(self, on)
        return found

    def determine(self, unit: Unit, *, on: date, has: frozenset[str] | None = None) -> Outcome:
        """Decide for one unit on a day. `has`: programmes already granted, None while that is not known.

        Raises Refused for a value that is not of its fact's type, a parameter without a value on the day,
        or a figure beyond 64 bits. Unknown facts raise nothing: they are what the outcome asks for.
        """
        program = self.program(on)
        try:
            return program.run(unit, has)
        except (ArithmeticError, ValueError) as error:
            raise Refused(
                "too_large",
                _("A figure of “%(ruleset)s” is too large to compute with: %(figure)s."),
                _("Look for a wrong value among the facts."),
                ruleset=self.code,
                figure=str(error)[:40],
            ) from error


class Program:
    """One ruleset compiled for one day."""

    def __init__(self, ruleset: RuleSet, on: date) -> None:
        self.ruleset, self.on = ruleset, on
        plan, home = ruleset.plan, ruleset.home
        self.compiler = Compiler(plan, on)
        self.steps = self.compiler.steps()
        self.clauses = [self.compiler.at(c.node, home) for c in ruleset.clauses]
        self.amount = self.compiler.at(ruleset.amount, home) if ruleset.amount is not None else None
        self.derived: list[tuple[str, str, Closure, Type]] = [
            (name, level, self.compiler.at(node, level), node.type) for name, level, node in ruleset.derived
        ]
        self.reads = {
            level: [(name, sample_day(sample, on) if sample else None) for name, sample in plan.facts[level]]
            for level in (UNIT, MEMBER)
        }
        self.simple = not any(day for level in self.reads.values() for _name, day in level)
        self.names = {level: [name for name, _day in pairs] for level, pairs in self.reads.items()}
        self.blank = {level: any(s is not None for s in plan.spans[level]) for level in (UNIT, MEMBER)}
        self.spare = {
            level: [None] * (plan.width[level] - len(plan.facts[level]) - (3 if level == UNIT else 1))
            for level in (UNIT, MEMBER)
        }
        self._shown = {c.id: self._figures_of(c) for c in ruleset.clauses}

    # -- running

    def run(self, unit: Unit, has: frozenset[str] | None) -> Outcome:
        u = self.rows(unit, has)
        members: list[Row] = u[0]
        for for_members, slot, compute in self.steps:
            if for_members:
                for m in members:
                    m[slot] = compute(m)
            else:
                u[slot] = compute(u)
        row = u if self.ruleset.home == UNIT else members[unit.subject]
        holds = [clause(row) for clause in self.clauses]
        status = NOT_ENTITLED if False in holds else UNKNOWN if None in holds else ENTITLED
        amount = self.amount(row) if self.amount is not None and status != NOT_ENTITLED else None
        return Outcome(self.ruleset, self.on, status, holds, amount, u, row, unit.ids, self)

    def rows(self, unit: Unit, has: frozenset[str] | None) -> Row:
        own, members = unit.values(self.ruleset.catalogue, self.on)
        rows: list[Row] = []
        u: Row = [rows, has, self.on]
        u += self._facts(UNIT, own, unit.facts)
        u += self.spare[UNIT]
        spare = self.spare[MEMBER]
        for values, (_id, held) in zip(members, unit.members, strict=True):
            rows.append([u, *self._facts(MEMBER, values, held), *spare])
        return u

    def _facts(self, level: str, values: dict[str, Any], held: Any) -> list[Any]:
        if self.simple:
            got = [values.get(name) for name in self.names[level]]
        else:
            got = [values.get(n) if day is None else self._sampled(n, held.get(n), day) for n, day in self.reads[level]]
        if self.blank[level]:
            spans = self.ruleset.plan.spans[level]
            got = [s if x is None else x for x, s in zip(got, spans, strict=True)]
        return got

    def _sampled(self, name: str, held: Any, day: date) -> Any:
        value = _on(held, day) if isinstance(held, list) else held
        return None if value is None else self.ruleset.catalogue.facts[name].read(value)

    # -- showing

    def _figures_of(self, clause: Clause) -> list[tuple[str, bool, Closure | None, Type, Any]]:
        """(name, of the subject, closure, type, fixed value) of every figure a reader of the clause wants to see."""
        out: dict[str, tuple[str, bool, Closure | None, Type, Any]] = {}
        for root in (clause.node, *clause.placeholders):
            for node in root.walk(into_derived=False) if root is clause.node else [root]:
                if node.op == "parameter":
                    fixed = shown(self.compiler.at(node, UNIT)([]), node.type)
                    out[":" + node.info.name] = (node.info.name, False, None, node.type, fixed)
                elif node.op in ("fact", "derived", "agg") and (node.scope == UNIT or self.ruleset.home == MEMBER):
                    name = render(node)
                    out[name] = (
                        name,
                        node.scope == MEMBER,
                        self.compiler.at(node, node.scope),
                        node.type,
                        None,
                    )
        return list(out.values())

    def figures(self, clause_id: str, u: Row, row: Row) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, of_subject, closure, type_, fixed in self._shown[clause_id]:
            if closure is None:
                out[name] = fixed
            elif not of_subject:
                out[name] = shown(closure(u), type_)
            elif row is not u:
                out[name] = shown(closure(row), type_)
        return out

    def facts_json(self, u: Row, ids: list[str]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """The facts read, of the unit and of each member, unknown ones as null."""
        own = self._level_json(UNIT, u, 3)
        return own, {id_: self._level_json(MEMBER, m, 1) for id_, m in zip(ids, u[0], strict=True)}

    def _level_json(self, level: str, row: Row, first: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for i, (name, day) in enumerate(self.reads[level]):
            value = row[first + i]
            known = value if isinstance(value, (int, str, date)) else None
            key = name if day is None else f"{name}@{day.isoformat()}"
            out[key] = shown(known, self.ruleset.catalogue.facts[name].type)
        return out

    def parameters_json(self, on: date) -> dict[str, Any]:
        return {p.name: p.json_at(on) for p in self.ruleset.used_parameters()}


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
