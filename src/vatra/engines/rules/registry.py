"""Where the functions of the language stand, so that the checker need not import those that import it."""

from collections.abc import Callable
from typing import Any

FUNCTIONS: dict[str, Callable[..., Any]] = {}
SUMMARIES: dict[str, Callable[..., Any]] = {}  # "members": over a unit; "time": over a window of months
