"""Money is an integer count of minor units with a currency. Every division names its rounding."""

from dataclasses import dataclass
from typing import Literal

Rounding = Literal["half_up", "half_even", "up", "down"]

# Signed 64 bit, as in every store we write to: more is a fault in the data, not a large sum.
LIMIT = 2**63 - 1


class MoneyOverflow(ArithmeticError):
    """An amount left the range that every store can hold."""


class CurrencyMismatch(ArithmeticError):
    """Two currencies met in one sum."""


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Integer division with a named rounding; `up` is away from zero, `down` towards it."""
    if denominator == 0:
        raise ZeroDivisionError("division of money by zero")
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    whole, rest = divmod(abs(numerator), abs(denominator))
    twice = 2 * rest
    if (
        (rounding == "up" and rest)
        or (rounding == "half_up" and twice >= abs(denominator))
        or (rounding == "half_even" and (twice, whole % 2) > (abs(denominator), 0))
    ):
        whole += 1
    return sign * whole


def to_step(minor: int, step: int, rounding: Rounding) -> int:
    """Round to a multiple of `step` minor units (a whole leu is a step of 100 bani)."""
    return divide(minor, step, rounding) * step


def decimal(minor: int, exponent: int = 2) -> str:
    """`1234.50`: minor units with the point of their currency, as files write them; pages say them in their language."""
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(exponent + 1, "0")
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}" if exponent else f"{sign}{digits}"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int) or isinstance(self.minor, bool):
            raise TypeError("money counts whole minor units")
        if abs(self.minor) > LIMIT:
            raise MoneyOverflow(str(self.minor))

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        if not isinstance(times, int) or isinstance(times, bool):
            raise TypeError("multiply money by whole numbers; use divide() for shares")
        return Money(self.minor * times, self.currency)

    def share(self, numerator: int, denominator: int, rounding: Rounding) -> "Money":
        """numerator/denominator of the amount, rounded as said."""
        return Money(divide(self.minor * numerator, denominator, rounding), self.currency)

    def as_json(self) -> dict[str, int | str]:
        return {"minor": self.minor, "currency": self.currency}
