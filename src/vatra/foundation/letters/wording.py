"""Words of letters: figures and days as the language writes them, sentences with their places filled.

Done once, when a letter is made: the letter then holds finished sentences, and no later change of a library or of
a catalogue changes what it says.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from vatra.foundation.catalogue.queries import currencies, found_in
from vatra.kernel.money import Money

# Whose months and separators: the same as on the screens.
LOCALES = {"ro": "ro_RO", "ar": "ar_LB", "tr": "tr_TR", "en": "en_GB"}
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "ku", "ckb"}
# The digits, and the separators of Babel's numbering system, that readers of a language expect in running text.
NUMBERING = {"ar": "arab", "fa": "arabext"}
DIGITS = {
    "arab": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "arabext": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
    "latn": {},
}
FIRST_STRONG, POP = "\u2068", "\u2069"  # isolate a value from the direction of its sentence
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class MissingWord(KeyError):
    """A template's sentence has a place that nobody filled."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text in the language it could be said in."""

    said: str
    lang: str

    def as_json(self) -> dict[str, str]:
        return {"said": self.said, "lang": self.lang, "dir": direction(self.lang)}


def direction(language: str) -> str:
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def numbering(language: str) -> str:
    return NUMBERING.get(language.split("-")[0], "latn")


def digits(text: str, language: str) -> str:
    return text.translate(DIGITS[numbering(language)])


def _decimal(value: int | Decimal, language: str, pattern: str | None = None) -> str:
    text = format_decimal(
        value, format=pattern, locale=LOCALES.get(language, language), numbering_system=numbering(language)
    )
    return digits(text, language)


def money(amount: Money, language: str) -> str:
    """`1.386 lei`: without decimals when there are none; the currency as the pack calls it in this language."""
    manners = currencies().get(amount.currency, {})
    exponent = manners.get("exponent", 2)
    value = Decimal(amount.minor).scaleb(-exponent)
    pattern = "#,##0" if value == value.to_integral_value() else "#,##0." + "0" * exponent
    name = said_in(manners.get("symbol") or manners.get("title"), language) or Said(amount.currency, "en")
    return f"{_decimal(value, language, pattern)}\u00a0{name.said}"


def number(value: int | Decimal, language: str) -> str:
    return _decimal(value, language)


def day(on: date, language: str) -> str:
    """`21 noiembrie 2026`; in Arabic with the reader's digits."""
    return digits(format_date(on, format="d MMMM y", locale=LOCALES.get(language, language)), language)


def said_in(text: Mapping[str, str] | str | None, language: str) -> Said | None:
    """Pack text in the language, else in the pack's first language that has it, else in any."""
    if not text:
        return None
    if isinstance(text, str):
        return Said(text, language)
    code = found_in(text, language, language.split("-")[0])
    return Said(text[code], code) if code else None


def written(value: Any, language: str) -> str:
    """A value as it stands in a sentence of this language."""
    if isinstance(value, Money):
        return money(value, language)
    if isinstance(value, bool):
        raise TypeError("a yes or no is not written into a sentence")
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, (int, Decimal)):
        return number(value, language)
    if isinstance(value, Said):
        return value.said
    if isinstance(value, Mapping):
        found = said_in(value, language)
        return found.said if found else ""
    return str(value)


def filled(sentence: str, values: Mapping[str, Any], language: str) -> str:
    """The sentence with each `{place}` filled; each value is isolated, so that a name never turns the line around."""

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise MissingWord(match[1])
        return f"{FIRST_STRONG}{written(values[match[1]], language)}{POP}"

    return PLACE.sub(fill, sentence)


def places(sentence: str) -> set[str]:
    return set(PLACE.findall(sentence))
