"""What this room does by itself: it follows what becomes known, and takes determinations again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import follow
from vatra.foundation.audit.models import Event
from vatra.kernel.actor import system
from vatra.kernel.refused import Refused
from vatra.rooms.people.models import Membership

from .commands.determinations import determine_application
from .models import Application, Decision, Determination
from .states import ApplicationState, DecisionState

READER = "benefits.determinations"
FACTS = ["people.facts_recorded", "people.fact_retracted", "people.member_added", "people.membership_ended",
         "people.kinship_recorded"]  # fmt: skip
RULES = "programmes.ruleset_published"
BATCH = 20  # announcements in one transaction: none lasts over a second
ROUNDS = 50


def redetermine(*, at: datetime) -> int:
    """Follow the announcements and determine open applications again where something changed. Returns how many were.

    Idempotent: the cursor moves with the determinations, and where the rules say the same, nothing is written.
    """
    taken = 0
    for _ in range(ROUNDS):
        told, events = _once(at)
        taken += told
        if not events:
            break
    return taken


@transaction.atomic
def _once(at: datetime) -> tuple[int, int]:
    events = follow(READER, [*FACTS, RULES], limit=BATCH)
    actor = system(READER)
    taken = 0
    for application in _concerned(events):
        before = _latest(application)
        try:
            after = determine_application(application=application, actor=actor, at=at)
        except Refused:  # decided elsewhere, or without rules on its day: there is nothing to take again
            continue
        taken += after.pk != before
    return taken, len(events)


def _latest(application: UUID) -> UUID | None:
    rows = Determination.objects.filter(application=application).order_by("-determined_at", "-id")
    return rows.values_list("pk", flat=True).first()


def _concerned(events: list[Event]) -> list[UUID]:
    """Open applications, without a signed decision, of the households and programmes that the announcements name."""
    households = {event.ref_id for event in events if event.ref_kind == "people.household" and event.ref_id}
    households |= {UUID(event.payload["household"]) for event in events if event.payload.get("household")}
    persons = {event.ref_id for event in events if event.ref_kind == "people.person" and event.ref_id}
    if persons:
        rows = Membership.objects.filter(person__canonical_id__in=persons, superseded_at=None)
        households |= set(rows.values_list("household_id", flat=True))
    programmes = {event.payload.get("programme") for event in events if event.kind == RULES}
    live = Application.objects.filter(state__in=[ApplicationState.REGISTERED, ApplicationState.COMPLETE])
    signed = Decision.objects.filter(state=DecisionState.SIGNED).values("application_id")
    live = live.exclude(pk__in=signed)
    found = set(live.filter(household__in=households).values_list("pk", flat=True))
    found |= set(live.filter(programme__code__in=programmes).values_list("pk", flat=True))
    return sorted(found)
