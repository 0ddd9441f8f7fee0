"""Households as their page shows them: members, contacts, who acts for whom, consent."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from vatra.foundation.bodies.models import Body
from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor
from vatra.kernel.days import age_on

from ..models import (
    Consent,
    Contact,
    Dwelling,
    Household,
    Identifier,
    Identity,
    Kinship,
    Membership,
    Name,
    Person,
    Representation,
)  # fmt: skip
from ..reach import same_persons
from ..temporal import known, valid


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    kind: str
    masked: str
    expires_on: date | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class ContactRow:
    kind: str
    value: str
    safe: bool


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member of a household on a day."""

    person_id: UUID
    role: str
    name: str
    birth_date: date | None
    birth_year: int | None
    died_on: date | None
    sex: str
    language: str
    identifiers: list[IdentifierRow]
    contacts: list[ContactRow]
    other_names: list[tuple[str, str]]  # kind, name
    since: date
    until: date | None
    mother: str = ""
    father: str = ""

    @property
    def phones(self) -> list[str]:
        return [c.value for c in self.contacts if c.kind == "phone"]

    def age(self, on: date) -> int | None:
        """Completed years, or None where the date of birth is not known."""
        return age_on(self.birth_date, on) if self.birth_date else None


@dataclass(frozen=True, slots=True)
class RepresentationRow:
    """Somebody acts or is paid for a member."""

    id: UUID
    person_id: UUID
    person: str
    by_person_id: UUID
    by: str
    capacity: str
    basis: str
    scope: list[str]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class KinshipRow:
    """`person` is the `relation` of `relative`."""

    person_id: UUID
    relative_id: UUID
    relation: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class HouseholdCard:
    """Who a household is on a day, as known at an instant, as far as the reader may see its members."""

    id: UUID
    number: str
    office: Body
    area: Area | None
    address: str
    lives_here_since: date | None
    members: list[MemberCard]
    former: list[MemberCard]
    kinship: list[KinshipRow]
    representatives: list[RepresentationRow]
    payees: list[RepresentationRow]
    sealed: bool
    registered_at: datetime
    closed_at: datetime | None

    def member(self, person_id: UUID) -> MemberCard | None:
        return next((m for m in (*self.members, *self.former) if m.person_id == person_id), None)


def household_card(household_id: UUID, *, valid_on: date, known_at: datetime, actor: Actor) -> HouseholdCard:
    """The household with its members. Raises Household.DoesNotExist where the actor may not see it.

    A member who is sealed elsewhere is left out for whoever may not see them.
    """
    household = Household.objects.visible_to(actor, "people.view").select_related("office", "area").get(pk=household_id)
    rows = _memberships(household, known_at, actor)
    persons = list(dict.fromkeys(row["canonical"] for row in rows))
    details = _Details(persons, known_at)
    cards = [(row, _member(row, details)) for row in rows]
    members, seen = [], set()
    for row, card in cards:
        holds = row["valid_from"] <= valid_on and (row["valid_to"] is None or valid_on < row["valid_to"])
        if holds and card.person_id not in seen:
            members.append(card)
            seen.add(card.person_id)
    former = {card.person_id: card for _, card in cards if card.person_id not in seen and card.since <= valid_on}
    dwelling = (
        Dwelling.objects.filter(known(known_at), valid(valid_on), household=household)
        .select_related("area").order_by("-valid_from").first()
    )  # fmt: skip
    acting = _representations(details, valid_on, known_at, actor)
    return HouseholdCard(
        id=household.pk, number=household.number, office=household.office,
        area=dwelling.area if dwelling else household.area, address=dwelling.line if dwelling else "",
        lives_here_since=dwelling.valid_from if dwelling else None, members=members, former=list(former.values()),
        kinship=_kinship(details, valid_on, known_at),
        representatives=[row for row in acting if row.capacity == "representative"],
        payees=[row for row in acting if row.capacity == "payee"],
        sealed=household.sealed_at is not None, registered_at=household.registered_at, closed_at=household.closed_at,
    )  # fmt: skip


def _memberships(household: Household, known_at: datetime, actor: Actor) -> list[dict[str, Any]]:
    """Every membership known then, of persons whom the actor may see, those that go on first."""
    return list(
        Membership.objects.filter(
            known(known_at), household=household, person__in=Person.objects.visible_to(actor, "people.view")
        )
        .order_by("id")
        .values("role", "valid_from", "valid_to", canonical=F("person__canonical_id"))
    )


class _Details:
    """Identity, names, identifiers and contacts of persons, merged records included. Five queries."""

    def __init__(self, persons: list[UUID], known_at: datetime) -> None:
        self.standing = same_persons(persons)
        records = list(self.standing)
        self.identity = {
            row.person_id: row for row in Identity.objects.filter(person__in=persons).select_related("person")
        }
        self.names: dict[UUID, list[Name]] = defaultdict(list)
        self.identifiers: dict[UUID, list[IdentifierRow]] = defaultdict(list)
        self.contacts: dict[UUID, list[ContactRow]] = defaultdict(list)
        for name in Name.objects.filter(known(known_at), person__in=records).order_by("id"):
            self.names[self.standing[name.person_id]].append(name)
        for number in Identifier.objects.filter(known(known_at), person__in=records).order_by("id"):
            row = IdentifierRow(number.kind, number.masked, number.expires_on, number.doubtful)
            if number.masked and row not in self.identifiers[self.standing[number.person_id]]:
                self.identifiers[self.standing[number.person_id]].append(row)
        for contact in Contact.objects.filter(known(known_at), person__in=records).order_by("id"):
            if contact.value:
                row = ContactRow(contact.kind, contact.value, contact.safe)
                self.contacts[self.standing[contact.person_id]].append(row)

    def name(self, person: UUID) -> str:
        """As it was known then; identity shows the name of today."""
        official = [n for n in self.names[person] if n.kind == "official" and n.person_id == person]
        return official[-1].full if official else ""


def _member(row: dict[str, Any], details: _Details) -> MemberCard:
    person = row["canonical"]
    identity, names = details.identity[person], details.names[person]
    shown = details.name(person)
    official = next((n for n in reversed(names) if n.kind == "official" and n.person_id == person), None)
    return MemberCard(
        person_id=person, role=row["role"], name=shown, birth_date=identity.birth_date,
        birth_year=identity.birth_year, died_on=identity.died_on, sex=identity.sex, language=identity.person.language,
        identifiers=details.identifiers[person], contacts=details.contacts[person],
        other_names=[(n.kind, n.full) for n in names if n.full and n.full != shown],
        since=row["valid_from"], until=row["valid_to"], mother=official.mother if official else "",
        father=official.father if official else "",
    )  # fmt: skip


def _kinship(details: _Details, on: date, known_at: datetime) -> list[KinshipRow]:
    records = list(details.standing)
    rows = Kinship.objects.filter(known(known_at), valid(on), person__in=records, relative__in=records)
    return [
        KinshipRow(details.standing[r.person_id], details.standing[r.relative_id], r.relation, r.valid_from, r.valid_to)
        for r in rows.order_by("id")
    ]


def _representations(details: _Details, on: date, known_at: datetime, actor: Actor) -> list[RepresentationRow]:
    """Who acts or is paid for these persons; a representative whom the reader may not see stays without a name."""
    rows = Representation.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=known_at) | Q(ended_on__gt=on), valid(on), recorded_at__lte=known_at,
        person__in=list(details.standing),
    ).order_by("recorded_at")  # fmt: skip
    rows = list(rows)
    outside = {row.by_person_id for row in rows} - set(details.standing)
    names = person_names(outside, actor=actor) if outside else {}
    return [
        RepresentationRow(
            id=row.pk, person_id=details.standing[row.person_id], person=details.name(details.standing[row.person_id]),
            by_person_id=row.by_person_id,
            by=names.get(row.by_person_id) or details.name(details.standing.get(row.by_person_id, row.by_person_id)),
            capacity=row.capacity, basis=row.basis, scope=row.scope, valid_from=row.valid_from,
            valid_to=min((d for d in (row.valid_to, row.ended_on) if d), default=None),
        )
        for row in rows
    ]  # fmt: skip


def person_names(persons: Iterable[UUID], *, actor: Actor) -> dict[UUID, str]:
    """The names of persons whom the actor may see, by the ids that were asked for."""
    seen = Person.objects.visible_to(actor, "people.view").filter(pk__in=list(persons))
    canonical = dict(seen.values_list("pk", "canonical_id"))
    names = dict(Identity.objects.filter(person__in=canonical.values()).values_list("person_id", "display_name"))
    return {asked: names.get(standing, "") for asked, standing in canonical.items()}


def households_of_person(person_id: UUID, *, valid_on: date, known_at: datetime, actor: Actor) -> list[UUID]:
    """The households, of those the actor may see, to which a person belongs on a day."""
    rows = Membership.objects.filter(
        known(known_at), valid(valid_on), person__in=list(same_persons([person_id])),
        household__in=Household.objects.visible_to(actor, "people.view"),
    )  # fmt: skip
    return list(dict.fromkeys(rows.order_by("-valid_from").values_list("household_id", flat=True)))


def consents_of(persons: Iterable[UUID]) -> list[Consent]:
    """Every consent of these persons, latest first. The caller has shown that its reader may see them."""
    rows = Consent.objects.filter(person__in=list(same_persons(persons)))
    return list(rows.select_related("recipient").order_by("-given_at"))


def consented(person_id: UUID, *, purpose: str, on: date, known_at: datetime, recipient: UUID | None = None) -> bool:
    """Whether a consent for the purpose (and for this recipient or any) stands. No row means no."""
    return (
        Consent.objects.filter(
            Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at), Q(expires_on=None) | Q(expires_on__gt=on),
            Q(recipient=None) | Q(recipient=recipient), person__in=list(same_persons([person_id])),
            purpose=purpose, given_at__lte=known_at,
        ).exists()
    )  # fmt: skip
