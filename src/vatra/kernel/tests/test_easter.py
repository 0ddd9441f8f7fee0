from datetime import date

import pytest

from vatra.kernel.easter import easter

ORTHODOX = {2019: (4, 28), 2020: (4, 19), 2021: (5, 2), 2022: (4, 24), 2023: (4, 16), 2024: (5, 5), 2025: (4, 20),
            2026: (4, 12), 2027: (5, 2), 2028: (4, 16)}  # fmt: skip
WESTERN = {2019: (4, 21), 2020: (4, 12), 2021: (4, 4), 2022: (4, 17), 2023: (4, 9), 2024: (3, 31), 2025: (4, 20),
           2026: (4, 5), 2038: (4, 25)}  # fmt: skip


@pytest.mark.parametrize(("reckoning", "known"), [("orthodox", ORTHODOX), ("western", WESTERN)])
def test_easter_of_known_years(reckoning, known):
    assert {year: easter(year, reckoning) for year in known} == {y: date(y, *md) for y, md in known.items()}


@pytest.mark.parametrize("reckoning", ["orthodox", "western"])
def test_easter_is_a_spring_sunday_in_every_year_of_the_rule(reckoning):
    for year in range(1900, 2200):
        day = easter(year, reckoning)
        assert day.weekday() == 6 and date(year, 3, 22) <= day <= date(year, 5, 10)


def test_a_year_outside_of_the_rule_is_refused():
    with pytest.raises(ValueError):
        easter(1899, "orthodox")
