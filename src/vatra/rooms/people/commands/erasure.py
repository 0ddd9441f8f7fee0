"""Erasing who a person is, and the legal holds that forbid it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..models import (
    Contact,
    Dwelling,
    Identifier,
    Identity,
    LegalHold,
    Membership,
    Name,
    NameKey,
    PaymentAccount,
    Person,
)
from ..reach import same_persons, the_person, today


@transaction.atomic
def erase_person(*, person: Person | UUID, because: str, actor: Actor, at: datetime) -> Person:
    """Names, identifiers, contacts, birth and sex of the person are blanked, past ones too; they cannot be found.

    Records about them stay, under an id without a name. Where nobody is left in a household, its addresses go too.
    Refuses while a legal hold stands, without a reason, and a second time.
    """
    known = the_person(person, actor=actor, action="people.erase")
    records = list(same_persons([known.pk]))
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say on which ground the person is erased."))
    if known.erased_at:
        raise Refused("erased", gettext_noop("This person was erased already."))
    if LegalHold.objects.filter(person__in=records, lifted_at=None).exists():
        raise Refused(
            "legal_hold",
            gettext_noop("What is known of this person must be kept: a legal hold stands."),
            gettext_noop("Ask whoever placed the hold to lift it when the proceedings end."),
        )
    Identity.objects.filter(person__in=records).update(
        display_name="", birth_date=None, birth_year=None, sex="", died_on=None
    )
    Name.objects.filter(person__in=records).update(full="", given="", father="", mother="", family="")
    Identifier.objects.filter(person__in=records).update(cipher=b"", blind="", masked="", expires_on=None)
    Contact.objects.filter(person__in=records).update(value="", key="")
    PaymentAccount.objects.filter(person__in=records).update(cipher=b"", blind="", masked="", holder_name="")
    PaymentAccount.objects.filter(person__in=records, ended_at=None).update(ended_on=today(at), ended_at=at)
    NameKey.objects.filter(person__in=records).delete()
    Person.objects.filter(pk__in=records).update(erased_at=at, language="")
    _blank_empty_homes(records)
    known.refresh_from_db()
    record("people.person_erased", known, actor=actor, at=at, about=records, because=because)
    return known


def _blank_empty_homes(persons: list[UUID]) -> None:
    homes = Membership.objects.filter(person__in=persons).values("household_id")
    lived_in = Membership.objects.filter(household__in=homes, person__erased_at=None).values("household_id")
    Dwelling.objects.filter(household__in=homes).exclude(household__in=lived_in).update(line="")


@transaction.atomic
def place_hold(*, person: Person | UUID, because: str, actor: Actor, at: datetime) -> LegalHold:
    """What is known of the person is kept until the hold is lifted. Refuses without a reason."""
    known = the_person(person, actor=actor, action="people.erase")
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say which proceedings need the record."))
    hold = LegalHold.objects.create(person=known, because=because.strip()[:500], placed_at=at, actor=actor.as_json())
    record("people.hold_placed", hold, actor=actor, at=at, about=[known.pk], because=because)
    return hold


@transaction.atomic
def lift_hold(*, hold: UUID, because: str, actor: Actor, at: datetime) -> LegalHold:
    """The record may be erased again, as far as this hold goes."""
    row = LegalHold.objects.select_for_update().get(pk=hold)
    the_person(row.person_id, actor=actor, action="people.erase")
    if row.lifted_at:
        raise Refused("already_lifted", gettext_noop("This hold was lifted already."))
    row.lifted_at = at
    row.save(update_fields=["lifted_at"])
    record("people.hold_lifted", row, actor=actor, at=at, about=[row.person_id], because=because)
    return row
