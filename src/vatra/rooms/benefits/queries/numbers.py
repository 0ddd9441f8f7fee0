"""Docket numbers as they are said: 214/2026, or the town hall's own where it was typed in."""

from vatra.foundation.docket.models import Entry


def number_of(entry: Entry | None) -> str:
    if entry is None:
        return ""
    return entry.foreign_number or f"{entry.number}/{entry.register.year}"
