"""Published figures as pages show them, on the desk and to the public alike: words, charts, tables."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import get_language, gettext, pgettext

from vatra.foundation.places.models import Area
from vatra.journeys.policy_pages import IndicatorPage
from vatra.kernel.words import gettext_noop
from vatra.look.charts import Bars, Lines, Map, Place, Rings, bars, draw_map, lines
from vatra.look.reading import day_text, number_text, percent_text
from vatra.look.reading import said as said_to
from vatra.rooms.insight.queries import AreaFigure, Cell, IndicatorCard

HIDDEN = gettext_noop("hidden")
NOTHING = gettext_noop("nothing to say")
UNITS = {
    "%": gettext_noop("percent"), "days": gettext_noop("days"), "households": gettext_noop("households"),
    "people": gettext_noop("people"), "contacts": gettext_noop("contacts"), "requests": gettext_noop("requests"),
    "decisions": gettext_noop("decisions"), "referrals": gettext_noop("referrals"), "cases": gettext_noop("cases"),
    "needs": gettext_noop("needs"), "payments": gettext_noop("payments"), "visits": gettext_noop("visits"),
}  # fmt: skip

AREA_KINDS = {
    "country": gettext_noop("Country"), "region": gettext_noop("Region"), "province": gettext_noop("Province"),
    "governorate": gettext_noop("Governorate"), "county": gettext_noop("County"), "district": gettext_noop("District"),
    "municipality": gettext_noop("Municipality"), "town": gettext_noop("Town"), "commune": gettext_noop("Commune"),
    "locality": gettext_noop("Locality"), "neighbourhood": gettext_noop("Neighbourhood"),
}  # fmt: skip


@dataclass(frozen=True)
class Headline:
    """An indicator in a line: its figure first, then its direction and its period."""

    card: IndicatorCard
    unit: str
    figure: str  # empty while hidden or not measured
    hidden: bool
    month: date | None
    running: str
    running_hidden: bool
    baseline: str
    target: str
    towards: str  # a sentence: nearer the aim or not
    state: str  # of its pill
    chart: Lines | None


@dataclass(frozen=True)
class Sheet:
    """The page of one indicator."""

    headline: Headline
    page: IndicatorPage
    area_maps: list[tuple[str, Map]]  # of which place, and its parts
    area_bars: Bars | None
    sex_bars: Bars | None
    age_bars: Bars | None


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _words(text: Mapping[str, str]) -> str:
    return said_to(text, _language()).text


def area_kind(kind: str) -> str:
    """What places of this kind are called; regions, where nobody has named them."""
    return gettext(AREA_KINDS.get(kind, AREA_KINDS["region"]))


def unit_words(unit: str) -> str:
    return gettext(UNITS[unit]) if unit in UNITS else unit


def _figure(value: Decimal | None, unit: str) -> str:
    if value is None:
        return ""
    return percent_text(value / 100, _language()) if unit == "%" else number_text(value, _language())


def headline(card: IndicatorCard) -> Headline:
    latest = card.latest
    state, towards = _direction(card)
    return Headline(
        card, unit_words(card.unit), _figure(latest.cell.value if latest else None, card.unit),
        bool(latest and latest.cell.hidden), latest.month if latest else None,
        _figure(card.running.cell.value, card.unit) if card.running else "",
        bool(card.running and card.running.cell.hidden), _figure(card.baseline, card.unit),
        _figure(card.target, card.unit), towards, state, _chart(card),
    )  # fmt: skip


def _direction(card: IndicatorCard) -> tuple[str, str]:
    """Whether the aim is reached; else how the figure moved since the month before, and whether that is better."""
    if card.reached:
        return "yes", gettext("target reached")
    moved = card.moved
    if moved is None or card.indicator.direction == "none":
        return "", ""
    if not moved:
        return "", gettext("as in the month before")
    better = (moved > 0) is (card.indicator.direction == "up")
    more = (
        gettext("%(n)s more than in the month before") if moved > 0 else gettext("%(n)s less than in the month before")
    )
    return "yes" if better else "ask", more % {"n": number_text(abs(moved), _language())}


def _chart(card: IndicatorCard) -> Lines | None:
    months = [m for m in card.months if m.final]
    marks = []
    if card.target is not None and card.indicator.direction != "none":
        marks.append((pgettext("aim of an indicator", "target"), card.target))
    if card.baseline is not None and not card.measured_baseline:
        marks.insert(0, (gettext("baseline"), card.baseline))
    if not any(m.cell.value is not None for m in months):
        return None
    periods = [day_text(m.month, _language(), "month") for m in months]
    return lines(periods, [(_words(card.indicator.title), [m.cell.value for m in months])], marks)


def sheet(page: IndicatorPage) -> Sheet:
    """The charts of an indicator's page. What is hidden stays in each table, with the reason."""
    broken = page.broken
    head = headline(page.card)
    if broken is None:
        return Sheet(head, page, [], None, None, None)
    names = _names(broken.areas)
    areas = [(_area_title(row, names), row.cell.value, _note(row.cell), "") for row in broken.areas]
    return Sheet(
        head, page, _maps(broken.areas, names), bars(areas) if areas else None,
        _bars(broken.sexes), _bars(broken.ages),
    )  # fmt: skip


def _names(rows: list[AreaFigure]) -> dict[UUID, str]:
    """What each area is called; a town and the place at its middle that share a name also say what they are."""
    areas = {row.area.pk: row.area for row in rows if row.area is not None}
    called = Counter(_words(area.name) for area in areas.values())
    return {
        pk: f"{name} ({area_kind(area.kind)})" if called[name := _words(area.name)] > 1 else name
        for pk, area in areas.items()
    }


def _maps(rows: list[AreaFigure], names: Mapping[UUID, str]) -> list[tuple[str, Map]]:
    """A drawing for each place that has several parts: their outlines, or tiles side by side."""
    groups: dict[UUID | None, list[Place]] = {}
    for row in rows:
        if row.area is not None and not row.own:
            groups.setdefault(row.area.parent_id, []).append(_place(row))
    drawn = [(names.get(parent, "") if parent else "", draw_map(group)) for parent, group in groups.items()]
    return [(name, made) for name, made in drawn if made is not None and _differ(made)]


def _differ(made: Map) -> bool:
    """A drawing in which every place looks alike shows nothing that the table does not."""
    return len({piece.place.value for piece in made.pieces if piece.place.value is not None}) > 1


def _place(row: AreaFigure) -> Place:
    assert row.area is not None
    return place_of(row.area, row.cell.value, _note(row.cell), rings=row.rings)


def place_of(
    area: Area, value: Decimal | None, note: str, *, rings: Rings = (), href: str = "", here: bool = False
) -> Place:
    """An area with its figure, to be drawn by its outline where one is known, else where the pack says it lies."""
    point = None
    if area.latitude is not None and area.longitude is not None:
        point = (float(area.latitude), float(area.longitude))
    tile = (area.hex_q, area.hex_r) if area.hex_q is not None and area.hex_r is not None else None
    return Place(area.code, _words(area.name), value, note, href, here, rings, tile, point)


def _area_title(row: AreaFigure, names: Mapping[UUID, str]) -> str:
    if row.area is None:
        return gettext("in no area")
    name = names[row.area.pk]
    return gettext("%(place)s, no closer known") % {"place": name} if row.own else name


def _note(cell: Cell) -> str:
    return gettext(HIDDEN) if cell.hidden else gettext(NOTHING) if cell.value is None else ""


def _bars(rows: list[tuple[dict[str, str], Cell]]) -> Bars | None:
    said = [(_words(title) or gettext("not known"), cell.value, _note(cell), "") for title, cell in rows]
    return bars(said) if said else None
