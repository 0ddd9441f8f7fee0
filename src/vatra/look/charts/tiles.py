"""Places on a grid of hexagons: where a pack puts them, else as near to where they lie as there is room."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sqrt

CORNERS = [(0.0, -1.0), (0.866, -0.5), (0.866, 0.5), (0.0, 1.0), (-0.866, 0.5), (-0.866, -0.5)]
GAP = 0.06  # of a hexagon's size, between neighbours
WIDEST = 900  # size of a hexagon when there are few
CROWDED = 0.75  # places per tile of the box around them, before they are moved apart


@dataclass(frozen=True, slots=True)
class Cell:
    key: str
    tile: tuple[int, int] | None  # axial q, r
    point: tuple[float, float] | None  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Laid:
    """Where each place is drawn; `side` is the length of a hexagon's side."""

    outline: dict[str, str]
    centre: dict[str, tuple[int, int]]
    height: int
    side: float


def arrange(cells: Sequence[Cell]) -> dict[str, tuple[int, int]]:
    """The tile of each place: the given ones when all have one and no two share it, else from where places lie.

    A place with neither is left out.
    """
    given = [cell.tile for cell in cells if cell.tile is not None]
    if len(given) == len(cells) == len(set(given)):
        return {cell.key: cell.tile for cell in cells if cell.tile is not None}
    located = [cell for cell in cells if cell.point is not None]
    if located:
        return _by_place(located)
    taken: dict[tuple[int, int], str] = {}
    for cell in cells:
        if cell.tile is not None:
            taken[_free(cell.tile, taken)] = cell.key
    return {key: tile for tile, key in taken.items()}


def _by_place(cells: Sequence[Cell]) -> dict[str, tuple[int, int]]:
    """Each at the free hexagon nearest to its point; the grid is as fine as puts them about side by side."""
    points = {cell.key: cell.point for cell in cells if cell.point}
    middle = sum(p[0] for p in points.values()) / len(points)
    flat = max(cos(radians(middle)), 0.05)
    plane = {key: (p[1] * flat, -p[0]) for key, p in points.items()}
    across = max(x for x, _ in plane.values()) - min(x for x, _ in plane.values())
    up = max(y for _, y in plane.values()) - min(y for _, y in plane.values())
    room = max(across, 1e-6) * max(up, 1e-6) / len(plane) / CROWDED
    side = max(sqrt(room / 2.598), max(across, up, 1e-6) / 40)
    taken: dict[tuple[int, int], str] = {}
    for key, (x, y) in sorted(plane.items(), key=lambda found: (found[1][1], found[1][0], found[0])):
        taken[_free(cell_at(x, y, side), taken)] = key
    return {key: tile for tile, key in taken.items()}


def cell_at(x: float, y: float, side: float) -> tuple[int, int]:
    """The hexagon (axial q, r) that holds a point: rounded in cube coordinates."""
    q, r = (sqrt(3) / 3 * x - y / 3) / side, 2 / 3 * y / side
    rounded = [round(q), round(-q - r), round(r)]
    apart = [abs(rounded[0] - q), abs(rounded[1] + q + r), abs(rounded[2] - r)]
    worst = apart.index(max(apart))
    if worst == 0:
        rounded[0] = -rounded[1] - rounded[2]
    elif worst == 2:
        rounded[2] = -rounded[0] - rounded[1]
    return rounded[0], rounded[2]


def centre_of(tile: tuple[int, int]) -> tuple[float, float]:
    """The middle of a hexagon, in sides of one; corners are above and below it."""
    q, r = tile
    return sqrt(3) * (q + r / 2), 1.5 * r


def _free(tile: tuple[int, int], taken: Mapping[tuple[int, int], str]) -> tuple[int, int]:
    return next(found for found in _around(tile) if found not in taken)


def _around(tile: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The tile, then those around it, nearest first."""
    q, r = tile
    yield tile
    for reach in range(1, 60):
        ring = [
            (dq, dr)
            for dq in range(-reach, reach + 1)
            for dr in range(-reach, reach + 1)
            if max(abs(dq), abs(dr), abs(dq + dr)) == reach
        ]
        ring.sort(key=lambda d: hypot(sqrt(3) * (d[0] + d[1] / 2), 1.5 * d[1]))
        yield from ((q + dq, r + dr) for dq, dr in ring)


def hexagon(cells: Mapping[str, tuple[int, int]], width: int, edge: int) -> Laid:
    """Outlines with a corner on top, filling the width."""
    places = {key: centre_of(tile) for key, tile in cells.items()}
    if not places:
        return Laid({}, {}, 0, 0)
    west, east = min(x for x, _ in places.values()) - 0.866, max(x for x, _ in places.values()) + 0.866
    north, south = min(y for _, y in places.values()) - 1, max(y for _, y in places.values()) + 1
    side = min((width - 2 * edge) / (east - west), WIDEST)
    left = edge + ((width - 2 * edge) - (east - west) * side) / 2
    centre = {k: (round(left + (x - west) * side), round(edge + (y - north) * side)) for k, (x, y) in places.items()}
    size = side * (1 - GAP)
    outline = {
        key: "M" + "L".join(f"{x + round(dx * size)} {y + round(dy * size)}" for dx, dy in CORNERS) + "z"
        for key, (x, y) in centre.items()
    }
    return Laid(outline, centre, round((south - north) * side) + 2 * edge, side)
