"""Closures of the functions of dates."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from vatra.engines.rules import values as v
from vatra.engines.rules.ir import Node, within_calendar
from vatra.engines.rules.plan import Closure, ClosureMaker, Row
from vatra.kernel.days import add_months, age_on, month_end, months_between


class DateClosures(ClosureMaker):
    """Ages, periods between days, and the edges of months."""

    # -- dates

    def _days(self, node: Node, level: str, compute: Callable[..., Any]) -> Closure:
        parts = [self.at(a, level) for a in node.args]

        def days(e: Row) -> Any:
            got = [p(e) for p in parts]
            for x in got:
                if x is None or x.__class__ is v.Span:
                    return None
            return compute(*got)

        return days

    def on_age(self, node: Node, level: str) -> Closure:
        return self._days(node, level, age_on)

    on_years_between = on_age

    def on_months_between(self, node: Node, level: str) -> Closure:
        return self._days(node, level, months_between)

    def on_days_between(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda a, b: (b - a).days)

    def on_year(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.year)

    def on_month(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.month)

    def on_day_of(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.day)

    def on_add_months(self, node: Node, level: str) -> Closure:
        return self._days(node, level, add_months)

    def on_add_days(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d, n: d + timedelta(days=n))

    def on_month_start(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.replace(day=1))

    def on_month_end(self, node: Node, level: str) -> Closure:
        return self._days(node, level, month_end)

    def on_quarter_start(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.replace(month=d.month - (d.month - 1) % 3, day=1))

    def on_year_start(self, node: Node, level: str) -> Closure:
        return self._days(node, level, lambda d: d.replace(month=1, day=1))

    def on_is_working_day(self, node: Node, level: str) -> Closure:
        calendar = node.info
        return self._days(node, level, lambda d, on: calendar.is_working(d) if within_calendar(d, on) else None)

    def on_next_working_day(self, node: Node, level: str) -> Closure:
        calendar = node.info
        return self._days(node, level, lambda d, on: calendar.next_working(d) if within_calendar(d, on) else None)
