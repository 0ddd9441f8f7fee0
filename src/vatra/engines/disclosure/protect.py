"""Which cells to hide: the small ones, and as few and as small others as keep them from being worked out."""

import heapq
import itertools
from collections.abc import Collection
from dataclasses import dataclass

from .network import Cell, Key, Residual, width


@dataclass(frozen=True)
class Protected:
    """`hidden` are the keys not to publish. `exposed` are small cells that could not be protected as far as asked,
    because everything that may be hidden is hidden already (a published total of two cannot hide more than two)."""

    hidden: frozenset[Key]
    exposed: frozenset[Key]


def protect(cells: Collection[Cell], *, at_least: int, also: Collection[Key] = ()) -> Protected:
    """Hide every small cell that is not open; then others until no reader can narrow a small cell down to an interval
    shorter than `at_least`, nor work out any hidden cell exactly.

    `also` are cells that another table of the same shape (of the same people) hides already. Greedy: cells are hidden
    along the cheapest cycles (fewest people) through what needs protection, not the fewest possible overall.
    """
    small = {cell.key for cell in cells if cell.small and not cell.open}
    hidden = small | {cell.key for cell in cells if cell.key in also and not cell.open}
    exposed: set[Key] = set()
    waiting = [cell for cell in cells if cell.key in hidden]
    while waiting:
        cell = waiting.pop()
        needed = at_least if cell.key in small else 1
        while width(cells, hidden, cell, needed) < needed:
            more = _cycle(cells, hidden, cell, needed)
            if not more:
                exposed.add(cell.key)
                break
            hidden |= more
            waiting += [other for other in cells if other.key in more]
    return Protected(frozenset(hidden), frozenset(exposed & small))


def _cycle(cells: Collection[Cell], hidden: set[Key], cell: Cell, needed: int) -> set[Key]:
    """The cheapest published cells whose hiding lets more flow through `cell`, first upward, then downward."""
    for upward in (True, False):
        start, end = (cell.head, cell.tail) if upward else (cell.tail, cell.head)
        left = Residual(cells, hidden, cell.key)
        left.flow(start, end, needed if upward else cell.count)
        if found := _cheapest(cells, hidden, cell, left, start, end):
            return found
    return set()


def _cheapest(
    cells: Collection[Cell], hidden: set[Key], cell: Cell, left: Residual, start: Key, end: Key
) -> set[Key] | None:
    """Dijkstra over what is left of the hidden arcs, at no cost, and the published ones at the price of what is lost."""
    steps: dict[Key, list[tuple[int, Key, frozenset[Key]]]] = {}
    for here, onward in left.room.items():
        steps.setdefault(here, []).extend((0, there, frozenset()) for there, room in onward.items() if room > 0)
    for other in cells:
        if other.key in hidden or other.open or other.key == cell.key:
            continue
        price = 1 + other.count if other.count else 10**6  # hiding nobody hides little, and costs a true nought
        steps.setdefault(other.tail, []).append((price, other.head, frozenset((other.key,))))
        if other.count:
            steps.setdefault(other.head, []).append((price, other.tail, frozenset((other.key,))))
    tick = itertools.count()  # equal prices: first come, never compare keys
    queue: list[tuple[int, int, Key, frozenset[Key]]] = [(0, next(tick), start, frozenset())]
    seen: set[Key] = set()
    while queue:
        price, _, here, taken = heapq.heappop(queue)
        if here == end:
            return set(taken)
        if here in seen:
            continue
        seen.add(here)
        for more, there, keys in steps.get(here, ()):
            if there not in seen:
                heapq.heappush(queue, (price + more, next(tick), there, taken | keys))
    return None
