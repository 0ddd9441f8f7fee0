"""Writing the trail, and sealing it."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import Max

from vatra.foundation.refs import ref as ref_of
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref

from .models import About, Cursor, Event, Seal


def record(
    kind: str, subject: Ref | models.Model | None, /, *, actor: Actor, at: datetime,
    about: Iterable[UUID] = (), **payload: object,
) -> Event:  # fmt: skip
    """Append one event, in the caller's transaction. `about` names the persons whom it concerns; payload is JSON."""
    ref = ref_of(subject) if isinstance(subject, models.Model) else subject
    event = Event.objects.create(
        kind=kind,
        ref_kind=ref.kind if ref else "",
        ref_id=ref.id if ref else None,
        actor=actor.as_json(),
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        at=at,
        payload=payload,
    )
    About.objects.bulk_create([About(event=event, person_id=person) for person in dict.fromkeys(about)])
    return event


def canonical(event: Event, about: list[str]) -> bytes:
    """The bytes that are hashed: every column but the key, in one fixed form."""
    return json.dumps(
        [
            event.position, event.kind, event.ref_kind, str(event.ref_id or ""), event.actor, event.at.isoformat(),
            event.payload, sorted(about),
        ],
        sort_keys=True, ensure_ascii=False, separators=(",", ":"),
    ).encode()  # fmt: skip


def digest_of(events: Iterable[Event], previous: str) -> str:
    events = list(events)
    about: dict[int, list[str]] = {}
    rows = About.objects.filter(event__in=[e.pk for e in events])
    for event_id, person in rows.values_list("event_id", "person_id"):
        about.setdefault(event_id, []).append(str(person))
    chain = hashlib.sha256(previous.encode())
    for event in events:
        chain.update(hashlib.sha256(canonical(event, about.get(event.pk, []))).digest())
    return chain.hexdigest()


@transaction.atomic
def seal(*, at: datetime, limit: int = 500) -> int:
    """Give committed events their positions and chain them by hash. Returns how many; call again while it is not 0.

    Runs one at a time (the cursor row is its lock). An event that commits late gets a later position: readers
    that follow positions miss nothing.
    """
    Cursor.objects.select_for_update().get_or_create(reader="audit.sealer")
    events = list(Event.objects.filter(position=None).order_by("id")[:limit])
    if not events:
        return 0
    last = Seal.objects.order_by("-last_position").first()
    start = (last.last_position if last else 0) + 1
    for offset, event in enumerate(events):
        event.position = start + offset
    Event.objects.bulk_update(events, ["position"])
    previous = last.digest if last else ""
    Seal.objects.create(
        first_position=start, last_position=start + len(events) - 1, previous=previous,
        digest=digest_of(events, previous), sealed_at=at,
    )  # fmt: skip
    return len(events)


@transaction.atomic
def follow(reader: str, kinds: Iterable[str], *, limit: int = 200) -> list[Event]:
    """The next announcements of these kinds for a reader; its cursor moves past them in the caller's transaction."""
    cursor, _ = Cursor.objects.select_for_update().get_or_create(reader=reader)
    events = list(Event.objects.filter(kind__in=list(kinds), position__gt=cursor.position).order_by("position")[:limit])
    end = events[-1].position if len(events) == limit else Event.objects.aggregate(last=Max("position"))["last"]
    if end and end > cursor.position:
        cursor.position = end
        cursor.save(update_fields=["position"])
    return events
