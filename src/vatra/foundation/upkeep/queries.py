"""Is the house alive?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Max

from .models import Beat, Round

# Beats come every ten seconds; four in a row missing is a worker that died, not one that waited for a lock.
BEAT_EVERY = timedelta(seconds=10)
SILENT_AFTER = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Health:
    """`worker` is "ok", "silent" (none spoke lately), or "unknown" when the database cannot be asked."""

    database: str
    worker: str
    worker_at: datetime | None = None

    @property
    def ok(self) -> bool:
        return self.database == self.worker == "ok"


def health(*, at: datetime) -> Health:
    """One query."""
    try:
        last = Beat.objects.aggregate(last=Max("at"))["last"]
    except DatabaseError:
        return Health(database="failing", worker="unknown")
    alive = last is not None and last >= at - SILENT_AFTER
    return Health(database="ok", worker="ok" if alive else "silent", worker_at=last)


def failing_rounds() -> list[Round]:
    """Rounds whose last run ended in an error."""
    return list(Round.objects.filter(failures__gt=0).order_by("code"))
