"""An attacker reads what is published and tries to work out what is not; a faulty control hides too little."""

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vatra.engines.disclosure import Cell, Protected, bounds, grid, protect, tree
from vatra.engines.disclosure.tables import ALL

MINIMUM = 5


def small(n: int) -> bool:
    return 0 < n < MINIMUM


def primary_only(cells, *, at_least: int) -> Protected:
    """The faulty control: small cells hidden, and nothing beside them."""
    return Protected(frozenset(c.key for c in cells if c.small and not c.open), frozenset())


# --- the attacker, who knows nothing of flows -----------------------------------------------------------------------


def equations(cells: list[Cell]) -> list[dict]:
    """Every node is a sum: what flows in flows out."""
    nodes = {c.tail for c in cells} | {c.head for c in cells}
    return [
        {c.key: (c.head == node) - (c.tail == node) for c in cells if node in (c.head, c.tail)}
        for node in sorted(nodes, key=str)
    ]


def worked_out(cells: list[Cell], hidden: frozenset) -> set:
    """Hidden cells that follow from the published ones by adding and taking away: Gauss, in exact fractions."""
    counts, unknown = {c.key: c.count for c in cells}, [c.key for c in cells if c.key in hidden]
    rows = []
    for said in equations(cells):
        row = [Fraction(said.get(key, 0)) for key in unknown]
        rows.append([*row, Fraction(-sum(n * counts[k] for k, n in said.items() if k not in hidden))])
    pivot = 0
    for column in range(len(unknown)):
        found = next((i for i in range(pivot, len(rows)) if rows[i][column]), None)
        if found is None:
            continue
        rows[pivot], rows[found] = rows[found], rows[pivot]
        rows[pivot] = [x / rows[pivot][column] for x in rows[pivot]]
        for i, row in enumerate(rows):
            if i != pivot and row[column]:
                rows[i] = [x - row[column] * y for x, y in zip(row, rows[pivot], strict=True)]
        pivot += 1
    exact = set()
    for row in rows[:pivot]:
        places = [i for i, x in enumerate(row[:-1]) if x]
        if len(places) == 1:
            exact.add(unknown[places[0]])
            assert row[-1] == counts[unknown[places[0]]]  # and it is the truth
    return exact


def possible(cells: list[Cell], hidden: frozenset, key, most: int) -> set[int]:
    """Every value of a hidden cell that some whole table agrees with: tried one by one."""
    counts, order = {c.key: c.count for c in cells}, [key, *(c.key for c in cells if c.key in hidden and c.key != key)]
    sums = equations(cells)

    def fits(chosen: dict) -> bool:
        for said in sums:
            if any(k in hidden and k not in chosen for k in said):
                continue
            if sum(n * chosen.get(k, counts[k]) for k, n in said.items()):
                return False
        return True

    def extend(chosen: dict, rest: list) -> bool:
        if not fits(chosen):
            return False
        if not rest:
            return True
        return any(extend({**chosen, rest[0]: n}, rest[1:]) for n in range(most + 1))

    return {n for n in range(most + 1) if extend({key: n}, order[1:])}


# --- tables ---------------------------------------------------------------------------------------------------------

COUNTS = st.one_of(st.integers(0, 12), st.integers(0, 200))


@st.composite
def tables(draw):
    """Tables by one dimension or two, or places within places; sometimes with a total that always was public."""
    kind, total_open = draw(st.sampled_from(["line", "grid", "tree"])), draw(st.booleans())
    if kind == "line":
        counts = draw(st.lists(COUNTS, min_size=1, max_size=9))
        return grid({(f"r{i}", ALL): n for i, n in enumerate(counts)}, small, total_open=total_open)
    if kind == "grid":
        rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 5))
        counts = {(f"r{i}", f"c{j}"): draw(COUNTS) for i in range(rows) for j in range(columns)}
        return grid(counts, small, total_open=total_open)
    size = draw(st.integers(1, 9))
    parents = {f"p{i}": draw(st.sampled_from([None, *(f"p{j}" for j in range(i))])) for i in range(size)}
    return tree(
        {**{place: draw(COUNTS) for place in parents}, None: draw(COUNTS)}, parents, small, total_open=total_open
    )


def attack(cells, hide) -> list[str]:
    """What the attacker finds out: cells worked out exactly, and small ones narrowed down too far."""
    made: Protected = hide(cells, at_least=MINIMUM)
    found = []
    for key in worked_out(cells, made.hidden) - made.exposed:
        found.append(f"{key} follows exactly")
    for cell in cells:
        if cell.small and cell.key in made.hidden and cell.key not in made.exposed:
            low, high = bounds(cells, made.hidden, cell.key)
            if high is not None and high - low < MINIMUM:
                found.append(f"{cell.key} lies between {low} and {high}")
        if cell.small and cell.key not in made.hidden and not cell.open:
            found.append(f"{cell.key} is published")
    return found


@settings(max_examples=400)
@given(tables())
@example(grid({("a", ALL): 2, ("b", ALL): 30, ("c", ALL): 40}, small))
@example(grid({("a", "x"): 3, ("a", "y"): 9, ("b", "x"): 8, ("b", "y"): 7}, small))
def test_nothing_small_can_be_worked_out(cells):
    assert attack(cells, protect) == []


def test_hiding_only_what_is_small_is_found_out():
    """The faulty control: one small cell in a row follows from the total; two bound each other."""
    line = grid({("a", ALL): 2, ("b", ALL): 30, ("c", ALL): 40}, small)
    assert attack(line, primary_only) == ["('a', '*') follows exactly", "('a', '*') lies between 2 and 2"]
    pair = grid({("a", ALL): 1, ("b", ALL): 2, ("c", ALL): 40}, small)
    assert any("lies between 0 and 3" in said for said in attack(pair, primary_only))
    square = grid(
        {(r, c): n for r, row in enumerate([[3, 9, 9], [9, 4, 9], [9, 9, 9]]) for c, n in enumerate(row)}, small
    )
    assert attack(square, primary_only) and not attack(square, protect)


@settings(max_examples=60)
@given(tables())
def test_the_control_is_caught_whenever_it_hides_one_cell_of_a_table(cells):
    made = primary_only(cells, at_least=MINIMUM)
    if len(made.hidden) == 1:
        assert attack(cells, primary_only)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 4), min_size=4, max_size=4), st.sets(st.integers(0, 8), min_size=1, max_size=4))
def test_the_bounds_are_those_that_trying_every_table_gives(counts, chosen):
    """Flows against enumeration: two ways that share nothing."""
    cells = grid({(r, c): counts[2 * r + c] for r in (0, 1) for c in (0, 1)}, small)
    hidden = frozenset(cells[i].key for i in chosen)
    most = sum(counts) + 4
    for key in hidden:
        low, high = bounds(cells, hidden, key)
        tried = possible(cells, hidden, key, most)
        assert low == min(tried)
        assert (high if high is not None else most) == max(tried) or (high is None and max(tried) >= most - 4)


def test_what_is_hidden_beside_a_small_cell_is_the_smallest_that_protects_it():
    cells = grid({("a", ALL): 2, ("b", ALL): 30, ("c", ALL): 6, ("d", ALL): 0}, small)
    assert protect(cells, at_least=MINIMUM).hidden == {("a", ALL), ("c", ALL)}


def test_a_table_without_small_cells_is_published_whole():
    assert protect(grid({("a", ALL): 9, ("b", ALL): 0}, small), at_least=MINIMUM).hidden == frozenset()


def test_a_published_total_of_three_cannot_hide_more_than_three_and_that_is_said():
    cells = grid({("a", ALL): 1, ("b", ALL): 2, ("c", ALL): 0}, small, total_open=True)
    made = protect(cells, at_least=MINIMUM)
    assert made.hidden == made.exposed == {("a", ALL), ("b", ALL)}


def test_one_person_in_a_published_total_hides_among_the_noughts():
    cells = grid({("a", ALL): 1, ("b", ALL): 0, ("c", ALL): 0}, small, total_open=True)
    made = protect(cells, at_least=MINIMUM)
    assert ("a", ALL) in made.hidden and len(made.hidden) > 1 and not worked_out(cells, made.hidden)


@pytest.mark.parametrize("size", [400])
def test_a_country_of_places_takes_no_time(size):
    parents = {i: None if i < 20 else (i - 20) % 20 for i in range(size)}
    cells = tree({i: (i * 7919) % 40 for i in parents}, parents, small)
    made = protect(cells, at_least=MINIMUM)
    assert not worked_out(cells, made.hidden) and len(made.hidden) < size / 2
