"""Whom a case is about, by name, as far as the reader may see them."""

from collections.abc import Iterable
from uuid import UUID

from vatra.kernel.actor import Actor
from vatra.kernel.refused import NoGrant
from vatra.rooms.people.models import Membership
from vatra.rooms.people.queries import person_names

from ..models import Case


def names(persons: Iterable[UUID], *, actor: Actor) -> dict[UUID, str]:
    """By the ids asked for; of whom the actor may not see, none. Two queries."""
    try:
        return person_names(set(persons), actor=actor)
    except NoGrant:
        return {}


def who_of(cases: Iterable[Case], *, actor: Actor) -> dict[UUID, str]:
    """Case → the person it is about, or the first member of its household. Three queries, however many cases."""
    cases = list(cases)
    homes = {case.household_id for case in cases if not case.person_id}
    first: dict[UUID, UUID] = {}
    rows = Membership.objects.filter(household__in=homes, superseded_at=None, valid_to=None).order_by("id")
    for household, person in rows.values_list("household_id", "person_id"):
        first.setdefault(household, person)
    subject = {case.pk: case.person_id or first.get(case.household_id) for case in cases}
    known = names((person for person in subject.values() if person), actor=actor)
    return {case: known.get(person, "") for case, person in subject.items() if person}
