"""What this room does by itself: it keeps up how households stand, and publishes the months of indicators."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from vatra.foundation import refs
from vatra.foundation.audit.commands import follow
from vatra.foundation.audit.models import Event
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.rooms.people.models import Household, Membership

from .commands.publishing import publish_due
from .commands.standings import write_standings
from .models import Condition, Standing

READER = "insight.standings"
FOLLOWED = [
    *("people.household_registered", "people.member_added", "people.membership_ended", "people.facts_recorded"),
    *("people.fact_retracted", "people.person_corrected", "people.household_moved", "people.persons_merged"),
    *("intake.contact_opened", "intake.contact_closed", "intake.screened"),
    *("benefits.applied", "benefits.withdrawn", "benefits.forwarded", "benefits.signed", "benefits.entitled"),
    *("benefits.entitlement_suspended", "benefits.entitlement_resumed", "benefits.entitlement_ended"),
    "benefits.entitlement_replaced",
    *("cases.opened", "cases.closed"),
    *("cases.referral_accepted", "cases.referral_declined", "cases.referral_withdrawn", "cases.referral_closed"),
]
BATCH, ROUNDS = 100, 30  # announcements in one transaction; transactions in one round
CHUNK, CHUNKS = 100, 10  # households likewise, of those whose day has come


def keep_standings(*, at: datetime) -> int:
    """Follow the announcements, then look again at households not looked at today (ages, ends of terms), some at a
    time. Returns how many were written. Idempotent: the same facts give the same rows."""
    condition = Condition.objects.filter(watched=True, retired_on=None).first()
    if condition is None:
        return 0
    written = 0
    for _ in range(ROUNDS):
        events, told = _once(condition, at)
        written += told
        if events < BATCH:
            break
    for _ in range(CHUNKS):
        due = due_households(condition, at)
        if not due:
            break
        write_standings(condition=condition, households=due, at=at)
        written += len(due)
    return written


@transaction.atomic
def _once(condition: Condition, at: datetime) -> tuple[int, int]:
    events = follow(READER, FOLLOWED, limit=BATCH)
    households = concerned(events)
    if households:
        write_standings(condition=condition, households=sorted(households), at=at)
    return len(events), len(households)


def due_households(condition: Condition, at: datetime) -> list[UUID]:
    """Households never looked at, not looked at today, or by another text of the condition; the first of them."""
    fresh = Standing.objects.filter(read_on__gte=day(at, zone()), digest=condition.digest, condition=condition)
    waiting = Household.objects.filter(closed_at=None).exclude(pk__in=fresh.values("pk"))
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:CHUNK])


def concerned(events: Iterable[Event]) -> set[UUID]:
    """The households that announcements are about: by themselves, by whoever belongs to them, or by a record of theirs."""
    found: set[UUID] = set()
    by_kind: dict[str, set[UUID]] = {}
    for event in events:
        if event.ref_kind and event.ref_id:
            by_kind.setdefault(event.ref_kind, set()).add(event.ref_id)
        if household := event.payload.get("household"):
            found.add(UUID(household))
    for kind, ids in by_kind.items():
        found |= _households(kind, ids)
    standing = Household.objects.filter(pk__in=found, closed_at=None)
    return set(standing.values_list("pk", flat=True))


def _households(kind: str, ids: set[UUID]) -> set[UUID]:
    if kind == "people.household":
        return ids
    if kind == "people.person":
        mine = Q(person__in=ids) | Q(person__canonical_id__in=ids)
        return set(Membership.objects.filter(mine, superseded_at=None).values_list("household_id", flat=True))
    if kind not in refs.kinds():
        return set()
    model = refs.model_of(kind)
    names = {field.name for field in model._meta.get_fields()}
    path = next(
        (
            path
            for path in ("household", "case__household", "entitlement__household", "application__household")
            if path.split("__")[0] in names
        ),
        "",
    )
    if not path:
        return set()
    return set(model._default_manager.filter(pk__in=ids, **{f"{path}__isnull": False}).values_list(path, flat=True))


def publish(*, at: datetime) -> int:
    """Publish what is due of every indicator: months that have ended, and the running one so far."""
    return publish_due(at=at)
