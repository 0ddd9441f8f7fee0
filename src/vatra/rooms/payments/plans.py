"""What a cycle should pay: everything that is due, with a way to pay it or a named reason why not. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import Period, add_months, day
from vatra.rooms.benefits.queries import due_entitlements
from vatra.rooms.benefits.queries.due import Due
from vatra.rooms.people.models import Identity
from vatra.rooms.people.queries import account_of
from vatra.rooms.people.queries.accounts import Account

from .models import Cycle, CycleKind, Instruction, Way
from .reasons import SEALED, WITHOUT_ACCOUNT
from .states import LIVE


@dataclass(frozen=True, slots=True)
class Plan:
    """One due amount. `reason`: why it is not paid, empty where it is. `taken`: another cycle pays it already."""

    due: Due
    way: str
    account: Account | None
    holder: str
    reason: str
    taken: bool = False

    @property
    def slot(self) -> tuple[UUID, date]:
        """What is paid: of whom the right is, and for which month."""
        return self.due.canonical_beneficiary_id, self.due.period_start


def month_of(period: date) -> Period:
    start = period.replace(day=1)
    return Period(start, add_months(start, 1))


def plans(cycle: Cycle, *, at: datetime, of: Collection[UUID] | None = None) -> list[Plan]:
    """A plan for everything that is due to the cycle's office, in a stable order. Ten queries, however many.

    What was known when the cycle was prepared (`known_at`) is due; accounts are those of the day `at`. `of`: only what
    is due to these persons. A cycle of new attempts looks only at what it holds.
    """
    held = None
    if cycle.kind == CycleKind.RESEND:
        rows = Instruction.objects.filter(cycle=cycle).values_list(
            "entitlement_id", "period", "beneficiary__canonical_id"
        )
        held = {(entitlement, period): person for entitlement, period, person in rows}
        of = set(held.values()) if of is None else of
    due = due_entitlements(
        programme=cycle.programme, period=month_of(cycle.period), known_at=cycle.known_at, of=of
    )  # fmt: skip
    here = [
        each
        for each in due
        if each.office_id == cycle.office_id and (held is None or (each.entitlement_id, each.period_start) in held)
    ]
    return list(_with_taken(cycle, list(_payable(cycle, here, on=day(at, zone())))))


def _payable(cycle: Cycle, due: list[Due], *, on: date) -> Iterable[Plan]:
    payees = {each.payee_id for each in due if each.payee_id}
    way = cycle.programme.paid_from["by"] if cycle.programme.paid_from else Way.BANK
    accounts = account_of(payees, on=on) if way == Way.BANK else {}
    names = dict(Identity.objects.filter(person__in=payees).values_list("person_id", "display_name"))
    for each in due:
        account = accounts.get(each.payee_id) if each.payee_id else None
        name = names.get(each.payee_id, "") if each.payee_id else ""
        reason = each.reason_not_payable
        if not reason and each.currency != cycle.fund.currency:
            reason = "other_currency"
        if not reason and each.amount <= 0:
            reason = "nothing_to_pay"
        if not reason and way == Way.BANK and account is None:
            reason = WITHOUT_ACCOUNT
        yield Plan(each, way, account, (account.holder if account else "") or name, reason)


def _with_taken(cycle: Cycle, found: list[Plan]) -> Iterable[Plan]:
    """Mark what a live instruction of another cycle pays: the same right (taken), or another of the same person."""
    paying: dict[tuple[UUID, date], set[UUID]] = defaultdict(set)
    months = {plan.due.period_start for plan in found}
    rows = Instruction.objects.filter(programme=cycle.programme, state__in=LIVE, period__in=months).exclude(cycle=cycle)
    # by the record that stands for the person today: whoever was merged since is still paid once
    for person, period, entitlement in rows.values_list("beneficiary__canonical_id", "period", "entitlement_id"):
        paying[person, period].add(entitlement)
    mine: set[tuple[UUID, date]] = set()
    for plan in found:
        if plan.slot in paying:
            taken = plan.due.entitlement_id in paying[plan.slot]
            yield replace(plan, taken=taken, reason="" if taken else plan.reason or "already_in_period")
            continue
        if not plan.reason and plan.slot in mine:
            plan = replace(plan, reason="already_in_period")
        if not plan.reason:
            mine.add(plan.slot)
        yield plan


def differs(found: Instruction, plan: Plan | None) -> bool:
    """Whether a planned instruction is not what is due any more."""
    if plan is None or plan.taken or plan.reason:
        return True
    return (found.amount, found.currency, found.payee_id, found.account_blind) != (
        plan.due.amount, plan.due.currency, plan.due.payee_id, blind_of(plan),
    )  # fmt: skip


def overtaken(row: Instruction, plan: Plan | None) -> bool:
    """Whether a planned instruction is not what is due now. A sealed person whom somebody took in by hand stays."""
    if plan is not None and plan.reason == SEALED and not plan.taken:
        return row.amount != plan.due.amount or row.payee_id != plan.due.payee_id
    return differs(row, plan)


def blind_of(plan: Plan) -> str:
    return plan.account.blind if plan.account else ""
