"""Easter by either reckoning: movable holidays are counted from it."""

from datetime import date, timedelta
from typing import Literal

Reckoning = Literal["orthodox", "western"]


def easter(year: int, reckoning: Reckoning) -> date:
    """Easter Sunday, as a day of the Gregorian calendar.

    `orthodox`: Meeus's rule for the Julian calendar, moved by that century's difference of calendars.
    `western`: the anonymous Gregorian rule (Nature, 1876). Raises ValueError outside 1900–2199.
    """
    if not 1900 <= year <= 2199:
        raise ValueError(f"the rule of Easter is not kept for the year {year}")
    return _orthodox(year) if reckoning == "orthodox" else _western(year)


def _orthodox(year: int) -> date:
    moon = (19 * (year % 19) + 15) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + sunday + 114, 31)
    behind = 13 if year < 2100 else 14  # days by which the Julian calendar lags; it grows on 1 March 2100
    return date(year, month, day + 1) + timedelta(days=behind)


def _western(year: int) -> date:
    golden, (century, of_century) = year % 19, divmod(year, 100)
    leaps, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - correction + 15) % 30
    quarter, left = divmod(of_century, 4)
    sunday = (32 + 2 * rest + 2 * quarter - moon - left) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
