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
    """A visit was made (planned before or not), missed, or called off. Saying the same twice changes nothing; another
    visit of the same day, in other words, is another visit.

    Refuses a day to come or before the case, findings that say nothing of a visit that was made, a visit that was
    missed or called off without a word why, and other words for a visit that is recorded already.
    """
    found = locked_case(case, actor=actor)
    target = VisitState(state)
    if target == VisitState.DONE:
        wanted = gettext_noop("Write what was seen and agreed on the visit.")
        said = {"findings": needed(findings, "findings_needed", wanted)}
    else:
        said = {"reason": needed(reason, "reason_needed", gettext_noop("Say why the visit was not made."))}
    row = _planned(found, visit) if visit else _unplanned(found, target, on or today(at), said, actor, at)
    if row.state == target and all(getattr(row, name) == text for name, text in said.items()):
        return row
    check_move(VISIT_MOVES, source=VisitState(row.state), target=target)
    if target == VisitState.DONE:
        row.done_on = _day_of(found, on or today(at), at)
    for name, text in said.items():
        setattr(row, name, text)
    row.state, row.recorded_at = target, at
    row.save()
    if row.done_on:
        fulfil(found, VISIT, on=row.done_on, actor=actor, at=at)
    tell(found, f"visit_{target}", actor=actor, at=at, on=(row.done_on or row.planned_on).isoformat())
    return row


def _planned(case: Case, visit: Visit | ID) -> Visit:
    return Visit.objects.select_for_update().get(pk=id_of(visit), case=case)


def _unplanned(case: Case, state: VisitState, on: date, said: dict[str, str], actor: Actor, at: datetime) -> Visit:
    """A visit that stood on nobody's day; the one that was recorded already, where the same is said of it again."""
    same = Visit.objects.filter(case=case, planned_on=_day_of(case, on, at), state=state, actor__id=actor.id, **said)
    return same.first() or Visit(
        id=child_id(case, at), case=case, worker_id=case.worker_id, planned_on=on, planned_at=at, actor=actor.as_json()
    )


def _day_of(case: Case, on: date, at: datetime) -> date:
    if not today(case.opened_at) <= on <= today(at):
        raise Refused(
            "visit_day", gettext_noop("A visit was made between the day the case opened and today."),
            gettext_noop("Correct the day."),
        )  # fmt: skip
    return on
