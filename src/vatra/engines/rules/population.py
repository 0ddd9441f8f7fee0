"""Populations as tables: from units (tests, small offices), and running a ruleset over Parquet files."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from vatra.engines.rules.arrays_run import batches
from vatra.engines.rules.arrays_values import Unfit
from vatra.engines.rules.batch import Batch, Source
from vatra.engines.rules.catalogue import PERSON, FactType
from vatra.engines.rules.columns import columns_of
from vatra.engines.rules.ir import sample_day
from vatra.engines.rules.ruleset import RuleSet
from vatra.engines.rules.unit import Unit, _on
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

_ARROW = {"boolean": pa.bool_(), "date": pa.date32(), "code": pa.string(), "text": pa.string()}


def reads(ruleset: RuleSet, on: date) -> list[tuple[FactType, date | None, str]]:
    """(fact, day looked back to, column) of everything a ruleset reads on a day."""
    out: dict[str, tuple[FactType, date | None, str]] = {}
    for root in ruleset.roots:
        for node in root.walk():
            if node.op == "fact":
                name, sample = node.info
                day = sample_day(sample, on) if sample else None
                column = f"{name}@{day.isoformat()}" if day else name
                out[column] = (ruleset.catalogue.facts[name], day, column)
    return list(out.values())


def tables(ruleset: RuleSet, on: date, units: Sequence[Unit], has: Sequence[Any] = ()) -> tuple[pa.Table, pa.Table]:
    """(persons, households) of units numbered from 0, in the engine's own values; `has` per unit, None for unknown."""
    columns = reads(ruleset, on)
    persons: dict[str, list[Any]] = {"household_id": [], "person_id": []}
    homes: dict[str, list[Any]] = {"household_id": list(range(len(units)))}
    for fact, day, column in columns:
        if fact.of == PERSON:
            persons[column] = [_value(fact, held, day or on) for u in units for _id, held in u.members]
        else:
            homes[column] = [_value(fact, u.facts, day or on) for u in units]
    for number, unit in enumerate(units):
        persons["household_id"] += [number] * len(unit.members)
        persons["person_id"] += unit.ids
    for code in ruleset.programmes_read:
        homes["has:" + code] = [None if h is None else code in h for h in has or [None] * len(units)]
    types = {column: _ARROW.get(fact.type.kind, pa.int64()) for fact, _day, column in columns}
    fixed = {"household_id": pa.int64(), "person_id": pa.string()}

    def table(data: dict[str, list[Any]]) -> pa.Table:
        return pa.table({n: pa.array(x, fixed.get(n) or types.get(n) or pa.bool_()) for n, x in data.items()})

    return table(persons), table(homes)


def _value(fact: FactType, facts: Any, on: date) -> Any:
    held = facts.get(fact.name)
    value = _on(held, on) if isinstance(held, list) else held
    return None if value is None else fact.read(value)


def complete_columns(*paths: str | Path) -> frozenset[str]:
    """Columns in which the files' own statistics say that no value is missing."""
    known: set[str] = set()
    for path in paths:
        meta = pq.ParquetFile(path).metadata
        holes = set()
        for group in range(meta.num_row_groups):
            for i in range(meta.num_columns):
                column = meta.row_group(group).column(i)
                statistics = column.statistics
                if statistics is None or not statistics.has_null_count or statistics.null_count:
                    holes.add(column.path_in_schema)
        known |= {meta.schema.column(i).path for i in range(meta.num_columns)} - holes
    return frozenset(known)


def check_bounds(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Refuse a population with a value outside of its fact's bounds: the proofs of the checker rest on them.

    Parquet keeps the least and greatest value of each column, so on files this reads no data.
    """
    source = batch.source
    for of, table in ((True, source.persons), (False, source.households)):
        facts = [r for r in reads(batch.ruleset, batch.on) if (r[0].of == PERSON) == of and r[0].low is not None]
        facts = [r for r in facts if r[0].formula is None]
        if not facts or table is None:
            continue
        named = [(fact, *source.column(fact.name, day)) for fact, day, _column in facts]
        columns = ", ".join(f"min({batch.d.quote(c)}), max({batch.d.quote(c)})" for _f, c, _k in named)
        row = con.execute(f"SELECT {columns} FROM {table}").fetchone() or ()
        for i, (fact, column, factor) in enumerate(named):
            low, high = row[2 * i], row[2 * i + 1]
            assert fact.low is not None and fact.high is not None
            if low is not None and (low * factor < fact.low or high * factor > fact.high):
                raise Refused(
                    "out_of_bounds",
                    _("%(value)s is outside of what the fact “%(fact)s” may be."),
                    _("Correct the value or widen the bounds in the catalogue."),
                    value=f"{column}: {low} – {high}",
                    fact=fact.name,
                )


def parquet(path: str | Path) -> str:
    """A Parquet file (or pattern) as a table expression of DuckDB."""
    return "read_parquet('" + str(path).replace("'", "''") + "')"


def run(
    ruleset: RuleSet,
    on: date,
    persons: str | Path,
    households: str | Path | None = None,
    *,
    only: Iterable[str] = (),
    out: str | Path | None = None,
    columns: dict[str, tuple[str, int]] | None = None,
    unit_key: str = "household_id",
    member_key: str = "person_id",
    con: duckdb.DuckDBPyConnection | None = None,
) -> pa.Table | None:
    """Determine a whole population from Parquet: an Arrow table, or nothing if it is written to `out`.

    Tables sorted by unit in which everything read is known go through the arrays, all others through SQL; the result is
    the same. Raises Refused for a value out of bounds and for a figure beyond 64 bits; nothing is written then.
    """
    try:
        made = batches(ruleset, on, persons, households, columns_of(ruleset, only), columns or {}, unit_key, member_key)
        return _gathered(made, out)
    except Unfit:
        pass
    files = [p for p in (persons, households) if p is not None]
    source = Source(
        parquet(persons),
        parquet(households) if households is not None else None,
        unit_key,
        member_key,
        columns or {},
        complete_columns(*files),
    )
    return run_sql(ruleset, on, source, only=only, out=out, con=con)


def _gathered(made: Iterator[pa.RecordBatch], out: str | Path | None) -> pa.Table | None:
    """The batches as a table, or in a file that is only there once it is whole."""
    first = next(made, None)
    if first is None:
        raise Unfit
    if out is None:
        return pa.Table.from_batches([first, *made])
    part = Path(f"{out}.part")
    try:
        with pq.ParquetWriter(part, first.schema) as writer:
            writer.write_batch(first)
            for batch in made:
                writer.write_batch(batch)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return None


def run_sql(
    ruleset: RuleSet,
    on: date,
    source: Source,
    *,
    only: Iterable[str] = (),
    out: str | Path | None = None,
    con: duckdb.DuckDBPyConnection | None = None,
) -> pa.Table | None:
    """The same by SQL, whatever is unknown and however the tables are sorted."""
    batch = Batch(ruleset, on, source, only=only)
    con = con or duckdb.connect(config={"preserve_insertion_order": "false"})
    check_bounds(con, batch)
    try:
        if out is not None:
            con.execute(f"COPY ({batch.sql}) TO '{str(out).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")
            return None
        return con.execute(batch.sql).to_arrow_table()
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
        raise Refused(
            "too_large",
            _("A figure of “%(ruleset)s” is too large to compute with: %(figure)s."),
            _("Look for a wrong value among the facts."),
            ruleset=ruleset.code,
            figure=str(error)[:80],
        ) from error
