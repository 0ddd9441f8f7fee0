"""SQL of summaries over members: raw columns of the grouping, and what the unit's row makes of them."""

from collections.abc import Callable

from vatra.engines.rules.ir import Node
from vatra.engines.rules.sql_cells import Cell, CellMaker, both


class SummaryExpressions(CellMaker):
    """count, sum, any, all; min, max and only, which need a look at who qualifies."""

    def summary(self, node: Node, name: str) -> tuple[dict[str, str], Callable[["CellMaker"], Cell]]:
        """(columns to compute per group, the cell made from them on the unit's row)."""
        value, where = self.at(node.args[0]), self.at(node.args[1])
        always = where.lo == "TRUE"
        raw: dict[str, str] = {}

        def column(part: str, sql: str) -> str:
            raw[f"{name}{part}"] = sql
            return f"{name}{part}"

        make = {"count": self._count, "sum": self._sum, "any": self._any, "all": self._all}.get(node.info)
        if make:
            cell = make(value, where, always, column)
            return raw, lambda _unit: cell
        return raw, self._chosen(node, value, where, always, column)

    def _count(self, value: Cell, where: Cell, always: bool, column: Callable[[str, str], str]) -> Cell:
        if always:
            return both(column("n", "count(*)"), False)
        sure = column("lo", f"count(CASE WHEN {where.lo} THEN 1 END)")
        if not where.null:
            return both(sure, False)
        return Cell(sure, column("hi", f"count(CASE WHEN {where.lo} IS NOT FALSE THEN 1 END)"), True)

    def _sum(self, value: Cell, where: Cell, always: bool, column: Callable[[str, str], str]) -> Cell:
        lo = column("lo", self._side(value.lo, value.null, where, always, "<"))
        if value.exact and not where.null:
            return both(lo, value.null)
        return Cell(lo, column("hi", self._side(value.hi, value.null, where, always, ">")), True)

    def _side(self, x: str, null: bool, where: Cell, always: bool, toward: str) -> str:
        term = x
        if not always:
            maybe = ""
            if where.null:
                maybe = (
                    f" WHEN {where.lo} IS NULL THEN CASE WHEN {x} {toward} 0 THEN {x} WHEN {x} IS NOT NULL THEN 0 END"
                )
            term = f"CASE WHEN {where.lo} THEN {x}{maybe} ELSE 0 END"
        total = self.d.big(f"sum({term})")
        return f"CASE WHEN count({term}) = count(*) THEN {total} END" if null else total

    def _any(self, value: Cell, where: Cell, always: bool, column: Callable[[str, str], str]) -> Cell:
        x = value.lo if always else f"({where.lo} AND {value.lo})"
        null = value.null or where.null
        if not null:
            return both(column("x", self.d.some(x)), False)
        sql = f"CASE WHEN {self.d.some(x)} THEN TRUE WHEN count({x}) = count(*) THEN FALSE END"
        return both(column("x", sql), True)

    def _all(self, value: Cell, where: Cell, always: bool, column: Callable[[str, str], str]) -> Cell:
        x = value.lo if always else f"((NOT {where.lo}) OR {value.lo})"
        null = value.null or where.null
        if not null:
            return both(column("x", self.d.every(x)), False)
        sql = f"CASE WHEN NOT {self.d.every(x)} THEN FALSE WHEN count({x}) = count(*) THEN TRUE END"
        return both(column("x", sql), True)

    def _chosen(
        self, node: Node, value: Cell, where: Cell, always: bool, column: Callable[[str, str], str]
    ) -> Callable[["CellMaker"], Cell]:
        pick = "min" if node.info == "min" else "max"
        found = column("n", "count(*)" if always else f"count(CASE WHEN {where.lo} THEN 1 END)")
        open_ = column("o", f"count(*) - count({where.lo})") if where.null else ""

        def side(part: str, x: str) -> str:
            kept = x if always else f"CASE WHEN {where.lo} THEN {x} END"
            best = f"{pick}({kept})"
            if value.null:
                lacking = f"{x} IS NULL" if always else f"{where.lo} AND {x} IS NULL"
                best = f"CASE WHEN count(CASE WHEN {lacking} THEN 1 END) = 0 THEN {best} END"
            return column(part, best)

        lo = side("lo", value.lo)
        hi = lo if value.exact else side("hi", value.hi)

        def finish(unit: "CellMaker") -> Cell:
            default = unit.at(node.args[2]) if len(node.args) == 3 else both("NULL", False)
            arms = [f"WHEN {open_} > 0 THEN NULL"] if open_ else []
            if node.info == "only":
                arms.append(f"WHEN {found} > 1 THEN NULL")

            def text(best: str, other: str) -> str:
                if always and not arms:
                    return best
                return f"(CASE {' '.join(arms)} WHEN {found} = 0 THEN {other} ELSE {best} END)"

            null = bool(open_) or value.null or default.null or node.info == "only"
            return Cell(text(lo, default.lo), text(hi, default.hi), null)

        return finish
