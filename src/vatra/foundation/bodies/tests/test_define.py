import pytest
from conftest import NOON, TODAY

from vatra.foundation.bodies import commands, queries
from vatra.kernel.actor import system
from vatra.kernel.refused import Refused

BY = {"actor": system("test"), "at": NOON}


def test_a_body_is_defined_changed_and_retired(offices):
    commands.define_body(code="hall", kind="authority", name={"ro": "Primăria"}, area="114925", **BY)
    commands.define_body(code="hall", kind="authority", name={"ro": "Primăria Târnăveni"}, area="114925", **BY)
    assert queries.described("hall") == {"kind": "authority", "name": {"ro": "Primăria Târnăveni"}, "area": "114925"}
    assert queries.body("hall").name_key == "primaria tarnaveni"
    commands.retire_body(code="hall", on=TODAY, **BY)
    assert queries.described("hall") is None and queries.body("hall") is not None


@pytest.mark.parametrize("said", [{"kind": "club"}, {"kind": "office", "parent": "x"}, {"kind": "office", "area": "x"}])
def test_unknown_kind_parent_or_place_is_refused(offices, said):
    with pytest.raises(Refused):
        commands.define_body(code="new", name={"en": "New"}, **said, **BY)
