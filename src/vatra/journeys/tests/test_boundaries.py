"""Outlines: every feature drawn or told, neighbours still meet, junk refused, nothing raised."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import NOON
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vatra.foundation.imports.queries import placed, told_of
from vatra.foundation.places.commands import define_area
from vatra.foundation.places.crossing import crossing
from vatra.foundation.places.geojson import read_features
from vatra.foundation.places.models import Area, Boundary
from vatra.foundation.places.outlines import simplified
from vatra.foundation.places.queries import outlines
from vatra.journeys.boundaries import import_boundaries
from vatra.kernel.actor import system
from vatra.kernel.refused import Refused

ROOT = Path(__file__).parents[4]
GEO = ROOT.parent / "shared" / "data" / "geo"
BY = {"actor": system("test"), "at": NOON}
SETS = {
    "lb/lbn_adm2_geoboundaries": (26, "district", "lb"), "lb/lbn_adm1_naturalearth": (6, "governorate", "lb"),
    "ro/rou_adm1_naturalearth": (42, "county", "ro"), "tr/tur_adm1_naturalearth": (81, "province", "tr"),
    "sa/sau_adm1_naturalearth": (13, "region", "sa"),
}  # fmt: skip
real = pytest.mark.skipif(not GEO.is_dir(), reason="the real boundaries are not beside the project")


def go(file, **options):
    return import_boundaries(file=file, packs=ROOT / "packs", finished=lambda: NOON, **BY, **options)[0]


def square(west, south, size=1.0):
    corners = [(0, 0), (size, 0), (size, size), (0, size), (0, 0)]
    return {"type": "Polygon", "coordinates": [[[west + x, south + y] for x, y in corners]]}


def feature(name, geometry, **properties):
    return {"type": "Feature", "properties": {"name": name, **properties}, "geometry": geometry}


def written(tmp_path, features, **rest):
    path = tmp_path / "b.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **rest}), encoding="utf-8")
    return path


def codes(run):
    return {row.number: row.reasons[0]["code"] for row in told_of(run.pk)}


# --- the real files ---------------------------------------------------------------------------------------------------


@real
@pytest.mark.parametrize("name", SETS)
def test_a_real_set_imports_into_a_new_installation_and_again_changes_nothing(db, name):
    count, kind, country = SETS[name]
    first = placed(go(GEO / f"{name}.geojson"))
    assert first == {"read": count, "placed": count, "rejected": 0, "created": count, "updated": 0, "unchanged": 0}
    drawn = Area.objects.filter(pk__in=Boundary.objects.values("area"))
    assert {(area.kind, area.path.split("/")[0]) for area in drawn} == {(kind, country)}
    stood = Area.objects.count()
    assert placed(go(GEO / f"{name}.geojson"))["unchanged"] == count and Area.objects.count() == stood


@real
def test_romanias_counties_join_those_that_a_pack_knows(db):
    define_area(code="ro", kind="country", name={"ro": "România"}, **BY)
    define_area(code="261", kind="county", name={"ro": "Mureș"}, parent="ro", **BY)
    assert placed(go(GEO / "ro/rou_adm1_naturalearth.geojson"))["placed"] == 42
    assert Boundary.objects.filter(area__code="261").exists() and Area.objects.filter(kind="county").count() == 42


@real
@pytest.mark.parametrize("name", SETS)
def test_neighbours_of_a_real_set_still_meet(name):
    """Every edge that two areas shared before is shared, in its simpler form, after."""
    shapes = [feature.polygons for feature in read_features(GEO / f"{name}.geojson")]
    before, after = shared_edges(shapes), shared_edges(simplified(shapes, detail=300))
    assert len(before) > 50 and 0 < len(after) < len(before)
    lonely = sum(len(edges_of(shape)) for shape in simplified(shapes, detail=300)) - 2 * len(after)
    outer_before = sum(len(edges_of(shape)) for shape in shapes) - 2 * len(before)
    assert lonely <= outer_before  # no inner edge has become an outer one: no gap opened


def edges_of(polygons):
    return {frozenset(pair) for polygon in polygons for ring in polygon for pair in pairwise(ring)}


def shared_edges(shapes):
    seen, shared = set(), set()
    for shape in shapes:
        edges = edges_of(shape)
        shared |= seen & edges
        seen |= edges
    return shared


# --- simplifying ------------------------------------------------------------------------------------------------------


WIGGLY = [(i * 100, 4000 + (37 * i % 61) * 20) for i in range(101)]  # the border between two oblongs


def two_oblongs():
    lower = [(0, 0), (10000, 0), *reversed(WIGGLY), (0, 0)]
    upper = [*WIGGLY, (10000, 10000), (0, 10000), WIGGLY[0]]
    return [[[lower]], [[upper]]]


def test_a_border_is_simplified_once_for_both_sides():
    lower, upper = simplified(two_oblongs(), detail=20)
    assert 8 < len(lower[0][0]) < 60
    assert set(lower[0][0]) & set(WIGGLY) == set(upper[0][0]) & set(WIGGLY)


def test_sides_simplified_apart_would_part():
    """The control: each alone, from its own corners, keeps other points, and the two no longer meet."""
    lower, upper = (simplified([shape], detail=20)[0] for shape in two_oblongs())
    assert set(lower[0][0]) & set(WIGGLY) != set(upper[0][0]) & set(WIGGLY)


def test_an_enclave_fits_its_hole_and_nothing_vanishes():
    ring = [(4000, 4000), (4500, 3990), (5000, 4000), (5010, 4500), (5000, 5000), (4000, 5000), (4000, 4000)]
    around = [[[(0, 0), (9000, 0), (9000, 9000), (0, 9000), (0, 0)], ring[::-1]]]
    speck = [[[(20000, 0), (20001, 0), (20001, 1), (20000, 0)]]]
    outer, inner, small = simplified([around, [[ring]], speck], detail=50)
    assert set(outer[0][1]) == set(inner[0][0]) and small == speck


# --- planted files ----------------------------------------------------------------------------------------------------


def test_features_that_cannot_be_drawn_are_told(db, tmp_path):
    for code in ("a", "b"):
        define_area(code=code, kind="county", name={"en": f"County {code.upper()}"}, **BY)
    bent = square(0, 0)
    bent["coordinates"][0][1] = ["x", 0]
    file = written(tmp_path, [
        feature("COUNTY A", square(0, 0)),
        feature("County Ā", square(1, 0)),
        feature("County Z", square(2, 0)),
        feature("County B", {"type": "Point", "coordinates": [0, 0]}),
        feature("County B", square(500, 0)),
        feature("County B", bent),
        feature("County B", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}),
        feature("County B", None),
        "nothing",
    ])  # fmt: skip
    run = go(file, create=False)
    assert codes(run) == {
        2: "area_twice", 3: "area_unknown", 4: "outline_no_area", 5: "outline_off_globe", 6: "outline_broken",
        7: "outline_too_small", 8: "outline_empty", 9: "outline_empty",
    }  # fmt: skip
    assert placed(run)["placed"] == 1 and placed(run)["rejected"] == 8


def test_unknown_areas_are_created_only_when_most_are_unknown_or_when_asked(db, tmp_path):
    for index in range(3):
        define_area(code=f"c{index}", kind="county", name={"en": f"C {index}"}, **BY)
    features = [feature(f"C {index}", square(index, 0)) for index in range(4)]
    assert codes(go(written(tmp_path, features))) == {4: "area_unknown"}
    assert placed(go(written(tmp_path, features), create=True, parent="c0"))["created"] == 1
    made = Area.objects.get(code="c0-c-3")
    assert (made.kind, made.name, made.parent.code) == ("county", {"en": "C 3"}, "c0")


def test_an_outline_that_changed_is_updated(db, tmp_path):
    go(written(tmp_path, [feature("A", square(0, 0))]))
    assert placed(go(written(tmp_path, [feature("A", square(0, 0, 2.0))])))["updated"] == 1
    area = Area.objects.get()
    assert outlines([area.pk])[area.pk][0][0][2] == [200000, 200000]


def test_codes_win_over_names_and_shared_names_are_told(db, tmp_path):
    for code, parent in (("x", ""), ("y", ""), ("x1", "x"), ("y1", "y")):
        kind = "district" if parent else "county"
        define_area(code=code, kind=kind, name={"en": "Nordby" if parent else code}, parent=parent, **BY)
    run = go(written(tmp_path, [feature("Nordby", square(0, 0))]), kind="district", create=False)
    assert codes(run) == {1: "area_unclear"}
    run = go(written(tmp_path, [feature("Nordby", square(0, 0), nr="y1")]), kind="district", code="nr", create=False)
    assert placed(run)["placed"] == 1 and Boundary.objects.get().area.code == "y1"


# --- files of other countries -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"NAME_1": "Big", "NAME_2": "{}", "GID_0": "JOR", "GID_2": "JOR.1.{}_1"}, "JOR.1.North_1"),
        (
            {"ADM1_EN": "Big", "ADM2_EN": "{}", "ADM2_AR": "س{}", "ADM2_PCODE": "JO01{}", "ADM0_PCODE": "JO"},
            "JO01North",
        ),
        ({"name:en": "{}", "ISO3166-2": "JO-{}", "country_code": "JO"}, "JO-North"),
        ({"GOVERNORAT": "{}", "KEY": "A1", "COUNTRY_CODE": "JO"}, "jo-north"),
    ],
)
def test_names_and_codes_are_found_in_the_properties_of_others(db, tmp_path, properties, code):
    names = ["North", "South", "East"]  # as of places in packs at hand, in other countries
    features = [
        {"type": "Feature", "geometry": square(n, 0), "properties": {k: v.format(name) for k, v in properties.items()}}
        for n, name in enumerate(names)
    ]
    run = go(written(tmp_path, features))
    assert placed(run)["placed"] == 3, codes(run)
    north = Area.objects.get(code=code)
    assert north.name["en"] == "North" and north.parent.code == "jo"
    assert [note["code"] for note in run.notes][1:] == (["names_guessed"] if "GOVERNORAT" in properties else [])
    assert placed(go(written(tmp_path, features)))["unchanged"] == 3


def test_a_guessed_name_is_the_one_that_most_areas_are_called(db, tmp_path):
    for code in ("a", "b"):
        define_area(code=code, kind="county", name={"en": f"County {code.upper()}"}, **BY)
    features = [
        {"type": "Feature", "geometry": square(n, 0), "properties": {"source": f"Office {n}", "judet": f"County {c}"}}
        for n, c in enumerate("AB")
    ]
    run = go(written(tmp_path, features))
    assert placed(run)["placed"] == 2 and run.notes[0]["values"] == {"name": "judet"}


def test_a_code_said_twice_is_told_and_the_others_are_drawn(db, tmp_path):
    features = [feature(f"F {n}", square(n, 0), pcode=f"P{min(n, 10)}") for n in range(12)]
    assert codes(go(written(tmp_path, features), code="pcode")) == {12: "area_twice"}
    assert Area.objects.filter(code="P10").get().name == {"en": "F 10"}
    assert codes(go(written(tmp_path, features), code="pcode", create=False)) == {12: "area_twice"}


def test_a_name_said_twice_makes_one_area_and_is_told(db, tmp_path):
    features = [feature("Centre", square(0, 0)), feature("Centre", square(1, 0)), feature("", square(2, 0))]
    run = go(written(tmp_path, features))
    assert codes(run) == {2: "area_twice", 3: "area_nameless"} and Area.objects.count() == 1


@pytest.mark.parametrize("option", ["code", "name"])
def test_a_property_that_no_feature_has_is_refused(db, tmp_path, option):
    with pytest.raises(Refused) as refusal:
        go(written(tmp_path, [feature("A", square(0, 0))]), **{option: "pcode"})
    assert refusal.value.code == "no_such_property" and "name" in refusal.value.next_step % refusal.value.values
    assert not Area.objects.exists()


def test_an_outline_that_crosses_itself_or_has_specks_is_drawn_and_told(db, tmp_path):
    tie = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    speck = square(4, 0)
    speck = {"type": "MultiPolygon", "coordinates": [speck["coordinates"], [[[9, 9], [9, 9], [9, 9]]]]}
    pinched = {
        "type": "Polygon",
        "coordinates": [[[6, 0], [8, 0], [7, 1], [8, 2], [6, 2], [7, 1], [6, 0]]],
    }  # only touches
    holed = square(9, 0)
    holed["coordinates"].append([[9.2, 0.2], [9.8, 0.2], [9.8, 0.8], [9.2, 0.2]])
    features = [feature(name, shape) for name, shape in zip("ABCD", (tie, speck, pinched, holed), strict=True)]
    run = go(written(tmp_path, features))
    assert placed(run)["placed"] == 4
    assert codes(run) == {1: "outline_crosses_itself", 2: "outline_parts_left_out"}
    for row in told_of(run.pk):
        assert row.reasons[0]["sentence"] % row.reasons[0]["values"]
    assert len(outlines([Area.objects.get(name__en="D").pk]).popitem()[1][0]) == 2  # the hole is kept


def test_a_long_outline_is_looked_at_quickly():
    """A border of thousands of points: the sweep compares neighbours, not everything with everything."""
    wave = [(i, (i * 7919) % 1000) for i in range(20_000)]
    assert crossing([*wave, (20_000, -5000), (0, -5000), wave[0]]) is None
    assert crossing([*wave, (20_000, -5000), (10_000, 3000), (0, -5000), wave[0]])


def test_polygons_in_a_collection_are_drawn(tmp_path):
    mixed = {"type": "GeometryCollection", "geometries": [square(0, 0), {"type": "Point", "coordinates": [0, 0]}, 7]}
    points = {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [0, 0]}]}
    first, second = read_features(written(tmp_path, [feature("A", mixed), feature("B", points)]))
    assert len(first.polygons) == 1 and second.fault[0] == "outline_no_area"


@pytest.mark.parametrize(
    "grid", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4258", "WGS 84", 4326]
)
def test_degrees_under_any_name_are_read(tmp_path, grid):
    key = "code" if isinstance(grid, int) else "name"
    path = written(tmp_path, [feature("A", square(0, 0))], crs={"type": "name", "properties": {key: grid}})
    assert len(read_features(path)) == 1


@pytest.mark.parametrize(
    "grid", ["EPSG:3857", "WGS 84 / UTM zone 36N", "WGS 84 / Pseudo-Mercator", 32636, "EPSG:24326"]
)
def test_metres_are_refused_under_any_name(tmp_path, grid):
    key = "code" if isinstance(grid, int) else "name"
    path = written(tmp_path, [feature("A", square(0, 0))], crs={"type": "name", "properties": {key: grid}})
    with pytest.raises(Refused) as refusal:
        read_features(path)
    assert refusal.value.code == "boundaries_other_grid" and refusal.value.values["grid"] == str(grid)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "boundaries_unreadable"), ("{", "boundaries_unreadable"), ("[]", "boundaries_no_features"),
        ('{"type": "FeatureCollection", "features": []}', "boundaries_no_features"), ("[" * 100_000, "boundaries_unreadable"),
        ('{"features": [NaN]}', "boundaries_unreadable"), ('{"features": [' + "9" * 5000 + "]}", "boundaries_unreadable"),
        ('{"features": [1], "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::3844"}}}', "boundaries_other_grid"),
    ],
)  # fmt: skip
def test_junk_is_refused(tmp_path, content, code):
    path = tmp_path / "junk.geojson"
    path.write_text(content)
    with pytest.raises(Refused) as refusal:
        read_features(path)
    assert refusal.value.code == code and str(refusal.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "geometry", "geometries", "coordinates", "properties", "name", "id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.lists(JSON, min_size=1, max_size=4), st.sampled_from(["Polygon", "MultiPolygon", "GeometryCollection"]), JSON)
def test_no_json_raises_anything_but_a_refusal(tmp_path, features, kind, coordinates):
    planted = {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates, "geometries": coordinates}}
    path = written(tmp_path, [*features, planted])
    for found in read_features(path):
        assert found.polygons or found.fault[0]
        simplified([found.polygons] if found.polygons else [])
