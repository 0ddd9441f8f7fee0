"""The databases of the search bench, kept in a folder so that the queries can be asked again on a quiet machine."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vatra.engines.names import fold

from .town import ACTOR_OFFICES, Town, full_name

VISIBLE = "EXISTS (SELECT 1 FROM person p JOIN granted g ON g.office = p.office WHERE p.id = k.person_id AND g.actor = 1 AND p.sealed = 0)"

Keys = Iterator[tuple[np.ndarray, np.ndarray]]
"""Blocks of (keys, persons), in the order of the keys."""


class Store:
    """A database with the tables of the bench; `ask` runs SQL with `?` or `%s` as its driver wants."""

    name = ""
    placeholder = "?"

    def ask(self, statement: str, params: list) -> list[tuple]:
        raise NotImplementedError

    def fill(self, town: Town) -> None:
        """The persons and what the actor is granted."""
        raise NotImplementedError

    def fill_keys(self, keys: Keys) -> None:
        """The key table and its index."""
        raise NotImplementedError

    def ask_nothing(self, statement: str) -> None:
        """Run a statement that has no rows."""
        raise NotImplementedError

    def warm(self) -> None:
        """Read what a search touches once, as a server that has been running has."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class Sqlite(Store):
    name = "sqlite"

    def __init__(self, folder: Path, *, new: bool) -> None:
        self.path = folder / "search.sqlite"
        if new:
            self.path.unlink(missing_ok=True)
        self.con = sqlite3.connect(self.path)
        self.con.execute("PRAGMA cache_size = -400000")
        if new:
            self.con.execute("PRAGMA journal_mode = OFF")
            self.con.execute("PRAGMA synchronous = OFF")

    def fill(self, town: Town) -> None:
        self.con.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, year INT, office INT, sealed INT)")
        for first, parts, years, offices, sealed in town.blocks():
            rows = zip(range(first, first + len(parts)), map(full_name, parts), years, offices, sealed, strict=True)
            self.con.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?)", rows)
        self.con.execute("CREATE TABLE granted (actor INT, office INT, PRIMARY KEY (office, actor)) WITHOUT ROWID")
        self.con.executemany("INSERT INTO granted VALUES (1, ?)", [(o,) for o in range(ACTOR_OFFICES)])
        self.con.commit()

    def fill_keys(self, keys: Keys) -> None:
        self.con.execute(
            "CREATE TABLE name_key (key INTEGER, person_id INTEGER, PRIMARY KEY (key, person_id)) WITHOUT ROWID"
        )
        for key, person in keys:
            rows = zip(key.tolist(), person.tolist(), strict=True)
            self.con.executemany("INSERT INTO name_key VALUES (?, ?)", rows)
        self.con.commit()

    def ask(self, statement: str, params: list) -> list[tuple]:
        return self.con.execute(statement, params).fetchall()

    def ask_nothing(self, statement: str) -> None:
        self.con.execute(statement)

    def warm(self) -> None:
        with self.path.open("rb") as file:
            while file.read(1 << 24):
                pass

    def close(self) -> None:
        self.con.close()


class Postgres(Store):
    """A cluster of its own in the folder, listening on a socket only; as root it runs as `nobody`."""

    name = "postgresql"
    placeholder = "%s"

    def __init__(self, folder: Path, *, new: bool) -> None:
        import psycopg

        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if "PG_BINDIR" in os.environ:
            found = [Path(os.environ["PG_BINDIR"])]
        if not found:
            raise SystemExit("PostgreSQL is not installed; set PG_BINDIR to the folder of initdb.")
        self.bin = found[-1]
        self.folder = folder / "postgresql"
        self.as_user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        self.running = False
        if new:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(mode=0o755)
            if self.as_user:
                shutil.chown(self.folder, "nobody")
            self._run("initdb", "-D", self.folder / "data", "-A", "trust", "-U", "bench", "--no-sync")
        options = (
            f"-c listen_addresses= -k {self.folder} -c shared_buffers=1GB -c fsync=off -c wal_level=minimal "
            "-c max_wal_senders=0 -c max_wal_size=4GB -c maintenance_work_mem=1GB -c jit=off -c random_page_cost=1.1"
        )
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-o", options, "-l", self.folder / "log", "start")
        self.con = psycopg.connect(f"host={self.folder} user=bench dbname=postgres", autocommit=True)

    def _run(self, command: str, *arguments: object) -> None:
        subprocess.run(
            [*self.as_user, self.bin / command, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, cwd="/"
        )

    def fill(self, town: Town) -> None:
        self.con.execute(
            "CREATE TABLE person (id bigint NOT NULL, name text, folded text, year int, office int, sealed int)"
        )
        with self.con.cursor() as cursor, cursor.copy("COPY person FROM STDIN") as copy:
            for first, parts, *columns in town.blocks():
                for i, (part, *rest) in enumerate(zip(parts, *columns, strict=True), start=first):
                    name = full_name(part)
                    copy.write_row((i, name, fold(name), *rest))
        self.con.execute("ALTER TABLE person ADD PRIMARY KEY (id)")
        self.con.execute("CREATE TABLE granted (actor int, office int, PRIMARY KEY (office, actor))")
        self.con.execute("INSERT INTO granted SELECT 1, o FROM generate_series(0, %s) o", [ACTOR_OFFICES - 1])
        self.con.execute("VACUUM ANALYZE")

    def fill_keys(self, keys: Keys) -> None:
        self.con.execute("CREATE UNLOGGED TABLE name_key (key bigint NOT NULL, person_id bigint NOT NULL)")
        kind = np.dtype([("n", ">i2"), ("a", ">i4"), ("key", ">i8"), ("b", ">i4"), ("person", ">i8")])
        with self.con.cursor() as cursor, cursor.copy("COPY name_key FROM STDIN (FORMAT binary)") as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for key, person in keys:
                block = np.zeros(len(key), dtype=kind)
                block["n"], block["a"], block["b"] = 2, 8, 8
                block["key"], block["person"] = key, person
                copy.write(block.tobytes())
            copy.write(b"\xff\xff")
        self.con.execute("CREATE UNIQUE INDEX ON name_key (key, person_id)")
        self.con.execute("VACUUM ANALYZE name_key")

    def warm(self) -> None:
        self.con.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        self.con.execute(
            "SELECT pg_prewarm(oid::regclass, 'read') FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relname <> 'name_key' AND relkind IN ('r', 'i')"
        )

    def trigrams(self) -> float:
        """The peer's index; returns the seconds it took."""
        self.con.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        start = time.perf_counter()
        self.con.execute("CREATE INDEX trigrams ON person USING gin (folded gin_trgm_ops)")
        return time.perf_counter() - start

    def ask(self, statement: str, params: list) -> list[tuple]:
        return self.con.execute(statement, params).fetchall()

    def ask_nothing(self, statement: str) -> None:
        self.con.execute(statement)

    def close(self) -> None:
        self.con.close()
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "fast", "stop")
