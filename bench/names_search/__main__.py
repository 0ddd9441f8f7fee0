"""Search by name over millions of persons, on SQLite and PostgreSQL, with the visibility predicate; beside pg_trgm.

    python -m bench.names_search [--size 5000000] [--queries 300] [--on sqlite,postgresql,pg_trgm] [--reuse] [--folder F]

The databases are built in the folder and stay there; `--reuse` asks the same queries of them again, which is what counts
on a quiet machine. The key table is what the engine describes: (key bigint, person_id bigint) under one B-tree. A search
is the statement of `lookup_sql` with an EXISTS over the actor's grants and the seal, the candidates' names by id, and the
ranking; its time is all of that, in this process, warm. The peer is a trigram GIN index on the normalised name (fold),
asked with the similarity operator at 0.5 for time and at 0.3 for recall, as a competent user would, with the same
predicate and without the year. Queries are in `town.worse`; a query is answered if a person of that very name (and year,
where it was typed) is among the first ten: `recall10`. `fits10` also takes for an answer whoever has all the parts that
were meant, for "Ion Popescu" alone does not tell a thousand of them apart. What is answered by kind goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from bench.names import emit, name_of
from vatra.engines.names import Candidate, fold, lookup_sql, query_keys, rank
from vatra.engines.names.bulk import bulk_search_keys

from .stores import VISIBLE, Postgres, Sqlite, Store
from .town import Asked, Town, full_name

PARTS = 32
"""Files of keys, by their first bits, so that each is sorted in memory."""
Found = list[tuple[int, str, int]]
STORES: dict[str, type] = {"sqlite": Sqlite, "postgresql": Postgres}


def search(store: Store, text: str) -> Found:
    """The first ten (id, name, year), best first: at most two statements."""
    query = query_keys(text)
    if query.empty:
        return []
    statement, params = lookup_sql(
        query, table="name_key", visible=VISIBLE, placeholder=store.placeholder, lateral=store.name == "postgresql"
    )
    ids = [person for person, _ in store.ask(statement, params)]
    if not ids:
        return []
    rows = store.ask(f"SELECT id, name, year FROM person WHERE id IN ({', '.join(map(str, ids))})", [])
    place = {person: n for n, person in enumerate(ids)}
    rows.sort(key=lambda row: place[row[0]])
    found = {row[0]: row for row in rows}
    ranked = rank(query, [Candidate(i, [name], birth_year=year) for i, name, year in rows])
    return [found[hit.candidate_id] for hit in ranked[:10]]


def trigram(store: Store, text: str, least: float) -> Found:
    """The peer: the ten most similar folded names."""
    words = fold(" ".join(w for w in text.split() if not w.isdigit()))
    store.ask_nothing(f"SET pg_trgm.similarity_threshold = {least}")
    return store.ask(
        f"SELECT k.id, k.name, k.year FROM (SELECT id AS person_id, id, name, year, folded FROM person) k "
        f"WHERE k.folded %% %s AND {VISIBLE} ORDER BY similarity(k.folded, %s) DESC LIMIT 10",
        [words, words],
    )


def measure(asked: list[Asked], find: Callable[[str], Found], said: str) -> tuple[float, float, float]:
    """(p95 in milliseconds, recall at 10, share with somebody among the first ten of whom all that was meant is true)."""
    for one in asked[:60]:
        find(one.text)
    times, worked, hits, fits = [], [], [], []
    kinds: dict[str, list[bool]] = defaultdict(list)
    for one in asked:
        start, begun = time.perf_counter(), time.process_time()
        found = find(one.text)
        times.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - begun) * 1000)
        hits.append(any(one.is_answered(*row) for row in found))
        fits.append(any(one.fits(*row) for row in found))
        for kind in (*(one.kinds or ("as it is",)), *(() if "script" in one.kinds else ("one script",))):
            kinds[kind].append(hits[-1])
    clock, process = ([round(float(np.percentile(t, p)), 1) for p in (50, 95, 99)] for t in (times, worked))
    shares = ", ".join(f"{kind} {np.mean(h):.3f} of {len(h)}" for kind, h in sorted(kinds.items()))
    print(
        f"{said}: ms at 50, 95, 99 of a hundred: clock {clock}, this process {process}; load {os.getloadavg()}",
        file=sys.stderr,
    )
    print(f"{said}: found {np.mean(hits):.3f}, fits {np.mean(fits):.3f}; {shares}", file=sys.stderr)
    return float(np.percentile(times, 95)), float(np.mean(hits)), float(np.mean(fits))


class Spool:
    """All keys of all persons on disk, read back in the order of the keys, so that indexes are written left to right."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "keys"

    def make(self, town: Town) -> int:
        """Compute every key; returns how many."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        files = [
            ((self.folder / f"{n}.key").open("wb"), (self.folder / f"{n}.person").open("wb")) for n in range(PARTS)
        ]
        count = 0
        for first, parts, years, _, _ in town.blocks():
            ids = np.arange(first, first + len(parts), dtype=np.int64)
            keys, owners = bulk_search_keys(ids, [full_name(p) for p in parts], np.array(years))
            bounds = np.searchsorted(keys, [(n * 2**59) - 2**63 for n in range(1, PARTS)])
            for (one, two), k, o in zip(files, np.split(keys, bounds), np.split(owners, bounds), strict=True):
                k.tofile(one)
                o.astype(np.int32).tofile(two)
            count += len(keys)
        for one, two in files:
            one.close()
            two.close()
        return count

    def read(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Sorted blocks."""
        for n in range(PARTS):
            keys = np.fromfile(self.folder / f"{n}.key", dtype=np.int64)
            owners = np.fromfile(self.folder / f"{n}.person", dtype=np.int32)
            order = np.argsort(keys, kind="stable")
            for at in range(0, len(order), 1_000_000):
                some = order[at : at + 1_000_000]
                yield keys[some], owners[some].astype(np.int64)


def build(folder: Path, town: Town, on: list[str]) -> None:
    """Fill the databases anew; seconds and bytes go to built.json."""
    spool, built = Spool(folder), {}
    start = time.perf_counter()
    built["keys"] = spool.make(town)
    built["computing"] = time.perf_counter() - start
    for name in on:
        if name not in STORES:
            continue
        store = STORES[name](folder, new=True)
        try:
            store.fill(town)
            start = time.perf_counter()
            store.fill_keys(spool.read())
            built[name] = time.perf_counter() - start
            if name == "postgresql" and "pg_trgm" in on:
                built["pg_trgm"] = store.trigrams()
        finally:
            store.close()
        print(f"{name}: built; {built}; load {os.getloadavg()}", file=sys.stderr)
    shutil.rmtree(spool.folder)
    (folder / "built.json").write_text(json.dumps(built))


def ask(folder: Path, asked: list[Asked], on: list[str]) -> tuple[dict, tuple | None]:
    """Our figures by store, and the peer's."""
    ours: dict[str, tuple[float, float, float]] = {}
    peer = None
    for name in on:
        if name not in STORES:
            continue
        store = STORES[name](folder, new=False)
        try:
            store.warm()
            ours[name] = measure(asked, lambda text, store=store: search(store, text), name)
            if name == "postgresql" and "pg_trgm" in on:
                fast, *_ = measure(asked, lambda text, store=store: trigram(store, text, 0.5), "pg_trgm at .5")
                _, *shares = measure(asked, lambda text, store=store: trigram(store, text, 0.3), "pg_trgm at .3")
                peer = (fast, *shares)
        finally:
            store.close()
    return ours, peer


def report(size: str, ours: dict, peer: tuple | None, built: dict) -> None:
    """The figures of the issue."""
    for name, (p95, recall, fits) in ours.items():
        fast, found, fitting = peer or (None, None, None)
        gin, made = built.get("pg_trgm"), built["computing"] + built[name]
        row = {"peer": "pg_trgm"}
        emit(f"names.search.p95.{size}.{name}", p95, fast, "ms", must=60, aim=20, less="absolute", **row)
        emit(f"names.search.recall10.{size}.{name}", recall, found, "share", must=found, aim=0.95, **row)
        emit(f"names.search.fits10.{size}.{name}", fits, fitting, "share", must=fitting, aim=0.95, **row)
        emit(f"names.search.build.{size}.{name}", made, gin, "s", must=None, aim=1.0, less=True, **row)


def main(arguments: list[str] | None = None) -> None:
    """Build, ask, report."""
    said = argparse.ArgumentParser(prog="python -m bench.names_search", description=__doc__.splitlines()[0])
    said.add_argument("--size", type=int, default=5_000_000)
    said.add_argument("--queries", type=int, default=300)
    said.add_argument("--on", default="sqlite,postgresql,pg_trgm")
    said.add_argument("--reuse", action="store_true", help="ask what an earlier run has built")
    said.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "vatra-bench-names")
    options = said.parse_args(arguments)
    on, size = options.on.split(","), name_of(options.size)
    folder = options.folder / size
    folder.mkdir(parents=True, exist_ok=True)
    (options.folder).chmod(0o755)
    town = Town(options.size)
    if not options.reuse:
        build(folder, town, on)
    asked = town.questions(options.queries)
    ours, peer = ask(folder, asked, on)
    report(size, ours, peer, json.loads((folder / "built.json").read_text()))


if __name__ == "__main__":
    main()
