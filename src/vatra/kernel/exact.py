"""Decimal figures as three whole numbers, so that any database adds them exactly.

A figure is `whole` + `nano`/10⁹ + `atto`/10¹⁸ with `nano` and `atto` from 0 to 999 999 999: sums of a billion such
parts still fit 64 bits, where one number with eighteen decimals would overflow at the tenth.
"""

from collections.abc import Iterable
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from functools import reduce

PLACES = 18
LARGEST = 10**15  # a whole part beyond this is no figure that anybody counted
_WIDE = Context(prec=60)
_STEP = Decimal(1).scaleb(-PLACES)


def split(value: Decimal) -> tuple[int, int, int]:
    """The three parts; what lies beyond eighteen decimals is rounded half to even.

    Raises OverflowError for a figure beyond ±10¹⁵ and ValueError for what is not finite.
    """
    if not value.is_finite():
        raise ValueError(value)
    if abs(value) >= LARGEST:
        raise OverflowError(value)
    near = value.quantize(_STEP, ROUND_HALF_EVEN, _WIDE)
    whole = near.to_integral_value(ROUND_FLOOR, _WIDE)
    rest = int(_WIDE.subtract(near, whole).scaleb(PLACES, _WIDE))
    nano, atto = divmod(rest, 10**9)
    return int(whole), nano, atto


def join(whole: int, nano: int, atto: int) -> Decimal:
    """The figure of three parts, or of three sums of parts; without zeros at its end."""
    units = (int(whole) * 10**9 + int(nano)) * 10**9 + int(atto)
    sign, digits = (1 if units < 0 else 0), tuple(int(digit) for digit in str(abs(units)))
    value = Decimal((sign, digits, -PLACES)).normalize(_WIDE)
    return value.quantize(Decimal(1), context=_WIDE) if value == value.to_integral_value() else value


def added(values: Iterable[Decimal]) -> Decimal:
    """The exact sum: the usual 28 digits are too few for a large figure beside one with eighteen decimals."""
    return reduce(_WIDE.add, values, Decimal(0))


def is_rounded(value: Decimal) -> bool:
    """Whether splitting loses digits."""
    exponent = value.normalize(_WIDE).as_tuple().exponent
    return isinstance(exponent, int) and exponent < -PLACES
