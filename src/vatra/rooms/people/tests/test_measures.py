"""Households counted by area; sex and age groups in SQL as `age_on` would tell them."""

from datetime import date

import pytest
from conftest import NOON

from vatra.foundation.catalogue.measures import age_groups, measure, month, span
from vatra.kernel.days import age_on
from vatra.rooms.people.commands import PersonDraft, register_household
from vatra.rooms.people.measures import who
from vatra.rooms.people.models import Person


def test_households_on_the_books_are_counted_where_they_live(cast, offices, definitions, django_assert_num_queries):
    for name in ("Ana", "Ion"):
        register_household(
            office=offices.spas.pk, area=offices.town, line="", since=date(2024, 1, 1),
            members=[(PersonDraft(given=name), "head")], actor=cast.elena, at=NOON,
        )  # fmt: skip
    months = month(date(2026, 11, 1)), month(date(2026, 10, 1))
    with django_assert_num_queries(1):
        (row,) = measure("people.households").rows(months[0])
    assert (row.value, row.behind, row.area, row.sealed) == (2, 2, offices.town.pk, False)
    assert measure("people.households").rows(months[1]) == []


@pytest.mark.parametrize("on", [date(2026, 2, 28), date(2024, 2, 29), date(2026, 11, 30)])
def test_age_groups_in_sql_are_those_of_the_calendar(cast, offices, definitions, on):
    """Around every edge, 29 February included."""
    born = [
        date(on.year - years, m, d) for years in (0, 17, 18, 64, 65) for m, d in ((2, 28), (3, 1), (11, 30), (12, 1))
    ]
    born += [date(2008, 2, 29), date(2004, 2, 29), date(1960, 2, 29)]
    born = [b for b in born if b <= on]
    for b in born:
        register_household(
            office=offices.spas.pk, area=None, line="", since=min(on, NOON.date()),
            members=[(PersonDraft(given=b.isoformat(), birth_date=b, sex="female"), "head")], actor=cast.elena, at=NOON,
        )  # fmt: skip
    over = span(on.replace(day=1), date.fromordinal(on.toordinal() + 1))
    found = Person.objects.values_list("identity__birth_date", who("", over)["by_age"])
    assert len(found) == len(born)
    for birth, group in found:
        age = age_on(birth, on)
        assert group == next(g.code for g in age_groups() if g.start <= age < g.under), birth


def test_whose_birth_is_known_by_the_year_or_not_at_all(cast, offices, definitions):
    for draft in (PersonDraft(given="A", birth_year=1950), PersonDraft(given="B")):
        register_household(
            office=offices.spas.pk, area=None, line="", since=date(2026, 1, 1), members=[(draft, "head")],
            actor=cast.elena, at=NOON,
        )  # fmt: skip
    groups = Person.objects.order_by("pk").values_list(who("", month(date(2026, 11, 1)))["by_age"], flat=True)
    assert sorted(groups) == ["", "65+"]
