"""SQL of the functions of dates."""

from datetime import timedelta

from vatra.engines.rules.ir import CALENDAR_DAYS, Node
from vatra.engines.rules.sql_cells import Cell, CellMaker, both
from vatra.kernel.days import Calendar


class DateExpressions(CellMaker):
    """Ages, periods between days, and the edges of months."""

    # -- dates

    def _days(self, node: Node) -> tuple[list[str], bool]:
        cells = [self.at(a) for a in node.args]
        return [self.exactly(c) for c in cells], any(c.null for c in cells)

    def on_age(self, node: Node) -> Cell:
        (a, b), null = self._days(node)
        part = self.d.part
        month_day = f"{part('month', b)} * 100 + {part('day', b)} < {part('month', a)} * 100 + {part('day', a)}"
        return both(f"({part('year', b)} - {part('year', a)} - CASE WHEN {month_day} THEN 1 ELSE 0 END)", null)

    on_years_between = on_age

    def on_months_between(self, node: Node) -> Cell:
        (a, b), null = self._days(node)

        def months(start: str, end: str) -> str:
            part = self.d.part
            return (
                f"(({part('year', end)} - {part('year', start)}) * 12 + {part('month', end)} - {part('month', start)}"
                f" - CASE WHEN {part('day', end)} < {part('day', start)} THEN 1 ELSE 0 END)"
            )

        return both(f"(CASE WHEN {b} < {a} THEN - {months(b, a)} ELSE {months(a, b)} END)", null)

    def on_days_between(self, node: Node) -> Cell:
        (a, b), null = self._days(node)
        return both(self.d.days_between(a, b), null)

    def _part(self, node: Node, unit: str) -> Cell:
        (a,), null = self._days(node)
        return both(f"CAST({self.d.part(unit, a)} AS BIGINT)", null)

    def on_year(self, node: Node) -> Cell:
        return self._part(node, "year")

    def on_month(self, node: Node) -> Cell:
        return self._part(node, "month")

    def on_day_of(self, node: Node) -> Cell:
        return self._part(node, "day")

    def on_add_months(self, node: Node) -> Cell:
        (a, n), null = self._days(node)
        return both(self.d.add_months(a, n), null)

    def on_add_days(self, node: Node) -> Cell:
        (a, n), null = self._days(node)
        return both(self.d.add_days(a, n), null)

    def on_month_start(self, node: Node) -> Cell:
        (a,), null = self._days(node)
        return both(self.d.trunc("month", a), null)

    def on_month_end(self, node: Node) -> Cell:
        (a,), null = self._days(node)
        return both(self.d.month_end(a), null)

    def on_quarter_start(self, node: Node) -> Cell:
        (a,), null = self._days(node)
        return both(self.d.trunc("quarter", a), null)

    def on_year_start(self, node: Node) -> Cell:
        (a,), null = self._days(node)
        return both(self.d.trunc("year", a), null)

    def _working_days(self, calendar: Calendar) -> tuple[str, str, str]:
        """(first day, last day, one sign per day: 1 for a working day); a month longer than the days looked at."""
        first = self.on - timedelta(days=CALENDAR_DAYS)
        days = [first + timedelta(days=i) for i in range(2 * CALENDAR_DAYS + 32)]
        last = self.on + timedelta(days=CALENDAR_DAYS)
        return self.d.day(first), self.d.day(last), "'" + "".join("01"[calendar.is_working(d)] for d in days) + "'"

    def on_is_working_day(self, node: Node) -> Cell:
        (a, _on), _null = self._days(node)
        first, last, signs = self._working_days(node.info)
        place = f"CAST({self.d.days_between(first, a)} AS INT) + 1"
        return both(f"(CASE WHEN {a} BETWEEN {first} AND {last} THEN substr({signs}, {place}, 1) = '1' END)", True)

    def on_next_working_day(self, node: Node) -> Cell:
        (a, _on), _null = self._days(node)
        first, last, signs = self._working_days(node.info)
        place = f"CAST({self.d.days_between(first, a)} AS INT) + 1"
        later = self.d.add_days(a, f"instr(substr({signs}, {place}, 31), '1') - 1")
        return both(f"(CASE WHEN {a} BETWEEN {first} AND {last} THEN {later} END)", True)
