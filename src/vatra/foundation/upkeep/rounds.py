"""Which work comes round, declared by the rooms when Django starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Declared:
    """`call` is the dotted path of a function that takes `at`; idempotent, bounded, safe to repeat."""

    code: str
    every: timedelta
    call: str

    def function(self) -> Callable[..., object]:
        return import_string(self.call)

    def run(self, at: datetime) -> None:
        self.function()(at=at)


_ROUNDS: dict[str, Declared] = {}


def register_round(code: str, *, every: timedelta, call: str) -> None:
    declared = Declared(code, every, call)
    if _ROUNDS.setdefault(code, declared) != declared:
        raise ValueError(f"two rooms declare the round {code}")


def rounds() -> tuple[Declared, ...]:
    return tuple(_ROUNDS.values())
