"""Figures over time. Coordinates only: what is written stands beside the drawing, so that it never shrinks with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

WIDTH, HEIGHT = 1000, 300
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
PARTS = 4  # between the lowest and the highest tick


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    values: list[Decimal | None]
    number: int  # 1 to 4: how the line is drawn
    d: str  # the line, interrupted where there is no figure
    dots: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A level across the whole chart: a baseline, a target."""

    title: str
    value: Decimal
    y: int


@dataclass(frozen=True, slots=True)
class Tick:
    value: Decimal
    y: int


@dataclass(frozen=True, slots=True)
class Lines:
    """`labels` are the periods to write below, evenly spread; `rows` the table: period, figure per line."""

    width: int
    height: int
    lines: list[Line]
    marks: list[Mark]
    ticks: list[Tick]  # from the top down, evenly spread
    labels: list[str]
    rows: list[tuple[str, list[Decimal | None]]]


def lines(
    periods: Sequence[str], series: Sequence[tuple[str, Sequence[Decimal | None]]],
    marks: Sequence[tuple[str, Decimal]] = (),
) -> Lines | None:  # fmt: skip
    """A chart of up to four series over the same periods, from zero; None when no figure is known.

    Raises ValueError when a series has more or fewer figures than there are periods.
    """
    known = [value for _, values in series for value in values if value is not None] + [v for _, v in marks]
    if not periods or not known:
        return None
    bottom, top = _range(min([*known, Decimal(0)]), max([*known, Decimal(0)]))

    def y(value: Decimal) -> int:
        return round(HEIGHT * (top - value) / (top - bottom))

    drawn = [_line(index, title, list(values), periods, y) for index, (title, values) in enumerate(series)]
    step = (top - bottom) / PARTS
    ticks = [Tick(_plain(top - step * index), HEIGHT * index // PARTS) for index in range(PARTS + 1)]
    rows = [(period, [line.values[i] for line in drawn]) for i, period in enumerate(periods)]
    levels = [Mark(title, value, y(value)) for title, value in marks]
    return Lines(WIDTH, HEIGHT, drawn, levels, ticks, _labels(periods), rows)


def _line(index: int, title: str, values: list[Decimal | None], periods: Sequence[str], y) -> Line:
    if len(values) != len(periods):
        raise ValueError(f"{title}: {len(values)} figures for {len(periods)} periods")
    path, dots, joined = [], [], False
    for i, value in enumerate(values):
        if value is None:
            joined = False
            continue
        x = WIDTH // 2 if len(periods) == 1 else WIDTH * i // (len(periods) - 1)
        path.append(f"{'L' if joined else 'M'}{x} {y(value)}")
        dots.append(f"M{x} {y(value)}h0")
        joined = True
    return Line(title, values, index % 4 + 1, "".join(path), "".join(dots))


def _range(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """Round ends around all figures, whose quarters are round as well."""
    if low == high:
        return Decimal(0), Decimal(PARTS)
    rough = (high - low) / PARTS
    unit = Decimal(1).scaleb(rough.adjusted())
    for step in (unit * factor for factor in (*STEPS, *(s * 10 for s in STEPS))):
        bottom = (low / step).to_integral_value(ROUND_FLOOR) * step
        if bottom + PARTS * step >= high:
            return bottom, bottom + PARTS * step
    bottom = (low / unit).to_integral_value(ROUND_FLOOR) * unit
    return bottom, (high / unit).to_integral_value(ROUND_CEILING) * unit


def _plain(value: Decimal) -> Decimal:
    """Without an exponent and without zeros at the end."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _labels(periods: Sequence[str]) -> list[str]:
    """Few enough to read, evenly spread: all of up to five, else the two ends and, if there is one, the middle."""
    if len(periods) <= 5:
        return list(periods)
    middle = [periods[len(periods) // 2]] if len(periods) % 2 else []
    return [periods[0], *middle, periods[-1]]
