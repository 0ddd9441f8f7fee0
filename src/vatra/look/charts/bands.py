"""Shades of a map: a few classes of equal size, from the figures themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

SHADES = 5


@dataclass(frozen=True, slots=True)
class Band:
    """One shade, 1 (least) to 5 (most), and the least and greatest figure that really stands in it."""

    shade: int
    low: Decimal
    high: Decimal


def band(values: Iterable[Decimal], most: int = SHADES) -> list[Band]:
    """At most `most` bands with about as many different figures each, in order; equal figures share a band.

    Fewer bands are spread over the shades, so that least and most always look it.
    """
    different = sorted(set(values))
    count = min(most, len(different))
    bands = []
    for index in range(count):
        part = different[index * len(different) // count : (index + 1) * len(different) // count]
        shade = SHADES if count == 1 else 1 + round(index * (SHADES - 1) / (count - 1))
        bands.append(Band(shade, part[0], part[-1]))
    return bands


def shade_of(value: Decimal | None, bands: Iterable[Band]) -> int:
    """0 where there is no figure."""
    if value is None:
        return 0
    return next((found.shade for found in bands if found.low <= value <= found.high), 0)
