"""A family walks in that nobody knew: the contact, the household and what they agreed to, at once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor
from vatra.rooms.intake.commands import close_contact, open_contact
from vatra.rooms.intake.models import Channel, Contact, Outcome
from vatra.rooms.people.commands import PersonDraft, give_consent, register_household
from vatra.rooms.people.models import Household, Membership, Person


@transaction.atomic
def walk_in(
    *, office: UUID, area: Area | None, line: str, since: date, members: Sequence[tuple[Person | PersonDraft | UUID, str]],
    consents: Iterable[tuple[str, str]] = (), contact_id: UUID, channel: str = Channel.WINDOW, reason: str = "",
    danger: Iterable[str] = (), ticket: str = "", actor: Actor, at: datetime,
) -> Household:  # fmt: skip
    """Register the household of a contact, with the consents (purpose, how) of its first member, who came.

    `contact_id` is the contact that is open at the window, or the one to open. Sent twice, it happens once: the
    household that the contact led to is returned. Refuses what `register_household` and `give_consent` refuse.
    """
    contact = Contact.objects.filter(pk=contact_id).first()
    if contact is not None and contact.household_id is not None:
        return Household.objects.visible_to(actor, "people.register").get(pk=contact.household_id)
    if contact is None:
        contact = open_contact(
            office=office, channel=channel, reason=reason, danger=list(danger), ticket=ticket, contact_id=contact_id,
            actor=actor, at=at,
        )  # fmt: skip
    household = register_household(
        office=office, area=area, line=line, since=since, members=members, actor=actor, at=at
    )
    speaker = Membership.objects.filter(household=household).order_by("id").values_list("person_id", flat=True)[0]
    for purpose, how in consents:
        give_consent(person=speaker, purpose=purpose, how=how, actor=actor, at=at)
    close_contact(contact.pk, outcome=Outcome.REGISTERED, household=household, actor=actor, at=at)
    return household
