"""A household's file as it is opened: who they are, what is known, and everything that happened, from every room."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from vatra.foundation.access.queries import may
from vatra.foundation.audit.models import Event
from vatra.foundation.audit.queries import about_persons, of_record, persons_about
from vatra.foundation.catalogue.queries import code, fact_definitions, zone
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits.models import Application, Certificate, Decision
from vatra.rooms.cases.models import Case
from vatra.rooms.cases.queries import cases_in, events_of, told
from vatra.rooms.intake.models import Outcome
from vatra.rooms.intake.queries import contacts_of, screenings_of
from vatra.rooms.people.commands import open_file
from vatra.rooms.people.models import Consent
from vatra.rooms.people.queries import (
    HouseholdCard,
    KnownFact,
    Opening,
    consents_of,
    household_card,
    known,
    opening,
    openings_of,
)  # fmt: skip

OPENINGS = 60
LATEST = 120  # events of each kind of source on the page; older ones stay in the trail

# What an event says on the timeline: its state, and its sentence in English.
PEOPLE = {
    "people.household_registered": ("yes", gettext_noop("Registered as %(number)s")),
    "people.member_added": ("no", gettext_noop("New member of the household: %(names)s")),
    "people.membership_ended": ("no", gettext_noop("No longer a member of the household: %(names)s")),
    "people.household_moved": ("no", gettext_noop("New address")),
    "people.facts_recorded": ("no", gettext_noop("Recorded: %(facts)s")),
    "people.fact_retracted": ("ask", gettext_noop("Withdrawn as wrong: %(facts)s")),
    "people.household_sealed": ("act", gettext_noop("Sealed")),
    "people.household_unsealed": ("act", gettext_noop("No longer sealed")),
}
PERSONS = {
    "people.person_corrected": ("no", gettext_noop("Corrected: %(names)s")),
    "people.person_erased": ("act", gettext_noop("A member was erased")),
    "people.name_added": ("no", gettext_noop("Another name was recorded: %(names)s")),
    "people.identifier_added": ("no", gettext_noop("A number was recorded: %(names)s")),
    "people.contact_added": ("no", gettext_noop("A way to reach them was recorded: %(names)s")),
    "people.kinship_recorded": ("no", gettext_noop("Kinship was recorded: %(names)s")),
    "people.consent_given": ("yes", gettext_noop("Consent given by %(names)s: %(purpose)s")),
    "people.consent_withdrawn": ("ask", gettext_noop("Consent withdrawn by %(names)s: %(purpose)s")),
    "people.represented": ("no", gettext_noop("Somebody acts or is paid for %(person)s")),
    "people.account_added": ("no", gettext_noop("An account to be paid to was recorded: %(names)s")),
    "people.account_ended": ("no", gettext_noop("An account is not paid to any more: %(names)s")),
    "people.representation_ended": ("no", gettext_noop("Somebody no longer acts or is paid for %(person)s")),
    "people.hold_placed": ("ask", gettext_noop("A legal hold was placed: %(names)s")),
    "people.hold_lifted": ("no", gettext_noop("A legal hold was lifted: %(names)s")),
}
CASES = {
    "opened": ("yes", gettext_noop("A case was opened: %(type)s, no. %(number)s")),
    "visit_done": ("no", gettext_noop("Visited at home, case no. %(number)s")),
    "level_moved": ("ask", gettext_noop("Another level of care, case no. %(number)s")),
    "review_approved": ("yes", gettext_noop("A supervisor approved, case no. %(number)s")),
    "closed": ("yes", gettext_noop("The case was closed: %(type)s, no. %(number)s")),
}
CAME = {
    "window": gettext_noop("Came to the window"),
    "phone": gettext_noop("Called"),
    "visit": gettext_noop("Was visited at home"),
    "letter": gettext_noop("Wrote a letter"),
    "online": gettext_noop("Wrote online"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `values` fill the sentence: texts, pack texts, or lists of these."""

    at: datetime
    state: str  # yes, ask, no, act
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)
    said: str = ""  # in somebody's own words
    by: str = ""
    route: str = ""  # the name of the page where more stands
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class HouseholdFile:
    """Everything on a household's page. `openings` is None for who may not see the trail."""

    card: HouseholdCard
    facts: list[KnownFact]
    happened: list[Happening]
    consents: list[Consent]
    openings: list[Opening] | None
    cases: list[Case]
    valid_on: date
    known_at: datetime


def end_of(on: date) -> datetime:
    """The last instant of a day, where the pack lives."""
    midnight = datetime.combine(on + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone()))
    return midnight - timedelta(microseconds=1)


def open_household(
    household_id: UUID, *, valid_on: date | None = None, known_on: date | None = None, actor: Actor, at: datetime
) -> HouseholdFile:
    """Open the file: an entry of the trail, and everything the actor may see of it, as known on a day.

    Raises Household.DoesNotExist where the actor may not see the household.
    """
    household = open_file(household=household_id, actor=actor, at=at)
    today = day(at, zone())
    known_at = min(at, end_of(known_on)) if known_on else at
    valid_on = valid_on or min(today, known_on or today)
    card = household_card(household_id, valid_on=valid_on, known_at=known_at, actor=actor, household=household)
    present = {member.person_id for member in card.members}
    standing = {record: person for record, person in card.standing.items() if person in present}
    facts = known(household_id, valid_on=valid_on, known_at=known_at, standing=standing)
    cases = cases_in(household_id, actor=actor)
    events = _events(card, cases, actor, known_at)
    happened = [*_people(card, events), *_intake(household_id, actor), *_benefits(household_id, actor)]
    happened += _cases(events, cases)
    return HouseholdFile(
        card=card, facts=facts,
        happened=sorted((h for h in happened if h.at <= known_at), key=lambda h: h.at, reverse=True),
        consents=[c for c in consents_of(card.standing) if c.given_at <= known_at],
        openings=[opening(event) for event in events if event.kind == "people.opened"] or None,
        cases=cases, valid_on=valid_on, known_at=known_at,
    )  # fmt: skip


def _events(card: HouseholdCard, cases: list[Case], actor: Actor, known_at: datetime) -> list[Event]:
    """What the trail says of the household and its members, latest first, with the last openings.

    Of the events about a member, only those that say nothing of another household.
    """
    events = of_record("people.household", card.id).filter(kind__in=PEOPLE, at__lte=known_at)
    events |= about_persons(card.standing).filter(kind__in=PERSONS, at__lte=known_at)
    if cases:
        events |= events_of(cases).filter(at__lte=known_at)
    if may(actor, "people.trail"):
        looked = openings_of(card.id, actor=actor).values("pk")[:OPENINGS]
        events |= of_record("people.household", card.id).filter(pk__in=looked)
    return list(events[:LATEST])


def _people(card: HouseholdCard, events: Iterable[Event]) -> Iterator[Happening]:
    said = [event for event in events if event.kind in PEOPLE or event.kind in PERSONS]
    names = _names(said, card)
    for event in said:
        state, sentence = (PEOPLE | PERSONS)[event.kind]
        yield Happening(
            event.at, state, sentence, _values(event, names.get(event.pk, [])), by=event.actor.get("name") or ""
        )


def _names(events: Iterable[Event], card: HouseholdCard) -> dict[int, list[str]]:
    """The members whom each event is about, by name."""
    found: dict[int, list[str]] = {}
    for event, person in persons_about(events):
        member = card.member(card.standing.get(person, person))
        if member and member.name and member.name not in found.setdefault(event, []):
            found[event].append(member.name)
    return found


def _values(event: Event, names: list[str]) -> dict[str, Any]:
    payload = event.payload
    values: dict[str, Any] = {"names": names, "person": names[0] if names else "—"}
    if "codes" in payload:
        defined = fact_definitions()
        values["facts"] = [defined[fact].title if fact in defined else fact for fact in payload["codes"]]
    if "purpose" in payload:
        row = code("consent_purpose", payload["purpose"])
        values["purpose"] = row.title if row else payload["purpose"]
    if "number" in payload:
        values["number"] = payload["number"]
    return values


def _intake(household_id: UUID, actor: Actor) -> Iterator[Happening]:
    if not may(actor, "intake.view"):
        return
    for contact in contacts_of(household_id, actor=actor)[:LATEST]:
        yield Happening(
            contact.opened_at, "act" if contact.danger else "no", CAME[contact.channel], said=contact.reason,
            by=contact.actor.get("name") or "",
        )  # fmt: skip
        if contact.closed_at and contact.outcome == Outcome.ADVISED:
            sentence = gettext_noop("Advice was given; nothing more was needed")
            yield Happening(contact.closed_at, "yes", sentence, said=contact.advice)
    for screening in screenings_of(household_id, actor=actor)[:LATEST]:
        by = screening.actor.get("name") or ""
        yield Happening(screening.screened_at, "no", gettext_noop("The screening form was filled in"), by=by)


def _benefits(household_id: UUID, actor: Actor) -> Iterator[Happening]:
    if not may(actor, "benefits.view"):
        return
    signed = Decision.objects.filter(application=OuterRef("pk"), signed_at__isnull=False).order_by("-signed_at")
    asked = Application.objects.visible_to(actor, "benefits.view").filter(household=household_id)
    columns = ("signed_at", "grants", "signed_by", "entry__number", "entry__register__year")
    decided = {f"decision_{name.split('__')[-1]}": Subquery(signed.values(name)[:1]) for name in columns}
    for application in asked.select_related("programme", "entry__register").annotate(**decided)[:LATEST]:
        yield from _of_application(application)
    for paper in Certificate.objects.visible_to(actor, "benefits.view").filter(household=household_id)[:LATEST]:
        by = paper.actor.get("name") or ""
        yield Happening(paper.issued_at, "no", gettext_noop("A certificate was issued"), by=by)


def _cases(events: Iterable[Event], cases: list[Case]) -> Iterator[Happening]:
    for event in events:
        if event.ref_kind == "cases.case":
            one = told(event, cases)
            state, sentence = CASES[one.kind]
            values = {"type": one.title, "number": one.number}
            yield Happening(one.at, state, sentence, values, by=one.by, route="case", id=one.case_id)


def _of_application(application: Any) -> Iterator[Happening]:
    """That it was made, and what was decided."""
    entry, title = application.entry, application.programme.title
    there = {"route": "application", "id": application.pk}
    values = {"programme": title, "number": f"{entry.number}/{entry.register.year}" if entry else "—"}
    sentence = gettext_noop("Applied for %(programme)s, no. %(number)s")
    yield Happening(application.registered_at, "no", sentence, values, **there)
    if application.decision_signed_at:
        granted = gettext_noop("Granted: %(programme)s, decision no. %(number)s")
        refused = gettext_noop("Refused: %(programme)s, decision no. %(number)s")
        values = {"programme": title, "number": f"{application.decision_number}/{application.decision_year}"}
        yield Happening(
            application.decision_signed_at, "yes" if application.decision_grants else "act",
            granted if application.decision_grants else refused, values,
            by=(application.decision_signed_by or {}).get("name") or "", **there,
        )  # fmt: skip
