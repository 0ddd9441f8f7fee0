"""Who opened a household's file."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, QuerySet

from vatra.foundation.audit.models import Event
from vatra.foundation.audit.queries import of_record
from vatra.kernel.actor import Actor

from ..models import Household


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody opened the file."""

    at: datetime
    by: str
    office: str | None
    actor_kind: str


def who_opened(household_id: UUID, *, actor: Actor, limit: int = 50) -> list[Opening]:
    """The last openings of the file, latest first. Raises Household.DoesNotExist where the actor may not see them."""
    found = [opening(event) for event in openings_of(household_id, actor=actor)[:limit]]
    if not found and not Household.objects.visible_to(actor, "people.trail").filter(pk=household_id).exists():
        raise Household.DoesNotExist
    return found


def openings_of(household_id: UUID, *, actor: Actor) -> QuerySet[Event]:
    """The openings as events, latest first; none where the actor may not see the trail of this household."""
    mine = Household.objects.visible_to(actor, "people.trail").filter(pk=household_id)
    return of_record("people.household", household_id).filter(Exists(mine), kind="people.opened")


def opening(event: Event) -> Opening:
    return Opening(event.at, event.actor.get("name") or "", event.actor.get("office"), event.actor_kind)
