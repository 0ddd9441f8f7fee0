"""Which services could answer a need, each with its reasons in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from vatra.foundation.catalogue.queries import codes, zone
from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.queries import HouseholdCard, MemberCard, household_card
from vatra.rooms.programmes.models import CareLevel
from vatra.rooms.providers.models import Places, Service, ServiceType
from vatra.rooms.providers.queries import register_language

from ..disclosure import the_member
from ..models import Case, Need, Referral
from ..referral_states import ReferralState
from ..referral_terms import answers_need, level_of

MOST = 12
STAYS = [ReferralState.ACCEPTED, ReferralState.STARTED]  # whoever is there takes a place
NEAR_KM = 15
LEVELS = list(CareLevel.values)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, or why not: a sentence to be translated, its values, and whether it speaks for the service."""

    sentence: str
    speaks: str  # yes, ask, no
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A service that could answer the need. `title` is empty where its place is sealed: its type stands for it."""

    service: UUID
    title: str
    type_title: dict[str, str]
    provider: str
    place: str
    sealed: bool
    language: str  # of title, provider and place
    reasons: list[Reason]
    score: int


def suggestions(need: UUID, *, actor: Actor, at: datetime, person: UUID | None = None) -> list[Suggestion]:
    """The services of the directory that answer a need, the fittest first; at most twelve. Eight queries at most.

    Raises Need.DoesNotExist where the actor may not send referrals of its case.
    """
    wanted = need_of(need, actor=actor)
    case = wanted.case
    on = day(at, zone())
    card = household_card(case.household_id, valid_on=on, known_at=at, actor=actor, kinship=False)
    who = the_member(card, person) if person else _whose(wanted, card)
    rows = _services(wanted.code, on)
    taken = _taken(row.pk for row in rows)
    places = {p.service_id: p for p in Places.objects.filter(service__in=[row.pk for row in rows])}
    home = _home(card.area)
    fits = _groups_of(who, card, on)
    found = [_suggestion(row, case, home, fits, places.get(row.pk), taken.get(row.pk, 0)) for row in rows]
    return sorted(found, key=lambda s: (-s.score, s.title, str(s.service)))[:MOST]


def need_of(need: UUID, *, actor: Actor) -> Need:
    cases = Case.objects.visible_to(actor, "referrals.send").values("pk")
    return Need.objects.select_related("case__household").get(pk=need, case__in=cases)


def _whose(need: Need, card: HouseholdCard) -> MemberCard | None:
    person = need.person_id or need.case.person_id
    if person:
        return card.member(card.standing.get(person, person))
    return next((m for m in card.members if m.role == "head"), card.members[0] if card.members else None)


def _services(need: str, on: date) -> list[Service]:
    kinds = [code for code in ServiceType.objects.values_list("pk", flat=True) if answers_need(code, need)]
    rows = Service.objects.filter(Q(retired_on=None) | Q(retired_on__gt=on), service_type__in=kinds)
    return list(rows.select_related("service_type", "provider", "area"))


def _taken(services: Iterable[UUID]) -> dict[UUID, int]:
    """How many people that we sent take a place there now."""
    rows = Referral.objects.filter(service__in=list(services), state__in=STAYS)
    return dict(rows.values_list("service").annotate(n=Count("pk")))


def _groups_of(who: MemberCard | None, card: HouseholdCard, on: date) -> set[str]:
    """The groups served to which a person belongs: by age as the pack's list says it, and families."""
    age = who.age(on) if who else None
    found = set()
    for row in codes("beneficiary_group"):
        said = row.extra or {}
        by_age = "from" in said or "under" in said
        if by_age and age is not None and said.get("from", 0) <= age < said.get("under", 999):
            found.add(row.code)
        if said.get("families") and len(card.members) > 1:
            found.add(row.code)
    return found


@dataclass(frozen=True, slots=True)
class Home:
    """Where the household lives, and the nearest larger place whose point is known."""

    path: str
    latitude: Decimal | None
    longitude: Decimal | None


def _home(area: Area | None) -> Home | None:
    if area is None:
        return None
    larger = Area.objects.filter(code__in=area.path.strip("/").split("/"), latitude__isnull=False)
    found = max(larger, key=lambda a: len(a.path), default=None)
    return Home(area.path, found.latitude if found else None, found.longitude if found else None)


def _suggestion(
    row: Service, case: Case, home: Home | None, fits: set[str], said: Places | None, taken: int
) -> Suggestion:
    sealed = row.address_sealed or row.service_type.address_sealed
    reasons = [
        Reason(gettext_noop("It answers this need."), "yes"),
        _group(row, fits),
        _level(row, case),
        _place(row, home, sealed),
        _free(row, said, taken),
    ]
    kept = [reason for reason in reasons if reason is not None]
    weight = {"yes": 2, "ask": 0, "no": -3}
    return Suggestion(
        service=row.pk, title="" if sealed else row.name, type_title=row.service_type.title,
        provider=row.provider_name, place="" if sealed else row.locality, sealed=sealed, language=register_language(),
        reasons=kept, score=sum(weight[reason.speaks] for reason in kept) + _nearness(row, home, sealed),
    )  # fmt: skip


def _group(row: Service, fits: set[str]) -> Reason | None:
    if not row.groups or not fits:
        return Reason(gettext_noop("Whom it serves is not known."), "ask")
    if set(row.groups) & fits or any(g.split(".")[0] in fits and "." not in g for g in row.groups):
        return Reason(gettext_noop("It serves people like this person."), "yes")
    return Reason(gettext_noop("It serves other groups of people."), "no")


def _level(row: Service, case: Case) -> Reason | None:
    level = row.service_type.care_level or level_of(row.service_type_id)
    if level not in LEVELS:
        return None
    step = LEVELS.index(level) - LEVELS.index(case.level)
    if step == 0:
        return Reason(gettext_noop("It stands on the level of care of the case."), "yes")
    if step > 1:
        return Reason(gettext_noop("It is more intensive than the case asks for."), "no")
    return Reason(gettext_noop("It stands on a neighbouring level of care."), "ask") if abs(step) == 1 else None


def _place(row: Service, home: Home | None, sealed: bool) -> Reason | None:
    if sealed:
        return Reason(gettext_noop("Its place is not shown to anybody."), "ask")
    if home is None:
        return None
    if _same_place(row, home):
        return Reason(gettext_noop("It is in the same place."), "yes")
    km = _km(row, home)
    if km is None:
        return Reason(gettext_noop("It is in %(place)s."), "ask", {"place": row.locality}) if row.locality else None
    return Reason(gettext_noop("About %(km)s km away."), "yes" if km <= NEAR_KM else "ask", {"km": round(km)})


def _same_place(row: Service, home: Home) -> bool:
    return row.area is not None and (home.path.startswith(row.area.path) or row.area.path.startswith(home.path))


def _nearness(row: Service, home: Home | None, sealed: bool) -> int:
    """What is nearer comes first among equals."""
    if sealed or home is None:
        return 0
    if _same_place(row, home):
        return 2
    km = _km(row, home)
    return 0 if km is None else 1 if km <= NEAR_KM else -min(4, int(km // 20))


def _km(row: Service, home: Home) -> float | None:
    """As the crow flies, on a sphere of 6371 km (haversine)."""
    if None in (row.latitude, row.longitude, home.latitude, home.longitude):
        return None
    north, east, south, west = (
        radians(float(d)) for d in (row.latitude, row.longitude, home.latitude, home.longitude)  # type: ignore[arg-type]
    )  # fmt: skip
    half = sin((north - south) / 2) ** 2 + cos(north) * cos(south) * sin((east - west) / 2) ** 2
    return 2 * 6371 * asin(sqrt(half))


def _free(row: Service, said: Places | None, taken: int) -> Reason | None:
    if said is not None and said.free is not None:
        if said.free == 0:
            return Reason(gettext_noop("The provider says that no place is free."), "no")
        return Reason(gettext_noop("%(free)s places are free, as the provider says."), "yes", {"free": said.free})
    capacity = said.capacity if said is not None and said.capacity is not None else row.capacity
    if capacity is None:
        return Reason(gettext_noop("How many places it has is not known."), "ask")
    if taken >= capacity:
        return Reason(
            gettext_noop("People whom we sent take all of its %(capacity)s places."), "no", {"capacity": capacity}
        )
    return Reason(
        gettext_noop("It has %(capacity)s places; %(taken)s people whom we sent are there."), "ask",
        {"capacity": capacity, "taken": taken},
    )  # fmt: skip
