"""When a service works: instants within office hours of working days."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from vatra.kernel.days import Calendar

OPENS, CLOSES = time(8, 0), time(16, 0)
PAUSE = (time(12, 30), time(13, 0))


class OfficeHours:
    """The working days from `first` to `last`, both included, and instants within their hours."""

    def __init__(self, calendar: Calendar, zone: str, *, first: date, last: date) -> None:
        self.zone = ZoneInfo(zone)
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        self.days = [day for day in days if calendar.is_working(day)]
        self._calendar = calendar
        self.last = last

    def moment(self, day: date, rng: random.Random, *, busy_mornings: bool = True) -> datetime:
        """An instant of a day's office hours; more of them before noon, none in the break."""
        minutes = rng.triangular(0, 480, 150) if busy_mornings else rng.uniform(0, 480)
        at = datetime.combine(day, OPENS, self.zone) + timedelta(minutes=min(minutes, 470), seconds=rng.randrange(60))
        return at + timedelta(minutes=32) if PAUSE[0] <= at.time() < PAUSE[1] else at

    def after(self, at: datetime, days: int, rng: random.Random) -> datetime:
        """An instant of the `days`-th working day after `at`; of the same day, a little later, for 0."""
        local = at.astimezone(self.zone)
        if days <= 0:
            return self.soon(local, rng)
        return self.moment(self._calendar.add_working_days(local.date(), days), rng, busy_mornings=False)

    def soon(self, at: datetime, rng: random.Random, *, minutes: tuple[int, int] = (5, 30)) -> datetime:
        """Some minutes on; past closing time, the first of the next working morning."""
        later = at.astimezone(self.zone) + timedelta(minutes=rng.randint(*minutes), seconds=rng.randrange(60))
        if later.time() <= CLOSES and self._calendar.is_working(later.date()):
            return later
        morning = self._calendar.next_working(later.date() + timedelta(days=1))
        return datetime.combine(morning, OPENS, self.zone) + timedelta(minutes=rng.randint(1, 25))
