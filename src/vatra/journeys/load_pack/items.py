"""One definition of a pack, as loading sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Item:
    """One definition that a pack says, how it stands now, and how to write or retire it."""

    kind: str
    code: str
    said: dict[str, Any]
    stands: Callable[[], dict[str, Any] | None]
    write: Callable[[], object]


def without(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in names}
