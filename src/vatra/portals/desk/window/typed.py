"""What was typed or chosen at the window, as the catalogue's value."""

from datetime import date
from decimal import Decimal

from vatra.foundation.catalogue import queries as catalogue
from vatra.foundation.catalogue.rows import FactRow
from vatra.kernel.numbers import parse_number, western_digits
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

YES, NO = "yes", "no"


def typed(definition: FactRow, text: str) -> object:
    """The value that `text` says, in minor units for money. Refuses what cannot be read, with the way out.

    Whether the value is allowed (code of the list, bounds) is for the catalogue to say when it is recorded.
    """
    text = text.strip()
    if not text:
        raise Refused(
            "no_answer", gettext_noop("Nothing was answered."), gettext_noop("Choose or type an answer, or leave it.")
        )
    match definition.type:
        case "boolean":
            return _yes_or_no(text)
        case "money":
            return _whole(parse_number(text).scaleb(catalogue.currencies()[definition.currency]["exponent"]))
        case "integer":
            return _whole(parse_number(text))
        case "number" | "percentage":
            return parse_number(text.rstrip("%٪ "))
        case "date":
            return _day(text)
    return text


def _yes_or_no(text: str) -> bool:
    if text not in {YES, NO}:
        raise Refused("not_yes_or_no", gettext_noop("Answer yes or no."))
    return text == YES


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value():
        raise Refused(
            "not_whole",
            gettext_noop("This is finer than can be counted."),
            gettext_noop("Give a whole number, or an amount down to the smallest coin."),
        )
    return int(value)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(western_digits(text))
    except ValueError:
        raise Refused(
            "not_a_day",
            gettext_noop("“%(text)s” is not a day."),
            gettext_noop("Write it as year-month-day, for example 2026-11-21."),
            text=text,
        ) from None
