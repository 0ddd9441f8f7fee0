"""What imports did: each run with its counts, and every row that was rejected or flagged, with its reason."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, get_language_bidi, gettext

from vatra.foundation.imports.queries import Told, placed, reasons_of, run_of, told_of
from vatra.foundation.imports.queries import imports as runs
from vatra.kernel.words import gettext_noop
from vatra.look.reading import day_text, number_text
from vatra.web.actions import needs, require
from vatra.web.figures import AREA_KINDS, area_kind
from vatra.web.middleware import translated

RUNS, ROWS = 50, 100
DAYS = ("start", "end")  # values of reasons that are days
KINDS = {
    "measurements": gettext_noop("Reported figures"),
    "boundaries": gettext_noop("Boundaries"),
    "providers": gettext_noop("Register of services"),
}
OUTCOMES = {
    "rejected": gettext_noop("rejected"), "created": gettext_noop("new"), "updated": gettext_noop("changed"),
    "unchanged": gettext_noop("unchanged"),
}  # fmt: skip
FILTERS = {"": gettext_noop("all that have a reason"), "rejected": gettext_noop("rejected only")}


@dataclass(frozen=True)
class Row:
    """A row of the file in the reader's words."""

    number: int
    outcome: str
    word: str
    reasons: list[tuple[str, str]]  # column, sentence


@needs("imports.view")
def imports(request: HttpRequest) -> HttpResponse:
    """The latest runs."""
    require(request.actor, "imports.view")
    rows = [(run, _kind(run.kind), placed(run) if run.counts else None) for run in runs()[:RUNS]]
    return render(request, "desk/imports/list.html", {"rows": rows})


@needs("imports.view")
def import_report(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """One run: counts, notes about the file, and the rows that have something to say."""
    require(request.actor, "imports.view")
    run = run_of(import_id)
    if run is None:
        raise Http404
    only = request.GET.get("only", "") if request.GET.get("only") in FILTERS else ""
    after = int(request.GET["after"]) if request.GET.get("after", "").isdecimal() else 0
    told = told_of(run.pk, after=min(after, 2**31 - 1), outcome=only, limit=ROWS + 1)
    page = {
        "run": run,
        "kind": _kind(run.kind),
        "counts": placed(run) if run.counts else None,
        "notes": [_said(note) for note in run.notes],
        "summary": [(code, gettext(OUTCOMES[outcome]), count, said) for code, outcome, count, said in _summary(run.pk)],
        "rows": [_row(row) for row in told[:ROWS]],
        "filters": [(code, gettext(word), code == only) for code, word in FILTERS.items()],
        "first": f"?only={only}" if after else "",
        "next": f"?only={only}&after={told[ROWS - 1].number}" if len(told) > ROWS else "",
    }
    return render(request, "desk/imports/report.html", page)


def _kind(kind: str) -> str:
    return gettext(KINDS[kind]) if kind in KINDS else kind


def _said(reason: dict[str, Any]) -> str:
    """A reason in the reader's words: days, numbers and kinds of places as well."""
    language = (get_language() or "en").split("-")[0]

    def shown(name: str, value: object) -> str:
        if isinstance(value, int):
            return number_text(value, language)
        text = str(value)
        if name == "kind" and text in AREA_KINDS:
            return area_kind(text)
        if name in DAYS:
            return day_text(date.fromisoformat(text), language)
        return f"\u2068{text}\u2069" if get_language_bidi() else text  # so that codes keep their order

    return translated(reason["sentence"], {name: shown(name, value) for name, value in reason["values"].items()})


def _row(row: Told) -> Row:
    reasons = [(reason["column"], _said(reason)) for reason in row.reasons]
    return Row(row.number, row.outcome, gettext(OUTCOMES[row.outcome]), reasons)


def _summary(run: UUID) -> list[tuple[str, str, int, str]]:
    """How often each reason was given, with the first row's sentence as the example."""
    return [(code, outcome, count, _said(example)) for code, outcome, count, example in reasons_of(run)]
