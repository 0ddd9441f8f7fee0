"""Records by whatever a caller holds of them (the record, its id, a Ref), as far as the actor reaches; merged persons
by the record that stands for them."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from vatra.foundation.access.queries import role_grants
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.days import day
from vatra.kernel.ref import Ref
from vatra.kernel.refused import NoGrant

from .models import Household, Membership, Person


def id_of(record: Person | Household | Ref | UUID | str) -> UUID:
    if isinstance(record, UUID):
        return record
    return UUID(record) if isinstance(record, str) else record.id


def the_person(person: Person | Ref | UUID | str, *, actor: Actor, action: str) -> Person:
    """The person that stands for this record. Raises Person.DoesNotExist where the actor may not do `action`."""
    found = Person.objects.visible_to(actor, action).get(pk=id_of(person))
    if found.canonical_id != found.pk:
        found = Person.objects.visible_to(actor, action).get(pk=found.canonical_id)
    return found


def the_household(household: Household | Ref | UUID | str, *, actor: Actor, action: str) -> Household:
    """The household, locked where the database can. Raises Household.DoesNotExist as above."""
    return Household.objects.visible_to(actor, action).select_for_update(of=("self",)).get(pk=id_of(household))


def may_register(actor: Actor, *, office: UUID, area: Area | None) -> None:
    """Raises NoGrant unless the actor may register in this office, or in this area."""
    if actor.kind is ActorKind.SYSTEM:
        return
    for grant in role_grants(actor, "people.register"):
        everywhere = grant.office_id is None and not grant.area_path
        in_area = grant.office_id is None and area is not None and area.path.startswith(grant.area_path)
        if everywhere or in_area or grant.office_id == office:
            return
    raise NoGrant("people.register")


def today(at: datetime) -> date:
    """The day of an instant, where the pack lives."""
    return day(at, zone())


def same_persons(persons: Iterable[UUID]) -> dict[UUID, UUID]:
    """Every record of these persons, merged ones included, with the id that stands for it. One query."""
    persons = list(persons)
    standing = Person.objects.filter(pk__in=persons).values("canonical_id")
    return dict(Person.objects.filter(canonical_id__in=standing).values_list("pk", "canonical_id"))


def members_now(household: UUID, at: datetime) -> list[UUID]:
    """The records of who belongs to a household now or will, as the books stand."""
    rows = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=today(at)), household=household, superseded_at=None
    )
    return list(dict.fromkeys(rows.values_list("person_id", flat=True)))


def households_of(persons: Iterable[UUID], at: datetime) -> dict[UUID, list[UUID]]:
    """The households to which each of these persons belongs now, by the person's own id."""
    rows = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=today(at)), person__in=list(persons), superseded_at=None
    )
    found: dict[UUID, list[UUID]] = {}
    for person, household in rows.values_list("person_id", "household_id"):
        found.setdefault(person, []).append(household)
    return found
