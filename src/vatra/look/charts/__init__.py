"""Charts as rows and coordinates: maps, tiles, lines, bars. No HTML and no database here.

A page gives figures (`Decimal`, or None where nothing may or can be said) and gets what `<c-chart-map>`,
`<c-chart-lines>` and `<c-chart-bars>` draw. Every chart carries the rows of its own table.
"""

from .bands import Band, band
from .bars import Bar, Bars, bars
from .lines import Line, Lines, Mark, Tick, lines
from .maps import Map, Piece, Place, Rings, draw_map

__all__ = [
    "Band", "Bar", "Bars", "Line", "Lines", "Map", "Mark", "Piece", "Place", "Rings", "Tick", "band", "bars", "draw_map",
    "lines",
]  # fmt: skip
