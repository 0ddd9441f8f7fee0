"""The source files that the laws are about, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "vatra"
DJANGO_FLOORS = ("foundation", "rooms", "journeys", "look", "web", "portals")


@dataclass(frozen=True)
class Source:
    """One module: its path below src/vatra, and its tree."""

    path: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """`rooms/people` of `rooms/people/commands/x.py`; `journeys` of `journeys/x.py`."""
        parts = self.path.split("/")
        return "/".join(parts[:2]) if parts[0] in {"foundation", "rooms", "portals", "engines"} else parts[0]

    @property
    def inner(self) -> str:
        """The path inside its place: `commands/x.py`."""
        return self.path.removeprefix(f"{self.place}/")


def parsed(path: str, code: str) -> Source:
    return Source(path, ast.parse(code))


@cache
def sources() -> tuple[Source, ...]:
    """Every module of Vatra that is not a test or a migration."""
    return tuple(_read())


def _read() -> Iterator[Source]:
    for file in sorted(SRC.rglob("*.py")):
        path = file.relative_to(SRC).as_posix()
        if "/tests/" not in path and "/migrations/" not in path and not path.endswith("conftest.py"):
            yield parsed(path, file.read_text())
