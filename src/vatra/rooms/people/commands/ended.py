"""Ending what holds: the row stays as it was known, a shorter one replaces it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any


def end(rows: Iterable[Any], *, on: date, at: datetime) -> list[Any]:
    """From now on, these rows are known to hold only until `on`. A row that began later turns out never to have held.

    Returns the rows that replace them.
    """
    replacing = []
    for row in rows:
        row.superseded_at = at
        row.save(update_fields=["superseded_at"])
        if row.valid_from is None or row.valid_from < on:
            row.pk, row.superseded_at = None, None
            row.valid_to, row.recorded_at = on, at
            row._state.adding = True
            row.save(force_insert=True)
            replacing.append(row)
    return replacing
