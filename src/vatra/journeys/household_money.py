"""What a household is entitled to, what was paid and what comes next, and to which accounts."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.actor import Actor
from vatra.kernel.days import add_months, day
from vatra.rooms.benefits.queries import EntitlementRow, entitlements_of
from vatra.rooms.payments.queries import InstructionRow, payments_of
from vatra.rooms.people.queries import AccountRow, HouseholdCard, accounts_of, household_card

LATEST = 6


@dataclass(frozen=True, slots=True)
class Held:
    """A right, with the month that is paid next; None where nothing more comes, another body
    pays, or the reader may not see what was paid already."""

    row: EntitlementRow
    next_month: date | None


@dataclass(frozen=True, slots=True)
class HouseholdMoney:
    """`held` and `payments` are None for who may not see them; accounts are masked."""

    card: HouseholdCard
    held: list[Held] | None
    payments: list[InstructionRow] | None
    accounts: list[tuple[AccountRow, str]]  # with whose it is

    @property
    def paid_here(self) -> bool:
        """Whether this authority pays any of it."""
        return any(each.row.paid_here for each in self.held or ())


def household_money(household_id: UUID, *, actor: Actor, at: datetime) -> HouseholdMoney:
    """As things stand now. Raises Household.DoesNotExist where the actor may not see the household."""
    card = household_card(household_id, valid_on=day(at, zone()), known_at=at, actor=actor, kinship=False)
    names = {member.person_id: member.name for member in (*card.members, *card.former)}
    payments = payments_of(actor=actor, household=household_id) if may(actor, "payments.view") else None
    held = None
    if may(actor, "benefits.view"):
        rows = entitlements_of(household_id, actor=actor, names=names)
        held = [Held(row, None if payments is None else next_month(row, payments)) for row in rows]
    latest = sorted(payments or [], key=lambda row: (row.period, row.attempt), reverse=True)[:LATEST]
    accounts = accounts_of(card.standing, standing=card.standing)
    return HouseholdMoney(
        card, held, latest if payments is not None else None,
        [(row, names.get(row.person_id, "")) for row in accounts],
    )  # fmt: skip


def next_month(row: EntitlementRow, payments: list[InstructionRow]) -> date | None:
    """The first month for which nothing is on its way yet, while the right goes on."""
    if row.state != "active" or not row.paid_here:
        return None
    taken = [
        each.period
        for each in payments
        if each.entitlement_id == row.id and each.state not in ("excluded", "cancelled", "replaced")
    ]
    if row.period == "once":
        return None if taken else row.starts_on.replace(day=1)
    coming = add_months(max(taken), 1) if taken else row.starts_on.replace(day=1)
    return coming if row.ends_on is None or coming <= row.ends_on else None
