"""Summaries over the members of whole units, on arrays sorted by unit.

Members of a unit stand side by side, so a sum is the difference of a running total at two places. A running total may leave
its integers: they count modulo a power of two, and the difference is right as long as the sum of one unit fits.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from vatra.engines.rules.arrays_values import COUNTING, ROWS, SUMMARIES, Column, Rows, common, kind_of, select, spread
from vatra.engines.rules.ir import CONST, MAX_MEMBERS, Node

# Six counts share the bits of one 64-bit running total; none reaches its neighbour, for no unit has more members.
FIELD, TOGETHER = 10, 6
FULL = (1 << FIELD) - 1
assert MAX_MEMBERS <= FULL
SPREAD_OUT = np.array([sum((n >> i & 1) << FIELD * i for i in range(TOGETHER)) for n in range(1 << TOGETHER)], np.int64)


def per_unit(total: np.ndarray, rows: Rows) -> np.ndarray:
    """The sum of each unit, from the running total over all members."""
    at = total.take(rows.ends)
    out = at.copy()
    out[1:] -= at[:-1]
    return out


def counts(rows: Rows, *flags: Column) -> np.ndarray:
    """How many members of each unit each flag holds for, one count in each field of bits."""
    bits: Any = 0
    for i, flag in enumerate(flags):
        bits = bits | spread(flag, np.bool_, rows.members).view(np.uint8) << i
    return per_unit(np.cumsum(SPREAD_OUT.take(bits.astype(np.intp))), rows)


class SummaryArrays:
    """count, any and all are counts of a condition; sum, min and max are computed one by one."""

    flags: dict[int, list[tuple[int, Any, Callable[..., Column]]]]
    step: Callable[..., int]
    slot: Callable[[Any], int]

    def summary(self, node: Node, key: Any, place: tuple[int, int], ins: tuple[int, ...]) -> None:
        """Add the steps of one summary; `ins` are the slots of value, condition and default."""
        where = node.args[1]
        everyone = where.scope == CONST and where.info is True
        if node.info == "count" and everyone:
            self.step(place, key, (), lambda rows: rows.sizes)
        elif node.info in ("count", "any", "all"):
            self._condition(node, key, place, ins, everyone)
        elif node.info == "sum":
            self.step(place, key, ins, _sum(node, everyone))
        else:
            self.step(place, key, ins, _best(node, everyone))

    def _condition(self, node: Node, key: Any, place: tuple[int, int], ins: tuple[int, ...], everyone: bool) -> None:
        """any: somebody for whom it holds; all: nobody for whom it does not."""
        value, where = ins
        kind = kind_of(node)
        self.slot(key)
        if node.info == "count":
            flag, act = where, lambda rows, n: n.astype(kind)
        elif node.info == "any":
            act = lambda rows, n: n != 0  # noqa: E731
            both: Any = lambda rows, x, w: np.logical_and(x, w)  # noqa: E731
            flag = value if everyone else self.step((place[0], ROWS), ("any", *key), (value, where), both)
        else:
            act = lambda rows, n: n == 0  # noqa: E731
            but: Any = lambda rows, x, w: np.logical_and(np.logical_not(x), w)  # noqa: E731
            flag = self.step((place[0], ROWS), ("all", *key), (value, where), but)
        self.flags.setdefault(place[0], []).append((flag, key, act))

    def _count_together(self) -> None:
        """The steps that count all conditions of a round, each condition once."""
        for round_, wanted in self.flags.items():
            flags = list(dict.fromkeys(flag for flag, _key, _act in wanted))
            words = {}
            for first in range(0, len(flags), TOGETHER):
                group = tuple(flags[first : first + TOGETHER])
                word = self.step((round_, COUNTING), ("counts", round_, first), group, counts)
                words.update({flag: (word, FIELD * i) for i, flag in enumerate(group)})
            for flag, key, act in wanted:
                word, shift = words[flag]
                self.step((round_, SUMMARIES), key, (word,), _field(shift, act))


def _field(shift: int, act: Callable[..., Column]) -> Callable[..., Column]:
    return lambda rows, word: act(rows, word >> shift & FULL)


def _sum(node: Node, everyone: bool) -> Callable[..., Column]:
    """Sums of members who do not count add nothing."""
    kind = common(node, node.args[0])

    def total(rows: Rows, value: Column, where: Column) -> Column:
        x = spread(value, kind, rows.members)
        return per_unit(np.cumsum(x if everyone else x * where, dtype=kind), rows)

    return total


def _best(node: Node, everyone: bool) -> Callable[..., Column]:
    """min or max; nobody who qualifies leaves the mark that no figure has, and the default takes its place."""
    kind = common(node, node.args[0], *node.args[2:])
    act, info = (np.minimum, np.iinfo(kind)) if node.info == "min" else (np.maximum, np.iinfo(kind))
    mark = info.max if node.info == "min" else info.min

    def best(rows: Rows, value: Column, where: Column, default: Column = None) -> Column:
        x = spread(value, kind, rows.members)
        if everyone:
            return act.reduceat(x, rows.starts)
        x = select(spread(where, np.bool_, rows.members), x, kind(mark), kind)
        found = act.reduceat(x, rows.starts)
        return select(found != mark, found, default, kind)

    return best
