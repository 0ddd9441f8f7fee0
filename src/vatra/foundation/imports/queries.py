"""Reading what imports did."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from .models import Import, ImportRow


def imports(*, kind: str = "") -> QuerySet[Import]:
    """Runs, latest first."""
    found = Import.objects.order_by("-started_at", "-id")
    return found.filter(kind=kind) if kind else found


def rows_of(run: UUID) -> QuerySet[ImportRow]:
    """Every row of a run, in the order of the file."""
    return ImportRow.objects.filter(run_id=run).order_by("number")


def report(made: Import) -> dict[str, object]:
    """The whole report, as the command line prints it: counts, and for every row its outcome and reasons."""
    return {
        **made.counts,
        "import": str(made.pk),
        "file": made.file_name,
        "rows": [
            {"row": row.number, "outcome": row.outcome, "reasons": row.reasons}
            for row in rows_of(made.pk).only("number", "outcome", "reasons")
        ],
    }


def placed(made: Import) -> dict[str, int]:
    """The counts of a run in one sum: read = placed + rejected; placed = created + updated + unchanged."""
    counts = made.counts
    kept = sum(counts[name] for name in ("created", "updated", "unchanged"))
    return {
        "read": counts["read"], "placed": kept, "rejected": counts["rejected"], "created": counts["created"],
        "updated": counts["updated"], "unchanged": counts["unchanged"],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A row of a run that was rejected or flagged, with its reasons as they are kept."""

    number: int
    outcome: str
    reasons: list[dict[str, Any]]


def told_of(run: UUID, *, after: int = 0, limit: int = 200, outcome: str = "") -> list[Told]:
    """Rows after the given number that have something to say, in the order of the file; of one outcome if named."""
    rows = rows_of(run).filter(number__gt=after).exclude(reasons=[])
    if outcome:
        rows = rows.filter(outcome=outcome)
    return [Told(*row) for row in rows.values_list("number", "outcome", "reasons")[:limit]]


def reasons_of(run: UUID) -> list[tuple[str, str, int, dict[str, Any]]]:
    """How often each reason was given in a run: (code, outcome, rows, the first such reason), most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], dict[str, Any]] = {}
    told = rows_of(run).exclude(reasons=[])
    for outcome, reasons in told.values_list("outcome", "reasons").iterator():
        found = {(reason["code"], outcome): reason for reason in reasons}
        counts.update(found.keys())
        first = {**found, **first}
    return [(code, outcome, count, first[code, outcome]) for (code, outcome), count in counts.most_common()]


def run_of(id: UUID) -> Import | None:
    return Import.objects.filter(pk=id).first()
