"""What is counted of cases, beside a count by hand."""

from datetime import date, timedelta

from conftest import NOON

from vatra.foundation.catalogue.measures import measure, month
from vatra.rooms.cases.commands import close_need, move_level, record_need, record_visit
from vatra.rooms.intake.commands import open_contact

NOVEMBER = date(2026, 11, 1)


def total(code, over=NOVEMBER):
    rows = measure(code).rows(month(over))
    return sum(row.value for row in rows), sum(row.of for row in rows)


def test_open_cases_stand_on_the_level_they_had_then(opened, town):
    assert total("cases.open") == (1, 0)
    assert total("cases.open", date(2026, 10, 1)) == (0, 0)
    move_level(case=opened, level="specialised", reason="More", actor=town.mihai, at=NOON + timedelta(days=20))
    assert total("cases.open_secondary_prevention") == (1, 0)
    assert total("cases.open_specialised") == (0, 0)
    assert total("cases.open_specialised", date(2026, 12, 1)) == (1, 0)


def test_the_share_of_needs_met(opened, town):
    by = {"actor": town.mihai, "at": NOON}
    met, unmet = (record_need(case=opened, code=code, **by) for code in ("heating", "home"))
    record_need(case=opened, code="work", **by)
    close_need(need=met, state="met", **by)
    close_need(need=unmet, state="unmet", reason="No flat", **by)
    assert total("cases.needs_met") == (1, 2)


def test_days_from_the_first_contact_to_the_first_visit(opened, town, family):
    open_contact(
        office=town.office.pk, channel="window", household=family.home, actor=town.elena, at=NOON - timedelta(days=4)
    )
    assert total("cases.days_to_first_help") == (0, 0)
    record_visit(case=opened, findings="Cold", actor=town.mihai, at=NOON + timedelta(days=2))
    record_visit(case=opened, findings="Warm", actor=town.mihai, at=NOON + timedelta(days=5))
    assert total("cases.days_to_first_help") == (6, 1)


def test_reviews_on_time(in_force, town):
    assert total("cases.reviews_on_time", date(2027, 2, 1)) == (0, 1)
    assert total("cases.reviews_on_time", date(2027, 1, 1)) == (0, 0)


def test_sealed_cases_are_told_apart(sealed):
    assert [row.sealed for row in measure("cases.open").rows(month(NOVEMBER))] == [True]


def test_every_measure_can_be_computed(sealed):
    for code in ("cases.open_intensive", "cases.avoidable_separations", "cases.prevented_separations"):
        assert total(code) == (0, 0)
