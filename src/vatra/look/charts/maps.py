"""A map of areas by their outlines, or tiles where outlines are not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, radians

from .bands import Band, band, shade_of
from .tiles import Cell, arrange, hexagon

WIDTH, TALLEST, EDGE = 4800, 5600, 40  # of the drawing, in units of which a screen shows about a tenth
DEGREE = 100_000  # outlines come in hundred-thousandths of a degree
SHORT, LONG = 6, 11  # letters of a name on a tile, where there are many tiles, and few
FEW = 12  # tiles so large that longer names can be read in smaller letters
LETTER, ACROSS = (
    0.42,
    2.65,
)  # height of a letter at most, and how many of its heights lie side by side, in sides of a tile

Rings = Sequence[Sequence[Sequence[Sequence[int]]]]  # polygons → rings → [longitude, latitude]


@dataclass(frozen=True, slots=True)
class Place:
    """An area and its figure. `note` says why there is none. `rings`, else `tile` or `point`, say where it is drawn."""

    key: str
    title: str
    value: Decimal | None
    note: str = ""
    href: str = ""
    here: bool = False  # the one that the page is about
    rings: Rings = ()
    tile: tuple[int, int] | None = None
    point: tuple[float, float] | None = None  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Piece:
    """What is drawn for a place. On a tile, `short` stands at x, y."""

    place: Place
    d: str
    shade: int  # 0 (no figure) to 5
    x: int = 0
    y: int = 0
    short: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """`pieces` to draw; `places` for the table, greatest figure first, those without a figure last."""

    width: int
    height: int
    pieces: list[Piece]
    places: list[Place]
    bands: list[Band]
    letter: int  # size of a tile's letters; 0 on a map of outlines
    unknown: bool  # some place has no figure
    undrawn: list[Place]  # known, but neither outline nor tile nor point says where


def draw_map(places: Sequence[Place]) -> Map | None:
    """Outlines when at least half of the places have one, tiles otherwise; None without places."""
    if not places:
        return None
    bands = band(place.value for place in places if place.value is not None)
    outlined = [place for place in places if place.rings]
    rows = sorted(places, key=lambda p: (p.value is None, -(p.value or 0), p.title))
    unknown = any(place.value is None for place in places)
    if 2 * len(outlined) >= len(places):
        width, height, drawn = _outlines(outlined)
        pieces = [Piece(place, d, shade_of(place.value, bands)) for place, d in drawn]
        undrawn = [place for place in places if not place.rings]
        return Map(width, height, pieces, rows, bands, 0, unknown, undrawn)
    cells = arrange([Cell(place.key, place.tile, place.point) for place in places])
    laid = hexagon(cells, WIDTH, EDGE)
    drawn_ones = [place for place in places if place.key in cells]
    most = LONG if len(drawn_ones) <= FEW else SHORT
    short = {place.key: _short(place.title, most) for place in drawn_ones}
    letter = min(LETTER, ACROSS / max([*map(len, short.values()), 1]))
    pieces = [
        Piece(place, laid.outline[place.key], shade_of(place.value, bands), *laid.centre[place.key], short[place.key])
        for place in drawn_ones
    ]
    undrawn = [place for place in places if place.key not in cells]
    return Map(WIDTH, laid.height, pieces, rows, bands, round(laid.side * letter), unknown, undrawn)


def _outlines(places: Sequence[Place]) -> tuple[int, int, list[tuple[Place, str]]]:
    """Equirectangular around the middle latitude, filling the width unless that makes the map too tall."""
    points = [point for place in places for polygon in place.rings for ring in polygon for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    flat = max(cos(radians((south + north) / 2 / DEGREE)), 0.05)
    across, up = max((east - west) * flat, 1), max(north - south, 1)
    scale = min((WIDTH - 2 * EDGE) / across, (TALLEST - 2 * EDGE) / up)
    width, height = round(across * scale) + 2 * EDGE, round(up * scale) + 2 * EDGE

    def project(point: Sequence[int]) -> tuple[int, int]:
        return EDGE + round((point[0] - west) * flat * scale), EDGE + round((north - point[1]) * scale)

    return width, height, [(place, _path(place.rings, project)) for place in places]


def _path(rings: Rings, project) -> str:
    """All rings of an area as one path; a part smaller than a point on the screen is left out unless it is the only."""
    parts = []
    for polygon in rings:
        for ring in polygon:
            steps = [project(point) for point in ring]
            steps = [step for index, step in enumerate(steps) if index == 0 or step != steps[index - 1]]
            if steps and steps[0] == steps[-1]:
                steps.pop()
            if len(steps) > 2:
                parts.append(_drawn(steps))
    if parts:
        return "".join(parts)
    x, y = project(rings[0][0][0])
    return f"M{x - 8} {y - 8}h16v16h-16z"


def _drawn(steps: list[tuple[int, int]]) -> str:
    (x, y), *others = steps
    moves, at = [], (x, y)
    for step in others:
        moves.append(f"{step[0] - at[0]} {step[1] - at[1]}")
        at = step
    return f"M{x} {y}l{' '.join(moves)}z".replace(" -", "-")


def _short(title: str, most: int) -> str:
    return title if len(title) <= most else title[: most - 1].rstrip(" -") + "…"
