"""Whether an outline crosses itself: a sweep from west to east over its stretches."""

from itertools import pairwise

from .outlines import Point, Ring

MOST_COMPARED = 20_000_000  # pairs of stretches; an outline of so many is not looked at to its end


def crossing(ring: Ring) -> Point | None:
    """A point beside which two stretches of a closed ring properly cross; None where none do.

    Stretches that only touch do not cross. Whole coordinates keep the answer exact.
    """
    stretches = sorted((min(pair), max(pair)) for pair in pairwise(ring))
    open_ones: list[tuple[Point, Point]] = []
    compared = 0
    for here in stretches:
        open_ones = [other for other in open_ones if other[1][0] >= here[0][0]]
        compared += len(open_ones)
        if compared > MOST_COMPARED:
            return None
        if any(_cross(here, other) for other in open_ones):
            return here[0]
        open_ones.append(here)
    return None


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    (a, b), (c, d) = one, other
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(start: Point, end: Point, point: Point) -> int:
    """On which side of a stretch a point lies: above, below or (0) in line with it."""
    turn = (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])
    return (turn > 0) - (turn < 0)
