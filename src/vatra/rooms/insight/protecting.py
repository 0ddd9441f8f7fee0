"""From rows of a measure to tables that may be published."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from vatra.engines.disclosure import Cell, grid, protect, tree
from vatra.engines.disclosure.tables import ALL
from vatra.foundation.catalogue.measures import Row

from .models import SealedLevel

Key = Hashable
Build = Callable[[Mapping[Key, int]], list[Cell]]


@dataclass(frozen=True, slots=True)
class Sums:
    """A figure before it is protected."""

    value: int = 0
    of: int = 0
    behind: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.value + other.value, self.of + other.of, self.behind + other.behind)


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as it may be published: `value` and `of` are None while it is hidden."""

    value: int | None
    of: int | None
    hidden: bool


@dataclass(frozen=True)
class Manner:
    """How an indicator is protected: cells of fewer people than `minimum` are hidden. `share`: what is counted and
    what is not are both told by the figure, so that neither may be small. `total_open`: the whole is always published."""

    kind: str
    minimum: int
    total_open: bool = False

    @property
    def share(self) -> bool:
        return self.kind == "share"

    def small(self, n: int) -> bool:
        return 0 < n < self.minimum


@dataclass(frozen=True)
class Tables:
    """One month of an indicator: the whole, by area, and by sex and age with both margins ("*")."""

    total: Told
    areas: dict[Key, Told]
    sex_age: dict[tuple[str, str], Told]


def placed(rows: Iterable[Row], sealed: str) -> list[Row]:
    """Sealed records count in the whole only, among those of no area, sex or age; or not at all."""
    kept = []
    for row in rows:
        if row.sealed and sealed == SealedLevel.NEVER:
            continue
        kept.append(replace(row, area=None, sex="", age="", sealed=False) if row.sealed else row)
    return kept


def tables(
    rows: Sequence[Row], manner: Manner, *, by: Collection[str], parents: Mapping[UUID, UUID | None],
    sexes: Sequence[str] = (), ages: Sequence[str] = (),
) -> Tables:  # fmt: skip
    """The tables of a month, protected. When the whole is hidden, so is everything."""
    total = Sums()
    for row in rows:
        total += _sums(row)
    open_total = manner.total_open or not manner.small(total.behind)
    areas: dict[Key, Told] = {}
    crossed: dict[tuple[str, str], Told] = {}
    if "area" in by:
        of_areas = _added(rows, lambda row: row.area if row.area in parents else None)
        areas = _protected(of_areas, manner, open_total, lambda n: tree(n, parents, _never))
    if "sex" in by or "age" in by:
        pairs = _added(rows, lambda row: (row.sex if "sex" in by else ALL, row.age if "age" in by else ALL))
        pairs = _with_all(pairs, list(sexes) if "sex" in by else [ALL], list(ages) if "age" in by else [ALL])
        crossed = _protected(pairs, manner, open_total, _grid)
    return Tables(_told(total, hidden=not open_total, kind=manner.kind), areas, crossed)


def _sums(row: Row) -> Sums:
    return Sums(row.value, row.of, row.behind)


def _never(_: int) -> bool:
    return False


def _grid(counts: Mapping[Key, int]) -> list[Cell]:
    """Where one dimension is not broken down, the other alone: `grid` wants rows."""
    if {row for row, _ in counts} == {ALL}:  # type: ignore[misc]
        turned = grid({(column, row): n for (row, column), n in counts.items()}, _never)  # type: ignore[misc]
        return [replace(cell, key=(cell.key[1], cell.key[0])) for cell in turned]  # type: ignore[index]
    return grid(counts, _never)  # type: ignore[arg-type]


def _added(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, Sums]:
    found: dict[Key, Sums] = {}
    for row in rows:
        found[key(row)] = found.get(key(row), Sums()) + _sums(row)
    return found


def _with_all(pairs: dict[Key, Sums], rows: list[str], columns: list[str]) -> dict[Key, Sums]:
    """Every combination, so that an empty one is a nought and not a hole; "" only where somebody is there."""
    seen_rows = list(dict.fromkeys([*rows, *(row for row, _ in pairs)]))  # type: ignore[misc]
    seen_columns = list(dict.fromkeys([*columns, *(column for _, column in pairs)]))  # type: ignore[misc]
    return {(row, column): pairs.get((row, column), Sums()) for row in seen_rows for column in seen_columns}


def _protected(found: Mapping[Key, Sums], manner: Manner, open_total: bool, build: Build) -> dict[Key, Told]:
    """Every cell with its margins. The same cells are hidden in each of the tables that a figure tells of."""
    nets = {
        name: {cell.key: cell for cell in build({key: getattr(sums, name) for key, sums in found.items()})}
        for name in ("value", "of", "behind")
    }
    whole = next(iter(nets["value"]))  # `grid` and `tree` give the total first
    sums = {
        key: Sums(cell.count, nets["of"][key].count, nets["behind"][key].count) for key, cell in nets["value"].items()
    }
    if not open_total:
        return {key: Told(None, None, True) for key in sums}
    hidden = _hidden(list(nets["behind"].values()), sums, manner, whole)
    return {key: _told(one, hidden=key in hidden, kind=manner.kind) for key, one in sums.items()}


def _hidden(cells: Sequence[Cell], sums: Mapping[Key, Sums], manner: Manner, whole: Key) -> frozenset[Key]:
    def table(count: Callable[[Sums], int], small: bool) -> list[Cell]:
        return [
            replace(
                cell, count=count(sums[cell.key]), open=cell.key == whole,
                small=small and manner.small(count(sums[cell.key])),
            )
            for cell in cells
        ]  # fmt: skip

    told = [table(lambda s: s.behind, True), table(lambda s: s.value, manner.share)]
    if manner.share:
        told.append(table(lambda s: s.of - s.value, True))
    hidden: frozenset[Key] = frozenset()
    while True:
        before = hidden
        for one in told:
            hidden |= protect(one, at_least=manner.minimum, also=hidden).hidden
        if hidden == before:
            return hidden


def _told(sums: Sums, *, hidden: bool, kind: str) -> Told:
    if hidden:
        return Told(None, None, True)
    return Told(sums.value, sums.of if kind in ("mean", "share") else None, False)
