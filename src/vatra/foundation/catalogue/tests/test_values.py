from datetime import date
from decimal import Decimal

import pytest
from conftest import NOON, TODAY
from hypothesis import given
from hypothesis import strategies as st

from vatra.foundation.catalogue import commands, queries
from vatra.foundation.catalogue.rows import FactRow
from vatra.foundation.catalogue.values import definition_of, from_columns, to_columns
from vatra.kernel.actor import system
from vatra.kernel.refused import Refused

ME = system("test")


def fact(kind: str, **said) -> FactRow:
    blank = {"question": {}, "help": {}, "fresh_days": None, "sensitive": False, "default": None, "order": 0}
    return FactRow(
        code=kind, subject="person", type=kind, currency="RON" if kind == "money" else "", code_list="", title={},
        retired_on=None, **{**blank, **said},
    )  # fmt: skip


DECIMALS = st.decimals(-(10**9), 10**9, places=6, allow_nan=False)


WHAT = {
    "money": st.integers(-(10**15), 10**15),
    "integer": st.integers(-(10**9), 10**9),
    "boolean": st.booleans(),
    "number": DECIMALS,
    "percentage": DECIMALS,
    "date": st.dates(),
    "text": st.text(min_size=1, max_size=500),
}


@pytest.mark.parametrize(("kind", "values"), WHAT.items())
def test_a_value_comes_back_as_it_went_in(kind, values):
    @given(values.filter(lambda v: not isinstance(v, str) or v.strip()))
    def goes_round(value):
        again = from_columns(fact(kind), *to_columns(fact(kind), value))
        assert again == value and type(again) is type(value)

    goes_round()


WRONG = {
    "money": [12.5, "12", True, Decimal(3), 2**63, None],
    "integer": [1.0],
    "boolean": [1, "yes"],
    "number": [0.1, Decimal("0.0000001"), Decimal("NaN")],
    "percentage": ["12"],
    "date": ["2024-01-01", NOON],
    "text": [" ", "x" * 501, None],
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in WRONG.items() for value in values])
def test_what_is_not_of_the_type_is_refused_with_the_name_of_the_fact(kind, value):
    with pytest.raises(Refused) as refusal:
        to_columns(fact(kind), value)
    assert refusal.value.code == "wrong_value" and refusal.value.values["fact"] == kind and refusal.value.next_step


def test_bounds_are_kept(db):
    income = fact("money", bounds={"min": "0 RON", "max": "50000 RON"})
    assert to_columns(income, 5_000_000) == (5_000_000, "")
    for value in (-1, 5_000_001):
        with pytest.raises(Refused) as refusal:
            to_columns(income, value)
        assert refusal.value.code == "out_of_bounds"


def test_a_code_must_be_in_its_list_and_in_use(definitions):
    heating = definition_of("heating")
    assert to_columns(heating, "wood") == (None, "wood")
    commands.define_code_list(
        code="heating", title={"en": "Heating"}, codes=[{"code": "gas", "title": {"en": "Gas"}}], actor=ME, at=NOON,
        today=TODAY,
    )  # fmt: skip
    for value in ("wood", "coal"):
        with pytest.raises(Refused):
            to_columns(heating, value)
    assert queries.code("heating", "wood").retired_on == TODAY  # retired, not gone
    assert [c.code for c in queries.codes("heating")] == ["gas"]


def test_definitions_are_read_once_and_again_after_a_change(definitions, django_assert_num_queries):
    assert "net_income" in queries.fact_definitions()
    with django_assert_num_queries(0):
        queries.fact_definitions(), queries.codes("heating"), queries.zone()
    commands.define_fact(code="rent", subject="household", type="money", currency="RON", title={"en": "Rent"}, actor=ME,
                         at=NOON)  # fmt: skip
    assert definition_of("rent").currency == "RON"
    queries.forget()  # what the start of a request does
    with django_assert_num_queries(1):
        queries.fact_definitions(), queries.fact_definitions()


def test_a_fact_keeps_its_nature(definitions):
    with pytest.raises(Refused) as refusal:
        commands.define_fact(code="pupil", subject="person", type="text", title={"en": "Pupil"}, actor=ME, at=NOON)
    assert refusal.value.code == "fact_changed_its_nature"


def test_an_unknown_retired_or_computed_fact_is_not_recorded(definitions):
    commands.retire_fact(code="pupil", on=TODAY, actor=ME, at=NOON)
    commands.define_fact(code="age", subject="person", type="integer", formula="age(birth_date)", title={"en": "Age"},
                         actor=ME, at=NOON)  # fmt: skip
    for code in ("pupil", "age", "shoe_size"):
        with pytest.raises(Refused):
            definition_of(code)


def test_the_calendar_follows_the_rules_of_the_pack():
    from vatra.foundation.catalogue.holidays import calendar_of

    calendar = calendar_of({
        "rest_days": ["saturday", "sunday"],
        "fixed": [{"day": "01-24", "since": 2017}, {"day": "12-01"}],
        "movable": [{"easter": "orthodox", "days": -2, "since": 2018}, {"easter": "orthodox", "days": 1}],
        "announced": [{"on": "2026-06-08"}],
    })  # fmt: skip
    assert not calendar.is_working(date(2026, 4, 10)) and not calendar.is_working(date(2026, 4, 13))
    assert calendar.is_working(date(2017, 4, 14)) and not calendar.is_working(date(2018, 4, 6))
    assert calendar.is_working(date(2016, 1, 25)) and not calendar.is_working(date(2017, 1, 24))
    assert not calendar.is_working(date(2026, 6, 8))
    assert calendar.add_working_days(date(2026, 4, 9), 1) == date(2026, 4, 14)
    with pytest.raises(Refused):
        calendar_of({"fixed": [{"day": "02-30"}]})


def test_a_name_is_said_in_the_packs_own_language_however_it_is_kept(monkeypatch):
    monkeypatch.setattr(queries, "languages", lambda: ["ro", "ar"])
    assert queries.first_words({"hu": "Maros", "ar": "م", "ro": "Mureș"}) == "Mureș"
    assert queries.first_words({"hu": "Maros", "ar": "م"}) == "م"
    assert queries.first_words({"hu": "Maros", "fr": "Mures"}) == queries.first_words({"fr": "Mures", "hu": "Maros"})
    assert queries.first_words({}) == ""
