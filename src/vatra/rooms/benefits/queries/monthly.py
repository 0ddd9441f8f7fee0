"""The monthly list to the body that pays: what waits for the next one, and what became of the rows sent."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from vatra.foundation.bodies.models import Body
from vatra.foundation.catalogue.queries import currencies
from vatra.kernel.actor import Actor
from vatra.kernel.money import Money, decimal
from vatra.rooms.people.models import Identifier
from vatra.rooms.people.queries import names_on_records, someone_hidden
from vatra.rooms.people.vault import decrypt
from vatra.rooms.programmes.models import Programme

from ..models import Entitlement, EntitlementChange, ListedChange, MonthlyList
from ..states import RowState
from .numbers import number_of

PAGE = 60


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Something that the body that pays has to know."""

    change_id: UUID
    entitlement_id: UUID
    household_id: UUID
    person: str
    kind: str
    on: date
    reason: str
    amount: Money
    decision: str
    again: bool = False  # on an earlier list, rejected and corrected since


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the next list to one body would hold."""

    programme: Programme
    office: Body
    to_body: Body | None
    rows: list[ChangeRow]


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list that was sent, with how many of its rows are in which state."""

    list: MonthlyList
    number: str
    counts: dict[str, int]

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """A row of a list as its page shows it."""

    id: UUID
    row: int
    state: str
    reason: str
    correction: str
    change: ChangeRow


def waiting_changes(
    *, actor: Actor, programme: Programme | None = None, office: UUID | None = None
) -> QuerySet[EntitlementChange]:
    """Changes of what other bodies pay that are on no list, or were rejected and corrected; in order of happening."""
    listed = ListedChange.objects.filter(change=OuterRef("pk")).exclude(state=RowState.CORRECTED)
    rows = EntitlementChange.objects.filter(
        ~Exists(listed), entitlement__in=Entitlement.objects.visible_to(actor, "benefits.draft"),
        entitlement__programme__extra__pays__isnull=True,
    )  # fmt: skip
    if programme is not None:
        rows = rows.filter(entitlement__programme=programme)
    if office is not None:
        rows = rows.filter(entitlement__office=office)
    return rows.select_related(*_RELATED).order_by("at", "pk")


_RELATED = (
    "entitlement__programme", "entitlement__office", "entitlement__payer", "entitlement__household",
    "entitlement__decision__entry__register",
)  # fmt: skip


def monthly_waiting(*, actor: Actor, limit: int = 1000) -> list[Waiting]:
    """What waits for the next lists, programme by programme. Three queries."""
    changes = list(waiting_changes(actor=actor)[:limit])
    before = set(ListedChange.objects.filter(change__in=changes).values_list("change_id", flat=True))
    rows = _change_rows(changes, actor, again=before)
    groups: dict[tuple[str, UUID], Waiting] = {}
    for change, row in zip(changes, rows, strict=True):
        held = change.entitlement
        group = groups.setdefault(
            (held.programme.code, held.office_id), Waiting(held.programme, held.office, held.payer, [])
        )
        group.rows.append(row)
    return sorted(groups.values(), key=lambda group: (group.programme.order, group.programme.code))


def monthly_lists(*, actor: Actor, limit: int = PAGE) -> list[ListRow]:
    """Lists that were sent, the latest first. Two queries."""
    rows = list(
        MonthlyList.objects.visible_to(actor, "benefits.view")
        .select_related("programme", "to_body", "entry__register")
        .order_by("-sent_at", "-pk")[:limit]
    )
    counts: dict[UUID, Counter[str]] = {}
    for pk, state in ListedChange.objects.filter(monthly_list__in=rows).values_list("monthly_list_id", "state"):
        counts.setdefault(pk, Counter())[state] += 1
    return [ListRow(row, number_of(row.entry), dict(counts.get(row.pk, {}))) for row in rows]


def monthly_list(list_id: UUID, *, actor: Actor) -> tuple[ListRow, list[AnsweredRow]]:
    """A list with its rows. Raises MonthlyList.DoesNotExist where the actor may not see somebody on it."""
    found = (
        MonthlyList.objects.visible_to(actor, "benefits.view")
        .select_related("programme", "to_body", "entry__register", "office")
        .get(pk=list_id)
    )
    listed = list(
        ListedChange.objects.filter(monthly_list=found)
        .select_related(*(f"change__{path}" for path in _RELATED))
        .order_by("row")
    )
    changes = _change_rows([each.change for each in listed], actor)
    rows = [
        AnsweredRow(each.pk, each.row, each.state, each.reason, each.correction, change)
        for each, change in zip(listed, changes, strict=True)
    ]
    counts = Counter(each.state for each in listed)
    return ListRow(found, number_of(found.entry), dict(counts)), rows


def list_csv(list_id: UUID, *, actor: Actor) -> tuple[str, bytes]:
    """A list as the body that pays reads it, with two columns for its answer; its name, and its bytes.

    It names people with their numbers: for who may send it, and may see every one of them. A cell that a spreadsheet
    would take for a formula is written as text.
    """
    found = MonthlyList.objects.visible_to(actor, "benefits.draft").select_related("entry__register").get(pk=list_id)
    listed = list(
        ListedChange.objects.filter(monthly_list=found)
        .select_related(*(f"change__{path}" for path in _RELATED))
        .order_by("row")
    )
    people = [each.change.entitlement.beneficiary_id for each in listed]
    if someone_hidden(people, actor=actor):
        raise MonthlyList.DoesNotExist
    rows = _change_rows([each.change for each in listed], actor)
    numbers = _identifiers(people)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        ["row", "person", "identifier", "change", "from", "amount", "currency", "decision", "answer", "reason"]
    )
    for each, row in zip(listed, rows, strict=True):
        line: list[Any] = [
            each.row, row.person, numbers.get(each.change.entitlement.beneficiary_id, ""), row.kind, row.on.isoformat(),
            decimal(row.amount.minor, currencies().get(row.amount.currency, {}).get("exponent", 2)),
            row.amount.currency, row.decision,
            {RowState.ACCEPTED: "accepted", RowState.SENT: ""}.get(RowState(each.state), "rejected"), each.reason,
        ]  # fmt: skip
        writer.writerow([_plain(cell) for cell in line])
    name = f"monthly-list-{number_of(found.entry).replace('/', '-')}.csv"
    return name, out.getvalue().encode("utf-8-sig")


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _identifiers(persons: list[UUID]) -> dict[UUID, str]:
    """The first number in use of each person, whole."""
    found: dict[UUID, str] = {}
    rows = Identifier.objects.filter(person__in=persons, superseded_at=None).order_by("recorded_at", "id")
    for row in rows:
        if row.cipher and row.person_id not in found:
            found[row.person_id] = decrypt(row.cipher, person=row.person_id, kind=row.kind)
    return found


def _change_rows(changes: list[EntitlementChange], actor: Actor, again: set[UUID] = frozenset()) -> list[ChangeRow]:  # type: ignore[assignment]
    names = names_on_records((each.entitlement.beneficiary_id for each in changes), actor=actor)
    return [
        ChangeRow(
            each.pk, each.entitlement_id, each.entitlement.household_id,
            names.get(each.entitlement.beneficiary_id, ""), each.kind, each.on, each.reason,
            Money(each.entitlement.amount, each.entitlement.currency), number_of(each.entitlement.decision.entry),
            each.pk in again,
        )
        for each in changes
    ]  # fmt: skip
