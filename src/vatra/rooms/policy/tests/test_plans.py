from datetime import date

import pytest
from conftest import NOON

from vatra.kernel.actor import system
from vatra.kernel.refused import Refused
from vatra.rooms.policy import commands, queries

BY = {"actor": system("test"), "at": NOON}
PERIOD = {"starts_on": date(2024, 1, 1), "ends_on": date(2029, 1, 1)}


@pytest.fixture
def plan(offices):
    made = commands.define_plan(
        code="p", title={"en": "Plan"}, **PERIOD, adopted_on=date(2024, 1, 10), adopted_by="spas", **BY
    )
    for code, kind, parent, order in [
        ("A", "aim", "", 2),
        ("B", "aim", "", 1),
        ("A1", "objective", "A", 1),
        ("A1a", "programme", "A1", 1),
    ]:
        commands.define_node(plan="p", code=code, kind=kind, title={"en": code}, parent=parent, order=order, **BY)
    return made


def test_the_tree_is_read_in_one_query_and_in_order(plan, django_assert_num_queries):
    with django_assert_num_queries(1):
        aims = queries.tree(plan)
    assert [aim.code for aim in aims] == ["B", "A"]
    assert aims[1].below[0].below[0].code == "A1a"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"code": "X", "kind": "objective"}, "node_out_of_place"),
        ({"code": "X", "kind": "aim", "parent": "A"}, "node_out_of_place"),
        ({"code": "X", "kind": "objective", "parent": "nowhere"}, "no_such_node"),
    ],
)
def test_what_cannot_hang_there_is_refused(plan, said, code):
    with pytest.raises(Refused) as refusal:
        commands.define_node(plan="p", title={"en": "X"}, **said, **BY)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"starts_on": date(2029, 1, 1), "ends_on": date(2024, 1, 1)}, "plan_ends_first"),
        ({**PERIOD, "adopted_on": date(2024, 1, 1)}, "plan_adopted_by_whom"),
        ({**PERIOD, "adopted_on": date(2024, 1, 1), "adopted_by": "nobody"}, "plan_adopted_by_whom"),
    ],
)
def test_a_plan_has_a_period_and_an_adoption_has_both_parts(offices, said, code):
    with pytest.raises(Refused) as refusal:
        commands.define_plan(code="q", title={"en": "Q"}, **said, **BY)
    assert refusal.value.code == code


def test_defining_again_changes_what_stands(plan):
    commands.define_node(plan="p", code="A1", kind="objective", title={"en": "New"}, parent="A", **BY)
    assert queries.node("p", "A1").title == {"en": "New"} and len(queries.tree(plan)[1].below) == 1
