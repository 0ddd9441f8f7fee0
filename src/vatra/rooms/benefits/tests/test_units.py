"""Units of law of households as they are: couples, grown children, grandmothers, unknown ages."""

from datetime import date
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatra.kernel.refused import Refused
from vatra.rooms.benefits.units import House, Kin, derive

ON = date(2026, 11, 21)
DECLARED = {
    "person": {"members": "alone", "applicant": ["self", "parent", "guardian"]},
    "child": {
        "members": "alone", "only": [{"under": 18}, {"from": 18, "fact": "schooling", "is": ["high_school"]}],
        "applicant": ["parent", "guardian", "adult"],
    },
    "household": {"members": "together", "applicant": ["core", "adult"]},
    "family": {
        "members": "grouped", "core": ["head", "spouse", "partner"], "joined_by": ["spouse", "partner"],
        "dependants_of": ["mother", "father", "guardian", "foster_parent"],
        "dependants": [
            {"under": 18},
            {"from": 18, "under": 26, "fact": "in_education", "role": ["child", "foster_child", "ward", "grandchild"]},
        ],
        "applicant": ["core", "adult"],
    },
}  # fmt: skip


def who(name: str) -> UUID:
    return uuid5(UUID(int=1), name)


def house(*members, kin=(), **education) -> House:
    """`house(("Ana", "head", 40), …, kin=[("Ana", "mother", "Ion")], Ion=True)`; an age of None is not known."""
    facts = {}
    for name, _, age in members:
        facts[who(name)] = {} if age is None else {"birth_date": [(date(1900, 1, 1), None, date(2026 - age, 1, 1))]}
        if name in education:
            facts[who(name)]["in_education"] = [(date(2020, 1, 1), None, education[name])]
    return House(
        [(who(name), role) for name, role, _ in members], [Kin(who(a), who(b), r) for a, r, b in kin], facts, ON
    )


def names(units, *people):
    back = {who(name): name for name in people}
    return [[back[m] for m in unit.members] for unit in units]


def test_a_couple_with_children_is_one_family():
    home = house(("Ana", "head", 40), ("Dan", "spouse", 41), ("Ion", "child", 10), ("Eva", "child", 3))
    (family,) = derive("family", DECLARED, home)
    assert len(family.members) == 4
    assert family.beneficiary == family.applicant == who("Ana")


def test_a_grown_child_and_a_grandmother_stand_for_themselves():
    home = house(("Ana", "head", 50), ("Ion", "child", 22), ("Vera", "parent", 75), ("Eva", "child", 12))
    assert names(derive("family", DECLARED, home), "Ana", "Ion", "Vera", "Eva") == [["Ana", "Eva"], ["Ion"], ["Vera"]]


def test_a_student_is_a_dependant_until_26():
    for age, learns, together in [(25, True, True), (26, True, False), (20, False, False), (20, None, False)]:
        education = {} if learns is None else {"Ion": learns}
        units = derive("family", DECLARED, house(("Ana", "head", 50), ("Ion", "child", age), **education))
        assert (len(units) == 1) is together, (age, learns)


def test_a_young_mother_in_her_parents_home_has_her_own_family():
    home = house(
        ("Ana", "head", 45), ("Ion", "child", 20), ("Eva", "relative", 19), ("Bebe", "grandchild", 1),
        kin=[("Ion", "partner", "Eva"), ("Eva", "mother", "Bebe")],
    )  # fmt: skip
    assert names(derive("family", DECLARED, home), "Ana", "Ion", "Eva", "Bebe") == [["Ana"], ["Ion", "Eva", "Bebe"]]


def test_an_unknown_age_in_a_childs_role_is_a_childs():
    home = house(("Ana", "head", 40), ("Ion", "child", None), ("Vera", "parent", None))
    assert names(derive("family", DECLARED, home), "Ana", "Ion", "Vera") == [["Ana", "Ion"], ["Vera"]]


def test_each_child_is_asked_for_by_a_parent():
    home = house(
        ("Dan", "head", 40), ("Ana", "spouse", 38), ("Ion", "child", 10), ("Ela", "child", 20),
        kin=[("Ana", "mother", "Ion")], Ela=True,
    )  # fmt: skip
    home.facts[who("Ela")]["schooling"] = [(date(2020, 1, 1), None, "high_school")]
    ion, ela = derive("child", DECLARED, home)
    assert (ion.members, ion.beneficiary, ion.applicant) == ((who("Ion"),), who("Ion"), who("Ana"))
    assert ela.applicant == who("Ela")  # of age


def test_whether_a_grown_child_still_learns_is_asked_and_of_their_mother_it_is_not():
    home = house(("Ana", "head", 36), ("Ela", "child", 20))
    assert [unit.beneficiary for unit in derive("child", DECLARED, home)] == [who("Ela")]
    assert derive("child", DECLARED, house(("Ana", "head", 36))) == []


def test_children_alone_are_one_unit_without_anybody_who_may_ask():
    (unit,) = derive("family", DECLARED, house(("Ion", "child", 15), ("Eva", "child", 12)))
    assert (len(unit.members), unit.applicant) == (2, None)


def test_an_empty_household_and_an_unknown_unit():
    assert derive("family", DECLARED, house()) == []
    with pytest.raises(Refused, match="assistance unit"):
        derive("tribe", DECLARED, house(("Ana", "head", 40)))


people = st.lists(
    st.tuples(
        st.sampled_from(["head", "spouse", "child", "grandchild", "parent", "lodger"]),
        st.one_of(st.none(), st.integers(0, 99)),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


ties = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["mother", "spouse"]), st.integers(0, 7)), max_size=5)


@given(people, ties)
def test_everybody_is_in_exactly_one_family(drawn, tied):
    members = [(f"p{n}", role, age) for n, (role, age) in enumerate(drawn)]
    kin = [(f"p{a}", r, f"p{b}") for a, r, b in tied if a != b and max(a, b) < len(members)]
    units = derive("family", DECLARED, house(*members, kin=kin))
    assert sorted(m for unit in units for m in unit.members) == sorted(who(name) for name, *_ in members)
    assert all(unit.beneficiary in unit.members for unit in units)
