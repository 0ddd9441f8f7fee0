"""What happens at the window: a contact opens, is answered, and closes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.forms.models import Answers
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.models import Household, Person

from .models import Contact, Outcome, Screening


@transaction.atomic
def open_contact(
    *, office: UUID, channel: str, reason: str = "", danger: list[str] | None = None, ticket: str = "",
    household: Household | None = None, person: Person | None = None, contact_id: UUID | None = None, actor: Actor,
    at: datetime,
) -> Contact:  # fmt: skip
    """Somebody came, called or was found; what brought them is kept in their own words.

    `contact_id` lets a page that may be sent twice name the contact beforehand: the second fails on the key.
    """
    contact = Contact.objects.create(
        pk=contact_id or uuid7(at), office_id=office, channel=channel, reason=reason, danger=danger or [], ticket=ticket, household=household,
        person=person, opened_at=at, actor=actor.as_json(),
    )  # fmt: skip
    record(
        "intake.contact_opened", contact, actor=actor, at=at, about=[person.pk] if person else [],
        household=str(household.pk) if household else None, channel=channel, danger=danger or [],
    )  # fmt: skip
    return contact


@transaction.atomic
def close_contact(
    contact_id: UUID, *, outcome: str, advice: str = "", household: Household | None = None, actor: Actor, at: datetime
) -> Contact:
    """A contact ends with what came of it; many end with advice given and nothing more needed (`advice`: which).

    Raises Contact.DoesNotExist if the actor may not work on it; refuses one that is closed already.
    """
    contact = Contact.objects.visible_to(actor, "intake.screen").get(pk=contact_id)
    if contact.closed_at is not None:
        raise Refused("contact_closed", gettext_noop("This contact was closed already."))
    contact.outcome, contact.advice, contact.closed_at = Outcome(outcome), advice.strip(), at
    contact.household = household or contact.household
    contact.save(update_fields=["outcome", "advice", "closed_at", "household"])
    record("intake.contact_closed", contact, actor=actor, at=at, outcome=outcome)
    return contact


@transaction.atomic
def record_screening(
    *, household: Household, answers: Answers, contact: Contact | None = None, actor: Actor, at: datetime
) -> Screening:
    """A household was screened with these answers. The same answers screen once."""
    screening, new = Screening.objects.get_or_create(
        answers=answers,
        defaults={"household": household, "contact": contact, "screened_at": at, "actor": actor.as_json()},
    )
    if new:
        record("intake.screened", screening, actor=actor, at=at, household=str(household.pk))
    return screening
