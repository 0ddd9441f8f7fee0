"""The directory: providers and their services, as anybody may read them.

The place of a sealed service (a shelter) is never told: not on its page, not by a filter, not by a search, not on the
map; nor is its name, which may hold the place. Its type stands for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from vatra.engines.names import fold
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused

from .models import Accreditation, Places, Provider, Service, ServiceType
from .reading import is_email
from .registers import load_register

PAGE = 20
Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for. `kind` is a type or a category of the nomenclature, places are folded names."""

    text: str = ""
    kind: str = ""
    group: str = ""
    form: str = ""
    district: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One service in a list. `title` is empty for a sealed one: its type stands for it."""

    id: UUID
    title: str
    type_title: Words
    category_title: Words
    provider_id: UUID
    provider: str
    sealed: bool
    locality: str
    district: str
    groups: list[str]
    phone: str
    language: str  # of title, provider and places


@dataclass(frozen=True, slots=True)
class Listing:
    cards: list[Card]
    total: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    title: Words | str
    count: int


@dataclass(frozen=True, slots=True)
class Family:
    """A category of the nomenclature with its types."""

    code: str
    title: Words
    count: int
    types: list[Choice]


@dataclass(frozen=True, slots=True)
class Dot:
    """How many services stand at one point."""

    latitude: float
    longitude: float
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """One service with all that may be told of it."""

    card: Card
    form: Words | str
    offers: list[str]
    capacity: int | None
    street: str
    email: str  # only if it can be written to
    phones: list[str]
    latitude: float | None
    longitude: float | None
    area: UUID | None


@dataclass(frozen=True, slots=True)
class ProviderPage:
    id: UUID
    name: Words | str
    kind: str
    contracted: bool
    accreditations: list[Accreditation]
    language: str


@lru_cache(maxsize=1)
def _register_words(pack: str) -> tuple[dict[str, Words], dict[str, Words], str]:
    """The groups and forms that the pack's register names, and its language; nothing where there is no such register."""
    try:
        register = load_register()
    except Refused:
        return {}, {}, ""
    return register.groups, register.forms, register.language


def group_titles() -> dict[str, Words]:
    return _register_words(settings.VATRA.pack)[0]


def form_titles() -> dict[str, Words]:
    return _register_words(settings.VATRA.pack)[1]


def register_language() -> str:
    return _register_words(settings.VATRA.pack)[2]


def services(wanted: Wanted, *, on: date) -> QuerySet[Service]:
    """The services that answer what is wanted, on a day. Words match beginnings; all of them must be found."""
    found = Service.objects.filter(Q(retired_on=None) | Q(retired_on__gt=on))
    for word in fold(wanted.text).split()[:12]:
        found = found.filter(search_text__contains=f" {word}")
    if wanted.kind:
        found = found.filter(Q(service_type=wanted.kind) | Q(service_type__category=wanted.kind))
    if wanted.group:
        matching = Q()
        for code in _related_groups(wanted.group):
            matching |= Q(group_key__contains=f"|{code}|")
        found = found.filter(matching)
    if wanted.form:
        found = found.filter(form=wanted.form)
    if wanted.district:
        found = found.filter(district_key=wanted.district, **OPEN)
    if wanted.place:
        found = found.filter(locality_key=wanted.place, **OPEN)
    return found


OPEN = {"address_sealed": False, "service_type__address_sealed": False}


def _related_groups(code: str) -> list[str]:
    """Who serves all children serves those of 3–6 too, and the other way round one looks for any of them."""
    known = {code, *group_titles()}
    return sorted(g for g in known if g == code or g.startswith(f"{code}.") or code.startswith(f"{g}."))


def listing(wanted: Wanted, *, on: date, after: str = "", before: str = "", size: int = PAGE) -> Listing:
    """One page, by title. `after` and `before` name the service next to which it begins; four queries at most."""
    found = services(wanted, on=on).select_related("service_type")
    total = found.count()
    edge = _edge(after or before)
    backwards = bool(before and edge)
    if edge and backwards:
        found = found.filter(Q(sort_key__lt=edge[0]) | Q(sort_key=edge[0], id__lt=edge[1]))
    elif edge:
        found = found.filter(Q(sort_key__gt=edge[0]) | Q(sort_key=edge[0], id__gt=edge[1]))
    order = ("-sort_key", "-id") if backwards else ("sort_key", "id")
    rows = list(found.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    first, last = (str(rows[0].pk), str(rows[-1].pk)) if rows else ("", "")
    return Listing(
        cards=[_card(row) for row in rows],
        total=total,
        before=first if (more if backwards else bool(edge)) else "",
        after=last if (True if backwards else more) else "",
    )


def _edge(given: str) -> tuple[str, UUID] | None:
    try:
        return Service.objects.values_list("sort_key", "id").filter(pk=UUID(given)).first()
    except ValueError:
        return None


def _card(service: Service) -> Card:
    kind = service.service_type
    sealed = service.address_sealed or kind.address_sealed
    return Card(
        id=service.pk,
        title="" if sealed else service.name,
        type_title=kind.title,
        category_title=kind.category_title,
        provider_id=service.provider_id,
        provider=service.provider_name,
        sealed=sealed,
        locality="" if sealed else service.locality,
        district="" if sealed else service.district,
        groups=service.groups,
        phone="" if sealed else service.phone,
        language=register_language(),
    )


def families(*, on: date) -> list[Family]:
    """The nomenclature with how many services each category and type has; types without any are left out."""
    counts = _counted(services(Wanted(), on=on), "service_type")
    found: dict[str, tuple[Words, list[Choice]]] = {}
    for kind in ServiceType.objects.filter(pk__in=counts).order_by("code"):
        _, types = found.setdefault(kind.category or kind.code, (kind.category_title or kind.title, []))
        types.append(Choice(kind.code, kind.title, counts[kind.code]))
    return [Family(code, title, sum(t.count for t in types), types) for code, (title, types) in found.items()]


def districts(*, on: date) -> list[Choice]:
    return _places(services(Wanted(), on=on), "district")


def localities(district: str, *, on: date) -> list[Choice]:
    return _places(services(Wanted(district=district), on=on), "locality")


def where(wanted: Wanted, *, on: date) -> list[Choice]:
    """The table behind the map: services by county, or by locality within the county that is chosen; most first."""
    found = _places(services(wanted, on=on), "locality" if wanted.district else "district")
    return sorted(found, key=lambda place: (-place.count, place.code))


def _places(found: QuerySet[Service], column: str) -> list[Choice]:
    rows = (
        found.filter(**OPEN).exclude(**{f"{column}_key": ""})
        .values(f"{column}_key").annotate(count=Count("id"), title=Max(column)).order_by(f"{column}_key")
    )  # fmt: skip
    return [Choice(row[f"{column}_key"], row["title"], row["count"]) for row in rows]


def _counted(found: QuerySet[Service], column: str) -> dict[str, int]:
    return dict(found.order_by().values_list(column).annotate(count=Count("id")))


def groups(*, on: date) -> list[Choice]:
    """The groups of people that any service names, in the pack's order."""
    used: set[str] = set()
    for (codes,) in services(Wanted(), on=on).values_list("group_key").distinct():
        used.update(codes.strip("|").split("|"))
    return [Choice(code, title, 0) for code, title in group_titles().items() if code in used]


def forms(*, on: date) -> list[Choice]:
    counts = _counted(services(Wanted(), on=on), "form")
    return [Choice(code, title, counts[code]) for code, title in form_titles().items() if counts.get(code)]


def dots(wanted: Wanted, *, on: date) -> list[Dot]:
    """Where the services that answer stand, those with a place to show."""
    rows = (
        services(wanted, on=on).filter(latitude__isnull=False, longitude__isnull=False, **OPEN)
        .order_by().values_list("latitude", "longitude").annotate(count=Count("id"))
    )  # fmt: skip
    return [Dot(float(north), float(east), count) for north, east, count in rows]


def places_on_map(wanted: Wanted, *, on: date) -> list[tuple[str, float, float, int]]:
    """(name, latitude, longitude, services) of each place of the table, for the map's labels."""
    from django.db.models import Avg

    column = "locality" if wanted.district else "district"
    rows = (
        services(wanted, on=on).filter(latitude__isnull=False, longitude__isnull=False, **OPEN)
        .values(f"{column}_key")
        .annotate(count=Count("id"), title=Max(column), north=Avg("latitude"), east=Avg("longitude"))
        .order_by("-count", f"{column}_key")
    )  # fmt: skip
    return [(row["title"], float(row["north"]), float(row["east"]), row["count"]) for row in rows]


def service_page(id: UUID, *, on: date) -> Page:
    """Everything that may be told of a service. Raises Service.DoesNotExist when it is not, or no longer, listed.

    A sealed service is reached through its provider: its own phone and address are told only where the provider
    gives the same ones for a service whose place is open.
    """
    service = services(Wanted(), on=on).select_related("service_type").get(pk=id)
    card = _card(service)
    phone, email = service.phone, service.email
    if card.sealed:
        open_ones = Service.objects.filter(provider=service.provider_id, **OPEN)
        phone = phone if phone and open_ones.filter(phone=phone).exists() else ""
        email = email if email and open_ones.filter(email=email).exists() else ""
        card = replace(card, phone=phone)
    placed = not card.sealed and service.latitude is not None
    return Page(
        card=card,
        form=form_titles().get(service.form, service.form),
        offers=list(service.service_type.offers),
        capacity=service.capacity,
        street="" if card.sealed else service.street,
        email=email if is_email(email) else "",
        phones=[number.strip() for number in phone.split(",") if number.strip()],
        latitude=float(service.latitude) if placed else None,
        longitude=float(service.longitude) if placed else None,
        area=None if card.sealed else service.area_id,
    )


def provider_page(id: UUID) -> ProviderPage:
    """Raises Provider.DoesNotExist."""
    provider = Provider.objects.select_related("body").get(pk=id)
    return ProviderPage(
        id=provider.pk,
        name=provider.body.name,
        kind=provider.body.kind,
        contracted=provider.contracted,
        accreditations=list(Accreditation.objects.filter(provider=provider).order_by("-valid_from", "id")),
        language=register_language(),
    )


def services_of(provider: UUID, *, on: date, limit: int = 200) -> list[Card]:
    """A provider's services by title; at most `limit`."""
    found = services(Wanted(), on=on).filter(provider=provider).select_related("service_type")
    return [_card(row) for row in found.order_by("sort_key", "id")[:limit]]


def similar(page: Page, *, on: date, limit: int = 5) -> list[Card]:
    """Other services of the same type in the same county; none for a sealed one, whose county is not told."""
    if page.card.sealed or not page.card.district:
        return []
    found = (
        services(Wanted(district=fold(page.card.district)), on=on)
        .filter(service_type__title=page.card.type_title)
        .exclude(pk=page.card.id)
    )
    return [_card(row) for row in found.select_related("service_type").order_by("sort_key", "id")[:limit]]


def group_words(codes: Iterable[str]) -> list[Words | str]:
    titles = group_titles()
    return [titles.get(code, code) for code in codes]


@dataclass(frozen=True, slots=True)
class OwnService:
    """One of a provider's own services, with what its people last said of its places."""

    id: UUID
    name: str
    type_title: Words
    licensed_places: int | None
    places: Places | None


def own_services(actor: Actor, *, on: date) -> list[OwnService]:
    """The services of the actor's own organisation. Two queries, and that of the grants."""
    mine = Service.objects.visible_to(actor, "providers.view").filter(Q(retired_on=None) | Q(retired_on__gt=on))
    rows = list(mine.select_related("service_type").order_by("sort_key", "id"))
    said = {p.service_id: p for p in Places.objects.filter(service__in=[row.pk for row in rows])}
    return [OwnService(r.pk, r.name, r.service_type.title, r.capacity, said.get(r.pk)) for r in rows]
