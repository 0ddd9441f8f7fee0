"""`make bench-names`: record linkage beside Splink, one line of JSON per figure; search is in `bench.names_search`.

    python -m bench.names [--sizes 50000,200000,1000000] [--runs 3] [--only f1,labels,cultures,public,skeletons]

The peer is Splink as `../shared/bench/linkage/peer_splink.py` sets it up, in an environment of its own
under build/. It is taken at its
best threshold for F1, which flatters it; ours at the threshold that ships. Both run alternately, each in a
process of its own, and
the median counts. Boundary of time: the peer from reading the file to scored pairs (imports, clustering
and writing not counted); ours from
reading the file to written pairs and clusters. Peak memory is that of the process. The seeds here are used
nowhere else.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
PEER = SHARED / "bench" / "linkage" / "peer_splink.py"
BUILD = ROOT / "build" / "bench-names"
RESULTS = ROOT / "bench" / "results" / "names.jsonl"
SEEDS = {50_000: 7001, 200_000: 7002, 1_000_000: 7003}
CULTURES = {"arabic": 7011, "turkish": 7012, "romanian": 7013, "hungarian": 7014}
LABELS = 2000
MAP = {
    "given_name": "given_name", "father_name": "father_name", "family_name": "family_name", "birth_date": "dob", "sex": "sex",
    "locality": "locality", "phone": "phone",
}  # fmt: skip


def emit(
    figure: str,
    ours: float,
    theirs: float | None,
    unit: str,
    *,
    must: float | None,
    aim: float | None,
    less: bool | str = False,
    peer: str = "splink",
) -> None:
    """Print and keep one figure.

    `must` and `aim` are what ours should reach; with `less` what its ratio to theirs should not exceed, and with
    ``less="absolute"`` what ours should not exceed.
    """
    judged = ours / theirs if less is True and theirs else ours
    ok = None if must is None else bool(judged <= must if less else judged >= must - 1e-9)
    row = {
        "figure": figure, "ours": round(ours, 4), "peer": peer if theirs is not None else None,
        "theirs": None if theirs is None else round(theirs, 4), "ratio": None if not theirs else round(ours / theirs, 3), "unit": unit,
        "must": None if must is None else round(must, 4), "aim": None if aim is None else round(aim, 4), "ok": ok,
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip
    print(json.dumps(row), flush=True)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a") as file:
        file.write(json.dumps(row | {"at": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime())}) + "\n")


def peer_python() -> Path | None:
    """The peer's own Python, installed on the first use; None where the peer's set-up or a network is missing."""
    if not PEER.exists():
        print(f"The peer's set-up {PEER} is not there; only our own figures are measured.", file=sys.stderr)
        return None
    python = ROOT / "build" / "peer" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
        made = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "splink>=5,<6", "duckdb", "pyarrow", "pandas"]
        )
        if made.returncode:
            return None
    return python


def run_peer(python: Path | None, data: Path) -> dict | None:
    """One run of the peer, or None where it is missing or fails."""
    if python is None:
        return None
    done = subprocess.run([str(python), str(PEER), str(data)], capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1]) if done.returncode == 0 and done.stdout.strip() else None


def run_ours(data: Path, *more: str) -> dict:
    """One run of `vatra match`."""
    columns = data.with_suffix(".yaml")
    have = {row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{data}')").fetchall()}
    mapped = {"id": "unique_id", **{f: c for f, c in MAP.items() if c in have}}
    if "national_id" in have:
        mapped["identifiers"] = ["national_id"]
    columns.write_text(yaml.safe_dump(mapped))
    command = [
        sys.executable, "-m", "bench.names", "--match", str(data), "--columns", str(columns), "--out", str(data.with_suffix(".out.parquet")),
        "--truth", "entity", "--json", *more,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout.strip().splitlines()[-1])


def population(size: int, seed: int, culture: str = "mixed") -> Path:
    """The test population, made once."""
    from vatra.engines.linkage.synthetic import write_people

    path = BUILD / f"{culture}-{size}-{seed}.parquet"
    if not path.exists():
        write_people(path, size, seed=seed, culture=culture)
    return path


def beside(data: Path, python: Path | None, runs: int) -> tuple[dict, dict | None]:
    """Alternating runs; medians of seconds and memory, figures of the last."""
    ours, theirs = [], []
    for _ in range(runs):
        theirs.append(run_peer(python, data))
        ours.append(run_ours(data))
    mine = ours[-1] | {k: statistics.median(r[k] for r in ours) for k in ("seconds", "peak_mb")}
    if any(t is None for t in theirs):
        return mine, None
    last = theirs[-1] | {k: statistics.median(r[k] for r in theirs) for k in ("seconds", "rss_mb")}
    return mine, last


def name_of(size: int) -> str:
    """50000 as 50k, 1000000 as 1m."""
    return f"{size // 1_000_000}m" if size >= 1_000_000 else f"{size // 1000}k"


def sizes(python: Path | None, wanted: list[int], runs: int) -> None:
    """F1, time and memory at each size."""
    for size in wanted:
        data = population(size, SEEDS.get(size, 7000))
        ours, theirs = beside(data, python, runs if size < 500_000 else 1)
        f1 = theirs["best"][2] if theirs else None
        n = name_of(size)
        emit(f"names.f1.{n}", ours["f1"], f1, "F1", must=f1, aim=None if f1 is None else min(1, f1 + 0.20))
        emit(f"names.seconds.{n}", ours["seconds"], theirs and theirs["seconds"], "s", must=1.0, aim=0.5, less=True)
        emit(f"names.peak_mb.{n}", ours["peak_mb"], theirs and theirs["rss_mb"], "MiB", must=1.0, aim=0.5, less=True)
        if size >= 1_000_000:
            emit(f"names.peak_mb.{n}.bound", ours["peak_mb"], None, "MiB", must=6144, aim=None, less="absolute")


def cultures(python: Path | None) -> None:
    """F1 in each naming culture at 50 k."""
    for culture, seed in CULTURES.items():
        ours, theirs = beside(population(50_000, seed, culture), python, 1)
        f1 = theirs["best"][2] if theirs else None
        must, aim = (None, None) if f1 is None else (f1 + 0.05, min(1, f1 + 0.20))
        emit(f"names.f1.50k.{culture}", ours["f1"], f1, "F1", must=must, aim=aim)


def labels(python: Path | None, size: int) -> None:
    """F1 with labelled pairs, on entities none of whose records was labelled."""
    data = population(size, SEEDS.get(size, 7000))
    review, labelled = data.with_suffix(".review.csv"), data.with_suffix(".labels.csv")
    run_ours(data, "--review", str(review))
    con = duckdb.connect()
    con.execute(f"CREATE TABLE t AS SELECT CAST(unique_id AS VARCHAR) AS id, entity FROM read_parquet('{data}')")
    con.execute(
        f"COPY (SELECT left_id, right_id, CAST(a.entity = b.entity AS INTEGER) AS label FROM read_csv('{review}', all_varchar = true) r "
        f"JOIN t a ON r.left_id = a.id JOIN t b ON r.right_id = b.id LIMIT {LABELS}) TO '{labelled}' (HEADER)"
    )
    run_ours(data, "--labels", str(labelled))
    clusters = data.with_name(data.stem + ".out.clusters.parquet")
    con.execute(
        f"CREATE TABLE seen AS SELECT DISTINCT entity FROM t JOIN read_csv('{labelled}', all_varchar = true) g ON id IN (left_id, right_id)"
    )
    con.execute(
        f"CREATE TABLE k AS SELECT c.cluster, t.entity, t.entity IN (SELECT entity FROM seen) AS labelled FROM "
        f"read_parquet('{clusters}') c JOIN t ON c.id = t.id"
    )
    # A pair counts if neither of its records was of a labelled entity.
    pairs = lambda by: float(  # noqa: E731
        con.execute(
            f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM k WHERE NOT labelled GROUP BY {by})"
        ).fetchall()[0][0]
    )
    found, true, hit = pairs("cluster"), pairs("entity"), pairs("cluster, entity")
    precision, recall = hit / found, hit / true
    theirs = run_peer(python, data)
    f1 = 2 * precision * recall / (precision + recall)
    emit(f"names.f1.{name_of(size)}.labels", f1, theirs and theirs["best"][2], "F1", must=0.90, aim=0.96)


def public(python: Path | None) -> None:
    """The public sets with default parameters."""
    source = SHARED / "data" / "linkage"
    if not source.exists():
        print(f"The public sets {source} are not there.", file=sys.stderr)
        return
    febrl = (
        "SELECT row_number() OVER () AS unique_id, nullif(trim(given_name), '') AS given_name, nullif(trim(surname), '') AS family_name, "
        "CASE WHEN length(trim(date_of_birth)) = 8 THEN left(trim(date_of_birth), 4) || '-' || substr(trim(date_of_birth), 5, 2) || '-' "
        "|| substr(trim(date_of_birth), 7, 2) END AS dob, nullif(trim(suburb), '') AS locality, nullif(trim(soc_sec_id), '') AS "
        "national_id, regexp_extract(rec_id, 'rec-(\\d+)-', 1) AS entity "
        "FROM read_csv('{}', all_varchar = true, normalize_names = true)"
    )
    sets = {
        "febrl1": febrl.format(source / "febrl_small" / "dataset1.csv"),
        "febrl2": febrl.format(source / "febrl_small" / "dataset2.csv"),
        "fake_1000": "SELECT unique_id, first_name AS given_name, surname AS family_name, dob, city AS locality, email AS national_id, "
        f"cluster AS entity FROM read_csv('{source / 'splink' / 'fake_1000.csv'}', all_varchar = true)",
        "rldata500": "SELECT row_number() OVER () AS unique_id, fname_c1 AS given_name, lname_c1 AS family_name, "
        "printf('%04d-%02d-%02d', \"by\"::INT, bm::INT, bd::INT) AS dob, true_id AS entity "
        f"FROM read_csv('{source / 'rldata' / 'RLdata500.csv'}', all_varchar = true)",
    }
    for name, select in sets.items():
        data = BUILD / f"{name}.parquet"
        duckdb.sql(f"COPY ({select}) TO '{data}'")
        theirs, ours = run_peer(python, data), run_ours(data)
        f1 = theirs["best"][2] if theirs else None
        emit(f"names.f1.{name}", ours["f1"], f1, "F1", must=f1, aim=None)


def skeletons() -> None:
    """The share of Wikidata pairs whose skeletons meet, and of random pairs that wrongly do."""
    from vatra.engines.names.tests.test_real_names import PAIRS, shares

    if not PAIRS.exists():
        return
    rows = [line.split("\t") for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    meet, wrong = shares([(a, b.replace(" ", "")) for a, b, _ in rows], tries=400_000)
    emit("names.skeletons.meet", meet, None, "share", must=None, aim=None)
    emit("names.skeletons.random_meet", wrong, None, "share", must=None, aim=None)


def main() -> None:
    """Measure what is asked for."""
    if sys.argv[1:2] == ["--match"]:
        from vatra.portals.cli.match import match

        match(sys.argv[2:])
        return
    said = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    said.add_argument("--sizes", default="50000,200000,1000000")
    said.add_argument("--runs", type=int, default=3)
    said.add_argument("--only", default="skeletons,public,cultures,labels,f1,search")
    asked = said.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    only, wanted = asked.only.split(","), [int(s) for s in asked.sizes.split(",")]
    python = peer_python()
    if "skeletons" in only:
        skeletons()
    if "public" in only:
        public(python)
    if "cultures" in only:
        cultures(python)
    if "labels" in only:
        labels(python, min(200_000, max(wanted)))
    if "f1" in only:
        sizes(python, wanted, asked.runs)
    if "search" in only:
        from bench.names_search.__main__ import main as search

        search([])


if __name__ == "__main__":
    main()
