"""A checked document that can decide: the ruleset, and the programs compiled from it for each day."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from operator import itemgetter
from typing import Any

from vatra.engines.rules.catalogue import Catalogue
from vatra.engines.rules.closures import FIRST, Closure, Compiler, Plan, Row
from vatra.engines.rules.exact import Exact, always_known
from vatra.engines.rules.ir import MEMBER, UNIT, Builder, Node, sample_day
from vatra.engines.rules.outcome import ENTITLED, NOT_ENTITLED, UNKNOWN, ClauseTrace, Outcome, shown
from vatra.engines.rules.parameters import Parameter
from vatra.engines.rules.render import render
from vatra.engines.rules.shared import meanings
from vatra.engines.rules.types import Type
from vatra.engines.rules.unit import Unit, _on
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

MAX_PROGRAMS = 64
_TRACE = partial(tuple.__new__, ClauseTrace)


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
    held_arrays: dict[Any, Any] = field(default_factory=dict)  # kept for arrays_run

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


@dataclass
class Figures:
    """What a reader of a clause wants to see: parameters as shown, and (name, slot, type) of the unit's and subject's rows.

    The quick way is for figures all of which are known; dates and shares are dressed after the others.
    """

    fixed: dict[str, Any]
    places: tuple[list[tuple[str, int, Type]], list[tuple[str, int, Type]]] = field(default_factory=lambda: ([], []))

    def known(self) -> Callable[[Row, Row], dict[str, Any]]:
        """What shows figures none of which is unknown."""
        fixed, of_unit, of_subject = self.fixed, *([(n, s, t.currency) for n, s, t in p] for p in self.places)
        dressed = [(i, *p) for i in (0, 1) for p in self.places[i] if p[2].kind in ("date", "number", "percentage")]

        def show(u: Row, row: Row) -> dict[str, Any]:
            out = fixed.copy()
            for name, slot, currency in of_unit:
                out[name] = u[slot] if currency is None else {"minor": u[slot], "currency": currency}
            for name, slot, currency in of_subject:
                out[name] = row[slot] if currency is None else {"minor": row[slot], "currency": currency}
            for of, name, slot, type_ in dressed:
                out[name] = shown((row if of else u)[slot], type_)
            return out

        return show

    def any(self, u: Row, row: Row) -> dict[str, Any]:
        """The figures, whatever is known of them."""
        out = dict(self.fixed)
        for values, places in zip((u, row), self.places, strict=True):
            for name, slot, type_ in places:
                out[name] = shown(values[slot], type_)
        return out


class Runner:
    """The closures of one ruleset for one day, of one kind."""

    def __init__(self, ruleset: RuleSet, compiler: Compiler, keys: list[int | None]) -> None:
        home = ruleset.home
        self.steps = [(*step, key) for step, key in zip(compiler.steps(), keys, strict=True)]
        self.clauses = [compiler.at(c.node, home) for c in ruleset.clauses]
        self.amount = compiler.at(ruleset.amount, home) if ruleset.amount is not None else None


class Program:
    """One ruleset compiled for one day: careful closures, and quick ones for units about which all is known."""

    def __init__(self, ruleset: RuleSet, on: date) -> None:
        self.ruleset, self.on = ruleset, on
        plan = ruleset.plan
        self.compiler = Compiler(plan, on)
        keys = _shared_keys(plan, on)
        self.careful = Runner(ruleset, self.compiler, keys)
        # What the quick closures compute, they share among themselves.
        quick = [None if key is None else -key for key in keys]
        self.always_known = always_known(ruleset.roots)
        self.quick = Runner(ruleset, Exact(plan, on), quick) if self.always_known else self.careful
        self.asks_programmes = bool(ruleset.programmes_read)
        self.derived: list[tuple[str, str, Closure, Type]] = [
            (name, level, self.compiler.at(node, level), node.type) for name, level, node in ruleset.derived
        ]
        self.reads = {
            level: [(name, sample_day(sample, on) if sample else None) for name, sample in plan.facts[level]]
            for level in (UNIT, MEMBER)
        }
        self.read_key = tuple(tuple(pairs) for pairs in self.reads.values())
        self.readers = {level: self._reader(pairs) for level, pairs in self.reads.items()}
        self.spans = {level: plan.spans[level] if any(plan.spans[level]) else None for level in (UNIT, MEMBER)}
        self.spare = {
            level: [None] * (plan.width[level] - len(plan.facts[level]) - FIRST[level]) for level in (UNIT, MEMBER)
        }
        figures = [self._figures_of(c) for c in ruleset.clauses]
        self._known, self._any = [f.known() for f in figures], [f.any for f in figures]
        self._ids = [c.id for c in ruleset.clauses]
        self._reasons, self._laws = [c.because for c in ruleset.clauses], [c.law for c in ruleset.clauses]

    # -- running

    def run(self, unit: Unit, has: frozenset[str] | None) -> Outcome:
        shared = unit.shared(self.ruleset.catalogue, self.on)
        own, of_members, known = shared.get(self.read_key) or self._facts(unit, shared)
        known = known and self.always_known and not (has is None and self.asks_programmes)
        members: list[Row] = []
        u: Row = [members, has, self.on, *own, *self.spare[UNIT]]
        spare = self.spare[MEMBER]
        members += [[u, *facts, *spare] for facts in of_members]
        runner = self.quick if known else self.careful
        self._compute(runner, u, members, shared)
        row = u if self.ruleset.home == UNIT else members[unit.subject]
        holds = [clause(row) for clause in runner.clauses]
        status = NOT_ENTITLED if False in holds else UNKNOWN if None in holds else ENTITLED
        amount = runner.amount(row) if runner.amount is not None and status != NOT_ENTITLED else None
        u[0] = None
        return Outcome(self.ruleset, self.on, status, holds, amount, u, members, row, unit.ids, self, known)

    def _compute(self, runner: "Runner", u: Row, members: list[Row], shared: dict[Any, Any]) -> None:
        """Every derived figure and summary into its slot, taken from another ruleset where one has computed the same."""
        for for_members, slot, compute, key in runner.steps:
            got = shared.get(key)
            if got is None:
                got = [compute(m) for m in members] if for_members else compute(u)
                if key is not None:
                    shared[key] = got
            if for_members:
                for m, x in zip(members, got, strict=True):
                    m[slot] = x
            else:
                u[slot] = got

    def _facts(self, unit: Unit, shared: dict[Any, Any]) -> tuple[Sequence[Any], list[Sequence[Any]], bool]:
        """(unit's facts, each member's, whether all are known), for all rulesets that read the same."""
        own, of_members = unit.values(self.ruleset.catalogue, self.on)
        mine = self.readers[UNIT](own, unit.facts)
        read = self.readers[MEMBER]
        theirs = [read(values, held) for values, (_id, held) in zip(of_members, unit.members, strict=True)]
        known = None not in mine and not any(None in facts for facts in theirs)
        if not known:
            mine, theirs = self._spanned(UNIT, mine), [self._spanned(MEMBER, facts) for facts in theirs]
        shared[self.read_key] = mine, theirs, known
        return shared[self.read_key]

    def _spanned(self, level: str, facts: Sequence[Any]) -> Sequence[Any]:
        """Unknown facts with declared bounds as what they lie between."""
        spans = self.spans[level]
        return facts if spans is None else [s if x is None else x for x, s in zip(facts, spans, strict=True)]

    def _reader(self, pairs: list[tuple[str, date | None]]) -> Callable[[dict[str, Any], Any], Sequence[Any]]:
        """How a row's facts are taken from (values on the day, facts as held)."""
        names = [name for name, _day in pairs]
        if any(day for _name, day in pairs):
            return lambda values, held: [
                values[n] if day is None else self._sampled(n, held.get(n), day) for n, day in pairs
            ]
        if len(names) > 1:
            take = itemgetter(*names)
            return lambda values, held: take(values)
        return lambda values, held: [values[n] for n in names]

    def _sampled(self, name: str, held: Any, day: date) -> Any:
        value = _on(held, day) if isinstance(held, list) else held
        return None if value is None else self.ruleset.catalogue.facts[name].read(value)

    # -- showing

    def _figures_of(self, clause: Clause) -> Figures:
        """Where the figures of a clause stand in the rows, and how each is shown."""
        out = Figures({})
        plan = self.ruleset.plan
        for root in (clause.node, *clause.placeholders):
            for node in root.walk(into_derived=False) if root is clause.node else [root]:
                if node.op == "parameter":
                    out.fixed[node.info.name] = shown(self.compiler.at(node, UNIT)([]), node.type)
                elif node.op in ("fact", "derived", "agg") and (node.scope == UNIT or self.ruleset.home == MEMBER):
                    slot = plan.facts[node.scope][node.info] if node.op == "fact" else plan.slots[node.key, node.scope]
                    out.places[0 if node.scope == UNIT else 1].append((render(node), slot, node.type))
        return out

    def traces(self, holds: list[bool | None], u: Row, row: Row, known: bool) -> list[ClauseTrace]:
        """Each clause with its reason, its law and the figures in it."""
        shown_ = self._known if known else self._any
        figures = [figures(u, row) for figures in shown_]
        return list(map(_TRACE, zip(self._ids, holds, self._reasons, self._laws, figures, strict=True)))

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


def _shared_keys(plan: Plan, on: date) -> list[int | None]:
    """For each step, under which key its result may be shared with other rulesets."""
    known = meanings((node for _level, _slot, node in plan.steps), on)
    found = [(known[node.key], level == MEMBER) for level, _slot, node in plan.steps]
    return [None if number is None else 2 * number + of_member for number, of_member in found]


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
