"""A figure in SQL, and what the parts of the expression maker share."""

from dataclasses import dataclass
from datetime import date

from vatra.engines.rules.dialects import DuckDB
from vatra.engines.rules.ir import Node


@dataclass(frozen=True, slots=True)
class Cell:
    """`lo is hi` unless the figure may be known between bounds only; `null` says whether it may be unknown."""

    lo: str
    hi: str
    null: bool

    @property
    def exact(self) -> bool:
        return self.lo == self.hi


def both(sql: str, null: bool) -> Cell:
    return Cell(sql, sql, null)


class CellMaker:
    """Makes cells of nodes; `d` is the dialect."""

    d: DuckDB
    on: date

    def at(self, node: Node) -> Cell:
        raise NotImplementedError

    def exactly(self, cell: Cell) -> str:
        """The figure where it is exactly known, else NULL."""
        return cell.lo if cell.exact else f"(CASE WHEN {cell.lo} = {cell.hi} THEN {cell.lo} END)"
