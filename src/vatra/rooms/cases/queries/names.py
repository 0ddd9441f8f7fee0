"""Whom a case is about, by name, as far as the reader may see them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from vatra.kernel.actor import Actor
from vatra.kernel.refused import NoGrant
from vatra.rooms.people.models import Identity, Membership, Person

from ..models import Case


def seen_persons(actor: Actor) -> Any:
    """The persons whom the actor may see, for a subquery; none for who may see nobody."""
    try:
        return Person.objects.visible_to(actor, "people.view").values("pk")
    except NoGrant:
        return Person.objects.none().values("pk")


def names(persons: Iterable[UUID], *, actor: Actor) -> dict[UUID, str]:
    """By id; of whom the actor may not see, none. One query."""
    rows = Identity.objects.filter(person__in=set(persons)).filter(person__in=seen_persons(actor))
    return dict(rows.values_list("person_id", "display_name"))


def members_of(households: Iterable[UUID], *, actor: Actor) -> dict[UUID, dict[UUID, str]]:
    """Household → its members whom the actor may see, by name, in the order in which they joined. One query."""
    found: dict[UUID, dict[UUID, str]] = {}
    rows = Membership.objects.filter(
        household__in=set(households), superseded_at=None, valid_to=None, person__in=seen_persons(actor)
    )
    columns = ("household_id", "person__canonical_id", "person__identity__display_name")
    for household, person, name in rows.order_by("id").values_list(*columns):
        found.setdefault(household, {}).setdefault(person, name or "")
    return found


def who_of(cases: Iterable[Case], *, actor: Actor) -> dict[UUID, str]:
    """Case → the person it is about, or the first member of its household. Two queries, however many cases."""
    cases = list(cases)
    homes = members_of((case.household_id for case in cases if not case.person_id), actor=actor)
    known = names((case.person_id for case in cases if case.person_id), actor=actor)
    return {
        case.pk: known.get(case.person_id, "") if case.person_id
        else next(iter(homes.get(case.household_id, {}).values()), "")
        for case in cases
    }  # fmt: skip
