"""Numbering papers, keeping terms, recording what became of what was sent."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.files.models import StoredFile
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from . import counting as counted
from .models import Counting, Deadline, Delivery, DeliveryWay, Direction, Entry, Register
from .queries import manners_of_pack


@transaction.atomic
def register_entry(
    *, office: UUID, register: str = "entry", direction: str, subject: str, ref: Ref, actor: Actor, at: datetime,
    foreign_number: str = "",
) -> Entry:  # fmt: skip
    """Give a paper the next number of an office's register for the year, as the pack's clock has it.

    The number is taken under a lock that is held until the caller's transaction ends: two at once wait for each
    other, and one that fails gives its number back. So no number is missing and none comes twice.
    """
    Direction(direction)
    sequence = _locked(office, register, day(at, zone()).year)
    sequence.last_number += 1
    sequence.save(update_fields=["last_number"])
    return Entry.objects.create(
        register=sequence, number=sequence.last_number, direction=direction, subject=subject, ref_kind=ref.kind,
        ref_id=ref.id, registered_at=at, actor=actor.as_json(), foreign_number=foreign_number,
    )  # fmt: skip


def _locked(office: UUID, code: str, year: int) -> Register:
    """The row of the year, created by whoever comes first, and locked.

    On PostgreSQL the row lock serialises; on SQLite the transaction holds the one write lock from its beginning.
    """
    Register.objects.get_or_create(office_id=office, code=code, year=year)
    return Register.objects.select_for_update().get(office_id=office, code=code, year=year)


@transaction.atomic
def start_deadline(
    *, ref: Ref, kind: str, office: UUID, starts_on: date, days: int, counting: str, law: dict | None = None,
    verified: bool = True, actor: Actor, at: datetime,
) -> Deadline:  # fmt: skip
    """A term begins to run on a record. Refuses a second one of the same kind while the first runs."""
    if Deadline.objects.filter(ref_kind=ref.kind, ref_id=ref.id, kind=kind, met_on=None).exists():
        raise Refused("deadline_runs", gettext_noop("This term is already running."), kind=kind)
    made = Deadline(
        ref_kind=ref.kind, ref_id=ref.id, kind=kind, office_id=office, starts_on=starts_on, days=days,
        counting=Counting(counting), law=law or {}, verified=verified,
    )  # fmt: skip
    made.due_on = _due(made)
    made.save()
    record("docket.deadline_started", ref, actor=actor, at=at, kind=kind, due_on=made.due_on.isoformat())
    return made


def _due(term: Deadline) -> date:
    manners = manners_of_pack()
    days = term.days + term.suspended_days
    return counted.due(term.starts_on, days, term.counting, manners.calendar, rolls=manners.rolls)


def _running(deadline: UUID) -> Deadline:
    return Deadline.objects.select_for_update().get(pk=deadline, met_on=None)


@transaction.atomic
def suspend(*, deadline: UUID, on: date, because: str, actor: Actor, at: datetime) -> Deadline:
    """The term stands still from this day, because something is awaited; nothing changes if it stands already."""
    term = _running(deadline)
    if term.suspended_on is None:
        term.suspended_on = max(on, term.starts_on)
        term.save(update_fields=["suspended_on"])
        record("docket.deadline_suspended", Ref(term.ref_kind, term.ref_id), actor=actor, at=at, because=because)
    return term


@transaction.atomic
def resume(*, deadline: UUID, on: date, actor: Actor, at: datetime) -> Deadline:
    """The term runs on; its last day moves by the days it stood still. Nothing changes if it was running."""
    term = _running(deadline)
    if term.suspended_on is not None:
        term.suspended_days += counted.length(term.suspended_on, on, term.counting, manners_of_pack().calendar)
        term.suspended_on = None
        term.due_on = _due(term)
        term.save(update_fields=["suspended_on", "suspended_days", "due_on"])
        ref = Ref(term.ref_kind, term.ref_id)
        record("docket.deadline_resumed", ref, actor=actor, at=at, due_on=term.due_on.isoformat())
    return term


@transaction.atomic
def meet(*, ref: Ref, kind: str, on: date, actor: Actor, at: datetime) -> Deadline | None:
    """What the term was for has been done. Returns the term, or None where none was running."""
    term = Deadline.objects.select_for_update().filter(ref_kind=ref.kind, ref_id=ref.id, kind=kind, met_on=None).first()
    if term is None:
        return None
    term.met_on = on
    term.suspended_on = None
    term.save(update_fields=["met_on", "suspended_on"])
    record("docket.deadline_met", ref, actor=actor, at=at, kind=kind, late=on > term.due_on)
    return term


@transaction.atomic
def retime(
    *, ref: Ref, kind: str, days: int, counting: str, verified: bool = True, actor: Actor, at: datetime
) -> Deadline | None:
    """A running term is counted anew from its first day, because another length holds now (a higher risk).

    Returns the term, or None where none was running."""
    term = Deadline.objects.select_for_update().filter(ref_kind=ref.kind, ref_id=ref.id, kind=kind, met_on=None).first()
    if term is None:
        return None
    term.days, term.counting, term.verified = days, Counting(counting), verified
    term.due_on = _due(term)
    term.save(update_fields=["days", "counting", "verified", "due_on"])
    record("docket.deadline_retimed", ref, actor=actor, at=at, kind=kind, due_on=term.due_on.isoformat())
    return term


@transaction.atomic
def record_delivery(
    *, entry: Entry, way: str, on: date, received_by: str = "", evidence: StoredFile | None = None, actor: Actor,
    at: datetime,
) -> Delivery:  # fmt: skip
    """Keep the proof of what became of a paper sent out.

    Refuses a paper that was not sent out, a day before it was numbered or after today, and a second proof of arrival.
    Clocks that run from communication are started by the room that knows which they are.
    """
    if entry.direction != Direction.OUT:
        raise Refused("not_sent_out", gettext_noop("Only papers that go out are delivered; this one came in."))
    if not day(entry.registered_at, zone()) <= on <= day(at, zone()):
        raise Refused(
            "delivery_day",
            gettext_noop("A paper is delivered between the day of its number and today, not on %(on)s."),
            gettext_noop("Correct the day."),
            on=on.isoformat(),
        )
    arrived = Delivery.objects.filter(entry=entry).exclude(way=DeliveryWay.RETURNED)
    if arrived.exists():
        raise Refused(
            "already_delivered", gettext_noop("Proof that this paper arrived is already recorded."),
            gettext_noop("Open the letter to see when and to whom."),
        )  # fmt: skip
    made = Delivery.objects.create(
        entry=entry, way=DeliveryWay(way), on=on, received_by=received_by, evidence=evidence, recorded_at=at,
        actor=actor.as_json(),
    )  # fmt: skip
    record("docket.delivered", Ref("docket.entry", entry.pk), actor=actor, at=at, way=way, on=on.isoformat())
    return made
