"""Opening funds, adopting budgets, posting and reversing. Nothing else writes the ledger."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.functional import lazy
from django.utils.translation import get_language

from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.models import Body
from vatra.foundation.catalogue.queries import currencies, first_words, zone
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.kernel.ids import stable_id, uuid7
from vatra.kernel.money import LIMIT, MoneyOverflow, decimal
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .models import Account, AccountKind, Entry, Fund

YEARS = range(2000, 2100)


class AlreadyPosted(RuntimeError):
    """The same step of the same record was posted before: a fault in the code that posts."""


@dataclass(frozen=True, slots=True)
class Line:
    """`amount` goes from the account `credit` to `debit`, because of `ref`. `turn` tells a step apart from the same
    step taken again (sent, returned, sent again)."""

    debit: AccountKind
    credit: AccountKind
    amount: int
    ref: Ref
    step: str
    turn: int = 0

    def id(self) -> UUID:
        return stable_id("ledger.entry", self.ref.kind, str(self.ref.id), self.step, str(self.turn))


@transaction.atomic
def open_fund(
    *, code: str, title: dict, body: str, office: str, currency: str, ask: dict | None = None,
    bank: dict[str, Any] | None = None, actor: Actor, at: datetime,
) -> Fund:  # fmt: skip
    """Open a fund, or change what is said of it, as the pack says. Refuses another currency once it has accounts."""
    bodies = {found.code: found for found in Body.objects.filter(code__in=[body, office])}
    for wanted in (body, office):
        if wanted not in bodies:
            raise Refused("no_such_body", gettext_noop("There is no body “%(code)s”."), code=wanted)
    said = {
        "title": title, "body": bodies[body], "office": bodies[office], "currency": currency, "ask": ask or {},
        "bank": bank or {},
    }  # fmt: skip
    found = Fund.objects.select_for_update().filter(code=code).first()
    if found is None:
        made = Fund.objects.create(id=uuid7(at), code=code, opened_at=at, **said)
        record("ledger.fund_opened", made, actor=actor, at=at, code=code)
        return made
    if found.currency != currency and Account.objects.filter(fund=found).exists():
        raise Refused(
            "currency_fixed", gettext_noop("The fund “%(code)s” already holds money in %(currency)s."),
            gettext_noop("Open another fund for the other currency."), code=code, currency=found.currency,
        )  # fmt: skip
    for name, value in said.items():
        setattr(found, name, value)
    found.save()
    record("ledger.fund_changed", found, actor=actor, at=at, code=code)
    return found


@transaction.atomic
def adopt_budget(*, fund: Fund | UUID, year: int, amount: int, act: str, actor: Actor, at: datetime) -> Entry:
    """The council's act puts `amount` (minor units) into a year of a fund; a negative one takes it away again.

    Each act counts once in a year. Refuses without an act, nothing at all, and taking away what is promised already.
    """
    if not act.strip():
        raise Refused(
            "act_needed", gettext_noop("Name the act that adopts the budget."),
            gettext_noop("Write its number and date, as “HCL 12/2026”."),
        )  # fmt: skip
    if year not in YEARS or not amount or abs(amount) > LIMIT:
        raise Refused("no_amount", gettext_noop("A budget is an amount other than nothing, for a year."))
    owner = Fund.objects.visible_to(actor, "ledger.budget").select_for_update(of=("self",)).get(pk=_id(fund))
    named = Ref("ledger.fund", owner.pk)
    step_id = stable_id("ledger.adopted", str(owner.pk), str(year), " ".join(act.split()).casefold())
    if Entry.objects.filter(pk=step_id).exists():
        raise Refused(
            "act_counted", gettext_noop("The act “%(act)s” is already counted in the budget of %(year)s."),
            gettext_noop("Name the act that changes it."), act=act.strip(), year=year,
        )  # fmt: skip
    here, there = AccountKind.AVAILABLE, AccountKind.APPROPRIATION
    if amount < 0:
        here, there = there, here
    entry = _posted(
        owner, year, [(step_id, Line(here, there, abs(amount), named, "adopted"))], act=act.strip(), actor=actor, at=at
    )[0]
    record("ledger.budget_adopted", owner, actor=actor, at=at, year=year, amount=amount, act=act.strip())
    return entry


@transaction.atomic
def post(*, fund: Fund | UUID, year: int, lines: Sequence[Line], actor: Actor, at: datetime) -> list[Entry]:
    """Post lines to the accounts of one year of a fund, all or none, in the caller's transaction.

    Refuses, with what is left and whom to ask, when an account would be overspent: the database holds that, under
    any number of others who post at the same time. Raises AlreadyPosted for a step that was posted before.
    """
    owner = fund if isinstance(fund, Fund) else Fund.objects.get(pk=fund)
    return _posted(owner, year, [(line.id(), line) for line in lines], act="", actor=actor, at=at)


@transaction.atomic
def reverse(*, entry: Entry | UUID, because: str, actor: Actor, at: datetime) -> Entry:
    """Post the opposite of an entry, once. Refuses without a reason, a second time, and to reverse a reversal."""
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say why the entry is reversed."))
    found = Entry.objects.select_related("debit", "credit").get(pk=_id(entry))
    owner = Fund.objects.visible_to(actor, "ledger.budget").select_for_update(of=("self",)).get(pk=found.debit.fund_id)
    if found.reverses_id is not None:
        raise Refused(
            "is_reversal", gettext_noop("This entry is a reversal itself; a reversal stands."),
            gettext_noop("Post what is right as a new entry."),
        )  # fmt: skip
    if found.step != "adopted":
        raise Refused(
            "not_by_hand", gettext_noop("This entry follows from a payment; only the payment can undo it."),
            gettext_noop("Return or cancel the payment instead."),
        )  # fmt: skip
    if Entry.objects.filter(reverses=found).exists():
        raise Refused("already_reversed", gettext_noop("This entry has been reversed already."))
    line = Line(
        AccountKind(found.credit.kind), AccountKind(found.debit.kind), found.amount,
        Ref(found.ref_kind, found.ref_id), "reversed",
    )  # fmt: skip
    reversal = stable_id("ledger.reversal", str(found.pk))
    made = _posted(
        owner, found.debit.year, [(reversal, line)], act=because.strip(), reverses=found, actor=actor, at=at
    )[0]
    record("ledger.reversed", owner, actor=actor, at=at, entry=str(found.pk), because=because.strip())
    return made


def _posted(
    fund: Fund, year: int, lines: Sequence[tuple[UUID, Line]], *, act: str, actor: Actor, at: datetime,
    reverses: Entry | None = None,
) -> list[Entry]:  # fmt: skip
    """Entries and balances in one go. Accounts are taken in one order, so that two who post never wait in a ring."""
    accounts = _accounts(fund, year)
    on = day(at, zone())
    change: Counter[AccountKind] = Counter()
    entries = []
    for id, line in lines:
        change[line.debit] += line.amount
        change[line.credit] -= line.amount
        entries.append(
            Entry(
                id=id,
                debit=accounts[line.debit],
                credit=accounts[line.credit],
                amount=line.amount,
                step=line.step,
                on=on,
                at=at,
                ref_kind=line.ref.kind,
                ref_id=line.ref.id,
                act=act,
                reverses=reverses,
                actor=actor.as_json(),
            )
        )
    if any(abs(accounts[kind].balance + amount) > LIMIT for kind, amount in change.items()):
        raise MoneyOverflow(fund.code)
    _moved(fund, year, accounts, change)
    try:
        with transaction.atomic():
            Entry.objects.bulk_create(entries)
    except IntegrityError as clash:
        if Entry.objects.filter(pk__in=[id for id, _ in lines]).exists():
            raise AlreadyPosted(f"{lines[0][1].step} of {lines[0][1].ref}") from clash
        raise
    return entries


def _moved(fund: Fund, year: int, accounts: dict[AccountKind, Account], change: Counter[AccountKind]) -> None:
    moved = sorted((accounts[kind].pk, amount, kind) for kind, amount in change.items() if amount)
    for pk, amount, kind in moved:
        try:
            with transaction.atomic():
                Account.objects.filter(pk=pk).update(balance=F("balance") + amount)
        except IntegrityError as over:
            raise _short(fund, year, kind, -amount, pk) from over


def _short(fund: Fund, year: int, kind: AccountKind, wanted: int, account: UUID) -> Refused:
    left = Account.objects.values_list("balance", flat=True).get(pk=account)
    return Refused(
        "budget_short" if kind == AccountKind.AVAILABLE else "account_short",
        gettext_noop(
            "There is not enough in “%(fund)s” for %(year)s: %(wanted)s is needed and %(left)s is left (%(currency)s)."
        ),
        gettext_noop("Ask %(ask)s to raise the budget, or pay fewer people now."),
        fund=_read(fund.title), year=year, wanted=_plain(wanted, fund.currency), left=_plain(left, fund.currency),
        currency=fund.currency, ask=_read(fund.ask or fund.office.name), account=kind.value, left_minor=left,
        wanted_minor=wanted,
    )  # fmt: skip


def _said(text: dict[str, str]) -> str:
    language = (get_language() or "").split("-")[0]
    return text.get(language) or text.get("en") or first_words(text)


_read = lazy(_said, str)  # text of the pack in the language of whoever is told, not of whoever was refused


def _plain(minor: int, currency: str) -> str:
    return decimal(minor, currencies().get(currency, {}).get("exponent", 2))


def _accounts(fund: Fund, year: int) -> dict[AccountKind, Account]:
    wanted = {kind: stable_id("ledger.account", str(fund.pk), str(year), kind.value) for kind in AccountKind}
    found = Account.objects.in_bulk(wanted.values())
    if len(found) < len(wanted):
        missing = [Account(id=pk, fund=fund, year=year, kind=kind) for kind, pk in wanted.items() if pk not in found]
        Account.objects.bulk_create(missing, ignore_conflicts=True)
        found = Account.objects.in_bulk(wanted.values())
    return {kind: found[pk] for kind, pk in wanted.items()}


def _id(record: Any) -> UUID:
    return getattr(record, "pk", record)
