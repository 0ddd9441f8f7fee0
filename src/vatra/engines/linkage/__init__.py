"""Record linkage that knows households. See docs/names.md and docs/adr/0004-names-and-linkage.md."""

from .columns import Columns, read_columns
from .matching import match
from .parameters import Parameters, load

__all__ = ["Columns", "Parameters", "load", "match", "read_columns"]
