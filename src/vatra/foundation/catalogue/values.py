"""A fact's value, between Python and the two columns in which it is kept.

| type | Python | column |
|---|---|---|
| money | int, minor units | number |
| integer | int | number |
| boolean | bool | number, 0 or 1 |
| number | Decimal | number, × 10⁶ |
| percentage | Decimal, in percent (12.5 is 12.5 %) | number, × 10⁶ |
| date | date | text, ISO |
| code, text | str | text |
"""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from vatra.kernel.money import LIMIT
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .queries import code as code_of
from .queries import currencies, fact_definitions
from .rows import FactRow

SCALE = 6
MAX_TEXT = 500

_WANTED = {
    "money": gettext_noop("Give the amount in whole minor units (bani, cents)."),
    "integer": gettext_noop("Give a whole number."),
    "boolean": gettext_noop("Answer yes or no."),
    "number": gettext_noop("Give a number with at most six decimals."),
    "percentage": gettext_noop("Give a percentage with at most six decimals."),
    "date": gettext_noop("Give a day, as year-month-day."),
    "code": gettext_noop("Choose one of the codes of the list."),
    "text": gettext_noop("Give a text of at most 500 characters."),
}


def definition_of(code: str) -> FactRow:
    """The definition of a fact that may be recorded. Refuses an unknown, a retired and a computed one."""
    found = fact_definitions().get(code)
    if found is None:
        raise Refused(
            "unknown_fact",
            gettext_noop("The catalogue has no fact “%(fact)s”."),
            gettext_noop("Choose a fact of the pack, or have the administrator add it to the pack."),
            fact=code,
        )
    if found.retired_on is not None or found.formula:
        raise Refused(
            "fact_not_recorded",
            gettext_noop("The fact “%(fact)s” is not recorded: it is computed, or no longer in use."),
            gettext_noop("Record the facts that it is computed from."),
            fact=code,
        )
    return found


def to_columns(definition: Any, value: Any) -> tuple[int | None, str]:
    """`(number, text)` to store. `definition` is a FactRow or a FactDefinition.

    Refuses a value of another type, a code that the list does not have or that retired, and a value outside of the
    fact's bounds; the refusal names the fact and what is wanted.
    """
    try:
        number, text = _columns(definition, value)
    except (TypeError, ValueError, InvalidOperation):
        raise _wrong(definition, value) from None
    if number is not None and abs(number) > LIMIT:
        raise _wrong(definition, value)
    if definition.bounds:
        _check_bounds(definition, value)
    return number, text


def from_columns(definition: Any, number: int | None, text: str) -> Any:
    """The value as it was given to `to_columns`."""
    match definition.type:
        case "money" | "integer":
            return number
        case "boolean":
            return bool(number)
        case "number" | "percentage":
            return Decimal(number).scaleb(-SCALE).normalize() + 0 if number else Decimal(0)
        case "date":
            return date.fromisoformat(text)
        case _:
            return text


def _columns(definition: Any, value: Any) -> tuple[int | None, str]:
    kind = definition.type
    if kind == "boolean":
        if not isinstance(value, bool):
            raise TypeError
        return int(value), ""
    if isinstance(value, bool):
        raise TypeError
    if kind in ("money", "integer"):
        if not isinstance(value, int):
            raise TypeError
        return value, ""
    if kind in ("number", "percentage"):
        return _scaled(value), ""
    if kind == "date":
        if not isinstance(value, date) or hasattr(value, "hour"):
            raise TypeError
        return None, value.isoformat()
    if not isinstance(value, str):
        raise TypeError
    if kind == "code":
        row = code_of(_list_of(definition), value)
        if row is None or row.retired_on is not None:
            raise ValueError
    elif len(value) > MAX_TEXT or not value.strip():
        raise ValueError
    return None, value


def _scaled(value: Any) -> int:
    if not isinstance(value, (int, Decimal)):
        raise TypeError  # never a binary float
    whole = Decimal(value).scaleb(SCALE)
    if not whole.is_finite() or whole != whole.to_integral_value():
        raise ValueError
    return int(whole)


def _list_of(definition: Any) -> str:
    return getattr(definition, "code_list_id", None) or definition.code_list


def bound(definition: Any, side: str) -> Any:
    """The lower (`min`) or upper (`max`) bound in the terms of `to_columns`, or None. Money bounds read `0 RON`."""
    said = definition.bounds.get(side)
    if said is None:
        return None
    text = str(said)
    if definition.type == "money":
        exponent = currencies().get(definition.currency, {"exponent": 2})["exponent"]
        return int(Decimal(text.split()[0]).scaleb(exponent))
    if definition.type == "date":
        return date.fromisoformat(text)
    number = Decimal(text.removesuffix("%"))
    return int(number) if definition.type == "integer" else number


def _check_bounds(definition: Any, value: Any) -> None:
    low, high = bound(definition, "min"), bound(definition, "max")
    if (low is not None and value < low) or (high is not None and value > high):
        raise Refused(
            "out_of_bounds",
            gettext_noop("“%(value)s” is outside of what “%(fact)s” may be (%(low)s to %(high)s)."),
            gettext_noop("Look at the figure again; it may have been typed into the wrong field."),
            fact=definition.code, value=value, low=definition.bounds.get("min", "…"),
            high=definition.bounds.get("max", "…"),
        )  # fmt: skip


def _wrong(definition: Any, value: Any) -> Refused:
    return Refused(
        "wrong_value",
        gettext_noop("“%(value)s” is not a value of the fact “%(fact)s” (%(type)s)."),
        _WANTED.get(definition.type, ""),
        fact=definition.code, value=str(value)[:60], type=definition.type,
    )  # fmt: skip
