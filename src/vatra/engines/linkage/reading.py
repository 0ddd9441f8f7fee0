"""Reading the files: every mapped column as text, and in words whatever a file has that cannot serve."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

from .columns import Columns
from .run import Run

LONGEST = 1000
"""Letters of one cell that are read: no name is longer, and comparing two texts costs the product of their lengths."""
FIGURES = ("birth_date", "birth_year", "phone", "household")
"""Fields that a spreadsheet or a data frame may have written as 1984.0; identifiers are figures too."""


def reader_of(path: Path) -> str:
    """The carrier's call that reads a file. Refuses what is neither CSV nor Parquet by its ending."""
    quoted = str(path).replace("'", "''")
    kind = path.suffix.lower()
    if kind == ".parquet":
        return f"read_parquet('{quoted}', binary_as_string = true)"
    if kind in (".csv", ".tsv", ".txt"):
        return f"read_csv('{quoted}', all_varchar = true, header = true, sample_size = 20000)"
    raise Refused(
        "linkage.file_kind",
        _("%(path)s is neither CSV nor Parquet."),
        _("Give a file that ends in .csv or .parquet."),
        path=str(path),
    )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Refuses in words whatever the carrier finds wrong with a file."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        lines = str(error).partition("\n\n")[0].splitlines()  # the rows that the carrier shows stay out of sight
        if any(word in lines[-1].lower() for word in ("utf-8", "utf8", "unicode", "string encoding")):
            raise Refused(
                "linkage.file_encoding",
                _("%(path)s is not written in UTF-8."),
                _("Save it as CSV in UTF-8, or as Parquet, and try again."),
                path=str(path),
            ) from error
        raise Refused(
            "linkage.file_unreadable",
            _("%(path)s cannot be read: %(error)s"),
            _("Check that the file is there and is whole."),
            path=str(path),
            error=" ".join(dict.fromkeys((lines[0], lines[-1])))[:300],
        ) from error


def columns_in(run: Run, path: Path) -> dict[str, str]:
    """The columns of a file, by their names without blanks around them. Refuses a file that cannot be read."""
    reader = reader_of(path)
    if path.is_file() and not path.stat().st_size:
        raise Refused(
            "linkage.file_empty",
            _("%(path)s is empty."),
            _("Check that the file is there and is whole."),
            path=str(path),
        )
    with reading(path):
        found = run.con.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    return {row[0].strip(): row[0] for row in found}


def quoted_name(column: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + column.replace('"', '""') + '"'


def _text(column: str, *, figures: bool) -> str:
    text = f"trim(left(CAST({quoted_name(column)} AS VARCHAR), {LONGEST}))"
    if figures:
        text = f"regexp_replace({text}, '^(\\d+)\\.0+$', '\\1')"
    return f"nullif({text}, '')"


def _field(name: str, columns: Columns, have: dict[str, str]) -> str:
    """A field of one file: its column, or several as one text; NULL where the map has none."""
    parts = [_text(have[c], figures=name in FIGURES) for c in columns.columns_of(name)]
    if len(parts) < 2:
        return parts[0] if parts else "NULL::VARCHAR"
    return f"nullif(concat_ws('{'-' if name == 'birth_date' else ' '}', {', '.join(parts)}), '')"


def _select(run: Run, side: int, path: Path, fields: list[str]) -> str:
    """SELECT what the map names of one file. Refuses a file that lacks a column of it."""
    columns, have = run.columns[side], columns_in(run, path)
    for wanted in [*columns.all(), *([run.truth] if run.truth else [])]:
        if wanted not in have:
            raise Refused(
                "linkage.column_missing",
                _("%(path)s has no column “%(column)s”."),
                _("It has these columns: %(have)s."),
                path=str(path),
                column=wanted,
                have=", ".join(have),
            )
    identifiers = [_text(have[c], figures=True) for c in columns.identifiers]
    identifiers += ["NULL::VARCHAR"] * (run.identifiers - len(identifiers))
    whole = lambda column: f"CAST({quoted_name(have[column])} AS VARCHAR)"  # noqa: E731
    picks = [f"{side} AS src", f"{whole(columns.id)} AS id"]
    picks += [f"{whole(run.truth) if run.truth else 'NULL::VARCHAR'} AS truth"]
    picks += [f"{_field(f, columns, have)} AS {f}" for f in fields]
    picks += [f"{identifier} AS id{i}" for i, identifier in enumerate(identifiers)]
    return f"SELECT {', '.join(picks)} FROM {reader_of(path)}"


def read(run: Run) -> None:
    """Table `raw`: rid, src, id, truth and the mapped columns as text. Refuses files or columns that are not there."""
    files = [path for path in (run.left, run.right) if path is not None]
    maps = run.columns[: len(files)]
    fields = list(dict.fromkeys(f for columns in maps for f in columns.fields))
    run.identifiers = max(len(columns.identifiers) for columns in maps)
    selects = [_select(run, side, path, fields) for side, path in enumerate(files)]
    for side, (path, select) in enumerate(zip(files, selects, strict=True)):
        before = "(SELECT count(*) FROM raw)" if side else "0"
        into = "INSERT INTO raw" if side else "CREATE TABLE raw AS"
        with reading(path):
            run.con.execute(
                f"{into} SELECT CAST(row_number() OVER () - 1 + {before} AS INTEGER) AS rid, * FROM ({select})"
            )
    run.records = run.con.execute("SELECT count(*) FROM raw").fetchall()[0][0]
    if run.memory_mb is None:
        run.con.execute(f"SET memory_limit = '{min(4000, 350 + run.records // 2000)}MB'")
    run.say(f"{run.records} records read")
    _doubtful_ids(run)


def _doubtful_ids(run: Run) -> None:
    """Records are told apart all the same, but what is written names them by their ids: say so."""
    shared = run.con.execute(
        "SELECT count(*), min(id) FROM (SELECT id FROM raw WHERE id IS NOT NULL GROUP BY src, id HAVING count(*) > 1)"
    ).fetchall()[0]
    if shared[0]:
        run.say(
            f"{shared[0]} ids are borne by more than one record, such as “{shared[1]}”: the pairs will not tell which is meant"
        )
    missing = run.con.execute("SELECT count(*) FROM raw WHERE id IS NULL").fetchall()[0][0]
    if missing:
        run.say(f"{missing} records have no id: the pairs will not tell which is meant")
