"""State machines as plain tables: `MOVES = {State.A: {State.B, …}, …}`."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from .refused import Refused
from .words import gettext_noop

S = TypeVar("S", bound=Hashable)
Moves = Mapping[S, frozenset[S] | set[S]]


class IllegalMove(Refused):
    """The record is in a state from which this step cannot be taken.

    Which, `values` say; the sentence does not: a state is a code, and no reader's language.
    """

    def __init__(self, source: object, target: object) -> None:
        super().__init__(
            "illegal_move",
            gettext_noop("This step is not possible now, as the record stands."),
            gettext_noop("Open the record again to see what can be done next."),
            source=str(source),
            target=str(target),
        )


def check_move(moves: Moves[S], *, source: S, target: S) -> None:
    """Refuse a step that the table does not allow."""
    if target not in moves.get(source, frozenset()):
        raise IllegalMove(source, target)


def reachable(moves: Moves[S], start: S) -> set[S]:
    """Every state that can be reached from `start`, itself included."""
    seen, queue = {start}, [start]
    while queue:
        for state in moves.get(queue.pop(), ()):
            if state not in seen:
                seen.add(state)
                queue.append(state)
    return seen
