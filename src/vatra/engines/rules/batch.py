"""A ruleset over a whole population: one SELECT with one row per unit, clause by clause, and the amount.

Shapes: `persons` has one row per member (unit key, member key, facts), `households` one per unit (unit key, facts); every
unit has at least one member. Columns hold the engine's own values: money in minor units, numbers and percentages as
integers of their declared decimals, NULL for unknown. A fact looked back to is the column `fact@YYYY-MM-DD`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vatra.engines.rules.columns import columns_of
from vatra.engines.rules.dialects import DIALECTS, DuckDB
from vatra.engines.rules.ir import MEMBER, UNIT, Node, sample_day
from vatra.engines.rules.layout import Step, layout, members_read_unit
from vatra.engines.rules.ruleset import RuleSet
from vatra.engines.rules.sql import Cell, Expressions, both
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

MAX_FLAGS = 30


@dataclass(frozen=True)
class Source:
    """Where the population lies. `columns` maps a fact to (column, factor) where that is not (its own name, 1);
    `known` names columns in which no value is missing; `has` maps programme codes to boolean columns of households."""

    persons: str
    households: str | None = None
    unit_key: str = "household_id"
    member_key: str = "person_id"
    columns: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    has: Mapping[str, str] = field(default_factory=dict)

    def column(self, fact: str, day: date | None) -> tuple[str, int]:
        name, factor = self.columns.get(fact, (fact, 1))
        return (f"{name}@{day.isoformat()}" if day else name), factor


class Batch:
    """The SQL of one ruleset for one day.

    `only` narrows the columns: any of status, clause, amount, bounds, derived (and single names such as clause:means).
    With `figures`, the columns are these nodes instead; `measures` are the values of figures of the whole population.
    Raises Refused if a parameter has no value on the day, or facts of households are read and there are none.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        on: date,
        source: Source,
        dialect: str = "duckdb",
        *,
        only: Iterable[str] = (),
        figures: Mapping[str, Node] | None = None,
        measures: Mapping[str, Any] | None = None,
    ) -> None:
        if figures is None:
            ruleset.program(on)
        self.ruleset, self.on, self.source = ruleset, on, source
        self.columns = columns_of(ruleset, only)
        self.d: DuckDB = DIALECTS[dialect]
        self.cells: dict[int, Cell] = {}
        self.nulls: dict[int, bool] = {}
        self.roots = list(self.columns.roots if figures is None else tuple(figures.items()))
        self.facts = self._facts()
        self.expressions = Expressions(
            on, self.d, lambda n: self.cells.get(n.key), self._fact, self._has, measures or {}
        )
        self.ctes: list[str] = []
        self.held: dict[str, list[str]] = {}  # unit columns that members of a later round may need, by table
        self.sql = self._sql()

    # -- what there is to compute

    def _facts(self) -> dict[str, dict[str, Cell]]:
        """Every fact read, with the alias of its column, per level."""
        out: dict[str, dict[str, Cell]] = {UNIT: {}, MEMBER: {}}
        for _name, root in self.roots:
            for node in root.walk():
                if node.op == "fact":
                    held = out[node.scope]
                    alias = f"{'h' if node.scope == UNIT else 'f'}{len(held)}"
                    held.setdefault(self._key(node), both(alias, self.null(node)))
                elif node.op == "has" and node.info in self.source.has:
                    out[UNIT].setdefault("has:" + node.info, both(f"h{len(out[UNIT])}", True))
        if out[UNIT] and self.source.households is None:
            raise Refused(
                "wrong_population",
                _("“%(ruleset)s” reads facts of the household, but there is no table of households."),
                _("Give the table of households."),
                ruleset=self.ruleset.code,
            )
        return out

    def _key(self, node: Node) -> str:
        name, sample = node.info
        return f"{name}@{sample_day(sample, self.on).isoformat()}" if sample else name

    def null(self, node: Node) -> bool:
        """Whether a node can be unknown in this population. Iterative: chains of figures may be deep."""
        todo = [node]
        while todo:
            top = todo[-1]
            waiting = [a for a in top.args if a.key not in self.nulls]
            if waiting:
                todo += waiting
                continue
            self.nulls[top.key] = self._own_null(top) or any(self.nulls[a.key] for a in top.args)
            todo.pop()
        return self.nulls[node.key]

    def _own_null(self, node: Node) -> bool:
        if node.op == "fact":
            name, sample = node.info
            column, _factor = self.source.column(name, sample_day(sample, self.on) if sample else None)
            return column not in self.source.known
        if node.op == "div":
            return node.args[1].lo <= 0 <= node.args[1].hi
        if node.op in ("is_working_day", "next_working_day"):
            return True
        return node.op == "has" or (node.op == "agg" and node.info == "only")

    # -- cells

    def _fact(self, node: Node) -> Cell:
        cell = self.facts[node.scope][self._key(node)]
        if not cell.null or not node.span:
            return cell
        lo, hi = (cell.lo if b is None else f"coalesce({cell.lo}, {self.d.whole(b)})" for b in node.span)
        return Cell(lo, hi, True)

    def _has(self, code: str) -> Cell:
        return self.facts[UNIT].get("has:" + code) or both("CAST(NULL AS BOOLEAN)", True)

    def _read(self, name: str) -> str:
        q = self.d.quote
        if name.startswith("has:"):
            return self.d.typed("boolean", q(self.source.has[name.removeprefix("has:")]))
        fact, _at, day = name.partition("@")
        column, factor = self.source.column(fact, date.fromisoformat(day) if day else None)
        typed = self.d.typed(self.ruleset.catalogue.facts[fact].type.kind, q(column))
        return typed if factor == 1 else f"{typed} * {self.d.whole(factor)}"

    # -- text

    def _sql(self) -> str:
        steps = layout([n for _name, n in self.roots], self.null)
        homes = self._base()
        member, unit = "m", ""
        for number in range(1 + max((s.round for s in steps), default=0)):
            here = [s for s in steps if s.round == number]
            if number:
                member = self._join(f"m{number}", member, unit)
            member = self._layers(member, [s for s in here if s.level == MEMBER], f"m{number}_")
            unit, finish = self._grouped(member, unit, [s for s in here if s.summary], number, homes)
            unit = self._layers(unit, [s for s in here if s.level == UNIT], f"u{number}_", finish)
        return self._result(member, unit)

    def _cte(self, name: str, select: str) -> str:
        self.ctes.append(f"{name} AS ({select})")
        return name

    def _base(self) -> list[str]:
        """The tables themselves; returns the aliases of the households' facts."""
        key = self.d.quote(self.source.unit_key) + " AS uid"
        own = [f"{self._read(name)} AS {cell.lo}" for name, cell in self.facts[MEMBER].items()]
        homes = [f"{self._read(name)} AS {cell.lo}" for name, cell in self.facts[UNIT].items()]
        aliases = [cell.lo for cell in self.facts[UNIT].values()]
        if self.ruleset.home == MEMBER:
            own.insert(0, self.d.quote(self.source.member_key) + " AS mid")
        if homes:
            self._cte("h", f"SELECT {', '.join([key, *homes])} FROM {self.source.households}")
        persons = f"SELECT {', '.join([key, *own])} FROM {self.source.persons}"
        if homes and members_read_unit([n for _name, n in self.roots], self.ruleset.home):
            self._cte("p", persons)
            self._cte("m", f"SELECT p.*, {', '.join('h.' + a for a in aliases)} FROM p JOIN h ON p.uid = h.uid")
        else:
            self._cte("m", persons)
        return aliases

    def _join(self, name: str, member: str, unit: str) -> str:
        """Members with the unit's figures so far."""
        columns = ", ".join(f"{unit}.{c}" for c in self.held.get(unit, []))
        if not columns:
            return member
        before = set(self.held.get(member, []))
        columns = ", ".join(f"{unit}.{c}" for c in self.held[unit] if c not in before)
        self.held[name] = list(dict.fromkeys([*self.held.get(member, []), *self.held[unit]]))
        return self._cte(name, f"SELECT {member}.*, {columns} FROM {member} JOIN {unit} ON {member}.uid = {unit}.uid")

    def _layers(self, table: str, steps: list[Step], prefix: str, finish: Mapping[str, Any] | None = None) -> str:
        """One SELECT per layer, each naming the columns that the next ones read."""
        finish = finish or {}
        steps = [s for s in steps if not s.summary or s.name in finish]
        for layer in sorted({s.layer for s in steps}):
            columns, cells = [], {}
            for step in (s for s in steps if s.layer == layer):
                made = finish[step.name](self.expressions) if step.summary else self._inner(step.node)
                hi = step.name if made.exact else step.name + "_hi"
                columns.append(f"{made.lo} AS {step.name}")
                if not made.exact:
                    columns.append(f"{made.hi} AS {hi}")
                cells[step.node.key] = Cell(step.name, hi, made.null)
            name = self._cte(f"{prefix}{layer}", f"SELECT *, {', '.join(columns)} FROM {table}")
            of_unit = prefix.startswith("u")
            self.held[name] = self.held.get(table, []) + (
                [n for c in cells.values() for n in {c.lo: 0, c.hi: 0}] if of_unit else []
            )
            self.cells.update(cells)
            table = name
        return table

    def _inner(self, node: Node) -> Cell:
        return self.expressions.at(node.args[0]) if node.op == "derived" else self.expressions.inner(node)

    def _grouped(
        self, member: str, unit: str, summaries: list[Step], number: int, homes: list[str]
    ) -> tuple[str, dict[str, Any]]:
        """The unit's row with the summaries of this round; and what still makes figures of their raw columns."""
        raw: dict[str, str] = {}
        finish: dict[str, Any] = {}
        for step in summaries:
            columns, make = self.expressions.summary(step.node, step.name + "_of_")
            raw.update(columns)
            if step.node.info in ("count", "sum", "any", "all"):
                self.cells[step.node.key] = make(self.expressions)
            else:
                finish[step.name] = make
        name = f"u{number}"
        group = f"a{number}"
        if raw:
            self._group(group, raw, member)
        if unit and not raw:
            return unit, finish
        if unit:
            extra = ", ".join(f"{group}.{c}" for c in raw)
            self._cte(name, f"SELECT {unit}.*, {extra} FROM {unit} JOIN {group} ON {unit}.uid = {group}.uid")
        elif raw and homes:
            extra = ", ".join("h." + a for a in homes)
            self._cte(name, f"SELECT {group}.*, {extra} FROM {group} JOIN h ON {group}.uid = h.uid")
        elif raw:
            self._cte(name, f"SELECT * FROM {group}")
        else:
            self._cte(name, "SELECT * FROM h" if homes else "SELECT DISTINCT uid FROM m")
        self.held[name] = self.held.get(unit, []) + list(raw)
        return name, finish

    def _group(self, group: str, raw: dict[str, str], member: str) -> None:
        """The grouping by unit. Several plain "is there one?" become the bits of one column: one state to keep per unit."""
        head = self.d.some("")[:-1]
        flags = {column: sql for column, sql in raw.items() if sql.startswith(head)}
        if len(flags) < 2 or len(flags) > MAX_FLAGS:
            flags = {}
        texts = [f"{sql} AS {column}" for column, sql in raw.items() if column not in flags]
        if not flags:
            self._cte(group, f"SELECT uid, {', '.join(texts)} FROM {member} GROUP BY uid")
            return
        # `head(…)` is the whole text of such a column: take what stands between the brackets.
        bits = [f"CASE WHEN {sql[len(head) : -1]} THEN {1 << i} ELSE 0 END" for i, sql in enumerate(flags.values())]
        texts.append(f"bit_or({' | '.join(bits)}) AS bits")
        self._cte(group + "_bits", f"SELECT uid, {', '.join(texts)} FROM {member} GROUP BY uid")
        kept = [column for column in raw if column not in flags]
        read = [f"(bits & {1 << i}) <> 0 AS {column}" for i, column in enumerate(flags)]
        self._cte(group, f"SELECT {', '.join(['uid', *kept, *read])} FROM {group}_bits")

    def _result(self, member: str, unit: str) -> str:
        table = unit
        keys = "uid"
        if self.ruleset.home == MEMBER:
            table, keys = self._join("s", member, unit), "uid, mid"
        columns, flags = [], []
        amount: Cell | None = None
        for i, (name, root) in enumerate(self.roots):
            cell = self.expressions.at(root)
            columns.append(f"{cell.lo} AS r{i}")
            if name == "amount":
                amount = Cell(f"r{i}", f"r{i}" if cell.exact else f"r{i}_hi", cell.null)
                columns += [] if cell.exact else [f"{cell.hi} AS r{i}_hi"]
            elif name.startswith("clause:"):
                flags.append(f"r{i}")
        self._cte("r", f"SELECT {keys}, {', '.join(columns)} FROM {table}")
        return "WITH " + ",\n".join(self.ctes) + "\n" + self._outer(keys, amount, flags)

    def _outer(self, keys: str, amount: Cell | None, flags: list[str]) -> str:
        q = self.d.quote
        columns = [f"uid AS {q(self.source.unit_key)}"]
        if "mid" in keys:
            columns.append(f"mid AS {q(self.source.member_key)}")
        if not flags and amount is None:
            named = [f"r{i} AS {q(name)}" for i, (name, _root) in enumerate(self.roots)]
            return f"SELECT {', '.join([*columns, *named])} FROM r"
        every = " AND ".join(flags) or "TRUE"
        if self.columns.wants("status"):
            columns.append(
                f"CASE WHEN {every} THEN 'entitled' WHEN NOT ({every}) THEN 'not_entitled' ELSE 'unknown' END AS status"
            )
        for i, (name, _root) in enumerate(self.roots):
            if name != "amount" and self.columns.shows(name):
                columns.append(f"r{i} AS {q(name)}")
        if amount is not None and self.columns.wants("amount"):
            known = amount.lo if amount.exact else f"CASE WHEN {amount.lo} = {amount.hi} THEN {amount.lo} END"
            columns.append(f"CASE WHEN {every} THEN {known} END AS amount")
        if amount is not None and not amount.exact and self.columns.wants("bounds"):
            columns.append(f"CASE WHEN NOT ({every}) THEN NULL ELSE {amount.lo} END AS amount_min")
            columns.append(f"CASE WHEN NOT ({every}) THEN NULL ELSE {amount.hi} END AS amount_max")
        return f"SELECT {', '.join(columns)} FROM r"
