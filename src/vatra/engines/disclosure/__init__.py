"""Tables that may be published: small cells are hidden, and enough others that nobody can work them out again.

A table is handed over as *cells* of a network (`grid`, `tree`), the cells to hide come back (`protect`), and what a
reader could still conclude about any of them can be asked (`bounds`).
"""

from .network import Cell, bounds, width
from .protect import Protected, protect
from .tables import grid, tree

__all__ = ["Cell", "Protected", "bounds", "grid", "protect", "tree", "width"]
