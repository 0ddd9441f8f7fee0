"""From tables to cells of a network."""

from collections.abc import Callable, Iterable, Mapping

from .network import Cell, Key

Small = Callable[[int], bool]
ALL = "*"  # the margin of a dimension


def grid(counts: Mapping[tuple[Key, Key], int], small: Small, *, total_open: bool = False) -> list[Cell]:
    """A table by two dimensions with both margins: keys `(row, column)`, `(row, ALL)`, `(ALL, column)`, `(ALL, ALL)`.

    Combinations that are not named count nobody. One dimension only: give every row the column ALL.
    """
    rows = list(dict.fromkeys(row for row, _ in counts))
    columns = list(dict.fromkeys(column for _, column in counts))
    total = sum(counts.values())
    whole = Cell((ALL, ALL), "rows", "columns", total, small(total), total_open)
    if columns == [ALL]:
        return [whole, *(Cell((r, ALL), "columns", "rows", counts[r, ALL], small(counts[r, ALL])) for r in rows)]
    cells = [whole]
    for row in rows:
        n = sum(counts.get((row, column), 0) for column in columns)
        cells.append(Cell((row, ALL), "columns", ("row", row), n, small(n)))
    for column in columns:
        n = sum(counts.get((row, column), 0) for row in rows)
        cells.append(Cell((ALL, column), ("column", column), "rows", n, small(n)))
    for row in rows:
        for column in columns:
            n = counts.get((row, column), 0)
            cells.append(Cell((row, column), ("row", row), ("column", column), n, small(n)))
    return cells


def tree(
    counts: Mapping[Key, int], parents: Mapping[Key, Key | None], small: Small, *, total_open: bool = False
) -> list[Cell]:
    """Places within places. `counts` is what stands at each place itself; a place's cell `key` counts all that lies in
    it, `(key, ALL)` those who are placed no closer. `parents` names the larger place, None the top; the key ALL is
    the total. Whoever is nowhere stands at the key None.
    """
    within = dict.fromkeys(parents, 0)
    below: set[Key | None] = {above for above in parents.values() if above is not None}
    for place, n in counts.items():
        for above in _upward(place, parents):
            within[above] += n
    total = sum(counts.values())
    cells = [Cell(ALL, "leaves", "top", total, small(total), total_open)]
    for place, above in parents.items():
        source = ("in", above) if above is not None else "top"
        n = within[place]
        if place not in below:
            cells.append(Cell(place, source, "leaves", n, small(n)))
            continue
        cells.append(Cell(place, source, ("in", place), n, small(n)))
        own = counts.get(place, 0)
        cells.append(Cell((place, ALL), ("in", place), "leaves", own, small(own)))
    nowhere = counts.get(None, 0)
    cells.append(Cell(None, "top", "leaves", nowhere, small(nowhere)))
    return cells


def _upward(place: Key | None, parents: Mapping[Key, Key | None]) -> Iterable[Key]:
    while place is not None:
        yield place
        place = parents[place]
