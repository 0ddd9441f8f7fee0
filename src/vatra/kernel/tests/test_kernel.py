"""Money, days, numbers, moves: what everything stands on."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatra.kernel.days import Calendar, Period, add_months, age_on, day, month_end, months_between
from vatra.kernel.ids import stable_id, uuid7
from vatra.kernel.money import CurrencyMismatch, Money, MoneyOverflow, divide, to_step
from vatra.kernel.moves import IllegalMove, check_move, reachable
from vatra.kernel.numbers import parse_number
from vatra.kernel.refused import Refused


@given(st.integers(-(10**15), 10**15), st.integers(-(10**6), 10**6).filter(bool))
def test_division_stays_within_the_rounding_it_names(n, d):
    exact = Fraction(n, d)
    assert abs(divide(n, d, "up")) >= abs(exact) >= abs(divide(n, d, "down"))
    assert abs(divide(n, d, "half_up") - exact) <= Fraction(1, 2)
    assert abs(divide(n, d, "half_even") - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("n", "d", "rounding", "result"),
    [(5, 2, "half_up", 3), (5, 2, "half_even", 2), (7, 2, "half_even", 4), (-5, 2, "half_up", -3), (-5, 2, "down", -2),
     (1, 3, "up", 1), (-1, 3, "up", -1)],
)  # fmt: skip
def test_division_by_hand(n, d, rounding, result):
    assert divide(n, d, rounding) == result


def test_published_amounts_come_out_of_whole_lei():
    indicator = 66020  # bani
    assert [to_step(divide(indicator * p, 100, "up"), 100, "up") for p in (80, 30, 53, 22, 12)] == [
        52900, 19900, 35000, 14600, 8000,
    ]  # fmt: skip


def test_money_refuses_to_mix_and_to_overflow():
    with pytest.raises(CurrencyMismatch):
        Money(1, "RON") + Money(1, "TRY")
    with pytest.raises(MoneyOverflow):
        Money(2**62, "RON") * 2
    with pytest.raises(TypeError):
        Money(1.5, "RON")  # type: ignore[arg-type]


def test_an_evening_in_london_is_the_next_day_in_bucharest():
    assert day(datetime(2026, 11, 21, 23, 0, tzinfo=UTC), "Europe/Bucharest") == date(2026, 11, 22)
    with pytest.raises(ValueError, match="time zone"):
        day(datetime(2026, 11, 21), "Europe/Bucharest")


def test_ages_and_months():
    assert age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17
    assert age_on(date(2004, 2, 29), date(2022, 3, 1)) == 18
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert month_end(date(2024, 2, 3)) == date(2024, 2, 29)


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(0, 600))
def test_months_come_back(start, months):
    assert months_between(start, add_months(start, months)) in {months, months - 1}


def test_a_period_holds_its_first_day_and_not_its_last():
    may = Period(date(2026, 5, 1), date(2026, 6, 1))
    assert date(2026, 5, 1) in may
    assert date(2026, 6, 1) not in may
    assert not may.overlaps(Period(date(2026, 6, 1)))


def test_working_days_skip_rest_and_holidays():
    calendar = Calendar(frozenset({5, 6}), frozenset({date(2026, 11, 30), date(2026, 12, 1)}))
    assert calendar.add_working_days(date(2026, 11, 26), 2) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1.200,50", "1200.50"), ("1,200.50", "1200.50"), ("1.200", "1200"), ("1,5", "1.5"), ("١٢٠٠٫٥", "1200.5"),
     ("1 200", "1200"), ("0.5", "0.5"), ("-3", "-3"), ("1.234.567", "1234567"), (",5", "0.5")],
)  # fmt: skip
def test_numbers_as_typed(typed, number):
    assert parse_number(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "abc", "1..2", "12a", "1e5", "٪"])
def test_what_is_not_a_number_is_refused(typed):
    with pytest.raises(Refused):
        parse_number(typed)


def test_moves():
    moves = {"a": {"b"}, "b": set(), "c": set()}
    check_move(moves, source="a", target="b")
    with pytest.raises(IllegalMove):
        check_move(moves, source="b", target="a")
    assert reachable(moves, "a") == {"a", "b"}


def test_ids():
    early, late = uuid7(datetime(2026, 1, 1, tzinfo=UTC)), uuid7(datetime(2026, 1, 2, tzinfo=UTC))
    assert early < late
    assert (early.version, early.variant) == (7, "specified in RFC 4122")
    assert stable_id("a", "b") == stable_id("a", "b") != stable_id("a b")
