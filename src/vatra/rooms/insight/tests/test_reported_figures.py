"""Figures and days as reports write them; how several stand for one."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatra.rooms.insight.aggregating import Group, total
from vatra.rooms.insight.figures import DecimalSign, day, decimal_sign, number


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1", "2"], "."), (["1.5"], "."), (["1,5"], ","), (["1.234,5"], ","), (["1,234.5"], "."), (["1.234.567"], ","),
        (["1,234,567"], "."), (["0,500"], ","), (["0.500"], "."), (["1234,500"], ","), (["12,5 %"], ","),
        (["1,5", "2,5", "3.5"], ","), (["1,5", "3.5"], "."), (["١٫٥"], "."), (["1 234,500"], ","), ([",5"], ","),
        (["many", "", "1.2.3", "1,2,3"], "."),
    ],
)  # fmt: skip
def test_the_sign_of_a_file_is_that_of_its_unmistakable_figures(texts, sign):
    assert decimal_sign(texts) == DecimalSign(sign)


@pytest.mark.parametrize("texts", [["1,234"], ["5", "1.234", "7"], ["-1.234"]])
def test_where_no_figure_decides_that_is_said(texts):
    found = decimal_sign(texts)
    assert found.sign == "." and found.unsure in texts


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("1,234", ".", "1234"), ("0,500", ".", None), ("1.234", ",", "1234"), ("0.500", ",", None), ("0,500", ",", "0.5"),
        ("1,234 567", ".", None), ("1 234 567.8", ".", "1234567.8"), ("1'234", ".", "1234"), ("−3", ".", "-3"),
        ("1.2.3", ".", None), ("12,34", ".", None), ("(5)", ".", None), ("45%", ".", None), ("", ".", None), ("+", ".", None),
        ("1e400", ".", None), ("٣٤", ".", "34"), ("²", ".", None),
    ],
)  # fmt: skip
def test_numbers(text, sign, value):
    assert number(text, sign) == (None if value is None else Decimal(value))


def test_a_percent_sign_is_nothing_where_the_unit_is_percent():
    assert number("45 %", ".", percent=True) == number("٤٥٪", ".", percent=True) == Decimal(45)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14, places=3))
def test_what_a_spreadsheet_groups_is_read_back(value):
    english = f"{value:,}"
    other = english.translate(str.maketrans(",.", ".,"))
    assert number(english, ".") == number(other, ",") == value


@pytest.mark.parametrize(
    ("text", "form", "first", "last"),
    [
        ("2019-03", "%Y-%m", date(2019, 3, 1), date(2019, 3, 31)), ("3/2019", "%m/%Y", date(2019, 3, 1), date(2019, 3, 31)),
        ("February 2020", "%B %Y", date(2020, 2, 1), date(2020, 2, 29)), ("Feb-20", "%b-%y", date(2020, 2, 1), date(2020, 2, 29)),
        ("آذار ٢٠١٩", "%B %Y", date(2019, 3, 1), date(2019, 3, 31)), ("كانون الثاني 2019", "%B %Y", date(2019, 1, 1), date(2019, 1, 31)),
        ("مارس 2019", "%B %Y", date(2019, 3, 1), date(2019, 3, 31)), ("août 2019", "%B %Y", date(2019, 8, 1), date(2019, 8, 31)),
        ("1 Ağustos 2019", "%d %B %Y", date(2019, 8, 1), date(2019, 8, 1)), ("2019", "%Y", date(2019, 1, 1), date(2019, 12, 31)),
        ("Brumaire 2019", "%B %Y", None, None), ("13/2019", "%m/%Y", None, None),
    ],
)  # fmt: skip
def test_days_and_months(text, form, first, last):
    assert day(text, [form]) == first and day(text, [form], end=True) == last


def groups(*said):
    area, series = uuid4(), uuid4()
    return [
        Group(series, area, None, date(2019, month, 1), date(2019, month, 28), Decimal(value), count)
        for month, value, count in said
    ]


def test_several_periods_are_read_as_the_indicator_says():
    found = groups((1, 5, 1), (1, 7, 2), (2, 9, 1), (3, 4, 1))
    assert [total(found, how) for how in ("sum", "max", "latest", "mean")] == [25, 12, 4, Decimal("5.00")]
    assert total([], "sum") is None


def test_sums_lose_no_digit():
    found = groups((1, "999999999999999.123456789012345678", 1), (2, "0.000000000000000001", 1))
    assert total(found, "sum") == Decimal("999999999999999.123456789012345679")
