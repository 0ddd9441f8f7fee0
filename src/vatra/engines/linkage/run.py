"""One matching run, from files to clusters. See docs/names.md for the stages and ADR 0004 for why."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from . import sql, sql_names
from .cluster import components, split
from .columns import Columns
from .correction import correct
from .parameters import Parameters
from .scoring import SCORE_SQL, pattern_table

KEYS_AT_ONCE = 600_000
"""Blocking keys held at a time, and"""
PAIRS_AT_ONCE = 1_000_000
"""pairs compared at a time, and"""
MET_AT_ONCE = 5_000_000
"""pairs looked at for whether they are worth comparing: all three bound the memory."""
NEIGHBOURS = 4096
"""Records that stand in one part or another together."""
MAX_COMPONENT = 400
"""A component larger than this is clustered on its edges alone, without comparing every pair inside it."""
SLACK = 6.5
"""How far below even odds the cheap score of a pair may lie for it still to be compared in full."""
KEEP_ABOVE = -6.0
"""Pairs with lower log odds are forgotten as soon as they are scored."""


@dataclass
class Run:
    """State of one run: a private database and what the files hold."""

    left: Path
    right: Path | None
    columns: tuple[Columns, Columns]
    parameters: Parameters
    work: Path
    memory_mb: int | None = None
    """Memory of the carrier; None: by the number of records, see `read`."""
    threads: int = 2
    progress: Callable[[str], None] = lambda sentence: None
    translate: Callable[[str], str] = lambda sentence: sentence
    """A gettext function of the language in which reasons are written."""
    truth: str | None = None
    con: duckdb.DuckDBPyConnection = field(init=False)
    present: set[str] = field(default_factory=set)
    identifiers: int = 0
    records: int = 0
    started: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.con = duckdb.connect()
        self.con.execute(f"SET memory_limit = '{self.memory_mb or 3000}MB'; SET threads = {self.threads}")
        spill = str(self.work / "spill").replace("'", "''")
        self.con.execute(f"SET temp_directory = '{spill}'; SET preserve_insertion_order = false")
        self.con.execute("SET enable_progress_bar = false")

    def close(self) -> None:
        """Forget everything of the run but what was written."""
        self.con.close()
        shutil.rmtree(self.work, ignore_errors=True)

    @property
    def link(self) -> bool:
        """Two files are linked, one is deduplicated."""
        return self.right is not None

    def say(self, sentence: str) -> None:
        """Progress, with the seconds since the start."""
        self.progress(f"{time.perf_counter() - self.started:7.1f} s  {sentence}")


def block(run: Run) -> None:
    """Table `pairs` (l, r): records that share a key and are worth comparing."""
    con = run.con
    have = {row[0] for row in con.execute("DESCRIBE records").fetchall()}
    kinds = [k for k in sql.blocks(run.identifiers) if set(sql.columns_of(k)) <= have]
    con.execute("CREATE TABLE met (l INTEGER, r INTEGER)")
    at_once = max(2, KEYS_AT_ONCE // max(1, run.records))
    for first in range(0, len(kinds), at_once):
        con.execute(f"CREATE TABLE keyed AS {sql.keys_statement(kinds[first : first + at_once])}")
        con.execute(
            "CREATE TABLE blocked AS SELECT key, rid, src FROM keyed WHERE key IN "
            "(SELECT key FROM keyed GROUP BY key HAVING count(*) BETWEEN 2 AND max(most))"
        )
        con.execute("DROP TABLE keyed")
        con.execute(f"INSERT INTO met {sql.pairs_statement(link=run.link)}")
        con.execute("DROP TABLE blocked")
    con.execute(f"CREATE TABLE light AS {sql.light_statement(run.present, run.identifiers)}")
    above = run.parameters.prior("stranger", run.records) - run.parameters.prior("match", run.records) - SLACK
    con.execute("CREATE TABLE pairs (l INTEGER, r INTEGER)")
    for part in ranges(run, "met", MET_AT_ONCE):
        worth = sql.worth_statement(
            f"SELECT DISTINCT l, r FROM met WHERE {part}",
            present=run.present, identifiers=run.identifiers, above=round(above, 3),
        )  # fmt: skip
        con.execute(f"INSERT INTO pairs {worth}")
    con.execute("DROP TABLE met")
    con.execute("DROP TABLE light")
    count = con.execute("SELECT count(*) FROM pairs").fetchall()[0][0]
    run.say(f"{count} pairs to compare")


def ranges(run: Run, pairs: str, at_once: int) -> list[str]:
    """Conditions on `l` that cut a table (l, r) into parts of about `at_once` pairs.

    Records that follow each other lie together on the pages of the carrier: it reads those of a range, and no others.
    """
    counted = run.con.execute(
        f"SELECT l // {NEIGHBOURS} AS place, count(*) AS pairs FROM {pairs} GROUP BY place ORDER BY place"
    ).fetchall()
    bounds, held = [], 0
    for place, count in counted:
        if held and held + count > at_once:
            bounds.append(place * NEIGHBOURS)
            held = 0
        held += count
    edges = zip([0, *bounds], [*bounds, (run.records + 1)], strict=True)
    return [f"l >= {low} AND l < {high}" for low, high in edges]


def compare(run: Run, pairs: str, into: str, *, keep: float | None = KEEP_ABOVE) -> None:
    """Table `into` (l, r, pattern, frequency, score) for the pairs of a table (l, r)."""
    con = run.con
    con.execute(f"CREATE TABLE unlike_names AS {sql_names.unlike_names_statement(pairs, present=run.present)}")
    con.execute(f"CREATE TABLE name_levels AS {sql_names.name_levels_statement('unlike_names')}")
    con.execute("DROP TABLE unlike_names")
    con.execute("CREATE TABLE patterned (l INTEGER, r INTEGER, pattern BIGINT, frequency FLOAT, kin_frequency FLOAT)")
    for part in ranges(run, pairs, PAIRS_AT_ONCE):
        levels = sql.levels_statement(
            f"(SELECT * FROM {pairs} WHERE {part})", present=run.present, identifiers=run.identifiers
        )
        con.execute(
            f"INSERT INTO patterned {sql.patterns_statement(f'({levels})', run.parameters, present=run.present)}"
        )
    con.execute("DROP TABLE name_levels")
    patterns = np.asarray(con.execute("SELECT DISTINCT pattern FROM patterned").fetchnumpy()["pattern"], dtype=np.int64)
    cross = 1.0
    if run.link:
        sizes = [n for (n,) in con.execute("SELECT count(*) FROM records GROUP BY src").fetchall()]
        cross = 2 * sizes[0] * sizes[-1] / max(1, run.records * (run.records - 1))
    table = pa.table(pattern_table(patterns, run.parameters, run.records, cross))
    con.register("pattern_scores", table)
    where = "" if keep is None else f" WHERE score > {keep}"
    con.execute(f"CREATE TABLE {into} AS SELECT * FROM ({SCORE_SQL}){where}")
    con.unregister("pattern_scores")
    con.execute("DROP TABLE patterned")
    run.say(f"{len(patterns)} patterns scored")


def cluster(run: Run) -> None:
    """Table `clusters` (rid, cluster), every record once; a record alone is its own cluster."""
    con = run.con
    threshold = float(np.log(run.parameters.threshold / (1 - run.parameters.threshold)))
    rows = con.execute(f"SELECT l, r, score FROM scored WHERE score >= {threshold}").fetchnumpy()
    edges = list(zip(rows["l"].tolist(), rows["r"].tolist(), rows["score"].tolist(), strict=True))
    home = components((a, b) for a, b, _ in edges)
    sizes: dict[int, int] = {}
    for root in home.values():
        sizes[root] = sizes.get(root, 0) + 1
    large = {x: root for x, root in home.items() if sizes[root] > 2}
    if large:
        con.register("large_view", pa.table({"rid": list(large), "root": list(large.values())}))
        con.execute(
            "CREATE TABLE inner_pairs AS SELECT CAST(a.rid AS INTEGER) AS l, CAST(b.rid AS INTEGER) AS r "
            "FROM large_view a JOIN large_view b ON a.root = b.root AND a.rid < b.rid "
            f"WHERE a.root NOT IN (SELECT root FROM large_view GROUP BY root HAVING count(*) > {MAX_COMPONENT})"
        )
        con.unregister("large_view")
        compare(run, "inner_pairs", "inner_scored", keep=None)
        if run.parameters.trees:
            correct(run, "inner_scored")
        inner = con.execute("SELECT l, r, score FROM inner_scored").fetchnumpy()
        against = dict(
            zip(zip(inner["l"].tolist(), inner["r"].tolist(), strict=True), inner["score"].tolist(), strict=True)
        )
        con.execute("DROP TABLE inner_pairs")
        con.execute("DROP TABLE inner_scored")
        home.update(split([e for e in edges if e[0] in large], against))
    con.register(
        "home_view",
        pa.table({"rid": pa.array(list(home), pa.int32()), "home": pa.array(list(home.values()), pa.int32())}),
    )
    con.execute(
        "CREATE TABLE clusters AS SELECT r.rid, coalesce(h.home, r.rid) AS cluster FROM records r LEFT JOIN home_view h ON r.rid = h.rid"
    )
    con.unregister("home_view")
    run.say("clusters made")


def measure(run: Run) -> dict[str, float]:
    """Precision, recall and F1 of the pairs that the clusters imply, against the truth column."""
    count = (
        "SELECT coalesce(sum(pairs), 0) FROM (SELECT {by}, "
        + ("sum((c.src = 0)::INT) * sum((c.src = 1)::INT)" if run.link else "count(*) * (count(*) - 1) / 2")
        + " AS pairs FROM (SELECT k.cluster, w.truth, w.src FROM clusters k JOIN raw w ON k.rid = w.rid) c {where} GROUP BY {by})"
    )
    one = lambda by, where="": float(run.con.execute(count.format(by=by, where=where)).fetchall()[0][0])  # noqa: E731
    known = "WHERE truth IS NOT NULL"
    found, true, hit = one("cluster", known), one("truth", known), one("cluster, truth", known)
    precision = hit / found if found else 0.0
    recall = hit / true if true else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hit else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def peak_mb() -> int:
    """Peak resident memory of this process in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
