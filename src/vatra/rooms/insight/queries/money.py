"""What programmes cost: spent and set aside in a year, and the fund they are paid from. Aggregates, protected."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, Sum

from vatra.rooms.ledger.models import Fund
from vatra.rooms.ledger.queries import Balances, balances
from vatra.rooms.payments.models import Instruction
from vatra.rooms.payments.states import InstructionState
from vatra.rooms.programmes.models import Programme

MINIMUM = 5  # an amount paid to fewer people tells what each of them receives


@dataclass(frozen=True)
class Spending:
    """A programme's year, in minor units. `hidden`: so few people were paid that the sum would tell of each."""

    paid: int | None
    people: int | None
    currency: str
    hidden: bool
    fund: str  # the fund's code; empty where another body pays
    elsewhere: bool


@dataclass(frozen=True)
class FundYear:
    """`hidden`: what the fund spent, less what its other programmes paid, would tell of a programme's few people."""

    fund: Fund
    balances: Balances
    hidden: bool


def spending(programmes: Collection[Programme], *, year: int) -> dict[UUID, Spending]:
    """What each of these programmes paid out in a year. One query."""
    paid = Instruction.objects.filter(
        programme__in=list(programmes), state=InstructionState.PAID, paid_on__year=year
    )  # fmt: skip
    rows = paid.values("programme_id", "currency").annotate(
        amount=Sum("amount"), people=Count("person_id", distinct=True)
    )
    sums = {row["programme_id"]: row for row in rows.order_by()}
    return {one.pk: _spending(one, sums.get(one.pk)) for one in programmes}


def _spending(programme: Programme, row: dict | None) -> Spending:
    fund = (programme.paid_from or {}).get("fund", "")
    if row is None:
        return Spending(0 if fund else None, 0, "", False, fund, not fund)
    hidden = 0 < row["people"] < MINIMUM
    amount, people = (None, None) if hidden else (row["amount"], row["people"])
    return Spending(amount, people, row["currency"], hidden, fund, not fund)


def funds_of(programmes: Collection[Programme], *, year: int) -> list[FundYear]:
    """The funds from which these programmes are paid, with what stands where in a year. A query each, and four."""
    codes = {(one.paid_from or {}).get("fund") for one in programmes} - {None}
    rows = Fund.objects.filter(Q(code__in=codes)).select_related("body").order_by("code")
    few = _paying_few(codes, year=year)
    return [FundYear(row, balances(row, year), row.code in few) for row in rows]


def _paying_few(funds: Collection[str], *, year: int) -> set[str]:
    """Those of these funds whose programmes with a hidden sum paid fewer than MINIMUM people between them."""
    pays = Programme.objects.filter(extra__pays__fund__in=list(funds))
    paid_by = {one.pk: one.paid_from["fund"] for one in pays if one.paid_from}
    paid = Instruction.objects.filter(programme__in=list(paid_by), state=InstructionState.PAID, paid_on__year=year)
    counted = paid.values("programme_id").annotate(people=Count("person_id", distinct=True)).order_by()
    small = [row["programme_id"] for row in counted if row["people"] < MINIMUM]
    people: dict[str, set[UUID]] = {}
    for programme, person in paid.filter(programme__in=small).values_list("programme_id", "person_id").order_by():
        people.setdefault(paid_by[programme], set()).add(person)
    return {fund for fund, found in people.items() if len(found) < MINIMUM}
