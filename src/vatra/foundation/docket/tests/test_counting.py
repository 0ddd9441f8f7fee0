"""How terms are counted, by hand-checked days around Easter and Christmas 2026."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from vatra.foundation.docket.counting import due, length
from vatra.kernel.days import Calendar

# Good Friday and Easter Monday 2026 (Orthodox), 1 May, the end-of-year days.
ROMANIA = Calendar(
    frozenset({5, 6}),
    frozenset({date(2026, 4, 10), date(2026, 4, 13), date(2026, 5, 1), date(2026, 12, 25), date(2027, 1, 1)}),
)


def test_calendar_days_do_not_count_the_first_day():
    assert due(date(2026, 11, 2), 30, "calendar", ROMANIA, rolls=True) == date(2026, 12, 2)


def test_a_calendar_term_that_ends_on_rest_days_ends_after_them():
    # Friday 10 April is Good Friday; the weekend and Easter Monday follow.
    assert due(date(2026, 4, 5), 5, "calendar", ROMANIA, rolls=True) == date(2026, 4, 14)
    assert due(date(2026, 4, 5), 5, "calendar", ROMANIA, rolls=False) == date(2026, 4, 10)


def test_working_days_jump_over_easter():
    assert due(date(2026, 4, 8), 3, "working", ROMANIA, rolls=True) == date(2026, 4, 15)


days = st.dates(date(2026, 1, 1), date(2026, 12, 1))


@given(days, st.integers(1, 60))
def test_a_working_term_is_exactly_as_long_as_it_says(start, count):
    assert length(start, due(start, count, "working", ROMANIA, rolls=True), "working", ROMANIA) == count


@given(days, st.integers(0, 60), st.integers(0, 40), st.sampled_from(["calendar", "working"]))
def test_more_days_never_end_a_term_earlier(start, count, more, counting):
    assert due(start, count + more, counting, ROMANIA, rolls=True) >= due(start, count, counting, ROMANIA, rolls=True)
