"""Search by name over millions of persons, on SQLite and PostgreSQL, with the visibility predicate; beside pg_trgm.

    python -m bench.names_search [--size 5000000] [--queries 500] [--on sqlite,postgresql,pg_trgm]

The key table is what the registry keeps: (key bigint, person_id bigint) under one B-tree. A search is the
statement of `lookup_sql` with
an EXISTS over the actor's grants and the seal, the candidates' names by id, and the ranking; its time is
all of that, in this process,
warm. The peer is a trigram GIN index on the normalised name (fold), asked with the similarity operator at
0.5 for time and at 0.3
for recall, as a competent user would, with the same predicate. Queries are the names of persons drawn at
random, made worse as people
make them worse: parts left out and turned round, slips, other script, no marks; three in ten with a year of birth.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.names import BUILD, emit
from vatra.engines.linkage.synthetic import people
from vatra.engines.linkage.synthetic.corruption import plain, typo
from vatra.engines.names import Candidate, fold, lookup_sql, query_keys, rank
from vatra.engines.names.bulk import bulk_search_keys

SEED = 7100
BASE = 120_000
"""Synthetic records whose name parts are recombined, within a culture and script, into as many persons as asked."""
OFFICES = 40
ACTOR_OFFICES = 24
VISIBLE = "EXISTS (SELECT 1 FROM person p JOIN granted g ON g.office = p.office WHERE p.id = k.person_id AND g.actor = 1 AND p.sealed = 0)"


def town(size: int) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray, list[tuple]]:
    """(full names, birth years, offices, sealed, the parts behind each name)."""
    groups: dict[tuple, list[dict]] = {}
    for row in people(BASE, seed=SEED, noise=0.0, duplicates=0.0):
        arabic = any("\u0600" < c < "\u06ff" for c in row["given_name"])
        groups.setdefault((row["culture"], arabic), []).append(row)
    pick = np.random.default_rng(SEED)
    names: list[str] = []
    parts: list[tuple] = []
    for rows in groups.values():
        n = round(size * len(rows) / BASE)
        given, father, family = (pick.integers(0, len(rows), n) for _ in range(3))
        for i, j, k in zip(given.tolist(), father.tolist(), family.tolist(), strict=True):
            part = (rows[i]["given_name"], rows[j]["father_name"], rows[k]["family_name"])
            parts.append(part)
            names.append(" ".join(part))
    count = len(names)
    years = 1930 + pick.integers(0, 95, count)
    return names, years, pick.integers(0, OFFICES, count), (pick.random(count) < 0.01).astype(int), parts


def worse(parts: tuple, year: int, rng: random.Random) -> str:
    """What somebody types who looks for this person."""
    given, father, family = parts
    said = [given, family] if rng.random() < 0.55 else [given, father, family]
    if rng.random() < 0.45:
        place = rng.randrange(len(said))
        said[place] = typo(said[place], rng)
    if rng.random() < 0.3:
        said = said[::-1] if len(said) == 2 else [said[2], *said[:2]]
    text = " ".join(said)
    if rng.random() < 0.5:
        text = plain(text) if text.isascii() or max(text) < "\u0600" else fold(text)
    if rng.random() < 0.3:
        text = text.lower()
    return f"{text} {year}" if rng.random() < 0.3 else text


class Store:
    """A database with the tables of the bench; `ask` runs SQL with `?` or `%s` as its driver wants."""

    placeholder = "?"

    def ask(self, statement: str, params: list) -> list[tuple]:
        raise NotImplementedError


class Sqlite(Store):
    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.con = sqlite3.connect(path)
        self.con.execute("PRAGMA journal_mode = OFF")
        self.con.execute("PRAGMA synchronous = OFF")
        self.con.execute("PRAGMA cache_size = -400000")

    def fill(self, names: list[str], years: np.ndarray, offices: np.ndarray, sealed: np.ndarray) -> None:
        self.con.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, year INT, office INT, sealed INT)")
        rows = zip(range(len(names)), names, years.tolist(), offices.tolist(), sealed.tolist(), strict=True)
        self.con.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?)", rows)
        self.con.execute("CREATE TABLE granted (actor INT, office INT, PRIMARY KEY (office, actor)) WITHOUT ROWID")
        self.con.executemany("INSERT INTO granted VALUES (1, ?)", [(o,) for o in range(ACTOR_OFFICES)])
        self.con.commit()

    def fill_keys(self, keys: np.ndarray, owners: np.ndarray) -> None:
        self.con.execute(
            "CREATE TABLE name_key (key INTEGER, person_id INTEGER, PRIMARY KEY (key, person_id)) WITHOUT ROWID"
        )
        step = 2_000_000
        for at in range(0, len(keys), step):
            rows = zip(keys[at : at + step].tolist(), owners[at : at + step].tolist(), strict=True)
            self.con.executemany("INSERT INTO name_key VALUES (?, ?)", rows)
        self.con.commit()

    def ask(self, statement: str, params: list) -> list[tuple]:
        return self.con.execute(statement, params).fetchall()

    def close(self) -> None:
        self.con.close()


class Postgres(Store):
    """A throw-away cluster in a temporary folder; as root it runs as `nobody`."""

    placeholder = "%s"

    def __init__(self) -> None:
        import psycopg

        found = (
            [Path(os.environ["PG_BINDIR"])]
            if "PG_BINDIR" in os.environ
            else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        )
        if not found:
            raise SystemExit("PostgreSQL is not installed; set PG_BINDIR to the folder of initdb.")
        self.bin = found[-1]
        self.folder = Path(tempfile.mkdtemp(prefix="vatra-bench-pg-"))
        self.folder.chmod(0o755)
        data = self.folder / "data"
        self.as_user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        if self.as_user:
            shutil.chown(self.folder, "nobody")
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
        subprocess.run(
            [*self.as_user, self.bin / "initdb", "-D", data, "-A", "trust", "-U", "bench", "--no-sync"], **quiet
        )
        options = f"-c listen_addresses= -k {self.folder} -c shared_buffers=1GB -c fsync=off -c max_wal_size=8GB -c maintenance_work_mem=1GB -c jit=off"
        self.data = data
        subprocess.run(
            [*self.as_user, self.bin / "pg_ctl", "-D", data, "-w", "-o", options, "-l", self.folder / "log", "start"],
            **quiet,
        )
        self.con = psycopg.connect(f"host={self.folder} user=bench dbname=postgres", autocommit=True)

    def fill(self, names: list[str], years: np.ndarray, offices: np.ndarray, sealed: np.ndarray) -> None:
        self.con.execute(
            "CREATE TABLE person (id bigint PRIMARY KEY, name text, folded text, year int, office int, sealed int)"
        )
        with self.con.cursor() as cursor, cursor.copy("COPY person FROM STDIN") as copy:
            for row in zip(range(len(names)), names, years.tolist(), offices.tolist(), sealed.tolist(), strict=True):
                copy.write_row((row[0], row[1], fold(row[1]), *row[2:]))
        self.con.execute("CREATE TABLE granted (actor int, office int, PRIMARY KEY (office, actor))")
        self.con.execute("INSERT INTO granted SELECT 1, o FROM generate_series(0, %s) o", [ACTOR_OFFICES - 1])
        self.con.execute("ANALYZE")

    def fill_keys(self, keys: np.ndarray, owners: np.ndarray) -> None:
        self.con.execute("CREATE UNLOGGED TABLE name_key (key bigint NOT NULL, person_id bigint NOT NULL)")
        kind = np.dtype([("n", ">i2"), ("a", ">i4"), ("key", ">i8"), ("b", ">i4"), ("person", ">i8")])
        with self.con.cursor() as cursor, cursor.copy("COPY name_key FROM STDIN (FORMAT binary)") as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for at in range(0, len(keys), 1_000_000):
                block = np.zeros(len(keys[at : at + 1_000_000]), dtype=kind)
                block["n"], block["a"], block["b"] = 2, 8, 8
                block["key"], block["person"] = keys[at : at + 1_000_000], owners[at : at + 1_000_000]
                copy.write(block.tobytes())
            copy.write(b"\xff\xff")
        self.con.execute("CREATE INDEX ON name_key (key, person_id)")
        self.con.execute("VACUUM ANALYZE name_key")

    def ask(self, statement: str, params: list) -> list[tuple]:
        return self.con.execute(statement, params).fetchall()

    def close(self) -> None:
        self.con.close()
        subprocess.run(
            [*self.as_user, self.bin / "pg_ctl", "-D", self.data, "-m", "immediate", "stop"],
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        shutil.rmtree(self.folder, ignore_errors=True)


def search(store: Store, text: str) -> list:
    """Ids of the first ten, best first: at most two statements."""
    query = query_keys(text)
    if query.empty:
        return []
    statement, params = lookup_sql(query, table="name_key", visible=VISIBLE, placeholder=store.placeholder)
    ids = [person for person, _ in store.ask(statement, params)]
    if not ids:
        return []
    listed = ", ".join(str(i) for i in ids)
    rows = store.ask(f"SELECT id, name, year FROM person WHERE id IN ({listed})", [])
    place = {p: n for n, p in enumerate(ids)}
    rows.sort(key=lambda row: place[row[0]])
    return [r.candidate_id for r in rank(query, [Candidate(i, [n], birth_year=y) for i, n, y in rows])[:10]]


def trigram(store: Store, text: str, least: float) -> list:
    """The peer: the ten most similar folded names."""
    words = fold(" ".join(w for w in text.split() if not w.isdigit()))
    store.con.execute(f"SET pg_trgm.similarity_threshold = {least}")
    rows = store.ask(
        f"SELECT k.id FROM (SELECT id AS person_id, id, folded FROM person) k WHERE k.folded %% %s AND {VISIBLE} "
        "ORDER BY similarity(k.folded, %s) DESC LIMIT 10",
        [words, words],
    )
    return [i for (i,) in rows]


def measure(
    asked: list[tuple[int, str, str]], find: Callable[[str], list], same: dict[int, str]
) -> tuple[float, float]:
    """(p95 in milliseconds, recall at 10): found if a person of that very name and year is among the first ten."""
    for _, text, _ in asked[:30]:
        find(text)
    times, worked, hits = [], [], 0
    for person, text, identity in asked:
        start, begun = time.perf_counter(), time.process_time()
        found = find(text)
        times.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - begun) * 1000)
        hits += any(i == person or same.get(i) == identity for i in found)
    said = [round(float(np.percentile(t, p)), 1) for t in (times, worked) for p in (50, 95)]
    print(f"median, p95 in ms: clock {said[0]}, {said[1]}; this process {said[2]}, {said[3]}", file=sys.stderr)
    return float(np.percentile(times, 95)), hits / len(asked)


def main(arguments: list[str] | None = None) -> None:
    """Build, ask, report."""
    said = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    said.add_argument("--size", type=int, default=5_000_000)
    said.add_argument("--queries", type=int, default=500)
    said.add_argument("--on", default="sqlite,postgresql,pg_trgm")
    options = said.parse_args(arguments)
    on = options.on.split(",")
    BUILD.mkdir(parents=True, exist_ok=True)
    names, years, offices, sealed, parts = town(options.size)
    rng = random.Random(SEED)
    asked, same = [], {}
    while len(asked) < options.queries:
        person = rng.randrange(len(names))
        if offices[person] < ACTOR_OFFICES and not sealed[person]:
            text = worse(parts[person], int(years[person]), rng)
            with_year = text.endswith(str(years[person]))
            # Without a year, another person of the very same name is as good an answer: nobody could tell them apart.
            asked.append((person, text, names[person] + (str(years[person]) if with_year else "")))
    wanted = {identity for _, _, identity in asked}
    for i, (name, year) in enumerate(zip(names, years.tolist(), strict=True)):
        if name in wanted:
            same[i] = name
        elif f"{name}{year}" in wanted:
            same[i] = f"{name}{year}"
    size = f"{options.size // 1_000_000}m" if options.size >= 1_000_000 else f"{options.size // 1000}k"
    start = time.perf_counter()
    keys, owners = every_key(names, years)
    computing = time.perf_counter() - start
    print(f"{len(keys)} keys of {len(names)} persons in {computing:.0f} s", file=sys.stderr)
    ours: dict[str, tuple[float, float, float]] = {}
    peer = None
    if "sqlite" in on:
        store = Sqlite(BUILD / "search.sqlite")
        store.fill(names, years, offices, sealed)
        start = time.perf_counter()
        store.fill_keys(keys, owners)
        built = computing + time.perf_counter() - start
        ours["sqlite"] = (*measure(asked, lambda text: search(store, text), same), built)
        store.close()
        (BUILD / "search.sqlite").unlink()
    if "postgresql" in on:
        base = Postgres()
        try:
            base.fill(names, years, offices, sealed)
            start = time.perf_counter()
            base.fill_keys(keys, owners)
            built = computing + time.perf_counter() - start
            ours["postgresql"] = (*measure(asked, lambda text: search(base, text), same), built)
            if "pg_trgm" in on:
                base.con.execute("CREATE EXTENSION pg_trgm")
                start = time.perf_counter()
                base.con.execute("CREATE INDEX ON person USING gin (folded gin_trgm_ops)")
                gin = time.perf_counter() - start
                fast, _ = measure(asked[:120], lambda text: trigram(base, text, 0.5), same)
                slow, recall = measure(asked[:120], lambda text: trigram(base, text, 0.3), same)
                print(f"pg_trgm at 0.3: p95 {slow:.0f} ms", file=sys.stderr)
                peer = (fast, recall, gin)
        finally:
            base.close()
    report(size, ours, peer)


def every_key(names: list[str], years: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All keys of all persons, sorted by key, so that the index is written from left to right."""
    step, made = 250_000, []
    for at in range(0, len(names), step):
        ids = np.arange(at, min(at + step, len(names)), dtype=np.int64)
        keys, owners = bulk_search_keys(ids, names[at : at + step], years[at : at + step])
        made.append((keys, owners.astype(np.int32)))
    keys = np.concatenate([k for k, _ in made])
    owners = np.concatenate([o for _, o in made])
    order = np.argsort(keys, kind="stable")
    return keys[order], owners[order]


def report(size: str, ours: dict[str, tuple[float, float, float]], peer: tuple[float, float, float] | None) -> None:
    """The figures of the issue."""
    for name, (p95, recall, built) in ours.items():
        row = {"peer": "pg_trgm"}
        emit(f"names.search.p95.{size}.{name}", p95, peer and peer[0], "ms", must=60, aim=20, less="absolute", **row)
        emit(
            f"names.search.recall10.{size}.{name}",
            recall,
            peer and peer[1],
            "share",
            must=peer and peer[1],
            aim=0.95,
            **row,
        )
        emit(f"names.search.build.{size}.{name}", built, peer and peer[2], "s", must=None, aim=1.0, less=True, **row)


if __name__ == "__main__":
    main()
