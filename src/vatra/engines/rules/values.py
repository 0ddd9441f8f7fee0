"""Arithmetic on values that may be unknown: a number, `None`, or a Span between which the value lies.

The SQL of `sql.py` computes the same pairs column by column; the differential test holds both together.
"""

from typing import NamedTuple

from vatra.engines.rules.types import INT64
from vatra.kernel.money import MoneyOverflow, divide


class Span(NamedTuple):
    """An unknown figure between two bounds; `None` is no bound on that side."""

    lo: int | None
    hi: int | None


Value = int | Span | None


def ends(v: Value) -> tuple[int | None, int | None]:
    if v is None:
        return None, None
    return (v.lo, v.hi) if v.__class__ is Span else (v, v)  # type: ignore[union-attr,return-value]


def span(lo: int | None, hi: int | None) -> Value:
    if lo is None and hi is None:
        return None
    return lo if lo == hi else Span(lo, hi)


def within(n: int) -> int:
    """The figure, or MoneyOverflow: beyond 64 bits every store and every column fails."""
    if -INT64 <= n <= INT64:
        return n
    raise MoneyOverflow(str(n))


def add(a: Value, b: Value) -> Value:
    al, ah = ends(a)
    bl, bh = ends(b)
    return span(
        None if al is None or bl is None else within(al + bl),
        None if ah is None or bh is None else within(ah + bh),
    )


def neg(a: Value) -> Value:
    lo, hi = ends(a)
    return span(None if hi is None else -hi, None if lo is None else -lo)


def sub(a: Value, b: Value) -> Value:
    return add(a, neg(b))


def _times(a: Value, k: int) -> Value:
    lo, hi = ends(a)
    if k < 0:
        lo, hi = hi, lo
    return span(None if lo is None else within(lo * k), None if hi is None else within(hi * k))


def mul(a: Value, b: Value) -> Value:
    if isinstance(b, int):
        return _times(a, b)
    if isinstance(a, int):
        return _times(b, a)
    return None


def div(a: Value, b: Value, mode: str) -> Value:
    """Rounded division. An unknown divisor leaves everything unknown."""
    if not isinstance(b, int) or b == 0 or a is None:
        return None
    if isinstance(a, int):
        return divide(a, b, mode)  # type: ignore[arg-type]
    lo, hi = ends(a)
    if b < 0:
        lo, hi = hi, lo
    return span(
        None if lo is None else divide(lo, b, mode),  # type: ignore[arg-type]
        None if hi is None else divide(hi, b, mode),  # type: ignore[arg-type]
    )


def greatest(values: list[Value]) -> Value:
    pairs = [ends(v) for v in values]
    los = [lo for lo, _hi in pairs if lo is not None]
    his = [hi for _lo, hi in pairs]
    return span(max(los) if los else None, None if None in his else max(his))  # type: ignore[type-var]


def least(values: list[Value]) -> Value:
    pairs = [ends(v) for v in values]
    los = [lo for lo, _hi in pairs]
    his = [hi for _lo, hi in pairs if hi is not None]
    return span(None if None in los else min(los), min(his) if his else None)  # type: ignore[type-var]


def hull(values: list[Value]) -> Value:
    pairs = [ends(v) for v in values]
    los, his = [p[0] for p in pairs], [p[1] for p in pairs]
    return span(None if None in los else min(los), None if None in his else max(his))  # type: ignore[type-var]


def less(a: Value, b: Value, or_equal: bool) -> bool | None:
    """Whether a < b (or a <= b), None while it cannot be said."""
    al, ah = ends(a)
    bl, bh = ends(b)
    if ah is not None and bl is not None and (ah <= bl if or_equal else ah < bl):
        return True
    if al is not None and bh is not None and (al > bh if or_equal else al >= bh):
        return False
    return None


def equal(a: Value, b: Value) -> bool | None:
    al, ah = ends(a)
    bl, bh = ends(b)
    if al is not None and al == ah == bl == bh:
        return True
    if (ah is not None and bl is not None and ah < bl) or (al is not None and bh is not None and al > bh):
        return False
    return None
