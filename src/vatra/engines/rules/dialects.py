"""The few spellings in which DuckDB and Spark SQL differ. Everything else of `sql.py` is common to both."""

from datetime import date


class DuckDB:
    name = "duckdb"

    def quote(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def whole(self, n: int) -> str:
        return f"{n}::BIGINT" if n >= 0 else f"({n})::BIGINT"

    def text(self, s: str) -> str:
        return "'" + s.replace("'", "''") + "'"

    def day(self, d: date) -> str:
        return f"DATE '{d.isoformat()}'"

    def big(self, sql: str) -> str:
        """A sum back in 64 bits; beyond them it fails."""
        return f"CAST({sql} AS BIGINT)"

    def quotient(self, a: str, b: str) -> str:
        """Integer division towards zero."""
        return f"({a} // {b})"

    def days_between(self, a: str, b: str) -> str:
        return f"CAST({b} - {a} AS BIGINT)"

    def add_months(self, d: str, n: str) -> str:
        return f"CAST({d} + to_months(CAST({n} AS INTEGER)) AS DATE)"

    def add_days(self, d: str, n: str) -> str:
        return f"CAST({d} + to_days(CAST({n} AS INTEGER)) AS DATE)"

    def trunc(self, unit: str, d: str) -> str:
        return f"CAST(date_trunc('{unit}', {d}) AS DATE)"

    def month_end(self, d: str) -> str:
        return f"last_day({d})"

    def part(self, unit: str, d: str) -> str:
        return f"{unit}({d})"

    def typed(self, kind: str, sql: str) -> str:
        names = {"boolean": "BOOLEAN", "date": "DATE", "code": "VARCHAR", "text": "VARCHAR"}
        return f"CAST({sql} AS {names.get(kind, 'BIGINT')})"

    def some(self, sql: str) -> str:
        return f"bool_or({sql})"

    def every(self, sql: str) -> str:
        return f"bool_and({sql})"


class Spark(DuckDB):
    """Spark SQL with `spark.sql.ansi.enabled=true`, so that overflow is an error there too."""

    name = "spark"

    def quote(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def whole(self, n: int) -> str:
        return f"{n}L" if n >= 0 else f"({n}L)"

    def text(self, s: str) -> str:
        return "'" + s.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def quotient(self, a: str, b: str) -> str:
        return f"({a} div {b})"

    def days_between(self, a: str, b: str) -> str:
        return f"CAST(datediff({b}, {a}) AS BIGINT)"

    def add_months(self, d: str, n: str) -> str:
        return f"add_months({d}, CAST({n} AS INT))"

    def add_days(self, d: str, n: str) -> str:
        return f"date_add({d}, CAST({n} AS INT))"

    def trunc(self, unit: str, d: str) -> str:
        return f"trunc({d}, '{unit}')"

    def typed(self, kind: str, sql: str) -> str:
        names = {"boolean": "BOOLEAN", "date": "DATE", "code": "STRING", "text": "STRING"}
        return f"CAST({sql} AS {names.get(kind, 'BIGINT')})"


DIALECTS = {"duckdb": DuckDB(), "spark": Spark()}
