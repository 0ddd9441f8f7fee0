"""Going there."""

from datetime import date, datetime

from django.db import transaction

from vatra.kernel.actor import Actor
from vatra.kernel.moves import check_move
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..definition import VISIT
from ..models import Case, Visit
from ..states import VISIT_MOVES, VisitState
from .common import ID, child_id, fulfil, id_of, locked_case, needed, tell, today


@transaction.atomic
def plan_visit(
    *, case: Case | ID, on: date, purpose: str = "", worker: ID | None = None, actor: Actor, at: datetime
) -> Visit:
    """A visit stands on somebody's day. Planning the same twice gives the one that is planned.

    Refuses a day that has passed: what was done is recorded, not planned.
    """
    found = locked_case(case, actor=actor)
    if on < today(at):
        raise Refused(
            "day_passed", gettext_noop("A visit cannot be planned for a day that has passed."),
            gettext_noop("If it was made, record it as done."),
        )  # fmt: skip
    goes = id_of(worker) if worker else found.worker_id
    planned = Visit.objects.filter(case=found, planned_on=on, worker=goes, state=VisitState.PLANNED)
    if same := planned.first():
        return same
    visit = Visit.objects.create(
        id=child_id(found, at), case=found, worker_id=goes, planned_on=on, purpose=purpose.strip()[:500],
        planned_at=at, actor=actor.as_json(),
    )  # fmt: skip
    tell(found, "visit_planned", actor=actor, at=at, on=on.isoformat())
    return visit


@transaction.atomic
def record_visit(
    *, case: Case | ID, visit: Visit | ID | None = None, state: str = VisitState.DONE, on: date | None = None,
    findings: str = "", reason: str = "", actor: Actor, at: datetime,
) -> Visit:  # fmt: skip
    """A visit was made (planned before or not), missed, or called off. Saying the same twice changes nothing.

    Refuses a day to come or before the case, findings that say nothing of a visit that was made, and a visit that was
    missed or called off without a word why.
    """
    found = locked_case(case, actor=actor)
    target = VisitState(state)
    row = _visit(found, visit, on or today(at), actor, at)
    if row.state == target:
        return row
    check_move(VISIT_MOVES, source=VisitState(row.state), target=target)
    if target == VisitState.DONE:
        row.done_on = _day_of(found, on or today(at), at)
        row.findings = needed(findings, "findings_needed", gettext_noop("Write what was seen and agreed on the visit."))
    else:
        row.reason = needed(reason, "reason_needed", gettext_noop("Say why the visit was not made."))
    row.state, row.recorded_at = target, at
    row.save()
    if row.done_on:
        fulfil(found, VISIT, on=row.done_on, actor=actor, at=at)
    tell(found, f"visit_{target}", actor=actor, at=at, on=(row.done_on or row.planned_on).isoformat())
    return row


def _visit(case: Case, visit: Visit | ID | None, on: date, actor: Actor, at: datetime) -> Visit:
    if visit is not None:
        return Visit.objects.select_for_update().get(pk=id_of(visit), case=case)
    done = Visit.objects.filter(case=case, done_on=on, state=VisitState.DONE, actor__id=actor.id).first()
    return done or Visit(
        id=child_id(case, at), case=case, worker_id=case.worker_id, planned_on=on, planned_at=at, actor=actor.as_json()
    )


def _day_of(case: Case, on: date, at: datetime) -> date:
    if not today(case.opened_at) <= on <= today(at):
        raise Refused(
            "visit_day", gettext_noop("A visit was made between the day the case opened and today."),
            gettext_noop("Correct the day."),
        )  # fmt: skip
    return on
