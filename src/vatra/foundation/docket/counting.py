"""How a term is counted: pure dates, no records."""

from datetime import date, timedelta

from vatra.kernel.days import Calendar

from .models import Counting


def due(starts_on: date, days: int, counting: str, calendar: Calendar, *, rolls: bool) -> date:
    """The last day of a term. The first day does not count.

    In calendar days, a term that would end on a day of rest ends on the next working day where the pack says so
    (`rolls`); in working days only working days count.
    """
    if counting == Counting.WORKING:
        return calendar.add_working_days(starts_on, days)
    last = starts_on + timedelta(days=days)
    return calendar.next_working(last) if rolls else last


def length(start: date, end: date, counting: str, calendar: Calendar) -> int:
    """How many days of the counting lie after `start`, up to and including `end`."""
    span = (end - start).days
    if counting == Counting.CALENDAR:
        return max(span, 0)
    return sum(calendar.is_working(start + timedelta(days=n)) for n in range(1, span + 1))
