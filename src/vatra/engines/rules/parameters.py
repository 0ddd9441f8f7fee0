"""Dated parameters: single values, schedules and tables, each change with its legal source."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from vatra.engines.rules.document import Mapping, Node, Pos, Scalar, Sequence
from vatra.engines.rules.problems import Trouble, foreign_letter, unknown
from vatra.engines.rules.types import MAX_DECIMALS, BadValue, Type, as_json, read_date, read_literal
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

if TYPE_CHECKING:
    from vatra.engines.rules.catalogue import Catalogue

SCHEDULES = ("schedule", "thresholds", "marginal")
_SHAPES = ("value", *SCHEDULES, "table")
_KEYS = {*_SHAPES, "values", "law", "title", "description", "type", "currency", "note", "unit", "by", "above"}
MAX_ROWS = 2_000


@dataclass(frozen=True)
class Schedule:
    """`limits` ascend. schedule: values[i] up to and including limits[i]; thresholds, marginal: from limits[i] on."""

    kind: str
    limits: tuple[int, ...]
    values: tuple[int, ...]
    above: int


@dataclass(frozen=True)
class Table:
    """Rows of (match, value or Table); a match is ("is", key), ("from", n) for `n+`, or ("else", None)."""

    rows: tuple[tuple[tuple[str, Any], Any], ...]

    def depth(self) -> int:
        inner = self.rows[0][1]
        return 1 + (inner.depth() if isinstance(inner, Table) else 0)

    def leaves(self) -> list[Any]:
        return [leaf for _m, v in self.rows for leaf in (v.leaves() if isinstance(v, Table) else [v])]


@dataclass(frozen=True)
class Dated:
    start: date
    end: date | None
    value: Any  # scaled value, Schedule, Table, or None where the parameter has ended
    law: dict[str, Any] | None
    pos: Pos


@dataclass(frozen=True, eq=False)
class Parameter:
    name: str
    shape: str  # value, schedule, table
    type: Type  # of the value, of the schedule's result, of the table's cells
    steps: tuple[Dated, ...]
    of: Type | None = None  # the type a schedule is read with
    shared: bool = False
    pos: Pos = (0, 0)
    title: Any = field(default=None, hash=False, compare=False)

    def at(self, on: date) -> Dated | None:
        """The value in force on a day, or None if there is none."""
        for step in self.steps:
            if step.start <= on and (step.end is None or on < step.end):
                return step if step.value is not None else None
        return None

    def values(self) -> list[Any]:
        """Every single value it ever has, in scaled integers: what the checker reasons about."""
        out: list[Any] = []
        for step in self.steps:
            if isinstance(step.value, Schedule):
                out += [*step.value.values, step.value.above]
            elif isinstance(step.value, Table):
                out += step.value.leaves()
            elif step.value is not None:
                out.append(step.value)
        return out

    def json_at(self, on: date) -> dict[str, Any]:
        """The value in force as the trace keeps it: value, since when, and its law."""
        step = self.at(on)
        if step is None:
            return {"value": None, "from": None, "law": None}
        if isinstance(step.value, Schedule):
            of = self.of or self.type
            shown: Any = {
                step.value.kind: [
                    [as_json(a, of), as_json(b, self.type)]
                    for a, b in zip(step.value.limits, step.value.values, strict=True)
                ]
            }
        elif isinstance(step.value, Table):
            shown = {"table": _table_json(step.value, self.type)}
        else:
            shown = as_json(step.value, self.type)
        start = None if step.start == date.min else step.start.isoformat()
        return {"value": shown, "from": start, "law": step.law}


def _table_json(table: Table, type_: Type) -> dict[str, Any]:
    word = {"is": "%s", "from": "%s+", "else": "else%.0s"}
    return {
        word[kind] % (key,): _table_json(v, type_) if isinstance(v, Table) else as_json(v, type_)
        for (kind, key), v in table.rows
    }


def plain(node: Node | None) -> Any:
    """A node as plain data, every scalar as its text."""
    if isinstance(node, Mapping):
        return {k: plain(v) for k, v in node.items.items()}
    if isinstance(node, Sequence):
        return [plain(v) for v in node.items]
    return None if node is None or node.null else node.text


def to_node(value: Any) -> Node:
    """Plain data (a pack already loaded) as nodes, so that both are read by the same code."""
    if isinstance(value, dict):
        keys = {_text(k): Scalar(_text(k), (0, 0), True) for k in value}
        return Mapping({_text(k): to_node(v) for k, v in value.items()}, keys, (0, 0))
    if isinstance(value, (list, tuple)):
        return Sequence([to_node(v) for v in value], (0, 0))
    return Scalar("" if value is None else _text(value), (0, 0), False)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def shared_parameters(data: dict[str, Any], catalogue: "Catalogue") -> dict[str, Parameter]:
    """The pack's own parameters. Raises Refused at the first that cannot be read."""
    out = {}
    for name, spec in data.items():
        try:
            out[str(name)] = Reader(catalogue, None).parameter(str(name), (0, 0), to_node(spec), shared=True)
        except Trouble as trouble:
            problem = trouble.problem
            raise Refused(
                "wrong_parameter",
                _("The shared parameter “%(name)s” cannot be read: %(why)s"),
                _("Correct the catalogue of the pack."),
                name=name,
                why=problem.text,
            ) from None
    return out


class Reader:
    """Reads parameter nodes. `law` is what a change without a source of its own inherits."""

    def __init__(self, catalogue: "Catalogue", law: dict[str, Any] | None) -> None:
        self.catalogue, self.law = catalogue, law

    def parameter(self, name: str, pos: Pos, node: Node, *, shared: bool = False) -> Parameter:
        check_name(name, pos)
        law, title = self.law, None
        if isinstance(node, Mapping) and not _dated(node):
            for key in node.items:
                if key not in _KEYS:
                    raise unknown(
                        node.keys[key].pos,
                        "unknown_key",
                        _("“%(name)s” is not a key of a parameter."),
                        key,
                        _KEYS,
                    )
            law, title = (plain(node.get("law")) or self.law), plain(node.get("title"))
            if "values" in node.items:
                node = node.items["values"]
        raw = self._steps(node, law)
        if not raw:
            raise Trouble(pos, "parameter_without_value", _("The parameter “%(name)s” has no value at all."), name=name)
        if law is None and not shared and any(r[3] is None for r in raw if r[2] is not None):
            raise Trouble(
                pos,
                "clause_without_law",
                _("The parameter “%(name)s” needs its legal source (law)."),
                name=name,
            )
        return self._normal(name, pos, raw, shared, title)

    def _steps(self, node: Node, law: Any) -> list[tuple[date, date | None, Node | None, Any, Pos]]:
        """(from, to, value node, law, place), checked for overlaps and put in order."""
        if isinstance(node, Sequence):
            return self._listed(node, law)
        if not _dated(node):
            return [(date.min, None, node, law, node.pos)]
        assert isinstance(node, Mapping)
        found = []
        for key, item in node.items.items():
            start = read_date(key)
            if start is None:
                raise Trouble(
                    node.keys[key].pos,
                    "wrong_type",
                    _("“%(key)s” is not a date; write 2024-01-31."),
                    key=key[:40],
                )
            own = plain(item.get("law")) if isinstance(item, Mapping) else None
            value = None if isinstance(item, Scalar) and item.null else item
            found.append((start, value, own or law, node.keys[key].pos))
        found.sort(key=lambda f: f[0])
        ends = [f[0] for f in found[1:]] + [None]
        return [(s, e, v, w, p) for (s, v, w, p), e in zip(found, ends, strict=True)]

    def _listed(self, node: Sequence, law: Any) -> list[tuple[date, date | None, Node | None, Any, Pos]]:
        found: list[tuple[date, date | None, Node | None, Any, Pos]] = []
        for item in node.items:
            if not isinstance(item, Mapping):
                raise Trouble(item.pos, "wrong_type", _("Each entry needs “from”, perhaps “to”, and a value."))
            start, end = self._day(item, "from"), self._day(item, "to")
            if start is None:
                raise Trouble(item.pos, "wrong_type", _("Each entry needs the date it starts: “from”."))
            if end is not None and end <= start:
                raise Trouble(item.pos, "overlapping_dates", _("“to” must be after “from”."))
            value = Mapping({k: v for k, v in item.items.items() if k not in ("from", "to")}, item.keys, item.pos)
            found.append((start, end, value, plain(item.get("law")) or law, item.pos))
        found.sort(key=lambda f: f[0])
        for before, after in itertools.pairwise(found):
            if before[1] is None or before[1] > after[0]:
                raise Trouble(
                    after[4],
                    "overlapping_dates",
                    _(
                        "From %(day)s on two values are in force: give the earlier one an end (“to”) not after that day."
                    ),
                    day=after[0].isoformat(),
                )
        return found

    def _day(self, item: Mapping, key: str) -> date | None:
        node = item.get(key)
        if node is None:
            return None
        day = read_date(node.text) if isinstance(node, Scalar) else None
        if day is None:
            raise Trouble(node.pos, "wrong_type", _("“%(key)s” must be a date such as 2024-01-31."), key=key)
        return day

    def _normal(self, name: str, pos: Pos, raw: list, shared: bool, title: Any) -> Parameter:
        """Bring all dates to one shape, one type and one count of decimals."""
        read = [(s, e, self._shape(v), law, p) for s, e, v, law, p in raw]
        shapes = {r[2][0] for r in read if r[2]}
        if len(shapes) > 1:
            raise Trouble(pos, "wrong_type", _("The parameter “%(name)s” changes its form between dates."), name=name)
        type_ = self._common(name, [cell for r in read if r[2] for cell in r[2][2]])
        of = self._common(name, [cell for r in read if r[2] for cell in r[2][3]]) if "schedule" in shapes else None
        steps = tuple(
            Dated(
                s,
                e,
                got[1](type_, of) if got else None,
                law if isinstance(law, dict) or law is None else {"act": law},
                p,
            )
            for s, e, got, law, p in read
        )
        if not shapes:
            raise Trouble(pos, "parameter_without_value", _("The parameter “%(name)s” has no value at all."), name=name)
        return Parameter(name, shapes.pop(), type_, steps, of, shared, pos, title)

    def _common(self, name: str, cells: list[tuple[Type, Any, Pos]]) -> Type:
        first = cells[0][0]
        kinds = {c[0].kind for c in cells}
        if kinds == {"integer", "number"}:
            first = Type("number")
        for type_, _value, pos in cells:
            if type_.kind != first.kind and not (first.kind == "number" and type_.kind == "integer"):
                raise Trouble(
                    pos,
                    "wrong_type",
                    _("The values of “%(name)s” are not all of one type: here %(here)s, before %(before)s."),
                    name=name,
                    here=str(type_),
                    before=str(first),
                )
            if type_.currency != first.currency:
                raise Trouble(
                    pos, "wrong_currency", _("“%(name)s” mixes the currencies %(a)s and %(b)s."),
                    name=name, a=first.currency, b=type_.currency,
                )  # fmt: skip
        scale = max(c[0].scale for c in cells)
        if scale > MAX_DECIMALS:
            raise Trouble(cells[0][2], "wrong_type", _("At most %(limit)s decimals."), limit=MAX_DECIMALS)
        return Type(first.kind, first.currency, scale)

    def _shape(self, node: Node | None) -> tuple[str, Callable, list, list] | None:
        """(shape, builder, value cells, limit cells) of one date's value."""
        if node is None:
            return None
        if isinstance(node, Mapping):
            present = [k for k in _SHAPES if k in node.items]
            if len(present) != 1:
                raise Trouble(
                    node.pos,
                    "wrong_type",
                    _("Give exactly one of value, schedule, thresholds, marginal or table."),
                )
            inner = node.items[present[0]]
            if present[0] in SCHEDULES:
                return self._schedule(present[0], inner, node.get("above"))
            if present[0] == "table":
                return self._table(inner)
            if isinstance(inner, Scalar) and inner.null:
                return None
            node = inner
        if not isinstance(node, Scalar):
            raise Trouble(node.pos, "wrong_type", _("A single value is expected here."))
        cell = self.cell(node)
        return "value", lambda t, _of: rescaled(cell, t), [cell], []

    def cell(self, node: Node) -> tuple[Type, Any, Pos]:
        if not isinstance(node, Scalar):
            raise Trouble(node.pos, "wrong_type", _("A single value is expected here."))
        try:
            type_, value = read_literal(node.text, self.catalogue.currencies)
        except BadValue as bad:
            raise Trouble(node.pos, "wrong_type", bad.args[0], **bad.args[1]) from None
        if type_.kind == "text" and (foreign := foreign_letter(node.text)):
            raise Trouble(
                node.place(foreign[0]),
                "look_alike_letter",
                _("The letter %(letter)s is not a plain Latin letter."),
                letter=foreign[1],
            )
        return type_, value, node.pos

    def _schedule(self, kind: str, node: Node, above: Node | None) -> tuple[str, Callable, list, list]:
        if not isinstance(node, Sequence) or not node.items or len(node.items) > MAX_ROWS:
            raise Trouble(node.pos, "wrong_type", _("A schedule is a list of [limit, value] pairs."))
        limits, values = [], []
        for row in node.items:
            if not isinstance(row, Sequence) or len(row.items) != 2:
                raise Trouble(row.pos, "wrong_type", _("Each step of a schedule is [limit, value]."))
            limits.append(self.cell(row.items[0]))
            values.append(self.cell(row.items[1]))
            if not limits[-1][0].numeric or not values[-1][0].numeric:
                raise Trouble(row.pos, "wrong_type", _("The limit and the value of a step must be figures."))
            if kind == "marginal" and values[-1][0].kind not in ("percentage", "number"):
                raise Trouble(row.pos, "wrong_type", _("A marginal schedule gives shares, such as 10%%."))
        cells = [*values, self.cell(above)] if above is not None else values
        place = node.pos

        def build(type_: Type, of: Type) -> Schedule:
            steps = tuple(rescaled(c, of) for c in limits)
            if any(a >= b for a, b in itertools.pairwise(steps)):
                raise Trouble(place, "overlapping_dates", _("The limits of a schedule must rise from step to step."))
            last = rescaled(cells[-1], type_) if above is not None else 0
            return Schedule(kind, steps, tuple(rescaled(c, type_) for c in values), last)

        return "schedule", build, cells, limits

    def _table(self, node: Node) -> tuple[str, Callable, list, list]:
        if not isinstance(node, Mapping) or not node.items or len(node.items) > MAX_ROWS:
            raise Trouble(node.pos, "wrong_type", _("A table is a mapping from key to value."))
        rows: list[tuple[tuple[str, Any], Any]] = []
        cells: list = []
        nested = {isinstance(v, Mapping) for v in node.items.values()}
        if len(nested) > 1:
            raise Trouble(node.pos, "wrong_type", _("Every row of a table has the same number of keys."))
        for key, item in node.items.items():
            match = _match(key, node.keys[key])
            if isinstance(item, Mapping):
                _shape, inner, some, _none = self._table(item)
                cells += some
                rows.append((match, inner))
            else:
                cell = self.cell(item)
                cells.append(cell)
                rows.append((match, cell))
        # `else` and `n+` are tried last, the highest `n+` first.
        rows.sort(key=lambda r: (("is", "from", "else").index(r[0][0]), -r[0][1] if r[0][0] == "from" else 0))

        def build(type_: Type, of: Type | None) -> Table:
            return Table(tuple((m, c(type_, of) if callable(c) else rescaled(c, type_)) for m, c in rows))

        return "table", build, cells, []


def _match(key: str, scalar: Scalar) -> tuple[str, Any]:
    if foreign := foreign_letter(key):
        raise Trouble(
            scalar.place(foreign[0]),
            "look_alike_letter",
            _("The letter %(letter)s is not a plain Latin letter."),
            letter=foreign[1],
        )
    if key == "else":
        return "else", None
    if key.removesuffix("+").isdigit() and len(key) < 10:
        return ("from" if key.endswith("+") else "is"), int(key.removesuffix("+"))
    return "is", key


def _dated(node: Node) -> bool:
    return isinstance(node, Mapping) and bool(node.items) and all(k[:1].isdigit() for k in node.items)


def rescaled(cell: tuple[Type, Any, Pos], type_: Type) -> Any:
    return cell[1] * 10 ** (type_.scale - cell[0].scale) if type_.numeric else cell[1]


def check_name(name: str, pos: Pos) -> None:
    """A name of the document: small plain letters, digits and _. Raises Trouble."""
    if foreign := foreign_letter(name):
        raise Trouble(
            (pos[0], pos[1] + foreign[0]),
            "look_alike_letter",
            _("The letter %(letter)s in this name is not a plain Latin letter."),
            letter=foreign[1],
        )
    if not name.replace("-", "_").isidentifier() or len(name) > 80:
        raise Trouble(pos, "wrong_name", _("“%(name)s” is not a name: use letters, digits and _."), name=name[:40])
