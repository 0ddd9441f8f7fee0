"""Figures and days as reports write them."""

import calendar
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache

from babel import Locale

from vatra.engines.names import fold
from vatra.engines.names.folding import digits

LONGEST = 64
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "٫": ".", "٬": ",", "’": "'", "\u00a0": " ", "\u202f": " ", "٪": "%", "％": "%"}
)
_PERCENT = re.compile(r"\s*%$")
_PERCENT_UNIT = re.compile(r"(?i)[%٪]|\bper\s?cent|\bpourcent|\bprocent")
# One sign between groups, no nought before the first: “0,500” is no five hundred.
_FIGURE = r"[+-]?(?:[1-9]\d{{0,2}}([{groups} '])\d{{3}}(?:\1\d{{3}})*|\d+)?(?:[{sign}]\d*)?(?:[eE][+-]?\d{{1,2}})?"
# What can only be read with this sign for decimals: one or two, or more than three digits after it, digits before it
# that would have been grouped, groups before it, or groups of the other sign twice.
_ONLY = (
    r"[+-]?(?:\d*[{sign}](?:\d{{1,2}}|\d{{4,}})|(?:0\d*|\d{{4,}})?[{sign}]\d+|[1-9]\d{{0,2}}(?:[{groups} ']\d{{3}})+[{sign}]\d*"
    r"|[1-9]\d{{0,2}}(?:[{groups}]\d{{3}}){{2,}})(?:[eE][+-]?\d{{1,2}})?"
)
_OTHER = {".": ",", ",": "."}
_GROUPS = {sign: re.compile(_FIGURE.format(sign=sign, groups=other)) for sign, other in _OTHER.items()}
_DECISIVE = {sign: re.compile(_ONLY.format(sign=sign, groups=other)) for sign, other in _OTHER.items()}
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_MONTH_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)?\.?")
_LANGUAGES = ("en", "fr", "ro", "tr", "ar", "ar_LB")  # whose names of months are read


@dataclass(frozen=True, slots=True)
class DecimalSign:
    """The sign for decimals of a whole file. `unsure` is a figure that may mean either, where no other decides."""

    sign: str
    unsure: str = ""


def plain(text: str) -> str:
    """Digits of any script and signs of any typewriter as ASCII."""
    return digits(text).translate(_SIGNS).strip()


def decimal_sign(texts: Iterable[str]) -> DecimalSign:
    """The sign that most of those figures use which can be read with one only; a point where none decides.

    “1,234” says nothing by itself: it may be one and a bit, or more than a thousand.
    """
    votes: Counter[str] = Counter()
    unsure = ""
    for text in texts:
        found = _PERCENT.sub("", plain(text))
        votes.update(sign for sign, decisive in _DECISIVE.items() if decisive.fullmatch(found))
        unsure = unsure or (text if _EITHER.fullmatch(found) else "")
    if votes:
        return DecimalSign("," if votes[","] > votes["."] else ".")
    return DecimalSign(".", unsure)


def is_percent(unit: str) -> bool:
    """Whether figures in this unit are percentages, so that a percent sign behind them changes nothing."""
    return bool(_PERCENT_UNIT.search(unit))


def number(text: str, sign: str, *, percent: bool = False) -> Decimal | None:
    """A figure with this decimal sign, grouped or not; None for what is no figure. Never raises.

    A percent sign is read only where the unit is `percent`: elsewhere nobody knows of what.
    """
    found = plain(text)
    if percent:
        found = _PERCENT.sub("", found)
    if len(found) > LONGEST or not _GROUPS[sign].fullmatch(found) or not any(c.isdigit() for c in found):
        return None
    bare = re.sub(r"[ ']", "", found).replace(_OTHER[sign], "").replace(",", ".")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def day(text: str, formats: Iterable[str], *, end: bool = False) -> date | None:
    """A day in one of these forms (`datetime.strptime`); None if it is in none. Never raises.

    Months may be named in any of the languages above. A form without a day means the first day of its month or year,
    with `end` the last one.
    """
    found = plain(text)
    for form in formats:
        named = "%b" in form or "%B" in form
        written = _MONTH_WORDS.sub(_month, found) if named else found
        try:
            read = datetime.strptime(written, form.replace("%b", "%m").replace("%B", "%m")).date()
        except ValueError:
            continue
        if end and not any(part in form for part in ("%d", "%j", "%x", "%c")):
            return last_day(read, "month" if named or "%m" in form else "year")
        return read
    return None


def _month(word: re.Match[str]) -> str:
    """The number of a month for its name; what is none as it stands."""
    return _months().get(fold(word[0]), word[0])


@cache
def _months() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for names in Locale.parse(language).months["format"].values():
            for number_, name in names.items():
                found.setdefault(fold(name), f"{number_:02}")
    return {name: number_ for name, number_ in found.items() if len(name) > 1 and not name.isdigit()}


def last_day(first: date, length: str) -> date:
    """The last day of the month, quarter or year in which a day lies; the day itself for `day`."""
    if length == "day":
        return first
    month = {"month": first.month, "quarter": (first.month + 2) // 3 * 3, "year": 12}[length]
    return date(first.year, month, calendar.monthrange(first.year, month)[1])
