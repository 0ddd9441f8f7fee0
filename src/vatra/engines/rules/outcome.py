"""What a determination gives: status, amount, a reason for every clause, and what is still missing."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from vatra.engines.rules import values as v
from vatra.engines.rules.ir import MEMBER, UNIT, Node
from vatra.engines.rules.types import Type, as_json
from vatra.kernel.money import Money

if TYPE_CHECKING:
    from vatra.engines.rules.closures import Row
    from vatra.engines.rules.ruleset import Program, RuleSet

ENTITLED, NOT_ENTITLED, UNKNOWN = "entitled", "not_entitled", "unknown"


class ClauseTrace(NamedTuple):
    """One clause as it was decided; `holds` is None while it is not yet known."""

    id: str
    holds: bool | None
    because: dict[str, str]
    law: dict[str, Any]
    values: dict[str, Any]


class MissingFact(NamedTuple):
    """A fact that can still change the outcome; `member_id` is None for a fact of the unit."""

    fact: str
    member_id: str | None


@dataclass
class Outcome:
    """`missing` decides the status while it is unknown; once entitled, what the amount still needs."""

    ruleset: "RuleSet"
    on: date
    status: str
    holds: list[bool | None]
    raw_amount: Any
    figures: "Row"  # the unit's row without its members: rows that name each other would wait for the garbage collector
    members: list["Row"]
    row: "Row"
    ids: list[str]
    program: "Program"
    known: bool = False  # every fact read is known, and so is every figure

    @cached_property
    def unit_row(self) -> "Row":
        """The unit's row with its members'."""
        self.figures[0] = self.members
        return self.figures

    @property
    def period(self) -> str:
        return self.ruleset.period

    @property
    def amount(self) -> Money | None:
        """The amount, None for a service, a refusal, or while it cannot be computed."""
        node = self.ruleset.amount
        if node is None or self.status != ENTITLED or not isinstance(self.raw_amount, int):
            return None
        return Money(self.raw_amount, node.type.currency or "")

    @property
    def amount_bounds(self) -> tuple[Money | None, Money | None] | None:
        """(least, most) of what the amount would be, while the outcome is no refusal and `amount` is not set."""
        node = self.ruleset.amount
        if node is None or self.status == NOT_ENTITLED:
            return None
        lo, hi = v.ends(self.raw_amount)
        if (lo is None and hi is None) or self.amount is not None:
            return None
        currency = node.type.currency or ""
        return (None if lo is None else Money(lo, currency)), (None if hi is None else Money(hi, currency))

    @cached_property
    def clauses(self) -> list[ClauseTrace]:
        return self.program.traces(self.holds, self.figures, self.row, self.known)

    @cached_property
    def missing(self) -> list[MissingFact]:
        """Facts that can still change the outcome, in the order of the clauses; none once it is settled."""
        return self._leaves[0]

    @cached_property
    def missing_programmes(self) -> list[str]:
        """Codes of `has(…)` on which the outcome still depends."""
        return self._leaves[1]

    @cached_property
    def _leaves(self) -> tuple[list[MissingFact], list[str]]:
        finder = _Finder(self)
        if self.status == UNKNOWN:
            for clause, holds in zip(self.ruleset.clauses, self.holds, strict=True):
                if holds is None:
                    finder.find(clause.node, self.row)
        elif self.status == ENTITLED and self.ruleset.amount is not None and not isinstance(self.raw_amount, int):
            finder.find(self.ruleset.amount, self.row)
        return list(finder.facts), list(finder.programmes)

    @cached_property
    def derived(self) -> dict[str, Any]:
        """Each derived figure of the unit (and of the subject) as plain JSON."""
        out = {}
        for name, level, node, type_ in self.program.derived:
            if level == UNIT or self.row is not self.unit_row:
                out[name] = shown(node(self.unit_row if level == UNIT else self.row), type_)
        return out

    def member_derived(self) -> dict[str, dict[str, Any]]:
        """Each derived figure of every member, by member id."""
        figures = [d for d in self.program.derived if d[1] == MEMBER]
        return {
            id_: {name: shown(node(m), type_) for name, _level, node, type_ in figures}
            for id_, m in zip(self.ids, self.unit_row[0], strict=True)
        }

    def trace_json(self) -> dict[str, Any]:
        """Everything needed to defend the decision later, as plain JSON; the caller freezes it."""
        facts, members = self.program.facts_json(self.unit_row, self.ids)
        return {
            "ruleset": self.ruleset.code,
            "digest": self.ruleset.digest,
            "unit": self.ruleset.unit,
            "on": self.on.isoformat(),
            "status": self.status,
            "period": self.period,
            "amount": self.amount.as_json() if self.amount else None,
            "amount_bounds": [b.as_json() if b else None for b in self.amount_bounds] if self.amount_bounds else None,
            "clauses": [c._asdict() for c in self.clauses],
            "derived": self.derived,
            "facts": facts,
            "members": [
                {"id": id_, "facts": members[id_], "derived": derived} for id_, derived in self.member_derived().items()
            ],
            "parameters": self.program.parameters_json(self.on),
            "missing": [{"fact": m.fact, "member_id": m.member_id} for m in self.missing],
        }


def shown(value: Any, type_: Type) -> Any:
    """A value for the trace; an unknown between bounds as {at_least, at_most}."""
    if value.__class__ is v.Span:
        return {"at_least": as_json(value.lo, type_), "at_most": as_json(value.hi, type_)}
    return as_json(value, type_)


def _open(value: Any) -> bool:
    return value is None or value.__class__ is v.Span


class _Finder:
    """Walks the unknown part of a formula down to the facts it waits for, skipping what no longer matters."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome, self.compiler = outcome, outcome.program.compiler
        self.facts: dict[MissingFact, None] = {}
        self.programmes: dict[str, None] = {}
        self.seen: set[tuple[int, int]] = set()
        members = outcome.unit_row[0]
        self.names = {id(m): id_ for m, id_ in zip(members, outcome.ids, strict=True)}

    def value(self, node: Node, row: "Row") -> Any:
        return self.compiler.at(node, MEMBER if id(row) in self.names else UNIT)(row)

    def find(self, node: Node, row: "Row") -> None:
        """Add what `node`, unknown on `row`, waits for."""
        if node.scope == UNIT and id(row) in self.names:
            row = row[0]
        if (node.key, id(row)) in self.seen:
            return
        self.seen.add((node.key, id(row)))
        if node.op == "fact":
            self.facts[MissingFact(node.info[0], self.names.get(id(row)))] = None
        elif node.op == "has":
            self.programmes[node.info] = None
        elif node.op == "case":
            self._case(node, row)
        elif node.op == "agg":
            self._summary(node, row)
        else:
            for part in node.args:
                if _open(self.value(part, row)):
                    self.find(part, row)

    def _case(self, node: Node, row: "Row") -> None:
        for test, value in zip(node.args[:-1:2], node.args[1:-1:2], strict=True):
            holds = self.value(test, row)
            if holds is False:
                continue
            if holds is None:
                self.find(test, row)
            if _open(self.value(value, row)):
                self.find(value, row)
            if holds is True:
                return
        if _open(self.value(node.args[-1], row)):
            self.find(node.args[-1], row)

    def _summary(self, node: Node, row: "Row") -> None:
        value, where = node.args[:2]
        open_where = False
        for m in row[0]:
            holds = self.value(where, m)
            if holds is False:
                continue
            got = self.value(value, m)
            # any(x where w): a member whose x is already false cannot matter, whoever it is.
            if (node.info == "any" and got is False) or (node.info == "all" and got is True):
                continue
            if holds is None:
                open_where = True
                self.find(where, m)
            if _open(got):
                self.find(value, m)
        if len(node.args) == 3 and not open_where and _open(self.value(node.args[2], row)):
            self.find(node.args[2], row)
