"""Functions of dates on whole columns; days are counted from 1970-01-01, months from January 1970."""

from collections.abc import Callable
from typing import Any

import numpy as np

from vatra.engines.rules.arrays_values import Column, Rows, select
from vatra.engines.rules.ir import Node

Act = Callable[..., Column]


def months_of(days: Column) -> Any:
    """The month of each day, counted from January 1970."""
    return _as(days, "M8[D]").astype("M8[M]").astype(np.int64)


def first_day(months: Any) -> Any:
    return _as(months, "M8[M]").astype("M8[D]").astype(np.int64)


def _as(x: Column, unit: str) -> Any:
    return np.asarray(x).astype(np.int64).view(unit)


def _day_of(days: Column) -> Any:
    return days - first_day(months_of(days)) + 1


def _days(x: Any) -> Any:
    return x.astype(np.int32)


class DateArrays:
    """Ages, periods between days, and the edges of months."""

    def on_age(self, node: Node) -> Act:
        """Whole months are not enough: a birthday is compared by month and day."""

        def key(days: Column) -> Any:
            months = months_of(days)
            return months // 12 * 10_000 + months % 12 * 100 + days - first_day(months)

        return lambda rows, born, on: ((key(on) - key(born)) // 10_000).astype(np.int16)

    on_years_between = on_age

    def on_months_between(self, node: Node) -> Act:
        def between(rows: Rows, a: Column, b: Column) -> Column:
            def whole(start: Column, end: Column) -> Any:
                return months_of(end) - months_of(start) - (_day_of(end) < _day_of(start))

            return select(np.asarray(b < a), -whole(b, a), whole(a, b), np.int64).astype(np.int32)

        return between

    def on_days_between(self, node: Node) -> Act:
        return lambda rows, a, b: np.subtract(b, a, dtype=np.int64).astype(np.int32)

    def on_year(self, node: Node) -> Act:
        return lambda rows, d: (months_of(d) // 12 + 1970).astype(np.int16)

    def on_month(self, node: Node) -> Act:
        return lambda rows, d: (months_of(d) % 12 + 1).astype(np.int16)

    def on_day_of(self, node: Node) -> Act:
        return lambda rows, d: _day_of(d).astype(np.int16)

    def on_add_months(self, node: Node) -> Act:
        """The same day of the other month, or its last."""

        def later(rows: Rows, d: Column, n: Column) -> Column:
            months = months_of(d) + n
            start = first_day(months)
            return _days(start + np.minimum(_day_of(d), first_day(months + 1) - start) - 1)

        return later

    def on_add_days(self, node: Node) -> Act:
        return lambda rows, d, n: np.add(d, n, dtype=np.int32)

    def on_month_start(self, node: Node) -> Act:
        return lambda rows, d: _days(first_day(months_of(d)))

    def on_month_end(self, node: Node) -> Act:
        return lambda rows, d: _days(first_day(months_of(d) + 1) - 1)

    def on_quarter_start(self, node: Node) -> Act:
        return lambda rows, d: _days(first_day(months_of(d) // 3 * 3))

    def on_year_start(self, node: Node) -> Act:
        return lambda rows, d: _days(first_day(months_of(d) // 12 * 12))
