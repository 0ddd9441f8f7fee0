"""Stepping between the levels of care; and the end of a case."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from vatra.foundation.docket.commands import meet
from vatra.foundation.docket.queries import deadlines_of
from vatra.foundation.worklist.commands import done_for
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.programmes.models import CareLevel

from ..conditions import unmet_conditions
from ..definition import definition_of
from ..models import Case, LevelMove, Plan
from ..states import CaseState, NeedState, PlanState
from .common import ID, case_ref, child_id, locked_case, move_case, needed, tell, today
from .needs import close_need

ASKED = {
    "alternative": (
        gettext_noop("On this level somebody may have to live away from home: say what else was sought."),
        gettext_noop("Relatives, foster care, help at home: what was tried, and why it is not enough."),
    ),
    "way_home": (
        gettext_noop("Say what the way home is."),
        gettext_noop("What must change so that the person can live with their own again, and who works on it."),
    ),
}


@transaction.atomic
def move_level(
    *, case: Case | ID, level: str, reason: str, alternative: str = "", way_home: str = "", actor: Actor, at: datetime
) -> Case:
    """The case steps up or down between the levels of care, with the reason. The level it has changes nothing.

    Where its type asks that of a level, refuses without what else was sought and without a way home.
    """
    found = locked_case(case, actor=actor)
    target = CareLevel(level)
    if found.level == target:
        return found
    reason = needed(reason, "reason_needed", gettext_noop("Say why the case moves to another level of care."))
    said = {"alternative": alternative.strip(), "way_home": way_home.strip()}
    for what in definition_of(found.type).asks_on_level.get(target, ()):
        if not said[what]:
            raise Refused(f"{what}_needed", *ASKED[what])
    LevelMove.objects.create(
        id=child_id(found, at), case=found, from_level=found.level, to_level=target, reason=reason, moved_at=at,
        actor=actor.as_json(), **said,
    )  # fmt: skip
    before, found.level = found.level, target
    found.save(update_fields=["level"])
    tell(found, "level_moved", actor=actor, at=at, before=before, after=target)
    return found


@transaction.atomic
def close_case(
    *, case: Case | ID, outcome: str, note: str = "", needs: Mapping[ID, tuple[str, str]] | None = None, actor: Actor,
    at: datetime,
) -> Case:  # fmt: skip
    """The case ends with an outcome; each of its needs has ended met or unmet (`needs` answers those still open:
    `{need: (state, reason)}`). Closing what this actor closed so already changes nothing.

    Refuses, with the first that does not hold, until every condition does: the common ones (needs answered, nothing
    planned, no referral open) and those of its type. Nothing of it is kept then.
    """
    found = locked_case(case, actor=actor, closed=True)
    if found.state == CaseState.CLOSED and found.outcome == outcome and (found.closed_by or {}).get("id") == actor.id:
        return found
    found = locked_case(case, actor=actor)
    if definition_of(found.type).outcome(outcome) is None:
        raise Refused(
            "no_such_outcome", gettext_noop("Say how this case ended."), gettext_noop("Choose an outcome of the list.")
        )
    for need, (state, reason) in (needs or {}).items():
        if state != NeedState.OPEN:
            close_need(need=need, state=state, reason=reason, actor=actor, at=at)
    for wanting in unmet_conditions(found, at):
        raise wanting
    move_case(found, CaseState.CLOSED)
    found.outcome, found.outcome_note, found.closed_at, found.closed_by = outcome, note.strip(), at, actor.as_json()
    found.save()
    live = Plan.objects.filter(case=found, state__in=[PlanState.DRAFT, PlanState.IN_FORCE])
    live.update(state=PlanState.ENDED, ended_at=at)
    for term in deadlines_of("cases.case", [found.pk]):
        if term.met_on is None:
            meet(ref=case_ref(found), kind=term.kind, on=today(at), actor=actor, at=at)
    done_for(ref=case_ref(found), at=at)
    tell(found, "closed", actor=actor, at=at, outcome=outcome)
    return found
