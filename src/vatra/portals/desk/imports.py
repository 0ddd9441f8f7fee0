"""What imports did: each run with its counts, and every row that was rejected or flagged, with its reason."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from vatra.foundation.imports.queries import Told, placed, reasons_of, run_of, told_of
from vatra.foundation.imports.queries import imports as runs
from vatra.kernel.words import gettext_noop
from vatra.web.actions import needs, require
from vatra.web.middleware import translated

RUNS, ROWS = 50, 100
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
        "notes": [translated(note["sentence"], note["values"]) for note in run.notes],
        "summary": [(code, gettext(OUTCOMES[outcome]), count, said) for code, outcome, count, said in _summary(run.pk)],
        "rows": [_row(row) for row in told[:ROWS]],
        "filters": [(code, gettext(word), code == only) for code, word in FILTERS.items()],
        "first": f"?only={only}" if after else "",
        "next": f"?only={only}&after={told[ROWS - 1].number}" if len(told) > ROWS else "",
    }
    return render(request, "desk/imports/report.html", page)


def _kind(kind: str) -> str:
    return gettext(KINDS[kind]) if kind in KINDS else kind


def _row(row: Told) -> Row:
    reasons = [(reason["column"], translated(reason["sentence"], reason["values"])) for reason in row.reasons]
    return Row(row.number, row.outcome, gettext(OUTCOMES[row.outcome]), reasons)


def _summary(run: UUID) -> list[tuple[str, str, int, str]]:
    """How often each reason was given, with the first row's sentence as the example."""
    return [
        (code, outcome, count, translated(example["sentence"], example["values"]))
        for code, outcome, count, example in reasons_of(run)
    ]
