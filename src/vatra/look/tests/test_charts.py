"""Charts: the right shade, the right place, nothing lost, and the same figures in the table."""

import re
from decimal import Decimal

import pytest
from django.template import engines
from django_cotton.compiler_regex import CottonCompiler
from hypothesis import given
from hypothesis import strategies as st

from vatra.look.charts import Place, band, bars, draw_map, lines
from vatra.look.charts.bands import shade_of
from vatra.look.charts.tiles import Cell, arrange

SQUARE = [[[[0, 0], [100000, 0], [100000, 100000], [0, 100000], [0, 0]]]]
BESIDE = [[[[100000, 0], [200000, 0], [200000, 100000], [100000, 100000], [100000, 0]]]]


def place(key, value, **said):
    return Place(key, key.upper(), None if value is None else Decimal(value), note="too few", **said)


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9999, max_value=9999)))
def test_every_figure_has_exactly_one_shade_and_more_is_never_lighter(values):
    bands = band(values)
    assert len(bands) == min(5, len(set(values)))
    shades = [shade_of(value, bands) for value in sorted(values)]
    assert shades == sorted(shades) and (not shades or shades[0] >= 1)
    assert sum(found.low <= value <= found.high for value in set(values) for found in bands) == len(set(values))


def test_no_figure_has_no_shade():
    assert shade_of(None, band([Decimal(1), Decimal(2)])) == 0


def test_neighbours_meet_on_the_map():
    drawn = draw_map([place("a", 1, rings=SQUARE), place("b", 2, rings=BESIDE)])
    ends = [re.match(r"M(\d+) (\d+)l(\d+)", piece.d).groups() for piece in drawn.pieces]
    assert int(ends[0][0]) + int(ends[0][2]) == int(ends[1][0])  # a's right edge is b's left
    assert drawn.letter == 0 and [p.shade for p in drawn.pieces] == [1, 5]


def test_the_north_is_up():
    north = [[[[0, 100000], [100000, 100000], [100000, 200000], [0, 200000], [0, 100000]]]]
    drawn = draw_map([place("south", 1, rings=SQUARE), place("north", 2, rings=north)])
    starts = {p.place.key: int(p.d.split("l")[0].split()[1]) for p in drawn.pieces}
    assert starts["north"] < starts["south"]


def test_what_is_too_small_to_see_is_still_there():
    speck = [[[[50000, 50000], [50001, 50000], [50001, 50001], [50000, 50000]]]]
    drawn = draw_map([place("a", 1, rings=SQUARE), place("speck", 2, rings=speck)])
    assert all(piece.d.startswith("M") for piece in drawn.pieces) and len(drawn.pieces) == 2


def test_tiles_stand_in_for_missing_outlines_and_none_is_lost():
    given_tiles = draw_map([place("a", 1, tile=(0, 0)), place("b", 2, tile=(1, 0)), place("c", None, tile=(0, 1))])
    assert given_tiles.letter and len(given_tiles.pieces) == 3 and given_tiles.unknown
    by_place = draw_map([place(f"p{i}", i, point=(34 + i % 5 / 10, 35 + i // 5 / 10)) for i in range(26)])
    assert len({(p.x, p.y) for p in by_place.pieces}) == 26
    lost = draw_map([place("a", 1, tile=(0, 0)), place("nowhere", 2), place("b", 3, tile=(1, 0))])
    assert [p.key for p in lost.undrawn] == ["nowhere"] and "nowhere" in {p.key for p in lost.places}


@given(st.lists(st.tuples(st.floats(-60, 60), st.floats(-170, 170)), min_size=1, max_size=60))
def test_no_two_places_share_a_tile(points):
    tiles = arrange([Cell(str(i), None, point) for i, point in enumerate(points)])
    assert len(set(tiles.values())) == len(points)


def test_places_without_any_figure_still_draw():
    drawn = draw_map([place("a", None, rings=SQUARE)])
    assert drawn.bands == [] and drawn.pieces[0].shade == 0
    assert draw_map([]) is None


def test_a_line_is_interrupted_where_no_figure_is():
    chart = lines(["1", "2", "3", "4"], [("x", [Decimal(1), None, Decimal(3), Decimal(4)])])
    assert chart.lines[0].d.count("M") == 2 and chart.lines[0].dots.count("M") == 3
    assert chart.rows[1] == ("2", [None])


@given(
    st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6),
        min_size=1,
        max_size=30,
    )
)
def test_every_point_lies_between_the_ticks(values):
    chart = lines([str(i) for i in range(len(values))], [("x", values)])
    assert chart.ticks[0].value >= max(values) and chart.ticks[-1].value <= min(values)
    heights = [int(y) for y in re.findall(r"[ML]\d+ (-?\d+)", chart.lines[0].d)]
    assert all(0 <= y <= chart.height for y in heights) and len(heights) == len(values)


def test_a_series_of_the_wrong_length_is_an_error():
    with pytest.raises(ValueError, match="2 figures for 1 periods"):
        lines(["1"], [("x", [Decimal(1), Decimal(2)])])


def test_bars_start_at_zero_and_something_is_never_nothing():
    chart = bars(
        [("a", Decimal(1000), "", ""), ("b", Decimal(1), "", ""), ("c", None, "too few", ""), ("d", Decimal(0), "", "")]
    )
    assert [(bar.start, bar.length) for bar in chart.rows] == [(0, 1000), (0, 4), (0, 0), (0, 0)]
    both = bars([("a", Decimal(50), "", ""), ("b", Decimal(-50), "", "")])
    assert [(bar.start, bar.length) for bar in both.rows] == [(500, 500), (0, 500)]
    assert bars([("a", Decimal(1), "", "")] * 5, most=3).left_out == 2


def rendered(text, **context):
    return engines["django"].from_string(CottonCompiler().process(text)).render(context)


def test_what_is_drawn_can_be_read_and_escapes():
    chart = draw_map(
        [place("a", 12, rings=SQUARE, href="?area=a"), Place("b", "<b>", None, note="too few", rings=BESIDE)]
    )
    page = rendered('<c-chart-map :chart="chart" title="Help" unit="persons" />', chart=chart)
    assert page.count("<tr>") == 3 and "too few" in page and "&lt;b&gt;" in page and "<b>" not in page
    assert 'style="' not in page and 'aria-label="A: 12 persons"' in page


def test_lines_and_bars_render_with_their_tables():
    chart = lines(
        ["May", "June"], [("Girls", [Decimal(1), None]), ("Boys", [Decimal(2), Decimal(3)])], [("Target", Decimal(5))]
    )
    page = rendered('<c-chart-lines :chart="chart" title="Pupils" />', chart=chart)
    assert page.count("<tr>") == 3 and "no figure" in page and "Target" in page and 'style="' not in page
    table = rendered('<c-chart-bars :chart="chart" title="x" />', chart=bars([("a", Decimal("1.5"), "", "")]))
    assert "1.5" in table and 'style="' not in table
