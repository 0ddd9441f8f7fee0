"""Whole columns of known values: whole numbers, booleans, days, codes. What NumPy does one operation at a time.

Booleans are bool arrays, days are counted from 1970-01-01, codes are numbered by `Codes`. A figure is kept in the
narrowest integers that hold the range its node has been proved to stay in, so no operation here can overflow.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from vatra.engines.rules.ir import Node

Column = Any  # an array, or one Python value that stands for every row
NARROW = (np.int16, np.int32, np.int64)
EPOCH = date(1970, 1, 1).toordinal()


ROWS, COUNTING, SUMMARIES, FIGURES = range(4)  # the phases of a round


class Unfit(Exception):
    """This ruleset or population is not for the arrays; SQL decides, or says what is wrong."""


@dataclass
class Rows:
    """A run of whole units: where each begins among the members, and how many members it has."""

    members: int
    starts: np.ndarray
    sizes: np.ndarray
    facts: dict[int, np.ndarray] = field(default_factory=dict)

    @property
    def ends(self) -> np.ndarray:
        return self.starts + self.sizes - 1


def width(*bounds: int) -> type:
    """The narrowest integers that hold all of these, and one more on either side to mark what is not there."""
    lo, hi = min(bounds), max(bounds)
    for kind in NARROW:
        info = np.iinfo(kind)
        if info.min < lo and hi < info.max:
            return kind
    raise Unfit


def kind_of(node: Node) -> type:
    """How the values of a node are kept."""
    if node.type.kind == "boolean":
        return np.bool_
    if node.type.numeric:
        return width(node.lo, node.hi)
    if node.type.kind == "date":
        return np.int32
    if node.type.kind == "code":
        return np.int16
    raise Unfit


def common(*nodes: Node) -> type:
    """Integers that hold the values of all of these nodes."""
    if nodes[0].type.numeric:
        return width(*(b for n in nodes for b in (n.lo, n.hi)))
    return kind_of(nodes[0])


class Codes:
    """Numbers for the codes of all lists; 0 is nothing's."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, code: str) -> int:
        return self.numbers.setdefault(code, len(self.numbers) + 1)


def spread(x: Column, kind: type, n: int) -> np.ndarray:
    """The column as an array of n rows."""
    return x.astype(kind, copy=False) if isinstance(x, np.ndarray) else np.full(n, x, kind)


def select(test: Column, yes: Column, no: Column, kind: type) -> Column:
    """`yes` where `test` holds, else `no`. By bits: twice as fast as a branch on each row."""
    if not isinstance(test, np.ndarray):
        return yes if test else no
    if kind is np.bool_:
        return (test & yes) | (~test & no)
    mask = np.negative(test.view(np.int8), dtype=kind)  # all bits set where it holds
    yes, no = (x if isinstance(x, np.ndarray) and x.dtype == kind else np.asarray(x).astype(kind) for x in (yes, no))
    mask &= yes ^ no
    mask ^= no
    return mask


def divide(a: Column, b: Column, mode: str, top: Node, bottom: Node) -> Column:
    """Rounded division; `b` is never zero. The same roundings as kernel.money.divide."""
    reach = max(abs(top.lo), abs(top.hi)) + max(abs(bottom.lo), abs(bottom.hi))
    kind = width(-reach, reach)
    a, b = np.asarray(a).astype(kind), np.asarray(b).astype(kind)
    if top.lo >= 0 and bottom.lo > 0:
        return _divided(a, b, mode)
    size = _divided(np.abs(a), np.abs(b), mode)
    return select(np.asarray((a < 0) != (b < 0)), -size, size, size.dtype.type)


def _divided(a: np.ndarray, b: np.ndarray, mode: str) -> np.ndarray:
    """For a >= 0 and b > 0; a + b is within the integers."""
    if mode != "half_even":
        return (a + {"down": 0, "half_up": b // 2, "up": b - 1}[mode]) // b
    whole = a // b
    rest = a - whole * b
    return whole + ((rest > b - rest) | ((rest == b - rest) & (whole % 2 == 1)))
