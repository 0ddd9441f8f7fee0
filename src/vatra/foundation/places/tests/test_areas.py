import pytest
from conftest import NOON, TODAY

from vatra.foundation.places import commands, queries
from vatra.foundation.places.models import Area
from vatra.kernel.actor import system
from vatra.kernel.refused import Refused

BY = {"actor": system("test"), "at": NOON}


def define(code, parent="", **said):
    return commands.define_area(code=code, kind="locality", name={"en": code}, parent=parent, **said, **BY)


def test_a_place_lies_in_its_parent_and_what_is_below_moves_with_it(db):
    for code, parent in [("a", ""), ("b", ""), ("c", "a"), ("d", "c")]:
        define(code, parent)
    define("c", "b")
    assert Area.objects.get(code="d").path == "b/c/d/"
    assert [area.code for area in queries.areas(within="b")] == ["b", "c", "d"]


def test_a_place_is_not_within_itself_nor_in_one_that_is_not_known(db):
    define("a"), define("c", "a")
    for parent in ("c", "a", "nowhere"):
        with pytest.raises(Refused):
            define("a", parent)
    with pytest.raises(Refused):
        define("x/y")


def test_a_retired_place_is_not_offered_and_not_gone(db):
    define("a", tile=(1, -2))
    assert queries.described("a")["tile"] == [1, -2]
    commands.retire_area(code="a", on=TODAY, **BY)
    assert list(queries.areas()) == [] and Area.objects.get(code="a").retired_on == TODAY
