"""Reading GeoJSON (RFC 7946): features with their properties and outlines. Never raises on what a file holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .outlines import DEGREE, SMALLEST, Polygons, Ring

LARGEST = 64 * 1024 * 1024  # bytes
MOST_FEATURES = 20_000
MOST_POINTS = 1_000_000
OUR_GRID = ("crs84", "4326", "4979")


@dataclass(frozen=True, slots=True)
class Feature:
    """`number` counts from 1. `polygons` is empty when the outline cannot be used; `fault` (code, sentence) says why."""

    number: int
    properties: dict[str, Any]
    polygons: Polygons = field(default_factory=list)
    fault: tuple[str, str] = ("", "")


def read_features(path: Path) -> list[Feature]:
    """Every feature of a file. Refuses what is no GeoJSON, is too large, or lies on another grid than degrees."""
    if path.stat().st_size > LARGEST:
        _refuse(
            "boundaries_too_large", gettext_noop("%(file)s has more than %(most)s MB."), path, most=LARGEST // 2**20
        )
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise Refused(
            "boundaries_unreadable",
            gettext_noop("%(file)s is not GeoJSON: %(fault)s."),
            gettext_noop("Send a .geojson file of polygons in degrees (WGS 84), in UTF-8."),
            file=path.name, fault=str(fault)[:200],
        ) from None  # fmt: skip
    found = _features(document)
    if found is None:
        _refuse("boundaries_no_features", gettext_noop("%(file)s is JSON but holds no features."), path)
    if len(found) > MOST_FEATURES:
        _refuse(
            "boundaries_too_many", gettext_noop("%(file)s has more than %(most)s features."), path, most=MOST_FEATURES
        )
    grid = _grid(document)
    if grid and not any(name in grid.casefold() for name in OUR_GRID):
        _refuse(
            "boundaries_other_grid", gettext_noop("%(file)s is drawn on the grid “%(grid)s”."), path, grid=grid[:80]
        )
    return list(_read(found, path))


def _refuse(code: str, sentence: str, path: Path, **values: object) -> None:
    raise Refused(
        code, sentence, gettext_noop("Send a .geojson file of polygons in degrees (WGS 84), simplified or split."),
        file=path.name, **values,
    )  # fmt: skip


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _features(document: Any) -> list[Any] | None:
    if not isinstance(document, dict):
        return None
    if document.get("type") == "Feature":
        return [document]
    found = document.get("features")
    return found if isinstance(found, list) and found else None


def _grid(document: dict[str, Any]) -> str:
    crs = document.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else ""


def _read(found: list[Any], path: Path) -> Iterator[Feature]:
    points = 0
    for number, feature in enumerate(found, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        said = dict(properties) if isinstance(properties, dict) else {}
        if isinstance(feature, dict) and isinstance(feature.get("id"), str | int):
            said.setdefault("id", feature["id"])
        try:
            polygons = _polygons(feature.get("geometry") if isinstance(feature, dict) else None)
        except _Unusable as unusable:
            yield Feature(number, said, fault=unusable.fault)
            continue
        points += sum(len(ring) for polygon in polygons for ring in polygon)
        if points > MOST_POINTS:
            _refuse(
                "boundaries_too_fine", gettext_noop("%(file)s has more than %(most)s points."), path, most=MOST_POINTS
            )
        yield Feature(number, said, polygons)


class _Unusable(Exception):
    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.fault = (code, sentence)


def _polygons(geometry: Any) -> Polygons:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "Polygon":
        parts = [parts]
    elif kind != "MultiPolygon":
        raise _Unusable("outline_no_area", gettext_noop("The feature is no polygon."))
    if not isinstance(parts, list) or not parts:
        raise _Unusable("outline_empty", gettext_noop("The feature has no outline."))
    return [_polygon(part) for part in parts]


def _polygon(part: Any) -> list[Ring]:
    if not isinstance(part, list) or not part:
        raise _Unusable("outline_empty", gettext_noop("The feature has no outline."))
    return [_ring(ring) for ring in part]


def _ring(ring: Any) -> Ring:
    if not isinstance(ring, list):
        raise _Unusable("outline_broken", gettext_noop("The outline is not a list of points."))
    points: Ring = []
    for point in ring:
        found = _point(point)
        if not points or points[-1] != found:
            points.append(found)
    if points and points[0] != points[-1]:
        points.append(points[0])
    if len(points) < SMALLEST:
        raise _Unusable("outline_too_small", gettext_noop("An outline has fewer than three different points."))
    return points


def _point(point: Any) -> tuple[int, int]:
    if not isinstance(point, list) or len(point) < 2 or not all(_is_number(part) for part in point[:2]):
        raise _Unusable("outline_broken", gettext_noop("A point is not two numbers."))
    east, north = point[:2]
    if not (-180 <= east <= 180 and -90 <= north <= 90):
        sentence = gettext_noop("A point lies outside the globe: are these degrees of longitude and latitude?")
        raise _Unusable("outline_off_globe", sentence)
    return round(east * DEGREE), round(north * DEGREE)


def _is_number(part: Any) -> bool:
    return isinstance(part, int | float) and not isinstance(part, bool) and (isinstance(part, int) or isfinite(part))
