"""Figures and days as reports write them."""

import calendar
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from vatra.engines.names.folding import digits

LONGEST = 64
_SIGNS = str.maketrans({"−": "-", "–": "-", "٫": ".", "٬": ",", "’": "'", "\u00a0": " ", "\u202f": " "})
_COMMA = re.compile(r"[+-]?\d+,(\d+)")
_POINT = re.compile(r"[+-]?\d+\.(\d+)")
_GROUPS = {
    ".": re.compile(r"[+-]?(?:\d{1,3}(?:[, ']\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,2})?"),
    ",": re.compile(r"[+-]?(?:\d{1,3}(?:[. ']\d{3})+|\d+)?(?:,\d*)?(?:[eE][+-]?\d{1,2})?"),
}


def plain(text: str) -> str:
    """Digits of any script and signs of any typewriter as ASCII."""
    return digits(text).translate(_SIGNS).strip()


def decimal_sign(texts: Iterable[str]) -> str:
    """The sign that a whole file uses for decimals: a comma when some figure can only be read with one and none only
    with a point. A comma before exactly three digits says nothing: “1,234” may be either."""
    comma = False
    for text in texts:
        found = plain(text)
        point = _POINT.fullmatch(found)
        if point and len(point[1]) != 3:
            return "."
        match = _COMMA.fullmatch(found)
        comma = comma or bool(match and len(match[1]) != 3)
    return "," if comma else "."


def number(text: str, sign: str) -> Decimal | None:
    """A figure with this decimal sign, grouped or not; None for what is no figure. Never raises."""
    found = plain(text)
    if len(found) > LONGEST or not _GROUPS[sign].fullmatch(found) or not any(c.isdigit() for c in found):
        return None
    bare = re.sub(r"[ ']", "", found).replace("," if sign == "." else ".", "").replace(",", ".")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def day(text: str, formats: Iterable[str]) -> date | None:
    """A day in one of these forms (`datetime.strptime`); None if it is in none. Never raises."""
    found = plain(text)
    for form in formats:
        try:
            return datetime.strptime(found, form).date()
        except ValueError:
            continue
    return None


def last_day(first: date, length: str) -> date:
    """The last day of the month, quarter or year in which a day lies; the day itself for `day`."""
    if length == "day":
        return first
    month = {"month": first.month, "quarter": (first.month + 2) // 3 * 3, "year": 12}[length]
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


def days_in(first: date, last: date) -> int:
    return (last - first + timedelta(days=1)).days
