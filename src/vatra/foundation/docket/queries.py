"""Reading the docket: the calendar that terms are counted by, running terms, receipts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from vatra.foundation.catalogue.queries import calendar, pack
from vatra.kernel.days import Calendar
from vatra.kernel.ref import Ref

from .models import Deadline, Delivery, DeliveryWay, Entry


@dataclass(frozen=True, slots=True)
class Manners:
    """How the pack counts terms."""

    calendar: Calendar
    rolls: bool  # a term in calendar days that ends on a day of rest ends on the next working day


def manners_of_pack() -> Manners:
    return Manners(calendar(), bool(pack().settings.get("deadlines", {}).get("rolls", True)))


def calendar_of_pack() -> Calendar:
    return calendar()


def entries_of(refs: Iterable[Ref]) -> QuerySet[Entry]:
    """Everything numbered for these records, latest first."""
    ids = [ref.id for ref in refs]
    return Entry.objects.filter(ref_id__in=ids).select_related("register__office").order_by("-registered_at", "-id")


def deadlines_of(kind: str, ids: Iterable[UUID]) -> list[Deadline]:
    return list(Deadline.objects.filter(ref_kind=kind, ref_id__in=list(ids)).order_by("starts_on", "due_on"))


def running(kind: str, ref_id: UUID, deadline: str) -> Deadline | None:
    return Deadline.objects.filter(ref_kind=kind, ref_id=ref_id, kind=deadline, met_on=None).first()


def overdue(*, office: UUID, on: date) -> QuerySet[Deadline]:
    """Terms of an office that ended before this day, unmet and not suspended, the oldest first."""
    return due_before(office=office, before=on)


def due_before(*, office: UUID, before: date) -> QuerySet[Deadline]:
    return Deadline.objects.filter(office=office, met_on=None, suspended_on=None, due_on__lt=before).order_by("due_on")


def due_soon(*, office: UUID, on: date, days: int = 5) -> QuerySet[Deadline]:
    """Terms that end today or within so many calendar days, the nearest first."""
    return due_before(office=office, before=on + timedelta(days=days + 1)).filter(due_on__gte=on)


def deliveries_of(entries: Iterable[UUID]) -> list[Delivery]:
    return list(Delivery.objects.filter(entry__in=list(entries)).order_by("recorded_at"))


def delivered(entry: UUID) -> Delivery | None:
    """The proof that a paper reached its addressee (what came back did not)."""
    return Delivery.objects.filter(entry=entry).exclude(way=DeliveryWay.RETURNED).order_by("on").first()


def gaps(*, office: UUID, register: str, year: int) -> list[int]:
    """Numbers missing from a register: always none, and an auditor may ask."""
    numbers = set(
        Entry.objects.filter(register__office=office, register__code=register, register__year=year).values_list(
            "number", flat=True
        )
    )
    return [n for n in range(1, max(numbers, default=0) + 1) if n not in numbers]


@dataclass(frozen=True, slots=True)
class Number:
    """A docket number as it is printed: 214/21.11.2026."""

    number: int
    registered_at: datetime
    register: str
    foreign_number: str = ""


def number_of(entry: Entry) -> Number:
    return Number(entry.number, entry.registered_at, entry.register.code, entry.foreign_number)
