"""A table with margins as a circulation, and what its published cells say about the hidden ones.

Every cell of a table by one or two dimensions, or of a tree of places, stands in exactly two sums: as a part of one
and as (part of) the whole of another. Directed from the one to the other, cells are the arcs of a network in which
what flows into every node flows out again. A reader knows the published arcs, and that no cell is negative. What they
can conclude about a hidden arc is then how much more, and how much less, can flow through it when only hidden arcs
may change: two maximum flows. The bounds are exact, and whole numbers stay whole (networks are totally unimodular).

Method: Cox, "Network models for complementary cell suppression", JASA 90 (1995); flows after Edmonds and Karp.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass

Key = Hashable
ENOUGH = 10**15  # no table counts more people than this; a flow this large is unbounded


@dataclass(frozen=True, slots=True)
class Cell:
    """`tail` and `head` name the two sums in which it stands; `count` is how many stand behind it.

    `small`: it must be hidden. `open`: it is published whatever else is hidden (a total that always was).
    """

    key: Key
    tail: Key
    head: Key
    count: int
    small: bool = False
    open: bool = False


class Residual:
    """What may still change, as capacities from node to node; several arcs between two nodes add up."""

    def __init__(self, cells: Iterable[Cell], hidden: Collection[Key], without: Key) -> None:
        self.room: dict[Key, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
        for cell in cells:
            if cell.key in hidden and cell.key != without:
                self.room[cell.tail][cell.head] += ENOUGH  # more of it
                self.room[cell.head][cell.tail] += cell.count  # less of it

    def flow(self, source: Key, sink: Key, most: int) -> int:
        """How much can be sent, at most `most`; the capacities keep what was sent."""
        sent = 0
        while sent < most and (path := self._path(source, sink)):
            step = min(most - sent, *(self.room[a][b] for a, b in path))
            for a, b in path:
                self.room[a][b] -= step
                self.room[b][a] += step
            sent += step
        return sent

    def _path(self, source: Key, sink: Key) -> list[tuple[Key, Key]]:
        came: dict[Key, Key] = {source: source}
        queue = deque([source])
        while queue:
            here = queue.popleft()
            if here == sink:
                break
            for there, room in self.room[here].items():
                if room > 0 and there not in came:
                    came[there] = here
                    queue.append(there)
        if sink not in came:
            return []
        path, here = [], sink
        while here != source:
            path.append((came[here], here))
            here = came[here]
        return path


def bounds(cells: Collection[Cell], hidden: Collection[Key], key: Key) -> tuple[int, int | None]:
    """(least, most) that a reader can conclude about a hidden cell; most is None when nothing bounds it."""
    cell = next(c for c in cells if c.key == key)
    less = _less(cells, hidden, cell)
    more = Residual(cells, hidden, key).flow(cell.head, cell.tail, ENOUGH)
    return cell.count - less, None if more >= ENOUGH else cell.count + more


def _less(cells: Collection[Cell], hidden: Collection[Key], cell: Cell) -> int:
    return Residual(cells, hidden, cell.key).flow(cell.tail, cell.head, cell.count)


def width(cells: Collection[Cell], hidden: Collection[Key], cell: Cell, enough: int) -> int:
    """How wide the interval is that a reader can conclude; not counted further than `enough`."""
    less = _less(cells, hidden, cell)
    if less >= enough:
        return enough
    return less + Residual(cells, hidden, cell.key).flow(cell.head, cell.tail, enough - less)
