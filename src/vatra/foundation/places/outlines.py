"""Outlines of areas, made simple together so that neighbours still share their edges.

Points are (longitude, latitude) in hundred-thousandths of a degree, whole numbers. Rings are cut into arcs where
three or more outlines meet; each arc is simplified once for both sides (Douglas and Peucker 1973), in one direction.
"""

from collections.abc import Iterable, Sequence
from math import cos, radians

Point = tuple[int, int]
Ring = list[Point]  # closed: the last point is the first
Polygons = list[list[Ring]]

DEGREE = 100_000
DETAIL = 2_000  # of the wider extent of everything drawn together: half a point on a wide screen
SMALLEST = 4  # points of a closed ring that is an area


def simplified(shapes: Sequence[Polygons], *, detail: int = DETAIL) -> list[Polygons]:
    """The same shapes with as few points as show at that detail. No shape vanishes; specks of a shape do."""
    rings = [ring for polygons in shapes for polygon in polygons for ring in polygon]
    if not rings:
        return [list(polygons) for polygons in shapes]
    west, south, east, north = box(rings)
    flat = max(cos(radians((south + north) / 2 / DEGREE)), 0.05)
    tolerance = max((east - west) * flat, north - south) / detail
    junctions = _junctions(rings)
    return [_shape(polygons, junctions, flat, tolerance) for polygons in shapes]


def box(rings: Iterable[Sequence[Point]]) -> tuple[int, int, int, int]:
    """West, south, east, north."""
    xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _shape(polygons: Polygons, junctions: set[Point], flat: float, tolerance: float) -> Polygons:
    kept: Polygons = []
    for polygon in polygons:
        outer = _ring(polygon[0], junctions, flat, tolerance)
        if len(outer) >= SMALLEST:
            holes = [_ring(hole, junctions, flat, tolerance) for hole in polygon[1:]]
            kept.append([outer, *(hole for hole in holes if len(hole) >= SMALLEST)])
    if kept:
        return kept
    largest = max(polygons, key=lambda polygon: _extent(polygon[0]))
    return [[largest[0]]]


def _extent(ring: Ring) -> int:
    west, south, east, north = box([ring])
    return (east - west) * (north - south)


def _junctions(rings: Sequence[Ring]) -> set[Point]:
    """Points whose neighbours are not the same on every outline through them."""
    neighbours: dict[Point, tuple[Point, Point]] = {}
    found: set[Point] = set()
    for ring in rings:
        points = ring[:-1]
        for index, point in enumerate(points):
            before, after = points[index - 1], points[(index + 1) % len(points)]
            pair = (before, after) if before < after else (after, before)
            if neighbours.setdefault(point, pair) != pair:
                found.add(point)
    return found


def _ring(ring: Ring, junctions: set[Point], flat: float, tolerance: float) -> Ring:
    points = ring[:-1]
    cuts = [index for index, point in enumerate(points) if point in junctions]
    if not cuts:
        return _island(points, flat, tolerance)
    turned = points[cuts[0] :] + points[: cuts[0]] + [points[cuts[0]]]
    made: Ring = [turned[0]]
    arc: Ring = [turned[0]]
    for point in turned[1:]:
        arc.append(point)
        if point in junctions:
            made += _arc(arc, flat, tolerance)[1:]
            arc = [point]
    return made


def _island(points: Ring, flat: float, tolerance: float) -> Ring:
    """A closed outline that no other cuts: begun at its least point, so that an enclave and its hole agree."""
    least = points.index(min(points))
    turned = points[least:] + points[:least]
    if turned[-1] < turned[1]:
        turned = turned[:1] + turned[:0:-1]
    far = max(range(len(turned)), key=lambda i: _apart(turned[i], turned[0], turned[0], flat))
    first, second = _thin(turned[: far + 1], flat, tolerance), _thin([*turned[far:], turned[0]], flat, tolerance)
    return first + second[1:]


def _arc(arc: Ring, flat: float, tolerance: float) -> Ring:
    """Both sides see the same arc: it is simplified in the direction in which it is the smaller."""
    if arc[::-1] < arc:
        return _thin(arc[::-1], flat, tolerance)[::-1]
    return _thin(arc, flat, tolerance)


def _thin(arc: Ring, flat: float, tolerance: float) -> Ring:
    keep = {0, len(arc) - 1}
    open_parts = [(0, len(arc) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        worst, where = 0.0, 0
        for index in range(first + 1, last):
            apart = _apart(arc[index], arc[first], arc[last], flat)
            if apart > worst:
                worst, where = apart, index
        if worst > tolerance:
            keep.add(where)
            open_parts += [(first, where), (where, last)]
    return [arc[index] for index in sorted(keep)]


def _apart(point: Point, start: Point, end: Point, flat: float) -> float:
    """Distance from a point to a stretch."""
    x, y = (point[0] - start[0]) * flat, point[1] - start[1]
    dx, dy = (end[0] - start[0]) * flat, end[1] - start[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, (x * dx + y * dy) / length))
    return ((x - along * dx) ** 2 + (y - along * dy) ** 2) ** 0.5
