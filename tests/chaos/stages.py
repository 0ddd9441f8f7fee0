"""Databases to be harmed: made once, copied for each try. One process sets Django up; every try is a fork of it.

The parent never opens a connection of Django's: a fork must not inherit one.
"""

import contextlib
import dataclasses
import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclasses.dataclass
class Stage:
    """A database that can be copied, with a home folder for each copy."""

    home: Path
    copies: int = 0

    def enter(self, name: str) -> None:
        """In a fork: use this copy."""
        raise NotImplementedError

    def copy(self, of: str, to: str) -> None:
        raise NotImplementedError

    def drop(self, name: str) -> None:
        raise NotImplementedError

    def fresh(self, of: str) -> str:
        """Another copy of a database that nobody uses now."""
        self.copies += 1
        name = f"{of}_{self.copies}"
        self.copy(of, name)
        return name

    def _files(self, name: str) -> None:
        from django.conf import settings

        folder = self.home / name
        folder.mkdir(parents=True, exist_ok=True)
        settings.VATRA = dataclasses.replace(settings.VATRA, home=folder)


@dataclasses.dataclass
class Sqlite(Stage):
    def enter(self, name: str) -> None:
        from django.db import connections

        self._files(name)
        connections["default"].settings_dict["NAME"] = str(self.home / name / "vatra.sqlite3")

    def copy(self, of: str, to: str) -> None:
        shutil.copytree(self.home / of, self.home / to)

    def drop(self, name: str) -> None:
        shutil.rmtree(self.home / name)


@dataclasses.dataclass
class Postgres(Stage):
    url: str = ""

    def __post_init__(self) -> None:
        self.copy("template1", "base", of_files=False)

    def enter(self, name: str) -> None:
        from django.db import connections

        self._files(name)
        connections["default"].settings_dict["NAME"] = self._name(name)

    def _name(self, name: str) -> str:
        return name if name == "template1" else f"{self._mark}_{name}"

    @property
    def _mark(self) -> str:
        return self.home.name.replace("-", "_")

    def copy(self, of: str, to: str, *, of_files: bool = True) -> None:
        self._ask(f'CREATE DATABASE "{self._name(to)}" TEMPLATE "{self._name(of)}"')
        if of_files and (self.home / of).exists():
            shutil.copytree(self.home / of, self.home / to)

    def drop(self, name: str) -> None:
        self._ask(f'DROP DATABASE IF EXISTS "{self._name(name)}" WITH (FORCE)')
        shutil.rmtree(self.home / name, ignore_errors=True)

    def _ask(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(urlsplit(self.url)._replace(path="/postgres").geturl(), autocommit=True) as there:
            there.execute(statement)


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """By VATRA_DATABASE_URL: PostgreSQL there, otherwise SQLite; with Django set up and nothing opened."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vatra.config.django")
    django.setup()
    from django.conf import settings

    assert settings.TASKS  # read before the first fork
    home = Path(tempfile.mkdtemp(prefix="vatra_chaos_"))
    url = os.environ.get("VATRA_DATABASE_URL", "")
    made = Postgres(home, url=url) if url.startswith("postgres") else Sqlite(home)
    try:
        yield made
    finally:
        for name in ["base", *(path.name for path in home.glob("base_*"))]:
            with contextlib.suppress(OSError):
                made.drop(name)
        shutil.rmtree(home, ignore_errors=True)


class Died(Exception):
    """The fork ended without an answer: killed, as wished, or by a fault of its own."""


def in_fork(made: Stage, name: str, act: Callable[[], Any]) -> Any:
    """What `act` answers in a fork of this process that uses one copy. Raises Died when it was killed."""
    sys.stdout.flush()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        _be_child(made, name, act, write)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        answer = said.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        raise Died(os.WTERMSIG(status))
    if os.WEXITSTATUS(status):
        raise RuntimeError(answer.decode())
    return json.loads(answer)


def _be_child(made: Stage, name: str, act: Callable[[], Any], write: int) -> None:
    code = 0
    try:
        made.enter(name)
        answer = json.dumps(act(), default=str)
        from django.db import connections

        connections.close_all()
    except BaseException:
        answer, code = traceback.format_exc(), 1
    with os.fdopen(write, "wb") as out:
        out.write(answer.encode())
    os._exit(code)


def migrate() -> None:
    """The tables, in a fork."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
