"""Many households at once, as the rules look at them on a day: three queries, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from vatra.engines.rules import Unit
from vatra.foundation.catalogue.queries import fact_definitions
from vatra.foundation.catalogue.values import from_columns
from vatra.rooms.people.models import Fact, Membership, Person
from vatra.rooms.people.temporal import known, valid

Facts = dict[str, list[tuple[date, date | None, Any]]]


@dataclass
class Home:
    """A household's members, by the records that stand for them, with their facts; and its own."""

    members: dict[UUID, Facts] = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)

    def unit(self) -> Unit:
        """Raises Refused where nobody belongs to it."""
        return Unit([{"id": str(person), "facts": facts} for person, facts in self.members.items()], self.facts)


def read(households: Sequence[UUID], *, on: date, known_at: datetime) -> dict[UUID, Home]:
    """What was known at an instant about these households on a day. For the house itself: asks nobody's leave."""
    homes = {household: Home() for household in households}
    where: dict[UUID, list[UUID]] = {}  # a person may belong to two households
    rows = Membership.objects.filter(known(known_at), valid(on), household__in=households).order_by("id")
    for household, person in rows.values_list("household_id", "person__canonical_id"):
        if person not in homes[household].members:
            homes[household].members[person] = {}
            where.setdefault(person, []).append(household)
    standing = dict(Person.objects.filter(canonical_id__in=where).values_list("pk", "canonical_id"))
    definitions = fact_definitions()
    stood = known(known_at) & (Q(retracted_at=None) | Q(retracted_at__gt=known_at))
    found = Fact.objects.filter(stood, Q(person__in=list(standing)) | Q(household__in=households))
    columns = ("household_id", "person_id", "definition_id", "number", "text", "valid_from", "valid_to")
    for household, person, code, number, text, start, end in found.order_by("valid_from", "id").values_list(*columns):
        row = (start, end, from_columns(definitions[code], number, text))
        if household:
            homes[household].facts.setdefault(code, []).append(row)
        else:
            member = standing[person]
            for home in where[member]:
                homes[home].members[member].setdefault(code, []).append(row)
    return homes
