"""What this room does by itself: it follows what becomes known, and takes determinations again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import follow
from vatra.foundation.audit.models import Event
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import done, open_item
from vatra.kernel.actor import system
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.rooms.people.models import Membership

from .answers import UNKNOWN
from .assessment import Bodies, answers, read_home
from .commands.common import canonical
from .commands.determinations import determine_application
from .models import Application, Decision, Determination, Entitlement
from .queries.granted import granted_to
from .queries.numbers import number_of
from .states import ApplicationState, DecisionState, EntitlementState

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
    look_again(events, at=at)
    return taken, len(events)


def _latest(application: UUID) -> UUID | None:
    rows = Determination.objects.filter(application=application).order_by("-determined_at", "-id")
    return rows.values_list("pk", flat=True).first()


def _named(events: list[Event]) -> tuple[set[UUID], set[str]]:
    """The households and the programmes that the announcements name."""
    households = {event.ref_id for event in events if event.ref_kind == "people.household" and event.ref_id}
    households |= {UUID(event.payload["household"]) for event in events if event.payload.get("household")}
    persons = {event.ref_id for event in events if event.ref_kind == "people.person" and event.ref_id}
    if persons:
        rows = Membership.objects.filter(person__canonical_id__in=persons, superseded_at=None)
        households |= set(rows.values_list("household_id", flat=True))
    return households, {str(event.payload.get("programme")) for event in events if event.kind == RULES}


def _concerned(events: list[Event]) -> list[UUID]:
    """Open applications, without a signed decision, of the households and programmes that the announcements name."""
    households, programmes = _named(events)
    live = Application.objects.filter(state__in=[ApplicationState.REGISTERED, ApplicationState.COMPLETE])
    signed = Decision.objects.filter(state=DecisionState.SIGNED).values("application_id")
    live = live.exclude(pk__in=signed)
    found = set(live.filter(household__in=households).values_list("pk", flat=True))
    found |= set(live.filter(programme__code__in=programmes).values_list("pk", flat=True))
    return sorted(found)


def look_again(events: list[Event], *, at: datetime) -> None:
    """Rights that go on in households of which something became known: where the rules now say something else, an officer is asked to look.

    Nothing ends by itself. Where the rules say the same again, nothing waits any more.
    """
    households, _ = _named(events)
    going_on = Entitlement.objects.filter(household__in=households, state=EntitlementState.ACTIVE).exclude(
        period="once"
    )
    for right in going_on.select_related("programme", "household", "decision__entry__register").order_by("pk"):
        key = f"benefits.review:{right.pk}"
        if says_otherwise(right, at=at):
            open_item(
                key=key, kind="benefits.review", ref=ref(right), office=right.office_id, action="benefits.draft", at=at,
                values={
                    "programme": right.programme.title, "code": right.programme.code,
                    "number": number_of(right.decision.entry), "filed_on": right.starts_on.isoformat(),
                },
            )  # fmt: skip
        else:
            done(key=key, at=at)


def says_otherwise(right: Entitlement, *, at: datetime) -> bool:
    """Whether the rules of today refuse what goes on, or give another amount. What is not known yet says nothing."""
    on = day(at, zone())
    home = read_home(right.household, on=on, known_at=at)
    granted = granted_to(right.household_id, on=on)
    person = canonical(right.beneficiary_id)
    for answer in answers(home, bodies=Bodies.read(), granted=granted, programmes=[right.programme]):
        if answer.unit and person in answer.unit.members:
            if answer.status == UNKNOWN or (answer.entitled and answer.amount is None):
                return False
            return not answer.entitled or answer.amount.minor != right.amount  # type: ignore[union-attr]
    return True  # nobody here is whom the programme is for any more
