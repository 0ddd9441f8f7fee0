"""What stands for several reported figures: within a period they add up; over periods the indicator says how."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar
from uuid import UUID

from vatra.kernel.exact import added

from .models import Aggregation

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Group:
    """All figures of one series, place, reporter and period: their sum, and how many they are."""

    series: UUID
    area: UUID
    reporter: UUID | None
    starts_on: date
    ends_on: date
    value: Decimal
    count: int


def total(groups: Iterable[Group], how: str) -> Decimal | None:
    """One figure for all of them; None for none.

    Sum adds everything. Max and latest take the period with the largest total, or the last period that was reported.
    Mean is the mean of the reports, to two decimals, rounded half up.
    """
    found = list(groups)
    if not found:
        return None
    if how == Aggregation.MEAN:
        mean = added(g.value for g in found) / sum(g.count for g in found)
        return mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if how == Aggregation.SUM:
        return added(g.value for g in found)
    values: dict[tuple[date, date], list[Decimal]] = defaultdict(list)
    for group in found:
        values[group.starts_on, group.ends_on].append(group.value)
    if how == Aggregation.LATEST:
        return added(values[max(values, key=lambda period: (period[1], period[0]))])
    return max(map(added, values.values()))


def by(groups: Iterable[Group], key: Callable[[Group], Key], how: str) -> dict[Key, Decimal]:
    """The total of each part."""
    parts: dict[Key, list[Group]] = defaultdict(list)
    for group in groups:
        parts[key(group)].append(group)
    return {name: found for name, part in parts.items() if (found := total(part, how)) is not None}
