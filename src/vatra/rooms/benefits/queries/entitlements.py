"""What a household is entitled to, and where each right stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from vatra.kernel.actor import Actor
from vatra.kernel.money import Money
from vatra.rooms.people.queries import names_on_records

from ..models import Entitlement, EntitlementChange, ListedChange
from .numbers import number_of

PAGE = 100


@dataclass(frozen=True, slots=True)
class EntitlementRow:
    """A right as pages show it. `listed` is the answer to the last row about it on a list; empty for what is paid
    here, and for what no list has carried yet."""

    id: UUID
    household_id: UUID
    application_id: UUID
    decision_id: UUID
    decision: str
    programme: dict[str, str]
    programme_code: str
    beneficiary_id: UUID
    beneficiary: str
    payee: str
    payer: dict[str, str]
    paid_here: bool
    amount: Money
    period: str
    starts_on: date
    ends_on: date | None
    state: str
    suspended_from: date | None
    reason: str
    listed: str
    listed_reason: str


def entitlements_of(
    household_id: UUID, *, actor: Actor, names: Mapping[UUID, str] | None = None
) -> list[EntitlementRow]:
    """Every right of a household that the actor may see, those that go on first. Two queries; one where `names` holds
    everybody's.
    """
    rows = Entitlement.objects.visible_to(actor, "benefits.view").filter(household=household_id)
    return sorted(
        _rows_of(rows.order_by("-starts_on", "-granted_at")[:PAGE], actor, names), key=lambda row: row.state == "ended"
    )


def entitlement(entitlement_id: UUID, *, actor: Actor) -> EntitlementRow:
    """One right. Raises Entitlement.DoesNotExist where the actor may not see it."""
    found = _rows_of(Entitlement.objects.visible_to(actor, "benefits.view").filter(pk=entitlement_id), actor)
    if not found:
        raise Entitlement.DoesNotExist
    return found[0]


def changes_of(entitlement_id: UUID, *, actor: Actor) -> list[EntitlementChange]:
    """What happened to a right, the latest first."""
    seen = Entitlement.objects.visible_to(actor, "benefits.view").filter(pk=entitlement_id)
    return list(EntitlementChange.objects.filter(entitlement__in=seen).order_by("-at", "-pk"))


def _rows_of(rows: Any, actor: Actor, known: Mapping[UUID, str] | None = None) -> list[EntitlementRow]:
    last = ListedChange.objects.filter(change__entitlement=OuterRef("pk")).order_by("-monthly_list__sent_at", "-row")
    found = list(
        rows.select_related("programme", "payer", "decision__entry__register").annotate(
            listed=Subquery(last.values("state")[:1]), listed_reason=Subquery(last.values("reason")[:1]),
            person=F("beneficiary__canonical_id"), paid_to=F("payee__canonical_id"),
        )
    )  # fmt: skip
    names = dict(known or {})
    missing = {each for row in found for each in (row.person, row.paid_to) if each and each not in names}
    if missing:
        names |= names_on_records(missing, actor=actor)
    return [_row(row, names) for row in found]


def _row(row: Any, names: Mapping[UUID, str]) -> EntitlementRow:
    return EntitlementRow(
        id=row.pk, household_id=row.household_id, application_id=row.decision.application_id,
        decision_id=row.decision_id, decision=number_of(row.decision.entry), programme=row.programme.title,
        programme_code=row.programme.code, beneficiary_id=row.person, beneficiary=names.get(row.person, ""),
        payee=names.get(row.paid_to, "") if row.paid_to else "", payer=row.payer.name if row.payer else {},
        paid_here=row.programme.paid_from is not None, amount=Money(row.amount, row.currency), period=row.period,
        starts_on=row.starts_on, ends_on=row.ends_on, state=row.state, suspended_from=row.suspended_from,
        reason=row.reason, listed=row.listed or "", listed_reason=row.listed_reason or "",
    )  # fmt: skip
