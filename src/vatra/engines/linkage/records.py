"""Understanding every record once: what comparison needs, as columns of numbers."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from . import sql, values
from .run import Run
from .sql_names import NAMES

TYPICAL_OF = 200
"""Records' worth of the usual frequency that a file's own frequencies are mixed with, so that a short list
can be matched too."""
CHUNK = 20_000
"""Distinct texts understood at a time; bounds the memory of the Python side."""


def _lookup(run: Run, table: str, select: str, make: Callable, columns: tuple[tuple[str, str], ...]) -> None:
    """Table `table` (value, *columns): `make` once per distinct value of `select`."""
    types = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "BOOLEAN": pa.bool_(), "INTEGER": pa.int32()}
    names = ["value", *(c for c, _ in columns)]
    schema = pa.schema([("value", pa.string()), *((c, types[kind]) for c, kind in columns)])
    run.con.execute(f"CREATE TABLE {table} ({', '.join(f'{n} {k}' for n, k in [('value', 'VARCHAR'), *columns])})")
    reader = run.con.cursor().execute(f"SELECT DISTINCT value FROM ({select}) WHERE value IS NOT NULL")
    while texts := [value for (value,) in reader.fetchmany(CHUNK)]:
        made = [make(t) for t in texts]
        rows = [
            (t, *row) if len(columns) > 1 else (t, row) for t, row in zip(texts, made, strict=True) if row is not None
        ]
        part = [pa.array(c, schema.field(i).type) for i, c in enumerate(zip(*rows, strict=True))] if rows else None
        if part:
            run.con.register("made_view", pa.Table.from_arrays(part, names))
            run.con.execute(f"INSERT INTO {table} SELECT * FROM made_view")
            run.con.unregister("made_view")
        values.forget()


def understand(run: Run) -> None:
    """Table `records`: everything comparison needs, once per record."""
    con = run.con
    have = {row[0] for row in con.execute("DESCRIBE raw").fetchall()}
    source = "raw"
    if "full_name" in have:
        _lookup(run, "full_parts", "SELECT full_name AS value FROM raw", values.full_name_parts,
                (("given", "VARCHAR"), ("father", "VARCHAR"), ("family", "VARCHAR")))  # fmt: skip
        parts = [("given_name", "given"), ("father_name", "father"), ("family_name", "family")]
        fill = [
            f"coalesce(raw.{column}, CASE WHEN {_alone(have)} THEN full_parts.{part} END) AS {column}"
            if column in have
            else f"full_parts.{part} AS {column}"
            for column, part in parts
        ]
        others = ", ".join(f"raw.{c}" for c in have - {c for c, _ in parts})
        con.execute(
            f"CREATE TABLE filled AS SELECT {others}, {', '.join(fill)} FROM raw LEFT JOIN full_parts ON raw.full_name = full_parts.value"
        )
        source = "filled"
        have |= {c for c, _ in parts}
    names = [(f, f"{f}_name", c) for f, c in NAMES.items() if f"{f}_name" in have]
    union = (
        " UNION ALL ".join(f"SELECT {column} AS value FROM {source}" for _, column, _ in names)
        or "SELECT NULL AS value"
    )
    _lookup(run, "name_texts", union, values.name_features, values.NAME_COLUMNS)
    # Texts that fold alike are one value: fewer of them, and a record holds only its number.
    keyed = ", ".join(n for n, _ in values.NAME_COLUMNS)
    con.execute(
        f"CREATE TABLE name_values AS SELECT CAST(row_number() OVER () AS INTEGER) AS v, * FROM (SELECT DISTINCT {keyed} FROM name_texts)"
    )
    con.execute(
        "CREATE TABLE name_of AS SELECT t.value, w.v, w.s, w.t1, w.t2, CAST(ascii(w.k) % 127 AS TINYINT) AS c FROM name_texts t "
        f"JOIN name_values w ON {' AND '.join(f't.{n} IS NOT DISTINCT FROM w.{n}' for n, _ in values.NAME_COLUMNS)}"
    )
    con.execute("DROP TABLE name_texts")
    run.say("names read")
    selects, joins = ["raw.rid", "raw.src"], []
    kept = (("v", "INTEGER"), ("s", "BIGINT"), ("t1", "BIGINT"), ("t2", "BIGINT"), ("c", "TINYINT"))
    for f, column, c in names:
        run.present.add(f)
        joins.append(f"LEFT JOIN name_of {c} ON raw.{column} = {c}.value")
        selects += [f"{c}.{name} AS {c}_{name}" for name, _ in kept if not (name == "t2" and f != "given")]
    _births(run, have, source, selects, joins)
    _others(run, have, source, selects, joins)
    con.execute(f"CREATE TABLE plain_records AS SELECT {', '.join(selects)} FROM {source} raw {' '.join(joins)}")
    for (table,) in con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE table_name NOT IN ('raw', 'plain_records', 'name_values')"
    ).fetchall():
        con.execute(f"DROP TABLE {table}")
    con.execute("CREATE TABLE persons AS SELECT rid, src, id, truth FROM raw")
    con.execute("DROP TABLE raw")
    con.execute("ALTER TABLE persons RENAME TO raw")
    _frequencies(run)
    run.say("records prepared")


def _alone(have: set[str]) -> str:
    """True where neither given nor family name is written, so that the full name must serve."""
    parts = [f"raw.{c} IS NULL" for c in ("given_name", "family_name") if c in have]
    return " AND ".join(parts) or "TRUE"


def _births(run: Run, have: set[str], source: str, selects: list[str], joins: list[str]) -> None:
    columns = [c for c in ("birth_date", "birth_year") if c in have]
    if not columns:
        return
    run.present.add("birth")
    _lookup(run, "births", " UNION ALL ".join(f"SELECT {c} AS value FROM {source}" for c in columns), values.birth,
            (("birth", "INTEGER"), ("year", "INTEGER")))  # fmt: skip
    for i, c in enumerate(columns):
        joins.append(f"LEFT JOIN births y{i} ON raw.{c} = y{i}.value")
    day = "y0.birth"
    year = "coalesce(" + ", ".join(f"y{i}.year" for i in range(len(columns))) + ")"
    md, dm = f"({day} % 10000)", f"({day} % 100 * 100 + {day} % 10000 // 100)"
    selects += [
        f"{day} AS birth", f"{year} AS year", f"{md} AS md", f"{dm} AS dm", f"{day} // 100 AS ym",
        f"CASE WHEN {day} % 100 <= 12 THEN {day} // 10000 * 10000 + least({md}, {dm}) ELSE {day} END AS birth_key",
    ]  # fmt: skip


def _others(run: Run, have: set[str], source: str, selects: list[str], joins: list[str]) -> None:
    if "sex" in have:
        run.present.add("sex")
        _lookup(run, "sexes", f"SELECT sex AS value FROM {source}", values.sex, (("sex", "VARCHAR"),))
        joins.append("LEFT JOIN sexes ON raw.sex = sexes.value")
        selects.append("sexes.sex AS sex")
    if "phone" in have:
        run.present.add("phone")
        selects.append(f"{sql.phone('raw.phone')} AS phone")
    if "locality" in have:
        run.present.add("locality")
        _lookup(
            run,
            "localities",
            f"SELECT locality AS value FROM {source}",
            values.locality,
            (("f", "VARCHAR"), ("s", "BIGINT")),
        )
        joins.append("LEFT JOIN localities l ON raw.locality = l.value")
        selects += ["l.f AS l_f", "l.s AS l_s"]
    if "household" in have:
        run.present.add("household")
        selects.append("raw.household AS household")
    for i in range(run.identifiers):
        run.present.add("identifier")
        value = sql.identifier(f"raw.id{i}")
        half = f"CAST(length({value}) / 2 AS INTEGER)"
        known = f"length({value}) >= 6"
        selects += [
            f"{value} AS i{i}",
            f"CASE WHEN {known} THEN left({value}, {half}) END AS i{i}_head",
            f"CASE WHEN {known} THEN substr({value}, {half} + 1) END AS i{i}_tail",
        ]


def _frequencies(run: Run) -> None:
    """Table `records`: `plain_records` with the log frequency of each value within its field."""
    con, floors, usual = run.con, run.parameters.floors, run.parameters.usual
    of = {f"{c}_q": (f"{c}_s", "name") for f, c in NAMES.items() if f in run.present}
    of |= {f"{c}_tq": (f"{c}_t1", "name") for f, c in NAMES.items() if f in run.present}
    single = {"birth": "birth", "locality": "l_f", "phone": "phone", "household": "household", "identifier": "i0"}
    of |= {f"{f}_q": (column, f) for f, column in single.items() if f in run.present}
    selects, joins = ["r.*"], []
    for i, (name, (column, floor)) in enumerate(of.items()):
        con.execute(
            f"CREATE TEMP TABLE frequency{i} AS SELECT {column} AS value, "
            f"CAST(ln(greatest((count(*) - 1 + {TYPICAL_OF * usual[floor]}) / (sum(count(*)) OVER () + {TYPICAL_OF}), "
            f"{floors[floor]})) AS FLOAT) AS q "
            f"FROM plain_records WHERE {column} IS NOT NULL GROUP BY {column}"
        )
        joins.append(f"LEFT JOIN frequency{i} f{i} ON r.{column} = f{i}.value")
        selects.append(f"f{i}.q AS {name}")
    con.execute(f"CREATE TABLE records AS SELECT {', '.join(selects)} FROM plain_records r {' '.join(joins)}")
    for i in range(len(of)):
        con.execute(f"DROP TABLE frequency{i}")
    con.execute("DROP TABLE plain_records")
