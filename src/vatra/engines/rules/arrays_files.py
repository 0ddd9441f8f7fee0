"""Parquet files to whole units, run by run: tables sorted by unit, in which nothing that is read is missing.

Everything that the arrays rest on is looked at in the values themselves, not in what the file says about itself: no missing
value, figures within their bounds, codes of their list, units in ascending order, each whole and with a row of its own in
both tables. Where it does not hold, Unfit: SQL takes over from the start.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vatra.engines.rules.arrays import Arrays, Read
from vatra.engines.rules.arrays_values import Codes, Rows, Unfit
from vatra.engines.rules.catalogue import FactType
from vatra.engines.rules.ir import MAX_MEMBERS, MEMBER, UNIT

AT_A_TIME = 1 << 17
# Days of the calendar that Python knows: 0001-01-01 to 9999-12-31.
FIRST_DAY, LAST_DAY = -719_162, 2_932_896


@dataclass
class Piece:
    """Rows of one table that follow each other: unit keys, the keys carried along, and the facts by slot."""

    keys: pa.Array
    carried: list[pa.Array]
    facts: dict[int, np.ndarray]

    def __len__(self) -> int:
        return len(self.keys)

    def cut(self, start: int, stop: int) -> "Piece":
        return Piece(
            self.keys.slice(start, stop - start),
            [c.slice(start, stop - start) for c in self.carried],
            {slot: x[start:stop] for slot, x in self.facts.items()},
        )

    def then(self, other: "Piece") -> "Piece":
        if not len(self):
            return other
        return Piece(
            pa.concat_arrays([self.keys, other.keys]),
            [pa.concat_arrays(pair) for pair in zip(self.carried, other.carried, strict=True)],
            {slot: np.concatenate([x, other.facts[slot]]) for slot, x in self.facts.items()},
        )


@dataclass
class Table:
    """One file: which of its columns are read, as what."""

    path: str | Path
    keys: list[str]  # the unit's, then those carried along
    reads: list[tuple[Read, FactType, str, int]]  # fact, column, factor
    codes: Codes
    numbers: dict[int, np.ndarray] = field(default_factory=dict)

    def pieces(self) -> Iterator[Piece]:
        """Piece after piece; the next one is decoded while the caller works on this one, the first one right away."""
        file = pq.ParquetFile(self.path)
        columns = [*self.keys, *dict.fromkeys(column for _r, _f, column, _k in self.reads)]
        schema = file.schema_arrow
        if not set(schema.names).issuperset(columns) or not all(_is_key(schema.field(k).type) for k in self.keys):
            raise Unfit
        words = [column for _r, fact, column, _k in self.reads if fact.type.kind == "code"]
        if words:
            file = pq.ParquetFile(self.path, read_dictionary=words, metadata=file.metadata)
        batches = file.iter_batches(AT_A_TIME, columns=columns)
        ahead = ThreadPoolExecutor(1)
        return self._decoded(batches, ahead, ahead.submit(next, batches, None))

    def _decoded(self, batches: Iterator[pa.RecordBatch], ahead: ThreadPoolExecutor, coming: Future) -> Iterator[Piece]:
        with ahead:
            while (batch := coming.result()) is not None:
                coming = ahead.submit(next, batches, None)
                yield self._piece(batch)

    def _piece(self, batch: pa.RecordBatch) -> Piece:
        keys = [batch.column(name) for name in self.keys]
        for key in keys:
            must_be_complete(key)
        facts = {r.slot: self._values(batch.column(column), r, fact, k) for r, fact, column, k in self.reads}
        return Piece(keys[0], keys[1:], facts)

    def _values(self, column: pa.Array, read: Read, fact: FactType, factor: int) -> np.ndarray:
        kind = fact.type.kind
        must_be_complete(column)
        if kind == "code":
            return self._coded(column, fact)
        if kind == "boolean":
            if not pa.types.is_boolean(column.type):
                raise Unfit
            return unpacked(column)
        if kind == "date":
            if column.type != pa.date32():
                raise Unfit
            days = column.view(pa.int32()).to_numpy()
            return _within(days, FIRST_DAY, LAST_DAY, 1)
        if not pa.types.is_signed_integer(column.type) or fact.low is None or fact.high is None:
            raise Unfit
        values = _within(column.to_numpy(), fact.low, fact.high, factor)
        return (values if factor == 1 else values * np.int64(factor)).astype(read.kind, copy=False)

    def _coded(self, column: pa.Array, fact: FactType) -> np.ndarray:
        if not isinstance(column, pa.DictionaryArray):
            if not pa.types.is_string(column.type):
                raise Unfit
            column = column.dictionary_encode()
        known = fact.type.codes or ()
        words = column.dictionary.to_pylist()
        if not set(words) <= set(known):
            raise Unfit
        return np.array([self.codes.number(w) for w in words], np.int16).take(column.indices.to_numpy().astype(np.intp))


def _is_key(type_: pa.DataType) -> bool:
    """Numbers and words: what has an order and can be put end to end."""
    return pa.types.is_integer(type_) or pa.types.is_string(type_) or pa.types.is_large_string(type_)


def unpacked(column: pa.Array) -> np.ndarray:
    """Booleans from the bits in which Arrow keeps them: thirty times as fast as its own way."""
    bits = np.frombuffer(column.buffers()[1], np.uint8)
    stop = column.offset + len(column)
    return np.unpackbits(bits, count=stop, bitorder="little")[column.offset :].view(np.bool_)


def packed(values: np.ndarray) -> pa.Array:
    bits = pa.py_buffer(np.packbits(values, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, bits])


def must_be_complete(column: pa.Array) -> None:
    if column.null_count:
        raise Unfit


def must_ascend(keys: pa.Array) -> None:
    """Units in ascending order: none comes twice, so each is whole."""
    if pc.all(pc.less(keys.slice(0, len(keys) - 1), keys.slice(1))).as_py() is False:
        raise Unfit


def _within(values: np.ndarray, low: int, high: int, factor: int) -> np.ndarray:
    """The values, seen to be within the bounds that the proofs of the checker rest on."""
    if len(values) and (int(values.min()) * factor < low or int(values.max()) * factor > high):
        raise Unfit
    return values


def whole_units(persons: Table, households: Table | None) -> Iterator[tuple[Rows, Piece, pa.Array]]:
    """(rows, the members' piece, unit keys) of units in ascending order. Raises Unfit where they are not."""
    homes = _Homes(households) if households else None
    left: Piece | None = None
    last: pa.Array | None = None
    for piece in persons.pieces():
        if not len(piece):
            continue
        here = piece if left is None else left.then(piece)
        starts = _starts(here.keys)
        left = here.cut(int(starts[-1]), len(here))
        if len(starts) > 1:
            rows, keys = _units(here.cut(0, int(starts[-1])), starts[:-1], homes, last)
            yield rows, here.cut(0, int(starts[-1])), keys
            last = keys.slice(len(keys) - 1)
    if left is not None:
        rows, keys = _units(left, np.zeros(1, np.int64), homes, last)
        yield rows, left, keys
    if homes is not None:
        homes.must_be_over()


def _starts(keys: pa.Array) -> np.ndarray:
    """Where each unit begins."""
    changes = unpacked(pc.not_equal(keys.slice(1), keys.slice(0, len(keys) - 1)))
    return np.concatenate([[0], np.flatnonzero(changes) + 1])


def _units(piece: Piece, starts: np.ndarray, homes: "_Homes | None", last: pa.Array | None) -> tuple[Rows, pa.Array]:
    sizes = np.diff(starts, append=len(piece))
    keys = piece.keys.take(pa.array(starts))
    known = keys if last is None else pa.concat_arrays([last, keys])
    must_ascend(known)
    if sizes.max() > MAX_MEMBERS:
        raise Unfit
    facts = dict(piece.facts)
    if homes is not None:
        facts |= homes.of(keys)
    return Rows(len(piece), starts, sizes, facts), keys


class _Homes:
    """The table of households, read in step with the persons."""

    def __init__(self, table: Table) -> None:
        self.coming: Iterator[Piece] = table.pieces()
        self.left: Piece | None = None

    def of(self, keys: pa.Array) -> Mapping[int, np.ndarray]:
        """The facts of just these units."""
        while self.left is None or len(self.left) < len(keys):
            more = next(self.coming, None)
            if more is None:
                raise Unfit
            self.left = more if self.left is None else self.left.then(more)
        here, self.left = self.left.cut(0, len(keys)), self.left.cut(len(keys), len(self.left))
        if not here.keys.equals(keys):
            raise Unfit
        return here.facts

    def must_be_over(self) -> None:
        if (self.left is not None and len(self.left)) or any(len(piece) for piece in self.coming):
            raise Unfit


def split_reads(
    arrays: Arrays, facts: Mapping[str, FactType], column: Mapping[str, tuple[str, int]]
) -> dict[str, list[tuple[Read, FactType, str, int]]]:
    """The columns to read of each table."""
    out: dict[str, list[tuple[Read, FactType, str, int]]] = {MEMBER: [], UNIT: []}
    for read in arrays.reads:
        name, factor = column.get(read.fact, (read.fact, 1))
        out[read.level].append((read, facts[read.fact], f"{name}@{read.day.isoformat()}" if read.day else name, factor))
    return out
