"""What the worker does in this room: what was ordered, in bounded steps; and again whatever a worker left behind."""

import logging
from datetime import datetime
from uuid import UUID

from .commands.exporting import write_files
from .commands.statements import apply_rows
from .commands.writing import write_plans
from .models import Cycle, Statement
from .states import CycleState, StatementState

log = logging.getLogger("vatra.payments")
WORK = {CycleState.PREPARING: write_plans, CycleState.EXPORTING: write_files}


def go_on_with(cycle: UUID, *, at: datetime) -> bool:
    """Do what the cycle waits for, from where it stands; nothing when it waits for a person or was stopped."""
    found = Cycle.objects.only("state", "paused_at").get(pk=cycle)
    if found.paused_at is not None or found.state not in WORK:
        return False
    return WORK[CycleState(found.state)](cycle, at=at)


def go_on(*, at: datetime) -> int:
    """Go on with whatever was begun and not ended, because a worker was killed. Idempotent: two at once do no harm,
    every step takes the cycle's lock and looks again. Returns how many went on."""
    told = 0
    for cycle in Cycle.objects.filter(state__in=list(WORK), paused_at=None).order_by("pk").values_list("pk", flat=True):
        told += _safely(go_on_with, cycle, at)
    for statement in (
        Statement.objects.filter(state=StatementState.RECEIVED).order_by("pk").values_list("pk", flat=True)
    ):
        told += _safely(apply_rows, statement, at)
    return told


def _safely(act, id: UUID, at: datetime) -> bool:
    """One that fails does not keep the others waiting; it comes round again, and the failure is told."""
    try:
        return act(id, at=at)
    except Exception:
        log.exception("payments %s", id)
        return False
