"""What somebody lacks, and how that ended."""

from datetime import datetime

from django.db import transaction

from vatra.kernel.actor import Actor
from vatra.kernel.moves import check_move
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.lists import check_code
from vatra.rooms.people.models import Person

from ..definition import NEEDS
from ..models import Case, Need
from ..states import NEED_MOVES, NeedState
from .common import ID, child_id, fulfil, id_of, locked_case, member_of, needed, tell, today

LIST = "need"


@transaction.atomic
def record_need(
    *, case: Case | ID, code: str, person: Person | ID | None = None, note: str = "", actor: Actor, at: datetime
) -> Need:
    """A person of the case, or the whole household, lacks something. The same open need again gives the one there is.

    Refuses a code that the pack's list of needs does not have, and a person who is not of the household.
    """
    found = locked_case(case, actor=actor)
    check_code(LIST, code)
    subject = member_of(found.household_id, person, at) if person else None
    same = Need.objects.filter(case=found, person=subject, code=code, state=NeedState.OPEN).first()
    if same is not None:
        return same
    need = Need.objects.create(
        id=child_id(found, at), case=found, person_id=subject, code=code, note=note.strip(), recorded_at=at,
        actor=actor.as_json(),
    )  # fmt: skip
    fulfil(found, NEEDS, on=today(at), actor=actor, at=at)
    tell(found, "need_recorded", actor=actor, at=at, need=code)
    return need


@transaction.atomic
def close_need(*, need: Need | ID, state: str, reason: str = "", actor: Actor, at: datetime) -> Need:
    """A need ends met, or unmet with the reason why; or it came back, and is open again. Saying the same twice changes
    nothing.

    Raises Need.DoesNotExist where the actor may not work on its case.
    """
    row = locked_need(need, actor=actor)
    target = NeedState(state)
    if row.state == target:
        return row
    check_move(NEED_MOVES, source=NeedState(row.state), target=target)
    if target == NeedState.UNMET:
        reason = needed(
            reason, "reason_needed", gettext_noop("Say why this need stays unmet."),
            gettext_noop("What is missing — a service, a place, money, a wish — is counted and seen."),
        )  # fmt: skip
    row.state, row.reason = target, reason.strip()
    row.answered_at = None if target == NeedState.OPEN else at
    row.save(update_fields=["state", "reason", "answered_at"])
    tell(row.case, f"need_{target}", actor=actor, at=at, need=row.code)
    return row


def locked_need(need: Need | ID, *, actor: Actor) -> Need:
    """The need with its case, locked."""
    row = Need.objects.select_for_update().get(pk=id_of(need))
    try:
        row.case = locked_case(row.case_id, actor=actor)
    except Case.DoesNotExist:
        raise Need.DoesNotExist from None
    return row
