"""Saying that a worker lives; beginning and ending a round.

These write nothing about people and act for nobody, so they take no actor and leave no trail.
"""

import traceback
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Q

from vatra import __version__

from .models import Beat, Round
from .rounds import Declared, rounds

FORGET_WORKERS = timedelta(days=7)
KEEP_TASKS_DAYS = 14


def beat(*, worker: str, started_at: datetime, at: datetime) -> None:
    """The worker is alive at this moment."""
    changed = Beat.objects.filter(worker=worker).update(at=at, started_at=started_at, version=__version__)
    if not changed:
        Beat.objects.create(worker=worker, at=at, started_at=started_at, version=__version__)


def leave(*, worker: str) -> None:
    """The worker ends in good order: it is gone from this moment, not only when its last beat grows old."""
    Beat.objects.filter(worker=worker).delete()


def begin_round(declared: Declared, *, at: datetime) -> bool:
    """Take a round that is due. False when it is not due yet, or another worker took it first."""
    Round.objects.get_or_create(code=declared.code)
    due = Q(begun_at=None) | Q(begun_at__lte=at - declared.every)
    return bool(Round.objects.filter(due, code=declared.code).update(begun_at=at))


def end_round(declared: Declared, *, at: datetime, error: str = "") -> None:
    """Note how a round ended. A failed one comes round again at its usual time."""
    failures = F("failures") + 1 if error else 0
    Round.objects.filter(code=declared.code).update(ended_at=at, error=error[-4000:], failures=failures)


def run_due_rounds(*, now: Callable[[], datetime]) -> list[str]:
    """Run every round that is due, one after another; one that fails does not stop the others. Returns their codes."""
    ran = []
    for declared in rounds():
        at = now()
        if not begin_round(declared, at=at):
            continue
        ran.append(declared.code)
        error = ""
        try:
            declared.run(at)
        except Exception:  # whatever it is, the next round must still come
            error = traceback.format_exc()
        end_round(declared, at=now(), error=error)
    return ran


def clear(*, at: datetime) -> None:
    """Forget workers that have been silent for a week, and finished tasks of more than a fortnight."""
    from django_tasks_db.models import DBTaskResult

    Beat.objects.filter(at__lt=at - FORGET_WORKERS).delete()
    DBTaskResult.objects.finished().filter(finished_at__lt=at - timedelta(days=KEEP_TASKS_DAYS)).delete()
