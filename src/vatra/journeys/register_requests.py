"""A family asks for one programme or several at once; each request gets its number and receipt."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits.commands import apply
from vatra.rooms.benefits.models import Application


@transaction.atomic
def register_requests(
    *, household: UUID, wishes: list[tuple[str, UUID]], applicant: UUID, actor: Actor, at: datetime
) -> list[Application]:
    """Register each wish (programme code, entitled person) as an application; all of them or none.

    Refuses an empty choice, and whatever `benefits.apply` refuses.
    """
    if not wishes:
        raise Refused(
            "nothing_chosen",
            gettext_noop("No programme is chosen."),
            gettext_noop("Choose at least one and try again."),
        )
    return [
        apply(household=household, programme=code, applicant=applicant, beneficiary=person, actor=actor, at=at)
        for code, person in wishes
    ]
