"""What waits for an actor."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import F, Q

from vatra.foundation.access.queries import all_grants
from vatra.foundation.access.reading import readable_among
from vatra.foundation.refs import model_of
from vatra.kernel.actor import Actor, ActorKind

from .models import Item

LIMIT = 200


def waiting_for(actor: Actor, *, limit: int = LIMIT) -> list[Item]:
    """Open work for the roles an actor holds, office by office, and for them by name; the nearest day first.

    An item on a record that the actor may not see (sealed since, or of another office) is left out; definitions, which
    are about nobody (`IMPERSONAL`), need the item's action only.
    """
    if actor.kind is not ActorKind.POST:
        return []
    wanted = Q(user_id=UUID(actor.id))
    for grant in all_grants(actor):
        here = Q(action__in=grant.role.actions)
        wanted |= here & Q(office_id=grant.office_id) if grant.office_id else here
    items = list(
        Item.objects.filter(wanted, done_at=None).order_by(F("due_on").asc(nulls_last=True), "opened_at", "pk")[:limit]
    )
    return _visible(items, actor)


def open_of(kinds: Iterable[str]) -> list[Item]:
    """Everything of these kinds that still waits, for whomever: for the house, which looks whether it still should."""
    return list(Item.objects.filter(kind__in=list(kinds), done_at=None).order_by("opened_at", "pk"))


def known_keys(keys: Iterable[str]) -> set[str]:
    """Those of the keys under which work was ever opened."""
    asked, known = list(keys), set()
    for start in range(0, len(asked), 500):
        part = Item.objects.filter(key__in=asked[start : start + 500])
        known.update(part.values_list("key", flat=True))
    return known


def _visible(items: list[Item], actor: Actor) -> list[Item]:
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for item in items:
        by_kind[item.ref_kind].add(item.ref_id)
    seen = {
        kind: ids if getattr(model_of(kind), "IMPERSONAL", False) else readable_among(kind, ids, actor=actor)
        for kind, ids in by_kind.items()
    }
    return [item for item in items if item.ref_id in seen[item.ref_kind]]


def late(items: list[Item], on: date) -> list[Item]:
    return [item for item in items if item.due_on is not None and item.due_on < on]
