"""Figures, days and text as a reader of a language reads them. No HTML here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

# Arabic as the Levant writes it: Arabic-Indic digits, and months by their Syriac names.
LOCALES = {"ro": "ro_RO", "ar": "ar_LB", "tr": "tr_TR", "en": "en_GB"}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ku-Arab", "ckb"})
DIGITS = {"arab": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")}
# Pack text that is not in the reader's language is shown in the first of these that it has.
FALLBACK = ("en",)

DAY_STYLES = {"medium", "long", "full", "short"}
IN_WORDS = {"ar": {"medium": "long"}}  # where the locale's medium form is bare figures
CLOCK = "HH:mm"
COMMA = {"ar": "، "}
DAY_SKELETONS = {"day_month": "MMMd", "month": "yMMMM", "weekday": "yMMMEd"}


@dataclass(frozen=True, slots=True)
class Said:
    """Text of a pack, and the language in which it was found."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text


def locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language.replace("-", "_")))


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def said(text: Mapping[str, str] | str | None, language: str) -> Said:
    """The reader's language, else English, else a language of the pages in their order, else any: never by the order of the
    text itself, which PostgreSQL does not keep."""
    if not text:
        return Said("", language)
    if isinstance(text, str):
        return Said(text, language)
    for wanted in (language, *FALLBACK, *LOCALES, *sorted(text)):
        if text.get(wanted):
            return Said(text[wanted], wanted)
    return Said("", language)


def in_digits(text: str, language: str) -> str:
    """Western digits in the digits of the reader's locale (Arabic-Indic in Arabic)."""
    table = DIGITS.get(locale(language).default_numbering_system)
    return text.translate(table) if table else text


def number_text(value: int | Decimal | float, language: str, *, fraction: tuple[int, int] | None = None) -> str:
    """Grouped as the reader groups; `fraction` is the least and most decimals, otherwise as many as there are."""
    place = locale(language)
    whole = Decimal(value) if isinstance(value, int | Decimal) else Decimal(repr(value))
    if fraction is None:
        exponent = whole.normalize().as_tuple().exponent
        decimals = max(0, -exponent) if isinstance(exponent, int) else 0
        fraction = (0, decimals)
    pattern = "#,##0" + ("." + "0" * fraction[0] + "#" * (fraction[1] - fraction[0]) if fraction[1] else "")
    text = numbers.format_decimal(
        whole, format=pattern, locale=place, decimal_quantization=False, numbering_system="default"
    )
    return in_digits(text, language)


def percent_text(value: Decimal, language: str) -> str:
    text = numbers.format_percent(
        Decimal(value), locale=locale(language), decimal_quantization=False, numbering_system="default"
    )
    return in_digits(text, language)


def money_text(
    minor: int, currency: str, language: str, *, exponent: int = 2, symbol: str = "", cents: bool = False
) -> str:
    """An amount with its currency where this reader expects it. Whole amounts carry no zeros unless `cents`."""
    amount = Decimal(minor).scaleb(-exponent)
    whole = minor % 10**exponent == 0 and not cents
    figure = number_text(abs(amount), language, fraction=(0, 0) if whole else (exponent, exponent))
    place = locale(language)
    mark = symbol or numbers.get_currency_symbol(currency, locale=place)
    # A word ("lei") follows its number in every language; a sign or a code stands where the locale puts it.
    before = not symbol.isalpha() and place.currency_formats["standard"].pattern.lstrip("\u200f\u200e").startswith("¤")
    space = "" if before and len(mark) == 1 else "\u00a0"
    sign = "\u2212" if minor < 0 else ""
    return f"{sign}{mark}{space}{figure}" if before else f"{sign}{figure}\u00a0{mark}"


def day_text(on: date, language: str, style: str = "medium") -> str:
    place = locale(language)
    style = IN_WORDS.get(language, {}).get(style, style)
    if style in DAY_STYLES:
        text = dates.format_date(on, style, locale=place)  # type: ignore[arg-type]
    else:
        text = dates.format_skeleton(DAY_SKELETONS[style], on, locale=place)
    return in_digits(text, language)


def moment_text(at: datetime, language: str, zone: str, style: str = "medium") -> str:
    """An instant on the clock of the pack's time zone; style "time" leaves the day out."""
    there = at.astimezone(ZoneInfo(zone))
    clock = in_digits(dates.format_time(there, CLOCK, locale=locale(language)), language)
    return clock if style == "time" else f"{day_text(there.date(), language, style)}{COMMA.get(language, ', ')}{clock}"
