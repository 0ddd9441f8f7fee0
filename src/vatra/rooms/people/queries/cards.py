"""Households as their page shows them: members, contacts, who acts for whom, consent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce

from vatra.foundation.bodies.models import Body
from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor
from vatra.kernel.days import age_on
from vatra.kernel.refused import NoGrant

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

YES = "y"


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
    erased: bool = False

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
    standing: dict[UUID, UUID]  # every record of the members, merged ones included → the member

    def member(self, person_id: UUID) -> MemberCard | None:
        return next((m for m in (*self.members, *self.former) if m.person_id == person_id), None)


def household_card(
    household_id: UUID, *, valid_on: date, known_at: datetime, actor: Actor, household: Household | None = None,
    kinship: bool = True,
) -> HouseholdCard:  # fmt: skip
    """The household with its members. Raises Household.DoesNotExist where the actor may not see it.

    A member who is sealed elsewhere is left out for whoever may not see them. `household` is the record that
    `open_file` just gave, so that it need not be read again; pages that do not show kinship leave it out.
    """
    if household is None:
        mine = Household.objects.visible_to(actor, "people.view").select_related("office", "area")
        household = mine.get(pk=household_id)
    rows = _memberships(household, known_at, actor)
    details = Details(dict.fromkeys(row["canonical"] for row in rows), known_at)
    members: dict[UUID, MemberCard] = {}
    former: dict[UUID, MemberCard] = {}
    for row in rows:
        holds = row["valid_from"] <= valid_on and (row["valid_to"] is None or valid_on < row["valid_to"])
        if holds or row["valid_from"] <= valid_on:
            (members if holds else former)[row["canonical"]] = _member(row, details)
    dwelling = (
        Dwelling.objects.filter(known(known_at), valid(valid_on), household=household)
        .select_related("area").order_by("-valid_from").first()
    )  # fmt: skip
    acting = _representations(details, valid_on, known_at, actor)
    return HouseholdCard(
        id=household.pk, number=household.number, office=household.office,
        area=dwelling.area if dwelling else household.area, address=dwelling.line if dwelling else "",
        lives_here_since=dwelling.valid_from if dwelling else None, members=list(members.values()),
        former=[card for person, card in former.items() if person not in members],
        kinship=_kinship(details, valid_on, known_at) if kinship else [],
        representatives=[row for row in acting if row.capacity == "representative"],
        payees=[row for row in acting if row.capacity == "payee"],
        sealed=household.sealed_at is not None, registered_at=household.registered_at, closed_at=household.closed_at,
        standing=details.standing,
    )  # fmt: skip


def _memberships(household: Household, known_at: datetime, actor: Actor) -> list[dict[str, Any]]:
    """Every membership known then, of persons whom the actor may see, in the order in which they were written."""
    return list(
        Membership.objects.filter(
            known(known_at),
            household=household,
            person__in=Person.objects.visible_to(actor, "people.view").values("pk"),
        )
        .order_by("id")
        .values("role", "valid_from", "valid_to", canonical=F("person__canonical_id"))
    )


class Details:
    """Identity, names, identifiers and contacts of persons, merged records included. Two queries."""

    def __init__(self, persons: Iterable[UUID], known_at: datetime) -> None:
        rows = Identity.objects.filter(person__canonical_id__in=list(persons)).select_related("person")
        self.standing: dict[UUID, UUID] = {}
        self.identity: dict[UUID, Identity] = {}
        for row in rows:
            self.standing[row.person_id] = row.person.canonical_id
            if row.person_id == row.person.canonical_id:
                self.identity[row.person_id] = row
        self.names: dict[UUID, list[tuple[str, str, str, str]]] = defaultdict(list)  # kind, full, father, mother
        self.official: dict[UUID, tuple[str, str, str, str]] = {}
        self.identifiers: dict[UUID, list[IdentifierRow]] = defaultdict(list)
        self.contacts: dict[UUID, list[ContactRow]] = defaultdict(list)
        for record, what, _, kind, text, more, last in sorted(self._texts(known_at), key=lambda row: row[2]):
            if text:
                self._place(record, what, kind, text, more, last)

    def _texts(self, known_at: datetime) -> QuerySet:
        """(record, what, id, kind, text, more, last) of everything that is written about these records."""

        def part(rows: QuerySet, what: str, text: str, more: Any, last: Any) -> QuerySet:
            said = rows.filter(known(known_at), person__in=list(self.standing)).annotate(
                what=Value(what, output_field=CharField()), text=F(text), more=more, last=last
            )
            return said.values_list("person_id", "what", "id", "kind", "text", "more", "last")

        nothing = Value("", output_field=CharField())
        day = Coalesce(Cast("expires_on", CharField()), nothing)
        return part(Name.objects.all(), "name", "full", F("father"), F("mother")).union(
            part(Identifier.objects.all(), "number", "masked", day, _flag("doubtful")),
            part(Contact.objects.all(), "contact", "value", _flag("safe"), nothing),
            all=True,
        )

    def _place(self, record: UUID, what: str, kind: str, text: str, more: str, last: str) -> None:
        person = self.standing[record]
        if what == "name":
            self.names[person].append((kind, text, more, last))
            if kind == "official" and record == person:
                self.official[person] = (kind, text, more, last)
        elif what == "contact":
            self.contacts[person].append(ContactRow(kind, text, more == YES))
        else:
            row = IdentifierRow(kind, text, date.fromisoformat(more) if more else None, last == YES)
            if row not in self.identifiers[person]:
                self.identifiers[person].append(row)

    def name(self, person: UUID) -> str:
        """The name as it was known then; identity shows the name of today."""
        return self.official.get(person, ("", "", "", ""))[1]


def _flag(column: str) -> Case:
    return Case(When(**{column: True}, then=Value(YES)), default=Value(""), output_field=CharField())


def _member(row: dict[str, Any], details: Details) -> MemberCard:
    person = row["canonical"]
    identity, names = details.identity[person], details.names[person]
    shown, official = details.name(person), details.official.get(person, ("", "", "", ""))
    return MemberCard(
        person_id=person, role=row["role"], name=shown, birth_date=identity.birth_date,
        birth_year=identity.birth_year, died_on=identity.died_on, sex=identity.sex, language=identity.person.language,
        identifiers=details.identifiers[person], contacts=details.contacts[person],
        other_names=[(kind, full) for kind, full, _, _ in names if full != shown],
        since=row["valid_from"], until=row["valid_to"], father=official[2], mother=official[3],
        erased=identity.person.erased_at is not None,
    )  # fmt: skip


def _kinship(details: Details, on: date, known_at: datetime) -> list[KinshipRow]:
    records = list(details.standing)
    rows = Kinship.objects.filter(known(known_at), valid(on), person__in=records, relative__in=records)
    return [
        KinshipRow(details.standing[r.person_id], details.standing[r.relative_id], r.relation, r.valid_from, r.valid_to)
        for r in rows.order_by("id")
    ]


def _representations(details: Details, on: date, known_at: datetime, actor: Actor) -> list[RepresentationRow]:
    """Who acts or is paid for these persons; a representative whom the reader may not see stays without a name."""
    rows = list(
        Representation.objects.filter(
            Q(ended_at=None) | Q(ended_at__gt=known_at) | Q(ended_on__gt=on), valid(on), recorded_at__lte=known_at,
            person__in=list(details.standing),
        ).order_by("recorded_at")
    )  # fmt: skip
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


def names_on_records(persons: Iterable[UUID | None], *, actor: Actor) -> dict[UUID, str]:
    """Names for records that the actor may see, by the ids they hold; who is sealed since, and not the actor's to see,
    is not among them. One query."""
    said = Identity.objects.filter(person__in={person for person in persons if person})
    return dict(said.filter(_known_to(actor)).values_list("person_id", "display_name"))


def someone_hidden(persons: Iterable[UUID], *, actor: Actor) -> bool:
    """Whether one of these persons is sealed, and not the actor's to see. One query."""
    return Identity.objects.filter(person__in=set(persons)).exclude(_known_to(actor)).exists()


def _known_to(actor: Actor) -> Q:
    """Persons who are not sealed, and the sealed ones whom the actor may see."""
    unsealed = Q(person__sealed_at=None)
    try:
        seen = Person.objects.visible_to(actor, "people.view").filter(sealed_at__isnull=False)
    except NoGrant:
        return unsealed
    return unsealed | Q(person__in=seen.values("pk"))


def households_of_person(person_id: UUID, *, valid_on: date, known_at: datetime, actor: Actor) -> list[UUID]:
    """The households, of those the actor may see, to which a person belongs on a day."""
    rows = Membership.objects.filter(
        known(known_at), valid(valid_on), person__in=list(same_persons([person_id])),
        household__in=Household.objects.visible_to(actor, "people.view"),
    )  # fmt: skip
    return list(dict.fromkeys(rows.order_by("-valid_from").values_list("household_id", flat=True)))


def consents_of(persons: Iterable[UUID]) -> list[Consent]:
    """Every consent of these persons, latest first. The caller has shown that its reader may see them.

    A mapping is taken for what `same_persons` gives: all their records already.
    """
    records = persons if isinstance(persons, Mapping) else same_persons(persons)
    rows = Consent.objects.filter(person__in=list(records))
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
