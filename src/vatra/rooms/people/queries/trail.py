"""Who opened a household's file."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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
    if not Household.objects.visible_to(actor, "people.trail").filter(pk=household_id).exists():
        raise Household.DoesNotExist
    events = of_record("people.household", household_id).filter(kind="people.opened")[:limit]
    return [Opening(e.at, e.actor.get("name") or "", e.actor.get("office"), e.actor_kind) for e in events]
