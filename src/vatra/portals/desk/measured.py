"""Plans whose figures others report: the tree with its totals, one indicator by place, time, reporter and part."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from vatra.kernel.words import gettext_noop
from vatra.look import charts
from vatra.look.reading import day_text, said
from vatra.rooms.insight.queries import measurements as reading
from vatra.rooms.insight.queries.measurements import Asked, Indicator
from vatra.rooms.policy.models import Plan
from vatra.rooms.policy.queries import plan as plan_of
from vatra.web.actions import needs, require
from vatra.web.figures import area_kind, place_of

HOW = {
    "sum": gettext_noop("all reports added up"),
    "max": gettext_noop("the largest period: the same people are counted again in each"),
    "latest": gettext_noop("the last period that was reported"),
    "mean": gettext_noop("the mean of the reports"),
}
REPORTERS = 15


def plan_page(request: HttpRequest, plan: Plan, others: list[Plan]) -> HttpResponse:
    """A plan that has reported figures; `policy.policy_plan` has checked who asks."""
    return render(request, "desk/measured/plan.html", {"measured": reading.measured_plan(plan), "plans": others})


@needs("policy.view")
def indicator(request: HttpRequest, code: str, node_id: UUID) -> HttpResponse:
    """One indicator of a plan, as far as it was reported."""
    require(request.actor, "policy.view")
    plan = _plan(code)
    asked = _asked(request)
    found = reading.indicator(plan, node_id, asked)
    if found is None:
        raise Http404
    page = {"plan": plan, "found": found, "asked": asked, "how": HOW[found.how], **_charts(found, asked)}
    return render(request, "desk/measured/indicator.html", page)


@needs("policy.view")
def indicator_file(request: HttpRequest, code: str, node_id: UUID) -> HttpResponse:
    """Every figure of an indicator as reported, as a file."""
    require(request.actor, "policy.view")
    plan = _plan(code)
    head = [
        "indicator", "title", "unit", "area", "area_name", "reporter", "from", "to", "reported", "value", "row",
        "details",
    ]  # fmt: skip

    def rows() -> Iterator[list[object]]:
        for series, title, unit, area, name, reporter, start, end, reported, value, details, row in reading.figures_of(
            plan, node_id
        ):
            more = "; ".join(f"{key}: {text}" for key, text in details.items())
            yield [series, title, unit, area, _word(name), _word(reporter), start, end, reported, value, row, more]

    return _file(f"{plan.code}-{node_id}", head, rows())


@needs("policy.view")
def plan_file(request: HttpRequest, code: str) -> HttpResponse:
    """For each of the source's indicators how many reports there are, and their exact sum, as a file."""
    require(request.actor, "policy.view")
    plan = _plan(code)
    head = ["indicator", "title", "unit", "read_as", "reports", "sum"]
    return _file(plan.code, head, reading.sums_of_plan(plan))


def _plan(code: str) -> Plan:
    found = plan_of(code)
    if found is None or not reading.is_measured(found):
        raise Http404
    return found


def _asked(request: HttpRequest) -> Asked:
    given = request.GET
    try:
        reporter = UUID(given["reporter"]) if given.get("reporter") else None
    except ValueError:
        reporter = None
    return Asked(_day(given.get("from", "")), _day(given.get("to", "")), given.get("area", "")[:64], reporter)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# --- charts -----------------------------------------------------------------------------------------------------------


def _charts(found: Indicator, asked: Asked) -> dict[str, object]:
    nothing = gettext("no report")
    places = [
        place_of(
            place.area, place.value, nothing, rings=place.rings, here=place.area == found.here,
            href=_address(asked, area=place.area.code),
        )
        for place in found.places
    ]  # fmt: skip
    labels = [_period(period) for period, _ in found.over_time]
    bodies = [
        (_word(body.name) if body else gettext("not said"), value, "", _address(asked, reporter=str(body.pk)) if body else "")
        for body, value in found.by_reporter
    ]  # fmt: skip
    return {
        "map": charts.draw_map(places),
        "kind": area_kind(found.kind),
        "lines": charts.lines(labels, [(gettext("Reported"), [value for _, value in found.over_time])]),
        "bodies": charts.bars(bodies, most=REPORTERS),
        "breakdowns": [
            (_word(parts.title), charts.bars([(_word(title), value, "", "") for title, value in parts.rows]))
            for parts in found.breakdowns
        ],
        "starts": [(start.isoformat(), _period((start, start)), start == asked.first) for start in _starts(found)],
        "ends": [(end.isoformat(), _period((end, end)), end == asked.last) for end in _ends(found)],
        "everywhere": _address(asked, area=""),
        "elsewhere": [(_word(area.name), value) for area, value in found.elsewhere],
        "here": _word(found.here.name) if found.here else "",
    }


def _starts(found: Indicator) -> list[date]:
    return sorted({start for start, _ in found.periods})


def _ends(found: Indicator) -> list[date]:
    return sorted({end for _, end in found.periods})


def _address(asked: Asked, **changed: str) -> str:
    """This page with something else asked for."""
    said = {
        "from": asked.first.isoformat() if asked.first else "", "to": asked.last.isoformat() if asked.last else "",
        "area": asked.area, "reporter": str(asked.reporter or ""),
    }  # fmt: skip
    return "?" + urlencode({key: value for key, value in {**said, **changed}.items() if value})


def _period(period: tuple[date, date]) -> str:
    """A month by its name; any other stretch by its days."""
    start, end = period
    language = (get_language() or "en").split("-")[0]
    if (start.year, start.month) == (end.year, end.month):
        return day_text(start, language, "month")
    return f"{day_text(start, language)} – {day_text(end, language)}"


def _word(text: dict[str, str] | str | None) -> str:
    return said(text, (get_language() or "en").split("-")[0]).text


# --- files ------------------------------------------------------------------------------------------------------------


def _file(name: str, head: list[str], rows: Iterable[list[object]]) -> StreamingHttpResponse:
    """A CSV file, row by row, for spreadsheets of any language (UTF-8 with a mark)."""

    def lines() -> Iterator[str]:
        out = io.StringIO()
        writer = csv.writer(out)
        yield "\ufeff"
        for row in chain([head], rows):
            writer.writerow([_cell(cell) for cell in row])
            yield out.getvalue()
            out.seek(0)
            out.truncate()

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _cell(value: object) -> str:
    """A text that a spreadsheet would take for a formula is marked as a text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text[:1] and not _is_figure(text) else text


def _is_figure(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()
