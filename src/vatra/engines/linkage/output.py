"""Writing what a run found: whole or not at all."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

from ..names.reasons import Reason
from .explain import codes, heads
from .run import Run


def clusters_path(out: Path) -> Path:
    """Where the cluster of every record is written, beside the pairs."""
    return out.with_name(f"{out.stem}.clusters{out.suffix}")


def check_outs(outs: Iterable[Path], read: Iterable[Path]) -> None:
    """Refuse outputs that could not be written, or would take the place of a file that is read or of each other,
    before any work is done.
    """
    taken = {path.resolve() for path in read}
    for out in outs:
        _check(out)
        if out.resolve() in taken:
            raise Refused(
                "linkage.out_taken",
                _("%(path)s is read in this run, or written twice."),
                _("Name another output."),
                path=str(out),
            )
        taken.add(out.resolve())


def _check(out: Path) -> None:
    if out.suffix.lower() not in (".csv", ".parquet"):
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


def write(run: Run, out: Path) -> dict[str, Any]:
    """Write pairs to `out` and every record's cluster beside it; returns what `counts` does.

    Both files are complete before either takes its name. `out` is there only if the clusters beside it belong to it:
    a run killed before this leaves the old files, one killed during it leaves no `out`.
    """
    con = run.con
    _find(run)
    con.register("reason_view", _reasons(run, "found"))
    side = ", a.src AS left_side, b.src AS right_side" if run.link else ""
    pairs = (
        f"SELECT first.id AS cluster, a.id AS left_id, b.id AS right_id{side}, round(1 / (1 + exp(-s.score)), 6) AS probability, "
        "round(s.score, 3) AS log_odds, v.reasons, v.reason_codes FROM found s JOIN clusters k ON s.l = k.rid "
        "JOIN raw a ON s.l = a.rid JOIN raw b ON s.r = b.rid JOIN raw first ON k.cluster = first.rid "
        "JOIN reason_view v ON s.pattern = v.pattern ORDER BY k.cluster, s.l, s.r"
    )
    sides = "CASE WHEN w.src = 0 THEN 'left' ELSE 'right' END AS side, " if run.link else ""
    members = (
        f"SELECT {sides}w.id, first.id AS cluster, count(*) OVER (PARTITION BY k.cluster) AS records FROM clusters k "
        "JOIN raw w ON k.rid = w.rid JOIN raw first ON k.cluster = first.rid ORDER BY k.cluster, w.rid"
    )
    parts = {path: run.work / f"{path.name}.part" for path in (clusters_path(out), out)}
    _copy(run, pairs, parts[out], out.suffix)
    _copy(run, members, parts[clusters_path(out)], out.suffix)
    con.unregister("reason_view")
    run.say("pairs and clusters written")
    out.unlink(missing_ok=True)
    for path, part in parts.items():
        os.replace(part, path)
    return counts(run)


def _copy(run: Run, statement: str, part: Path, suffix: str) -> None:
    """A file that is whole on the disk when this returns."""
    kind = "FORMAT csv, HEADER true" if suffix.lower() == ".csv" else "FORMAT parquet"
    quoted = str(part).replace("'", "''")
    run.con.execute(f"COPY ({statement}) TO '{quoted}' ({kind})")
    with part.open("rb") as file:
        os.fsync(file.fileno())


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
    part = path.with_name(f".{path.name}.part")
    con.register("reason_view", _reasons(run, "scored"))
    statement = (
        "SELECT a.id AS left_id, b.id AS right_id, round(1 / (1 + exp(-s.score)), 6) AS probability, v.reasons, v.reason_codes, "
        "NULL::INTEGER AS match FROM reviewed q JOIN scored s ON q.l = s.l AND q.r = s.r JOIN raw a ON s.l = a.rid "
        "JOIN raw b ON s.r = b.rid JOIN reason_view v ON s.pattern = v.pattern ORDER BY s.l, s.r"
    )
    _copy(run, statement, part, path.suffix)
    con.unregister("reason_view")
    count = con.execute("SELECT count(*) FROM reviewed").fetchall()[0][0]
    con.execute("DROP TABLE reviewed")
    os.replace(part, path)
    return int(count)


def _reasons(run: Run, table: str) -> pa.Table:
    """The reasons of every pattern in a table: in words, in the language of the run, and as codes."""
    found = run.con.execute(f"SELECT DISTINCT pattern FROM {table}").fetchnumpy()["pattern"]
    said = heads(run.translate)
    reasons = [codes(p) for p in found.tolist()]
    return pa.table({
        "pattern": pa.array(found, pa.int64()),
        "reasons": pa.array(["; ".join(map(said, each)) for each in reasons], pa.string()),
        "reason_codes": pa.array([";".join(each) for each in reasons], pa.string()),
    })  # fmt: skip


def _find(run: Run) -> None:
    """Table `found`: the scored pairs that ended in one cluster."""
    run.con.execute(
        "CREATE OR REPLACE TABLE found AS SELECT s.* FROM scored s JOIN clusters x ON s.l = x.rid "
        "JOIN clusters y ON s.r = y.rid AND x.cluster = y.cluster"
    )


def counts(run: Run) -> dict[str, Any]:
    """How many records, pairs inside clusters, and clusters of more than one record; and how many pairs each reason
    stands beside. Of a run whose pairs were written."""
    one = lambda statement: int(run.con.execute(statement).fetchall()[0][0] or 0)  # noqa: E731
    sizes = "(SELECT cluster, count(*) AS n FROM clusters GROUP BY cluster)"
    beside: Counter[str] = Counter()
    for pattern, pairs in run.con.execute("SELECT pattern, count(*) FROM found GROUP BY pattern").fetchall():
        beside.update(dict.fromkeys(codes(int(pattern)), int(pairs)))
    return {
        "records": run.records,
        "pairs": one("SELECT count(*) FROM found"),
        "clusters": one(f"SELECT count(*) FROM {sizes} WHERE n > 1"),
        "reasons": [
            {"code": code, "sentence": Reason(code).head(run.translate), "pairs": pairs}
            for code, pairs in beside.most_common()
        ],
    }
