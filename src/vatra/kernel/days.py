"""Days, periods and the only way from an instant to a date."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def day(at: datetime, zone: str) -> date:
    """The calendar day on which an instant falls in a time zone."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone has no day")
    return at.astimezone(ZoneInfo(zone)).date()


def age_on(born: date, on: date) -> int:
    """Completed years of life; someone born on 29 February completes a year on 1 March of common years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def months_between(start: date, end: date) -> int:
    """Completed months from `start` to `end` (negative if `end` is earlier)."""
    if end < start:
        return -months_between(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def month_end(on: date) -> date:
    return on.replace(day=calendar.monthrange(on.year, on.month)[1])


def add_months(on: date, months: int) -> date:
    """The same day some months on, or the last day of that month if it is shorter."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Period:
    """From `start`, included, to `end`, not included; without `end` it goes on."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError("a period ends after it starts")

    def __contains__(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on < self.end)

    def overlaps(self, other: "Period") -> bool:
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of a place: which weekdays rest (Monday is 0) and which days are holidays."""

    rest_days: frozenset[int]
    holidays: frozenset[date]

    def is_working(self, on: date) -> bool:
        return on.weekday() not in self.rest_days and on not in self.holidays

    def add_working_days(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; the start itself does not count."""
        on = start
        while count > 0:
            on += timedelta(days=1)
            if self.is_working(on):
                count -= 1
        return on

    def next_working(self, on: date) -> date:
        """The day itself, or the first working day after it."""
        while not self.is_working(on):
            on += timedelta(days=1)
        return on
