"""The types of the language and how a written value becomes an exact integer.

Numbers never touch binary floating point: money is minor units, a number or a percentage is an integer with a
fixed count of decimals that its type carries (12.5 % is 125 with three decimals, for the ratio 0.125).
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

NUMERIC = ("money", "number", "integer", "percentage")
KINDS = (*NUMERIC, "boolean", "date", "code", "text")
MAX_DECIMALS = 9
INT64 = 2**63 - 1

# What a fact may hold when its catalogue says nothing narrower. Limits on everything: they let the checker prove
# that a formula cannot overflow, and they catch a figure typed into the wrong field.
DEFAULT_RANGE = {"money": 10**13, "integer": 10**9, "number": 10**9, "percentage": 10**2}


@dataclass(frozen=True, slots=True)
class Type:
    """`scale` is the count of decimals: the integer 125 of scale 3 is 0.125."""

    kind: str
    currency: str | None = None
    scale: int = 0
    codes: tuple[str, ...] | None = None

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC

    def __str__(self) -> str:
        return f"money in {self.currency}" if self.kind == "money" else self.kind


BOOLEAN = Type("boolean")
DATE = Type("date")
TEXT = Type("text")
INTEGER = Type("integer")


class BadValue(ValueError):
    """A written value that the language cannot read; `args[0]` is a template for a Problem, `args[1]` its values."""


def money_type(currency: str, exponent: int) -> Type:
    return Type("money", currency, exponent)


def scaled(value: Decimal | int | str, scale: int) -> int:
    """The value as an integer of `scale` decimals. Raises BadValue if it has more decimals than that."""
    if isinstance(value, int):
        return value * 10**scale
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise BadValue("“%(value)s” is not a number.", {"value": str(value)}) from None
    if not number.is_finite():
        raise BadValue("“%(value)s” is not a number.", {"value": str(value)})
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if abs(exponent) > 30 or len(digits) > 30:
        raise BadValue("“%(value)s” is too large.", {"value": str(value)[:40]})
    whole = int("".join(map(str, digits))) * (-1 if sign else 1)
    if exponent >= -scale:
        return whole * 10 ** (exponent + scale)
    quotient, rest = divmod(abs(whole), 10 ** (-exponent - scale))
    if rest:
        raise BadValue("“%(value)s” has more than %(decimals)s decimals.", {"value": str(value), "decimals": scale})
    return -quotient if sign else quotient


def decimals_of(text: str) -> int:
    return len(text.partition(".")[2])


_NUMBER = r"-?\d{1,18}(?:\.\d{1,9})?"
_MONEY = re.compile(rf"({_NUMBER}) ?([A-Z]{{3}})")
_PERCENT = re.compile(rf"({_NUMBER}) ?%")
_PLAIN = re.compile(_NUMBER)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_date(text: str) -> date | None:
    if _DATE.fullmatch(text) and text.isascii():
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return None


def read_literal(text: str, currencies: dict[str, int]) -> tuple[Type, object]:
    """Read a value as written in YAML: `1386 RON`, `12.5%`, `0.25`, `3`, `true`, `2024-01-01`, `wood`.

    Raises BadValue on an unknown currency, too many decimals, or a number that is almost one.
    """
    text = text.strip()
    if not text.isascii():
        return TEXT, text
    if found := _MONEY.fullmatch(text):
        amount, currency = found.groups()
        if currency not in currencies:
            raise BadValue("The currency “%(currency)s” is not one of this catalogue.", {"currency": currency})
        return money_type(currency, currencies[currency]), scaled(amount, currencies[currency])
    if found := _PERCENT.fullmatch(text):
        scale = decimals_of(found[1]) + 2
        return Type("percentage", scale=scale), scaled(found[1], scale - 2)
    if _PLAIN.fullmatch(text):
        scale = decimals_of(text)
        return Type("number" if scale else "integer", scale=scale), scaled(text, scale)
    if (day := read_date(text)) is not None:
        return DATE, day
    if text in ("true", "false"):
        return BOOLEAN, text == "true"
    if re.match(r"[-+]?[\d.]", text):
        raise BadValue(
            "“%(value)s” cannot be read; write 1386 RON, 12.5%%, 0.25, 3 or 2024-01-31.", {"value": text[:40]}
        )
    return TEXT, text


def as_json(value: object, type_: Type) -> object:
    """A value of the engine as plain JSON: money {minor, currency}, numbers as decimal text, dates as ISO text."""
    if value is None:
        return None
    if type_.kind == "money":
        return {"minor": value, "currency": type_.currency}
    if type_.kind in ("number", "percentage"):
        assert isinstance(value, int)
        points = type_.scale - 2 if type_.kind == "percentage" else type_.scale
        text = format(Decimal(value).scaleb(-points), "f") if points >= 0 else str(value * 10**-points)
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text + ("%" if type_.kind == "percentage" else "")
    if type_.kind == "date":
        assert isinstance(value, date)
        return value.isoformat()
    return value
