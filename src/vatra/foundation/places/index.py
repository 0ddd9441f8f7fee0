"""Finding the place that a file means: by code, by name in any language and spelling, among places of some kinds."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from vatra.engines.names import fold

from .models import Area


@dataclass
class AreaIndex:
    """Places in use, by code and by folded name. A name that two places share finds both."""

    by_code: dict[str, Area] = field(default_factory=dict)
    by_name: dict[str, list[Area]] = field(default_factory=dict)

    def add(self, area: Area) -> None:
        self.by_code[area.code] = area
        for key in keys(area):
            found = self.by_name.setdefault(key, [])
            if area not in found:
                found.append(area)

    def code(self, code: str) -> Area | None:
        return self.by_code.get(code)

    def named(self, name: str, *, kinds: Iterable[str] = ()) -> list[Area]:
        """Places that are called so, of these kinds (of any, when none is given)."""
        wanted = set(kinds)
        return [area for area in self.by_name.get(fold(name), ()) if not wanted or area.kind in wanted]


def keys(area: Area) -> set[str]:
    """The folded names of a place."""
    return {key for key in map(fold, [*area.name.values(), *area.also]) if key}


def index_of(*, within: str = "") -> AreaIndex:
    """All places in use, or those at or below the place with the code `within`. At most two queries."""
    index = AreaIndex()
    found = Area.objects.filter(retired_on=None).order_by("path")
    if within:
        top = Area.objects.filter(code=within).values_list("path", flat=True).first()
        found = found.filter(path__startswith=top) if top else found.none()
    for area in found:
        index.add(area)
    return index
