"""Reading what imports did."""

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
