"""Reading the trail."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from .commands import digest_of
from .models import About, Event, Seal


def of_record(kind: str, id: UUID) -> QuerySet[Event]:
    """Everything recorded on one record, latest first. The caller has checked that its reader may see the record."""
    return Event.objects.filter(ref_kind=kind, ref_id=id).order_by("-at", "-id")


def about_persons(persons: Iterable[UUID]) -> QuerySet[Event]:
    """Everything that concerned these persons, latest first."""
    events = About.objects.filter(person_id__in=list(persons)).values("event_id")
    return Event.objects.filter(pk__in=events).order_by("-at", "-id")


def unsealed_before(at: datetime) -> int:
    """How many events of before this instant still wait for their seal."""
    return Event.objects.filter(position=None, at__lt=at).count()


def persons_about(events: Iterable[Event]) -> list[tuple[int, UUID]]:
    """(event, person) for every person whom these events concern."""
    return list(About.objects.filter(event__in=list(events)).order_by("id").values_list("event_id", "person_id"))


def first_broken_seal() -> Seal | None:
    """The first batch whose events no longer match their hash, or None while the chain holds."""
    previous, expected = "", 1
    for seal in Seal.objects.order_by("first_position").iterator():
        events = list(
            Event.objects.filter(position__gte=seal.first_position, position__lte=seal.last_position).order_by(
                "position"
            )
        )
        complete = len(events) == seal.last_position - seal.first_position + 1
        if seal.first_position != expected or seal.previous != previous or not complete:
            return seal
        if digest_of(events, previous) != seal.digest:
            return seal
        previous, expected = seal.digest, seal.last_position + 1
    return None
