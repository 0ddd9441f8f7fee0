"""Changing the register of providers and services."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from vatra.engines.names import fold
from vatra.foundation.access.queries import require
from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.commands import recognise_bodies
from vatra.foundation.imports.commands import Handled, Progress, run
from vatra.foundation.imports.models import Import, Outcome
from vatra.foundation.imports.tables import TableRow, read_table
from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .models import Places, Provider, Service, ServiceType
from .reading import Draft, TypeCodes, bare, read_row, reason
from .registers import Register, TypeDraft, load_register, nomenclature_beside, read_nomenclature

# What a row of a register decides; a difference in any of these is an update.
WRITTEN = (
    "provider_id", "provider_name", "service_type_id", "name", "form", "groups", "group_key", "capacity", "area_id", "district", "district_key",
    "locality", "locality_key", "street", "phone", "email", "latitude", "longitude", "address_sealed", "flags",
    "sort_key", "search_text", "retired_on",
)  # fmt: skip
# Bookkeeping that follows from the others, and so says nothing in a trail.
DERIVED = {"group_key", "district_key", "locality_key", "sort_key", "search_text"}


@transaction.atomic
def define_service_types(*, types: Sequence[TypeDraft], actor: Actor, at: datetime) -> int:
    """Bring in kinds of service; returns how many are new or changed. None is removed.

    A code that is known in another spelling stays as it is known. What is sealed is never opened by a nomenclature:
    only a pack that says so, for a code it knows, seals; and a title that has more languages is kept.
    """
    known = {bare(kind.code): kind for kind in ServiceType.objects.all()}
    made: list[ServiceType] = []
    changed: list[ServiceType] = []
    for draft in types:
        values = {
            "title": draft.title, "category": draft.category, "category_title": draft.category_title,
            "offers": draft.offers, "address_sealed": draft.address_sealed,
        }  # fmt: skip
        kind = known.get(bare(draft.code))
        if kind is None:
            made.append(ServiceType(code=draft.code, **values))
            known[bare(draft.code)] = made[-1]
            continue
        values["title"] = kind.title | draft.title
        values["address_sealed"] = kind.address_sealed or draft.address_sealed
        if kind not in made and any(getattr(kind, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(kind, name, value)
            changed.append(kind)
    ServiceType.objects.bulk_create(made)
    ServiceType.objects.bulk_update(changed, ["title", "category", "category_title", "offers", "address_sealed"])
    _seal_services(changed)
    if made or changed:
        codes = sorted(kind.code for kind in [*made, *changed])
        record("providers.types_defined", None, actor=actor, at=at, types=codes)
    return len(made) + len(changed)


def _seal_services(kinds: Sequence[ServiceType]) -> None:
    """Services of a type that is sealed from now on lose their place in lists and searches."""
    open_ones = Service.objects.filter(
        service_type__in=[kind.pk for kind in kinds if kind.address_sealed], address_sealed=False
    )
    sealed = list(open_ones.select_related("service_type"))
    for service in sealed:
        service.address_sealed = True
        found = _lookups(service.service_type, sealed=True, name="", provider=service.provider_name, place="")
        service.sort_key, service.search_text = found["sort_key"], found["search_text"]
    Service.objects.bulk_update(sealed, ["address_sealed", "sort_key", "search_text"])


def import_services(
    *, file: Path, nomenclature: Path | None = None, register: Register | None = None, encoding: str = "",
    actor: Actor, at: datetime, finished: Callable[[], datetime], progress: Progress | None = None,
) -> Import:  # fmt: skip
    """Import a register of licensed services: each row created, updated, found unchanged, or rejected with its reason.

    Services are known again by the register's number. Nothing is removed. Refuses a file that cannot be read as the
    register's table, and an import without any known kind of service; then nothing has changed.
    """
    require(actor, "providers.import")
    register = register or load_register()
    table = read_table(
        file, columns=register.columns, required=register.required, letters=register.letters,
        encodings=[encoding] if encoding else register.encodings,
    )  # fmt: skip
    beside = nomenclature or nomenclature_beside(register, file)
    if beside:
        define_service_types(types=read_nomenclature(register, beside), actor=actor, at=at)
    types = {kind.code: kind for kind in ServiceType.objects.filter(retired_on=None)}
    if not types:
        raise Refused(
            "nomenclature_missing",
            gettext_noop("No kinds of service are known yet, and no nomenclature lies beside %(file)s."),
            gettext_noop("Put %(expected)s into the same folder, or name the file with --nomenclature."),
            file=file.name, expected=(register.nomenclature_files or ["nomenclature.json"])[0],
        )  # fmt: skip
    desk = _Desk(register, types, actor=actor, at=at)
    return run(
        kind="providers", table=table, handle=desk.handle, actor=actor, at=at, finished=finished, progress=progress
    )


class _Desk:
    """What one import keeps in mind from row to row."""

    def __init__(self, register: Register, types: dict[str, ServiceType], *, actor: Actor, at: datetime) -> None:
        self.register, self.types, self.actor, self.at = register, types, actor, at
        self.codes = TypeCodes(list(types), register.aliases)
        self.areas = _Areas(register.place_words)
        self.providers: dict[str, Provider] = {}
        self.seen_keys: dict[str, int] = {}
        self.seen_alike: dict[tuple[str, ...], int] = {}

    def handle(self, rows: Sequence[TableRow]) -> list[Handled]:
        read = [self._read(row) for row in rows]
        drafts = [draft for draft in read if isinstance(draft, Draft)]
        self._recognise(drafts)
        source = self.register.code
        known = {
            service.source_key: service
            for service in Service.objects.filter(source=source, source_key__in=[draft.key for draft in drafts])
        }
        new: list[Service] = []
        changed: list[Service] = []
        handled = []
        for draft in read:
            if not isinstance(draft, Draft):
                handled.append(Handled(Outcome.REJECTED, reasons=tuple(draft)))
                continue
            service = known.get(draft.key)
            values = self._values(draft, sealed=service is not None and service.address_sealed)
            if service is None:
                service = Service(source=source, source_key=draft.key, **values)
                new.append(service)
                outcome = Outcome.CREATED
            elif differences := _differences(service, values):
                for name, (_, value) in differences.items():
                    setattr(service, name, value)
                changed.append(service)
                outcome = Outcome.UPDATED
                self._announce(service, differences)
            else:
                outcome = Outcome.UNCHANGED
            handled.append(Handled(outcome, Ref("providers.service", service.pk), tuple(draft.reasons)))
        Service.objects.bulk_create(new)
        Service.objects.bulk_update(changed, list(WRITTEN))
        return handled

    def _read(self, row: TableRow) -> Draft | list:
        draft = read_row(row, self.register, self.codes)
        if not isinstance(draft, Draft):
            return draft
        first = self.seen_keys.setdefault(draft.key, row.number)
        if first != row.number:
            if not row.cells.get("key"):
                return [reason("row_repeated", first=first)]
            return [reason("key_repeated", "key", value=draft.key, first=first)]
        alike = self.seen_alike.setdefault(draft.likeness, row.number)
        if alike != row.number:
            draft.reasons.append(reason("looks_repeated", "name", first=alike))
        return draft

    def _recognise(self, drafts: Sequence[Draft]) -> None:
        """Providers by folded name: each becomes a body, and a provider, once."""
        named = {
            draft.provider_key: ({self.register.language: draft.provider}, self.register.body_kind(draft.provider))
            for draft in reversed(drafts)
            if draft.provider_key not in self.providers
        }
        if not named:
            return
        bodies = recognise_bodies(named=named, actor=self.actor, at=self.at)
        known = {p.body_id: p for p in Provider.objects.filter(body__in=list(bodies.values()))}
        new = {body.pk: Provider(body=body) for body in bodies.values() if body.pk not in known}
        Provider.objects.bulk_create(new.values())
        for key, body in bodies.items():
            self.providers[key] = known.get(body.pk) or new[body.pk]

    def _values(self, draft: Draft, *, sealed: bool) -> dict[str, object]:
        """What the row says of its service. A seal once set is not undone by a file."""
        kind = self.types[draft.type_code]
        sealed = sealed or kind.address_sealed
        place = f"{draft.locality} {draft.district} {draft.street}"
        return {
            "provider_id": self.providers[draft.provider_key].pk,
            "provider_name": draft.provider,
            "service_type_id": kind.code,
            "name": draft.name,
            "form": draft.form,
            "groups": draft.groups,
            "group_key": "|" + "".join(f"{group}|" for group in draft.groups),
            "capacity": draft.capacity,
            "area_id": self.areas.find(draft.locality, draft.district),
            "district": draft.district,
            "district_key": fold(draft.district),
            "locality": draft.locality,
            "locality_key": fold(draft.locality),
            "street": draft.street,
            "phone": draft.phone,
            "email": draft.email,
            "latitude": draft.latitude,
            "longitude": draft.longitude,
            "address_sealed": sealed,
            "flags": [{"code": r.code, "column": r.column, "values": _without_row(r.values)} for r in draft.reasons],
            "retired_on": None,
            **_lookups(kind, sealed=sealed, name=draft.name, provider=draft.provider, place=place),
        }

    def _announce(self, service: Service, differences: dict[str, tuple[object, object]]) -> None:
        said = {name: [_plain(old), _plain(new)] for name, (old, new) in differences.items() if name not in DERIVED}
        record("providers.service_updated", service, actor=self.actor, at=self.at, changed=said)


class _Areas:
    """The pack's areas by folded name, to place a service in the tree of places where it is known."""

    KINDS = ("municipality", "town", "commune", "locality")

    def __init__(self, place_words: Sequence[str]) -> None:
        self.place_words = set(place_words)
        areas = list(Area.objects.filter(retired_on=None).only("id", "kind", "name", "path"))
        counties = {area.path: {fold(n) for n in area.name.values()} for area in areas if area.kind == "county"}
        self.found: dict[str, list[tuple[int, object, set[str] | None]]] = {}
        for area in areas:
            if area.kind in self.KINDS:
                county = next((names for path, names in counties.items() if area.path.startswith(path)), None)
                for name in {fold(n) for n in area.name.values()}:
                    self.found.setdefault(name, []).append((self.KINDS.index(area.kind), area.pk, county))

    def find(self, locality: str, district: str) -> object | None:
        """The highest area of that name in that county, or None where the name does not decide."""
        words = fold(locality).split()
        # “Municipiul Târnăveni” is Târnăveni.
        bare_name = " ".join(words[1:] if len(words) > 1 and words[0] in self.place_words else words)
        candidates = [
            (rank, pk)
            for rank, pk, county in self.found.get(bare_name, [])
            if county is None or fold(district) in county
        ]
        best = min((rank for rank, _ in candidates), default=None)
        choice = [pk for rank, pk in candidates if rank == best]
        return choice[0] if len(choice) == 1 else None


def _lookups(kind: ServiceType, *, sealed: bool, name: str, provider: str, place: str) -> dict[str, str]:
    """How a service is sorted and searched. A sealed one neither by its place nor by its name, which may tell it."""
    titles = " ".join(kind.title.values())
    if sealed:
        return {"sort_key": fold(titles)[:200], "search_text": " " + fold(f"{provider} {titles}")}
    return {"sort_key": fold(name)[:200], "search_text": " " + fold(f"{name} {place} {provider} {titles}")}


def _without_row(values: dict[str, object]) -> dict[str, object]:
    """Row numbers belong to the report of a file, not to the service."""
    return {name: value for name, value in values.items() if name != "first"}


def _differences(service: Service, values: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {name: (getattr(service, name), values[name]) for name in WRITTEN if getattr(service, name) != values[name]}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, (str, int, list, bool)) else str(value)


@transaction.atomic
def retire_service(*, service: Service, on: date, actor: Actor, at: datetime) -> Service:
    """A service is no longer in the directory from a day on. Refuses one that is already retired."""
    require(actor, "providers.import")
    if service.retired_on is not None:
        raise Refused("already_retired", gettext_noop("This service has left the directory already."))
    service.retired_on = on
    service.save(update_fields=["retired_on"])
    record("providers.service_retired", service, actor=actor, at=at, on=on.isoformat())
    return service


@transaction.atomic
def say_places(*, service: UUID, capacity: int | None, free: int | None, actor: Actor, at: datetime) -> Places:
    """A provider says how many places its own service has, and how many are free. Refuses more free than there are.

    Raises Service.DoesNotExist where the service is another provider's.
    """
    found = Service.objects.visible_to(actor, "providers.places").get(pk=service)
    if capacity is not None and free is not None and free > capacity:
        raise Refused(
            "more_free_than_there_are", gettext_noop("More places are free than there are."),
            gettext_noop("Correct one of the two numbers."),
        )  # fmt: skip
    said = {"capacity": capacity, "free": free, "said_at": at, "actor": actor.as_json()}
    made, _ = Places.objects.update_or_create(service=found, defaults=said)
    record("providers.places_said", found, actor=actor, at=at, capacity=capacity, free=free)
    return made
