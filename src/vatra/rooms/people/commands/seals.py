"""Sealing households of people in danger, and the trail of who opened a file."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.access.commands import tie
from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..models import Household, Membership, Person
from ..reach import members_now, same_persons, the_household, today
from .keys import write_keys


def seal_person(person: UUID, *, at: datetime) -> None:
    """The person is not found, listed or counted any more, except by those tied to them."""
    Person.objects.filter(pk=person, sealed_at=None).update(sealed_at=at)
    write_keys(Person.objects.get(pk=person))


@transaction.atomic
def seal_household(
    *, household: Household | UUID, because: str, team: Iterable[UUID] = (), actor: Actor, at: datetime
) -> Household:
    """The household and who belongs to it vanish for everybody but the team (and whoever seals it).

    Who has left the household is not sealed with it. Refuses without a reason, and what is sealed already.
    """
    home = the_household(household, actor=actor, action="people.seal")
    if home.sealed_at:
        raise Refused("already_sealed", gettext_noop("This record is sealed already."))
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say why the record is sealed."))
    persons = list(same_persons(members_now(home.pk, at)))
    home.sealed_at = at
    home.save(update_fields=["sealed_at"])
    for person in persons:
        seal_person(person, at=at)
    holders = {UUID(str(user)) for user in team}
    if actor.kind is ActorKind.POST:
        holders.add(UUID(actor.id))
    for user in sorted(holders):
        for ref in (Ref("people.household", home.pk), *(Ref("people.person", person) for person in persons)):
            tie(ref=ref, user=user, action_class="work", because=because, actor=actor, at=at)
    record("people.household_sealed", home, actor=actor, at=at, about=persons, because=because)
    return home


@transaction.atomic
def unseal_household(*, household: Household | UUID, because: str, actor: Actor, at: datetime) -> Household:
    """The household is an ordinary one again, and so are its members, unless another seal covers them."""
    home = the_household(household, actor=actor, action="people.seal")
    if not home.sealed_at:
        raise Refused("not_sealed", gettext_noop("This record is not sealed."))
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say why the record is no longer sealed."))
    home.sealed_at = None
    home.save(update_fields=["sealed_at"])
    persons = list(same_persons(Membership.objects.filter(household=home).values_list("person_id", flat=True)))
    elsewhere = Membership.objects.filter(person__in=persons, household__sealed_at__isnull=False, superseded_at=None)
    covered = set(elsewhere.values_list("person_id", flat=True))
    for person in Person.objects.filter(pk__in=set(persons) - covered, sealed_at__isnull=False):
        person.sealed_at = None
        person.save(update_fields=["sealed_at"])
        write_keys(person)
    record("people.household_unsealed", home, actor=actor, at=at, about=persons, because=because)
    return home


@transaction.atomic
def open_file(*, household: Household | UUID, actor: Actor, at: datetime) -> Household:
    """Somebody opened the household's file: an entry of the trail, each time. Returns the household.

    Raises Household.DoesNotExist where the actor may not see it.
    """
    id_ = household.pk if isinstance(household, Household) else household
    mine = Household.objects.visible_to(actor, "people.view").filter(pk=id_)
    inside = Membership.objects.filter(household__in=mine.values("pk"), superseded_at=None)
    rows = list(inside.select_related("household__area", "household__office").order_by("id"))
    home = rows[0].household if rows else mine.select_related("area", "office").get()
    present = [row.person_id for row in rows if row.valid_to is None or row.valid_to > today(at)]
    record("people.opened", home, actor=actor, at=at, about=present)
    return home
