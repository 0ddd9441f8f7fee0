"""Days as people write them: with any digits, day first or year first, or only a year."""

import re
from datetime import date

from vatra.kernel.numbers import western_digits
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

_PARTS = re.compile(r"(\d{1,4})\s*[-/.\s]\s*(\d{1,2})\s*[-/.\s]\s*(\d{1,4})\.?")


def typed_day(text: str) -> date:
    """`17.05.1984`, `17/5/1984`, `1984-05-17`, `١٧/٥/١٩٨٤`. Refuses what is not a day."""
    found = _PARTS.fullmatch(western_digits(text).strip())
    if found:
        one, month, other = (int(part) for part in found.groups())
        year, on = (one, other) if one > 31 else (other, one)
        try:
            if year >= 1000:
                return date(year, month, on)
        except ValueError:
            pass
    raise Refused(
        "not_a_day",
        gettext_noop("“%(text)s” is not a day."),
        gettext_noop("Write it as day, month, year, for example 17.05.1984."),
        text=text,
    )


def typed_birth(text: str) -> tuple[date | None, int | None]:
    """(date, year) of a birth: a whole day, or the year alone where no more is known."""
    plain = western_digits(text).strip()
    if not plain:
        return None, None
    if re.fullmatch(r"\d{4}", plain):
        return None, int(plain)
    on = typed_day(plain)
    return on, on.year
