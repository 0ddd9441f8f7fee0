"""Certificates (adeverințe): what somebody receives from this authority, or that they receive nothing."""

from datetime import datetime

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.docket.commands import register_entry
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.models import Household, Person

from ..assessment import members_of
from ..models import Certificate
from . import letters
from .common import ID, canonical, id_of, today


@transaction.atomic
def certify(
    *, household: Household | ID, person: Person | ID, purpose: str = "", language: str = "", actor: Actor, at: datetime
) -> Certificate:
    """A numbered certificate is issued: benefits granted by signed decisions today, and what was forwarded elsewhere
    without a word about its outcome. Refuses somebody who does not belong to the household.
    """
    home = Household.objects.visible_to(actor, "benefits.certify").select_related("office").get(pk=id_of(household))
    who = canonical(id_of(person))
    if who not in members_of(home.pk, on=today(at)):
        raise Refused(
            "not_of_the_household", gettext_noop("This person does not belong to the household today."),
            gettext_noop("Open the household of the person."),
        )  # fmt: skip
    made = Certificate(id=uuid7(at), household=home, person_id=who, issued_at=at, actor=actor.as_json())
    made.entry = register_entry(
        office=home.office_id, register="certificate", direction="out", subject="certificate",
        ref=Ref("benefits.certificate", made.pk), actor=actor, at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    made.letter = letters.certificate(made, purpose=purpose.strip(), language=language, actor=actor, at=at)
    made.save(update_fields=["letter"])
    record("benefits.certified", made, actor=actor, at=at, about=[who], household=str(home.pk))
    return made
