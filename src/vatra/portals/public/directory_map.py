"""The map of the directory: services gathered into hexagons. A drawing of our own; nothing is fetched from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from vatra.look.charts.tiles import CORNERS, cell_at, centre_of
from vatra.rooms.providers.queries import Dot

WIDTH, HEIGHT = 720.0, 460.0
EDGE = 40.0  # between the outermost point and the frame
SMALLEST = 0.12  # degrees of latitude that the map shows at least: a town and its surroundings
ACROSS = 26  # tiles in a row
LEVELS = (1, 3, 8)  # up to which count a tile has the 1st, 2nd, 3rd shade; more has the 4th
LABELS = 9
LABEL_HEIGHT = 26.0
LETTER = 9.0  # width of a letter, roughly, to keep labels apart


@dataclass(frozen=True, slots=True)
class Tile:
    x: float
    y: float
    count: int
    shade: int  # 1 (few) to 4 (many)


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str
    count: int
    first: bool  # stays on a narrow screen


@dataclass(frozen=True, slots=True)
class Map:
    tiles: list[Tile]
    blanks: list[tuple[float, float]]
    labels: list[Label]
    tile: str  # the points of one hexagon round its centre


def draw(dots: Sequence[Dot], places: Sequence[tuple[str, float, float, int]]) -> Map | None:
    """Tiles with how many services stand in them, and the names of the places that have most; None without dots.

    Equirectangular around the middle of what is shown; hexagons with a corner on top.
    """
    if not dots:
        return None
    project = _projection(dots)
    side = WIDTH / ACROSS / sqrt(3)
    counts: dict[tuple[int, int], int] = {}
    for dot in dots:
        cell = cell_at(*project(dot.latitude, dot.longitude), side)
        counts[cell] = counts.get(cell, 0) + dot.count
    tiles = [
        Tile(*_centre(cell, side), count, 1 + sum(count > level for level in LEVELS))
        for cell, count in sorted(counts.items())
    ]
    blanks = [_centre(cell, side) for cell in _cells(side) if cell not in counts]
    outline = " ".join(f"{x * (side - 1):.1f},{y * (side - 1):.1f}" for x, y in CORNERS)
    return Map(tiles, blanks, _labels(places, project), outline)


def _projection(dots: Sequence[Dot]):
    south, north = min(d.latitude for d in dots), max(d.latitude for d in dots)
    west, east = min(d.longitude for d in dots), max(d.longitude for d in dots)
    middle_north, middle_east = (south + north) / 2, (west + east) / 2
    flat = cos(radians(middle_north))
    scale = min(
        (HEIGHT - 2 * EDGE) / max(north - south, SMALLEST), (WIDTH - 2 * EDGE) / max((east - west) * flat, SMALLEST)
    )

    def project(latitude: float, longitude: float) -> tuple[float, float]:
        return (
            WIDTH / 2 + (longitude - middle_east) * flat * scale,
            HEIGHT / 2 - (latitude - middle_north) * scale,
        )

    return project


def _centre(cell: tuple[int, int], side: float) -> tuple[float, float]:
    x, y = centre_of(cell)
    return round(side * x, 1), round(side * y, 1)


def _cells(side: float) -> list[tuple[int, int]]:
    """Every hexagon whose centre lies within the frame."""
    found = []
    for r in range(int(HEIGHT / (1.5 * side)) + 1):
        start = -(r // 2)
        found += [(q, r) for q in range(start, start + ACROSS + 1) if 0 <= _centre((q, r), side)[0] <= WIDTH]
    return found


def _labels(places: Sequence[tuple[str, float, float, int]], project) -> list[Label]:
    """The places with most services, as long as their names do not run into one another."""
    kept: list[Label] = []
    for name, latitude, longitude, count in places:
        x, y = project(latitude, longitude)
        half = len(name) * LETTER / 2
        x = min(max(x, half + 4), WIDTH - half - 4)
        clear = all(
            abs(other.y - y) > LABEL_HEIGHT or abs(other.x - x) > half + len(other.text) * LETTER / 2 + 6
            for other in kept
        )
        if clear:
            kept.append(Label(round(x, 1), round(y, 1), name, count, first=len(kept) < 4))
        if len(kept) == LABELS:
            break
    return kept
