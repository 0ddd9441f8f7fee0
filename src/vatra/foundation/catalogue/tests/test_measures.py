"""The registry: every declared measure can be found, runs on an empty database in one query, and says what it is."""

from datetime import date

import pytest

from vatra.foundation.catalogue.measures import Row, UnknownMeasure, measure, measures, month, register_measure


@pytest.mark.parametrize("code", sorted(measures()))
def test_every_measure_is_one_query(db, code, django_assert_max_num_queries):
    found = measure(code)
    over = month(date(2026, 11, 1))
    with django_assert_max_num_queries(2):
        rows = found.rows(over)
    assert all(isinstance(row, Row) for row in rows)
    assert found.title and found.about and set(found.breakdowns) <= {"area", "sex", "age"}


def test_what_nobody_declares_is_not_there_and_nothing_is_declared_twice():
    with pytest.raises(UnknownMeasure):
        measure("nothing.at_all")
    with pytest.raises(ValueError, match="two rooms"):
        register_measure("people.households", "Other", unit="x", call="x", about="x")


def test_a_month_begins_and_ends_where_the_pack_lives(pack_loaded, db):
    over = month(date(2026, 3, 15))
    assert (over.start, over.end) == (date(2026, 3, 1), date(2026, 4, 1))
    assert over.since.utcoffset().total_seconds() == 2 * 3600  # winter in Bucharest
    assert over.until.utcoffset().total_seconds() == 3 * 3600  # summer
