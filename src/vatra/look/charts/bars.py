"""Figures side by side: a table in which each row has a bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Bar:
    """`start` and `length` in thousandths of the widest; a negative figure runs the other way from zero."""

    title: str
    value: Decimal | None
    note: str
    href: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Bars:
    rows: list[Bar]
    zero: int  # where bars begin, in thousandths
    left_out: int  # rows beyond the most that are shown


def bars(rows: Sequence[tuple[str, Decimal | None, str, str]], most: int = 0) -> Bars | None:
    """Rows of (title, figure or None, note, address), in their order; None when there are none.

    With `most`, only the first so many; how many more there are is said.
    """
    if not rows:
        return None
    shown = rows[:most] if most else rows
    values = [value for _, value, _, _ in shown if value is not None]
    low, high = min([*values, Decimal(0)]), max([*values, Decimal(0)])
    span = (high - low) or Decimal(1)
    zero = round(-low / span * WIDTH)

    def length(value: Decimal) -> int:
        exact = abs(value) / span * WIDTH
        return max(round(exact), 4) if exact else 0  # something is never drawn as nothing

    made = []
    for title, value, note, href in shown:
        long = length(value) if value is not None else 0
        start = zero - long if value is not None and value < 0 else zero
        made.append(Bar(title, value, note, href, start, long))
    return Bars(made, zero, len(rows) - len(shown))
