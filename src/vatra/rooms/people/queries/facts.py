"""Facts as they stood: for the rules, and for the household page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from vatra.foundation.catalogue.queries import code as code_of
from vatra.foundation.catalogue.queries import fact_definitions, zone
from vatra.foundation.catalogue.rows import FactRow
from vatra.foundation.catalogue.values import from_columns
from vatra.kernel.days import day

from ..models import Fact, Membership
from ..reach import same_persons
from ..temporal import known as stood
from ..temporal import valid

Dated = list[tuple[date, date | None, Any]]


@dataclass(frozen=True)
class UnitFacts:
    """What is known about the members of a household and about itself: code → (from, to, value), in order of days."""

    persons: dict[UUID, dict[str, Dated]] = field(default_factory=dict)
    household: dict[str, Dated] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownFact:
    """One line of "what is known": the fact, since when it holds, who said so and when, and whether to ask again."""

    id: int
    subject_kind: str  # person, household
    subject_id: UUID
    definition: FactRow
    value: Any
    value_title: dict[str, str] | None  # of a code, as the pack says it
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    said_at: datetime  # when it was really said; earlier than `recorded_at` where a rest was restated
    source: str
    source_kind: str
    source_id: UUID | None
    by: str
    fresh: bool
    superseded_at: datetime | None = None
    retracted_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def title(self) -> dict[str, str]:
        return self.definition.title


def members_on(household_id: UUID, *, valid_on: date, known_at: datetime) -> list[UUID]:
    """The persons who belong to a household on a day, as known at an instant, by the records that stand for them."""
    rows = Membership.objects.filter(stood(known_at), valid(valid_on), household=household_id).order_by("id")
    return list(dict.fromkeys(rows.values_list("person__canonical_id", flat=True)))


def _stood(known_at: datetime) -> Q:
    return stood(known_at) & (Q(retracted_at=None) | Q(retracted_at__gt=known_at))


def facts_of(
    household_id: UUID, *, valid_on: date, known_at: datetime, members: Iterable[UUID] | None = None
) -> UnitFacts:
    """Everything known at `known_at` about a household and who belongs to it on `valid_on`, for all days: rules
    look at last month, too. Birth and sex are among the persons' facts. For the house itself: asks nobody's leave.
    `members` is who belongs to it then, where the caller has just read that.
    """
    if members is None:
        members = members_on(household_id, valid_on=valid_on, known_at=known_at)
    members = list(members)
    standing = same_persons(members)
    rows = Fact.objects.filter(
        _stood(known_at), Q(person__in=list(standing)) | Q(household=household_id)
    ).values_list("person_id", "definition_id", "number", "text", "valid_from", "valid_to").order_by("valid_from", "id")  # fmt: skip
    definitions = fact_definitions()
    persons: dict[UUID, dict[str, Dated]] = {member: {} for member in members}
    household: dict[str, Dated] = {}
    for person, code, number, text, start, stop in rows:
        of = persons[standing[person]] if person else household
        of.setdefault(code, []).append((start, stop, from_columns(definitions[code], number, text)))
    return UnitFacts(persons, household)


def known(
    household_id: UUID, *, valid_on: date, known_at: datetime, standing: Mapping[UUID, UUID] | None = None
) -> list[KnownFact]:
    """What is known about a household and its members on a day, as known at an instant, in the catalogue's order.

    The caller has shown that its reader may see the household. `standing` (of the card) are the records of the
    members whom they may see; without it, everybody who belongs to the household on that day.
    """
    if standing is None:
        standing = same_persons(members_on(household_id, valid_on=valid_on, known_at=known_at))
    members = list(dict.fromkeys(standing.values()))
    rows = Fact.objects.filter(
        _stood(known_at), valid(valid_on), Q(person__in=list(standing)) | Q(household=household_id)
    )
    found = _rows(rows, standing, known_at)
    order = {member: place for place, member in enumerate(members)}
    return sorted(found, key=lambda f: (order.get(f.subject_id, -1), f.definition.order, f.code, f.valid_from))


def history_of(*, subject_kind: str, subject_id: UUID, code: str, known_at: datetime) -> list[KnownFact]:
    """Everything that was ever recorded of one fact, the latest recording first; superseded and retracted too."""
    standing = same_persons([subject_id]) if subject_kind == "person" else {}
    about = Q(person__in=list(standing)) if subject_kind == "person" else Q(household=subject_id)
    rows = Fact.objects.filter(about, definition=code, recorded_at__lte=known_at, restates=None)
    return sorted(_rows(rows, standing, known_at), key=lambda f: (f.recorded_at, f.id), reverse=True)


def _rows(rows: QuerySet[Fact], standing: Mapping[UUID, UUID], known_at: datetime) -> list[KnownFact]:
    definitions, on = fact_definitions(), day(known_at, zone())
    found = []
    for row in rows.select_related("restates"):
        definition = definitions[row.definition_id]
        said_at = row.restates.recorded_at if row.restates else row.recorded_at
        value = from_columns(definition, row.number, row.text)
        code = code_of(definition.code_list, value) if definition.type == "code" else None
        found.append(
            KnownFact(
                id=row.pk, subject_kind="person" if row.person_id else "household",
                subject_id=standing[row.person_id] if row.person_id else row.household_id, definition=definition,
                value=value, value_title=code.title if code else None, valid_from=row.valid_from,
                valid_to=row.valid_to, recorded_at=row.recorded_at, said_at=said_at, source=row.source,
                source_kind=row.source_kind, source_id=row.source_id, by=row.actor.get("name") or "",
                fresh=definition.fresh_days is None or (on - day(said_at, zone())).days <= definition.fresh_days,
                superseded_at=row.superseded_at, retracted_at=row.retracted_at,
            )
        )  # fmt: skip
    return found
