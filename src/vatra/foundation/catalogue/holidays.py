"""Working days of a place, from the rules that its pack writes: fixed days, days around Easter, announced days."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from vatra.kernel.days import Calendar
from vatra.kernel.easter import easter
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
YEARS = range(2000, 2100)


def calendar_of(rules: Mapping[str, Any]) -> Calendar:
    """The calendar that these rules make, for the years 2000 to 2099.

    `rest_days`: names of weekdays · `fixed`: `{day: "12-25", since, until}` · `movable`: `{easter: orthodox, days: 49,
    since, until}` (days after Easter Sunday) · `announced`: `{on: 2026-03-20}`, for days that are proclaimed.
    Refuses a day that no calendar has.
    """
    return _calendar(
        tuple(rules.get("rest_days", ())),
        tuple((str(d["day"]), d.get("since"), d.get("until")) for d in rules.get("fixed", ())),
        tuple((d["easter"], int(d["days"]), d.get("since"), d.get("until")) for d in rules.get("movable", ())),
        tuple(str(d["on"]) for d in rules.get("announced", ())),
    )


@lru_cache(maxsize=8)
def _calendar(rest: tuple, fixed: tuple, movable: tuple, announced: tuple) -> Calendar:
    days = set()
    try:
        rest_days = frozenset(WEEKDAYS.index(name) for name in rest)
        for day, since, until in fixed:
            month, of_month = map(int, day.split("-"))
            days |= {date(year, month, of_month) for year in _years(since, until)}
        for reckoning, after, since, until in movable:
            days |= {easter(year, reckoning) + timedelta(days=after) for year in _years(since, until)}
        days |= {date.fromisoformat(on) for on in announced}
    except ValueError as fault:
        raise Refused(
            "bad_calendar",
            gettext_noop("The calendar of the pack names a day that does not exist: %(fault)s."),
            gettext_noop("Correct “calendar” in pack.yaml."),
            fault=str(fault),
        ) from None
    return Calendar(rest_days, frozenset(days))


def _years(since: int | None, until: int | None) -> range:
    """Years in which a holiday holds: `since` is the first, `until` the last."""
    return range(max(YEARS.start, int(since or 0)), min(YEARS.stop, int(until or YEARS.stop) + 1))
