"""Running an import: each row of a file becomes something or is rejected with its reason, and a report is kept."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref

from .models import Import, ImportRow, Outcome
from .tables import Table, TableRow

BATCH = 250  # rows in one transaction: well under a second, so that desks keep writing meanwhile

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was rejected, or what was flagged in a row that was kept. The sentence is marked for translation."""

    code: str
    sentence: str
    column: str = ""
    values: dict[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "sentence": self.sentence, "column": self.column, "values": self.values}


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one row."""

    outcome: Outcome
    ref: Ref | None = None
    reasons: tuple[Reason, ...] = ()


Handler = Callable[[Sequence[TableRow]], Sequence[Handled]]


class RowsLost(AssertionError):
    """A handler answered for fewer or more rows than it was given."""


def run(
    *, kind: str, table: Table, handle: Handler, actor: Actor, at: datetime, finished: Callable[[], datetime],
    progress: Progress | None = None, batch: int = BATCH, notes: Sequence[Reason] = (),
    opened: Callable[[Import], None] | None = None, closed: Callable[[], Sequence[Reason]] | None = None,
) -> Import:  # fmt: skip
    """Give every row of the table to `handle`, batch by batch, and keep what became of each.

    `notes` are about the file as a whole; `opened` is told the run before the first row, and `closed` tells after the
    last one what more there is to note.

    A batch and its report lines are one transaction. After an interruption the same file can be imported again: what
    was done is found unchanged. `finished` tells the time at the end. Raises RowsLost if a row got no answer.
    """
    made = Import.objects.create(
        kind=kind,
        file_name=table.file_name[:255],
        file_digest=table.digest,
        actor=actor.as_json(),
        started_at=at,
        notes=[note.as_json() for note in notes],
    )
    if opened:
        opened(made)
    counts: Counter[str] = Counter()
    for start in range(0, len(table.rows), batch):
        rows = table.rows[start : start + batch]
        with transaction.atomic():
            handled = list(handle(rows))
            if len(handled) != len(rows):
                raise RowsLost(f"{len(rows)} rows given, {len(handled)} answered")
            ImportRow.objects.bulk_create(
                ImportRow(
                    run=made,
                    number=row.number,
                    outcome=done.outcome,
                    reasons=[reason.as_json() for reason in done.reasons],
                    ref_kind=done.ref.kind if done.ref else "",
                    ref_id=done.ref.id if done.ref else None,
                )
                for row, done in zip(rows, handled, strict=True)
            )
        counts.update(done.outcome.value for done in handled)
        if progress:
            progress(min(start + batch, len(table.rows)), len(table.rows))
    made.notes += [note.as_json() for note in closed()] if closed else []
    return _finish(made, counts, actor=actor, at=finished())


@transaction.atomic
def _finish(made: Import, counts: Counter[str], *, actor: Actor, at: datetime) -> Import:
    made.counts = {"read": sum(counts.values()), **{outcome.value: counts[outcome.value] for outcome in Outcome}}
    made.finished_at = at
    made.save(update_fields=["counts", "notes", "finished_at"])
    record("imports.finished", made, actor=actor, at=at, kind=made.kind, counts=made.counts)
    return made
