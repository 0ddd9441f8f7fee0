"""Reading GeoJSON (RFC 7946): features with their properties and outlines. Never raises on what a file holds."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .crossing import crossing
from .outlines import DEGREE, SMALLEST, Polygons, Ring

LARGEST = 64 * 1024 * 1024  # bytes
MOST_FEATURES = 20_000
MOST_POINTS = 1_000_000
NO_OUTLINE = gettext_noop("The feature has no outline.")
# Longitude and latitude on the globe of WGS 84, or within a metre of it (ETRS89); never a grid in metres made from it.
OUR_GRID = re.compile(r"(?:crs84h?|(?<!\d)(?:4326|4979|4258))$|^(?:gcs)?wgs(?:19)?84$")

Remark = tuple[str, str, dict[str, object]]  # code, sentence, its values


@dataclass(frozen=True, slots=True)
class Feature:
    """`number` counts from 1. `polygons` is empty when the outline cannot be used; `fault` (code, sentence) says why.

    `remarks` are about an outline that can be used: parts left out, lines that cross.
    """

    number: int
    properties: dict[str, Any]
    polygons: Polygons = field(default_factory=list)
    fault: tuple[str, str] = ("", "")
    remarks: tuple[Remark, ...] = ()


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
    if grid and not OUR_GRID.search(re.sub(r"[\s_\-]+", "", grid.casefold())):
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
    said = properties if isinstance(properties, dict) else {}
    name = said.get("name", said.get("code"))  # {"type": "EPSG", "properties": {"code": 3857}} before 2016
    return str(name) if isinstance(name, str | int) else ""


def _read(found: list[Any], path: Path) -> Iterator[Feature]:
    points = 0
    for number, feature in enumerate(found, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        said = dict(properties) if isinstance(properties, dict) else {}
        if isinstance(feature, dict) and isinstance(feature.get("id"), str | int):
            said.setdefault("id", feature["id"])
        try:
            polygons, left_out = _polygons(feature.get("geometry") if isinstance(feature, dict) else None)
        except _Unusable as unusable:
            yield Feature(number, said, fault=unusable.fault)
            continue
        points += sum(len(ring) for polygon in polygons for ring in polygon)
        if points > MOST_POINTS:
            _refuse(
                "boundaries_too_fine", gettext_noop("%(file)s has more than %(most)s points."), path, most=MOST_POINTS
            )
        yield Feature(number, said, polygons, remarks=tuple(_remarks(polygons, left_out)))


def _remarks(polygons: Polygons, left_out: int) -> Iterator[Remark]:
    if left_out:
        sentence = gettext_noop("%(count)s parts of the outline with fewer than three different points were left out.")
        yield "outline_parts_left_out", sentence, {"count": left_out}
    crossings = (crossing(ring) for polygon in polygons for ring in polygon)
    if where := next((found for found in crossings if found), None):
        sentence = gettext_noop(
            "The outline crosses itself near %(east)s° east, %(north)s° north; it was drawn as it stands."
        )
        yield "outline_crosses_itself", sentence, {"east": where[0] / DEGREE, "north": where[1] / DEGREE}


class _Unusable(Exception):
    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.fault = (code, sentence)


def _polygons(geometry: Any) -> tuple[Polygons, int]:
    """The polygons of a geometry, and how many rings were no area and left out: specks beside what can be drawn."""
    parts = _parts(geometry)
    if not parts:
        raise _Unusable("outline_empty", NO_OUTLINE)
    kept: Polygons = []
    rings = 0
    for part in parts:
        if not isinstance(part, list) or not part:
            raise _Unusable("outline_empty", NO_OUTLINE)
        found = [_ring(ring) for ring in part]
        rings += len(found)
        if len(found[0]) >= SMALLEST:
            kept.append([ring for ring in found if len(ring) >= SMALLEST])
    if not kept:
        raise _Unusable("outline_too_small", gettext_noop("An outline has fewer than three different points."))
    return kept, rings - sum(map(len, kept))


def _parts(geometry: Any) -> list[Any]:
    """The coordinates of each polygon of a geometry; those in a collection too, whatever else is in it."""
    if not isinstance(geometry, dict):
        raise _Unusable("outline_empty", NO_OUTLINE)
    kind, parts = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        return [parts]
    if kind == "MultiPolygon":
        return parts if isinstance(parts, list) else []
    inner = geometry.get("geometries") if kind == "GeometryCollection" else None
    found = inner if isinstance(inner, list) else []
    areas = [one for one in found if isinstance(one, dict) and one.get("type") in ("Polygon", "MultiPolygon")]
    if not areas:
        raise _Unusable("outline_no_area", gettext_noop("The feature is no polygon."))
    return [part for one in areas for part in _parts(one)]


def _ring(ring: Any) -> Ring:
    """A closed ring without a point twice in a row; fewer than SMALLEST points are no area."""
    if not isinstance(ring, list):
        raise _Unusable("outline_broken", gettext_noop("The outline is not a list of points."))
    points: Ring = []
    for point in ring:
        found = _point(point)
        if not points or points[-1] != found:
            points.append(found)
    if points and points[0] != points[-1]:
        points.append(points[0])
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
