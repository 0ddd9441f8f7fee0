"""Writing what a run found: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

from .explain import codes
from .run import Run


def clusters_path(out: Path) -> Path:
    """Where the cluster of every record is written, beside the pairs."""
    return out.with_name(f"{out.stem}.clusters{out.suffix}")


def check_out(out: Path) -> None:
    """Refuse an output that could not be written, before any work is done."""
    if out.suffix not in (".csv", ".parquet"):
        raise Refused(
            "linkage.out_kind",
            _("%(path)s is neither CSV nor Parquet."),
            _("Name an output that ends in .csv or .parquet."),
            path=str(out),
        )
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise Refused(
            "linkage.out_folder",
            _("The folder %(folder)s does not exist or cannot be written to."),
            _("Make the folder, or name another output."),
            folder=str(out.parent),
        )


def write(run: Run, out: Path) -> dict[str, int]:
    """Write pairs to `out` and every record's cluster beside it; returns their counts.

    Both files are complete before either takes its name, so a killed run leaves the old files or none.
    """
    con = run.con
    con.register("reason_view", _reasons(run, _found(run)))
    side = ", a.src AS left_side, b.src AS right_side" if run.link else ""
    pairs = (
        f"SELECT first.id AS cluster, a.id AS left_id, b.id AS right_id{side}, round(1 / (1 + exp(-s.score)), 6) AS probability, "
        f"round(s.score, 3) AS log_odds, v.reasons FROM {_found(run)} s JOIN clusters k ON s.l = k.rid "
        "JOIN raw a ON s.l = a.rid JOIN raw b ON s.r = b.rid JOIN raw first ON k.cluster = first.rid "
        "JOIN reason_view v ON s.pattern = v.pattern ORDER BY k.cluster, s.l, s.r"
    )
    sides = "CASE WHEN w.src = 0 THEN 'left' ELSE 'right' END AS side, " if run.link else ""
    members = (
        f"SELECT {sides}w.id, first.id AS cluster, count(*) OVER (PARTITION BY k.cluster) AS records FROM clusters k "
        "JOIN raw w ON k.rid = w.rid JOIN raw first ON k.cluster = first.rid ORDER BY k.cluster, w.rid"
    )
    done = []
    for statement, path in ((pairs, out), (members, clusters_path(out))):
        part = path.with_name(f".{path.name}.part")
        kind = "FORMAT csv, HEADER true" if path.suffix == ".csv" else "FORMAT parquet"
        quoted = str(part).replace("'", "''")
        con.execute(f"COPY ({statement}) TO '{quoted}' ({kind})")
        done.append((part, path))
    con.unregister("reason_view")
    for part, path in done:
        os.replace(part, path)
    return counts(run)


def write_review(run: Run, path: Path, most: int = 2000) -> int:
    """Write pairs worth a person's judgement: half of them doubtful, half drawn from all compared; returns how many.

    The column `match` is empty, to be filled with 1 or 0 and given back as labels. Whole or not at all.
    """
    con = run.con
    con.execute(
        f"CREATE TABLE reviewed AS SELECT l, r FROM scored WHERE abs(score) <= 3 ORDER BY hash(l, r) LIMIT {most // 2}"
    )
    con.execute(
        f"INSERT INTO reviewed SELECT l, r FROM scored WHERE score > -4 AND (l, r) NOT IN (SELECT (l, r) FROM reviewed) "
        f"ORDER BY hash(r, l) LIMIT {most} - (SELECT count(*) FROM reviewed)"
    )
    reasons = _reasons(run, "scored")
    part = path.with_name(f".{path.name}.part")
    kind = "FORMAT csv, HEADER true" if path.suffix == ".csv" else "FORMAT parquet"
    con.register("reason_view", reasons)
    con.execute(
        "COPY (SELECT a.id AS left_id, b.id AS right_id, round(1 / (1 + exp(-s.score)), 6) AS probability, v.reasons, "
        "NULL::INTEGER AS match FROM reviewed q JOIN scored s ON q.l = s.l AND q.r = s.r JOIN raw a ON s.l = a.rid "
        f"JOIN raw b ON s.r = b.rid JOIN reason_view v ON s.pattern = v.pattern ORDER BY s.l, s.r) TO '{part}' ({kind})"
    )
    con.unregister("reason_view")
    count = con.execute("SELECT count(*) FROM reviewed").fetchall()[0][0]
    con.execute("DROP TABLE reviewed")
    os.replace(part, path)
    return int(count)


def _reasons(run: Run, table: str) -> pa.Table:
    """Reason codes of every pattern in a table."""
    found = run.con.execute(f"SELECT DISTINCT pattern FROM {table}").fetchnumpy()["pattern"]
    patterns = np.asarray(found, dtype=np.int64)
    return pa.table(
        {"pattern": patterns, "reasons": pa.array([";".join(codes(int(p))) for p in patterns], pa.string())}
    )


def _found(run: Run) -> str:
    """The scored pairs that ended in one cluster."""
    return "(SELECT s.* FROM scored s JOIN clusters x ON s.l = x.rid JOIN clusters y ON s.r = y.rid AND x.cluster = y.cluster)"


def counts(run: Run) -> dict[str, int]:
    """How many records, pairs inside clusters, and clusters of more than one record."""
    one = lambda statement: int(run.con.execute(statement).fetchall()[0][0] or 0)  # noqa: E731
    sizes = "(SELECT cluster, count(*) AS n FROM clusters GROUP BY cluster)"
    return {
        "records": run.records,
        "pairs": one(f"SELECT count(*) FROM {_found(run)}"),
        "clusters": one(f"SELECT count(*) FROM {sizes} WHERE n > 1"),
    }
