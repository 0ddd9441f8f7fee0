"""Reading funds, balances and entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Sum

from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref

from .models import Account, AccountKind, Entry, Fund


@dataclass(frozen=True, slots=True)
class Balances:
    """A year of a fund, in minor units. `adopted` = available + reserved + sent + paid + returned."""

    fund_id: UUID
    year: int
    adopted: int = 0
    available: int = 0
    reserved: int = 0
    sent: int = 0
    paid: int = 0
    returned: int = 0

    @property
    def spent(self) -> int:
        """What is not available any more."""
        return self.adopted - self.available


@dataclass(frozen=True, slots=True)
class FundCard:
    """A fund with its years, the latest first."""

    id: UUID
    code: str
    title: dict[str, str]
    body: dict[str, str]
    currency: str
    ask: dict[str, str]
    years: list[Balances]


@dataclass(frozen=True, slots=True)
class EntryRow:
    id: UUID
    on: date
    at: datetime
    step: str
    amount: int
    currency: str
    debit: str  # the kind of account
    credit: str
    ref: Ref
    act: str
    actor: str
    reverses_id: UUID | None
    reversed_by: UUID | None


@dataclass(frozen=True, slots=True)
class CentTrail:
    """An entry with all others of the same record, and the adoptions that put the money there."""

    entry: EntryRow
    fund: dict[str, str]
    year: int
    same_record: list[EntryRow]
    adopted: list[EntryRow]


def funds(*, actor: Actor) -> list[FundCard]:
    """Every fund that the actor may see, with its years. Two queries."""
    seen = list(Fund.objects.visible_to(actor, "ledger.view").select_related("body").order_by("code"))
    years: dict[UUID, dict[int, dict[str, int]]] = {}
    for fund, year, kind, balance in Account.objects.filter(fund__in=seen).values_list(
        "fund_id", "year", "kind", "balance"
    ):
        years.setdefault(fund, {}).setdefault(year, {})[kind] = balance
    return [
        FundCard(
            f.pk, f.code, f.title, f.body.name, f.currency, f.ask,
            [_balances(f.pk, year, of) for year, of in sorted(years.get(f.pk, {}).items(), reverse=True)],
        )
        for f in seen
    ]  # fmt: skip


def fund_card(fund: UUID, *, actor: Actor) -> FundCard:
    """Raises DoesNotExist where the actor may not."""
    Fund.objects.visible_to(actor, "ledger.view").only("pk").get(pk=fund)
    return next(card for card in funds(actor=actor) if card.id == fund)


def balances(fund: Fund | UUID, year: int) -> Balances:
    """What stands where in a year of a fund; nothing anywhere before a budget is adopted. One query."""
    pk = getattr(fund, "pk", fund)
    rows = Account.objects.filter(fund=pk, year=year).values_list("kind", "balance")
    return _balances(pk, year, dict(rows))


def _balances(fund: UUID, year: int, of: dict[str, int]) -> Balances:
    kinds = {kind.value: of.get(kind.value, 0) for kind in AccountKind}
    return Balances(fund, year, adopted=-kinds.pop("appropriation"), **kinds)


def entries_of(refs: Ref | Iterable[Ref]) -> list[EntryRow]:
    """Every entry of these records, in the order in which they were posted. Two queries."""
    wanted = [refs] if isinstance(refs, Ref) else list(refs)
    by_kind: dict[str, list[UUID]] = {}
    for ref in wanted:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    named = Q(pk__in=[])
    for kind, ids in by_kind.items():
        named |= Q(ref_kind=kind, ref_id__in=ids)
    return _rows(Entry.objects.filter(named))


def entries(fund: UUID, year: int, *, actor: Actor, offset: int = 0, limit: int = 50) -> tuple[list[EntryRow], int]:
    """The journal of a year, the latest first, and how many entries it has."""
    Fund.objects.visible_to(actor, "ledger.view").only("pk").get(pk=fund)
    found = Entry.objects.filter(debit__fund=fund, debit__year=year)
    return _rows(found.order_by("-at", "-id")[offset : offset + limit], ordered=True), found.count()


def trail_of_cent(entry: UUID, *, actor: Actor) -> CentTrail:
    """From an entry to everything that was posted for the same record, and to the acts that adopted the budget."""
    found = Entry.objects.select_related("debit__fund").get(pk=entry)
    fund = Fund.objects.visible_to(actor, "ledger.view").get(pk=found.debit.fund_id)
    year = found.debit.year
    adopted = Entry.objects.filter(debit__fund=fund, debit__year=year, step__in=["adopted", "reversed"])
    return CentTrail(
        _rows(Entry.objects.filter(pk=entry))[0], fund.title, year, entries_of(Ref(found.ref_kind, found.ref_id)),
        _rows(adopted),
    )  # fmt: skip


def differences(fund: Fund | UUID, year: int) -> dict[str, tuple[int, int]]:
    """Accounts whose running balance is not the sum of their entries: (balance, sum). Empty while the ledger holds."""
    pk = getattr(fund, "pk", fund)
    found = {}
    for account in Account.objects.filter(fund=pk, year=year):
        debit = Entry.objects.filter(debit=account).aggregate(n=Sum("amount"))["n"] or 0
        credit = Entry.objects.filter(credit=account).aggregate(n=Sum("amount"))["n"] or 0
        if account.balance != debit - credit:
            found[account.kind] = (account.balance, debit - credit)
    return found


def described_fund(code: str) -> dict[str, Any] | None:
    """A fund as a pack says it; None if there is none."""
    fund = Fund.objects.select_related("body", "office").filter(code=code).first()
    if fund is None:
        return None
    return {
        "title": fund.title, "body": fund.body.code, "office": fund.office.code, "currency": fund.currency,
        "ask": fund.ask, "bank": fund.bank,
    }  # fmt: skip


def _rows(found: Any, *, ordered: bool = False) -> list[EntryRow]:
    rows = found if ordered else found.order_by("at", "id")
    listed = list(rows.annotate(to=F("debit__kind"), from_=F("credit__kind"), money=F("debit__fund__currency")))
    undone = dict(Entry.objects.filter(reverses__in=[row.pk for row in listed]).values_list("reverses_id", "pk"))
    return [
        EntryRow(
            row.pk, row.on, row.at, row.step, row.amount, row.money, row.to, row.from_,
            Ref(row.ref_kind, row.ref_id), row.act, row.actor.get("name") or "", row.reverses_id, undone.get(row.pk),
        )
        for row in listed
    ]  # fmt: skip
