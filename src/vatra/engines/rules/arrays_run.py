"""A whole population through the arrays: the same columns as the SQL gives, or Unfit."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from vatra.engines.rules.arrays import Arrays
from vatra.engines.rules.arrays_files import Table, packed, split_reads, whole_units
from vatra.engines.rules.arrays_values import Rows, Unfit, spread
from vatra.engines.rules.columns import Columns
from vatra.engines.rules.ir import MEMBER, UNIT, Node
from vatra.engines.rules.outcome import ENTITLED, NOT_ENTITLED
from vatra.engines.rules.ruleset import MAX_PROGRAMS, RuleSet

STATUS = pa.array([NOT_ENTITLED, ENTITLED])


def batches(
    ruleset: RuleSet,
    on: date,
    persons: str | Path,
    households: str | Path | None,
    wanted: Columns,
    columns: dict[str, tuple[str, int]],
    unit_key: str,
    member_key: str,
) -> Iterator[pa.RecordBatch]:
    """The result, run of units after run of units. Raises Unfit, perhaps only after some of them."""
    arrays = _arrays(ruleset, on, wanted)
    reads = split_reads(arrays, ruleset.catalogue.facts, columns)
    if reads[UNIT] and households is None:
        raise Unfit
    own = [unit_key] if ruleset.home == UNIT else [unit_key, member_key]
    people = Table(persons, own, reads[MEMBER], arrays.codes)
    homes = Table(households, [unit_key], reads[UNIT], arrays.codes) if households and reads[UNIT] else None
    for rows, piece, keys in whole_units(people, homes):
        named = dict(zip(own, [keys] if ruleset.home == UNIT else [piece.keys, *piece.carried], strict=True))
        named |= _results(arrays, rows, wanted, len(keys) if ruleset.home == UNIT else rows.members)
        yield pa.RecordBatch.from_pydict(named)


def _arrays(ruleset: RuleSet, on: date, wanted: Columns) -> Arrays:
    """The steps for a day, made once. Raises Refused if a parameter has no value on it."""
    ruleset.program(on)
    key = (on, tuple(name for name, _root in wanted.roots))
    held = ruleset.held_arrays
    if key not in held:
        if len(held) >= MAX_PROGRAMS:
            held.clear()
        held[key] = Arrays([root for _name, root in wanted.roots], ruleset.home, on)
    return held[key]


def _results(arrays: Arrays, rows: Rows, wanted: Columns, n: int) -> dict[str, pa.Array]:
    """The columns of one run of units, n rows."""
    got = dict(zip((name for name, _root in wanted.roots), arrays.run(rows), strict=True))
    out: dict[str, pa.Array] = {}
    clauses = [x for name, x in got.items() if name.startswith("clause:")]
    every = np.ones(n, np.bool_)
    for x in clauses:
        every &= x
    decides = bool(clauses) or "amount" in got
    if decides and wanted.wants("status"):
        out["status"] = STATUS.take(pa.array(every.astype(np.int8)))
    for name, root in wanted.roots:
        if name != "amount" and (not decides or wanted.shows(name)):
            out[name] = _arrow(got[name], root, n)
    if "amount" in got and wanted.wants("amount"):
        out["amount"] = pa.array(spread(got["amount"], np.int64, n), mask=~every)
    return out


def _arrow(x: Any, root: Node, n: int) -> pa.Array:
    if root.type.kind == "boolean":
        return packed(spread(x, np.bool_, n))
    if root.type.kind == "date":
        return pa.array(spread(x, np.int32, n)).view(pa.date32())
    if root.type.numeric:
        return pa.array(spread(x, np.int64, n))
    raise Unfit
