"""Synthetic populations with truth: people in households, written down more than once, never twice alike.

`people` yields records; `write_people` writes them. Nothing here knows the matcher, and the matcher never reads this.
"""

from .population import COLUMNS, CULTURES, people, write_people

__all__ = ["COLUMNS", "CULTURES", "people", "write_people"]
