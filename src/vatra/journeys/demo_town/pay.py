"""Money as the service pays it month by month, a bank that answers as banks do, and the agency's lists."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from random import Random
from typing import Any, Protocol

from vatra.kernel.actor import Actor
from vatra.rooms.benefits.commands.monthly import answer_row, correct_row, send_monthly_list
from vatra.rooms.benefits.models import Entitlement, ListedChange
from vatra.rooms.ledger.commands import adopt_budget
from vatra.rooms.ledger.models import Fund
from vatra.rooms.payments import commands as payments
from vatra.rooms.payments.commands.statements import apply_rows
from vatra.rooms.payments.models import Cycle, Instruction
from vatra.rooms.payments.tasks import go_on_with
from vatra.rooms.people.commands import add_account
from vatra.rooms.programmes.models import Programme

from .bank import account_number, status_report
from .clock import OfficeHours
from .staff import Staff

Event = Callable[[datetime], None]


class Office(Protocol):
    """What paying needs of the service in which it is done."""

    sheet: Mapping[str, Any]
    pay_rng: Random
    hours: OfficeHours
    staff: Staff

    def plan(self, at: datetime, event: Event) -> None: ...


class Pay:
    """The payments officer, the budget holder and the benefits officer, from month to month."""

    def __init__(self, office: Office) -> None:
        self.office, self.rng, self.hours, self.staff = office, office.pay_rng, office.hours, office.staff
        self.said = office.sheet["money"]
        self.paid_here = [one for one in Programme.objects.order_by("order") if one.paid_from is not None]
        self.paid_elsewhere = [
            one
            for one in Programme.objects.order_by("order")
            if one.paid_from is None and one.code in self.said["lists"]
        ]

    def _by(self, role: str) -> Actor:
        return self.staff[next(u["username"] for u in self.staff.users if u["role"] == role)]

    def begin(self, at: datetime) -> None:
        """The budgets of the years in which the town is open, and what happens on which day of each month."""
        for n, year in enumerate(sorted({day.year for day in self.hours.days})):
            for fund in Fund.objects.order_by("code"):
                act = self.said["act"].replace("{n}", str(14 + n)).replace("{year}", str(year))
                adopt_budget(
                    fund=fund, year=year, amount=self.said["budget"] * 100, act=act, actor=self._by("budget_holder"),
                    at=at,
                )  # fmt: skip
        months = sorted({day.replace(day=1) for day in self.hours.days})
        for month in months:
            days = [day for day in self.hours.days if day.replace(day=1) == month]
            for day in [day for day in days if day.day >= self.said["prepared_from"]][:1]:
                moment = self.hours.moment(day, self.rng)
                for programme in self.paid_here:
                    self.office.plan(moment, partial(self.prepare, programme.code, month))
                    moment = self.hours.soon(moment, self.rng)
            if days and days[-1].day >= 24:
                moment = self.hours.moment(days[-1], self.rng)
                for programme in self.paid_elsewhere:
                    self.office.plan(moment, partial(self.send_list, programme.code, month))

    # -- paid here ------------------------------------------------------------------------------------------------

    def prepare(self, programme: str, month: date, at: datetime) -> None:
        found = Programme.objects.get(code=programme)
        if not Entitlement.objects.filter(programme=found).exists():
            return
        cycle = payments.prepare_cycle(
            programme=programme, period=month, office=self.staff.office.pk, actor=self._by("payments_officer"), at=at
        )
        go_on_with(cycle.pk, at=at)
        if Instruction.objects.filter(cycle=cycle.pk, state="planned").exists():
            self.office.plan(self.hours.soon(at, self.rng), partial(self.check, cycle.pk))
        else:
            payments.cancel_cycle(
                cycle=cycle.pk, because=self.said["nobody"], actor=self._by("payments_officer"), at=at
            )

    def check(self, cycle: Any, at: datetime) -> None:
        payments.check_cycle(cycle=cycle, actor=self._by("payments_officer"), at=at)
        self.office.plan(self.hours.after(at, 1, self.rng), partial(self.approve, cycle))

    def approve(self, cycle: Any, at: datetime) -> None:
        payments.approve_cycle(cycle=cycle, actor=self._by("budget_holder"), at=at)
        self.office.plan(self.hours.soon(at, self.rng), partial(self.export, cycle))

    def export(self, cycle: Any, at: datetime) -> None:
        pay_on = self.hours.after(at, 1, self.rng)
        payments.export_cycle(cycle=cycle, pay_on=pay_on.date(), actor=self._by("payments_officer"), at=at)
        go_on_with(cycle, at=at)
        answered = self.hours.after(pay_on, 1, self.rng)
        self.office.plan(answered, partial(self.hear_from_the_bank, cycle))

    def hear_from_the_bank(self, cycle: Any, at: datetime) -> None:
        """The bank's file is read; what was paid at the desk is settled by hand, but for whoever did not come."""
        officer = self._by("payments_officer")
        sent = list(Instruction.objects.filter(cycle=cycle, state="sent").order_by("pk"))
        by_bank = [row for row in sent if row.way == "bank"]
        if by_bank:
            first_time = {row.pk for row in by_bank if row.attempt == 1}
            refused = {row.pk for row in by_bank if row.pk in first_time and self.rng.random() < self.said["refused"]}
            content = status_report(
                [(row, self.rng.choice(self.said["bank_reasons"]) if row.pk in refused else "") for row in by_bank], at
            )
            statement = payments.settle_from_file(
                content=content, name=f"pain002-{at:%Y%m%d}.xml", office=self.staff.office.pk, actor=officer, at=at
            )
            apply_rows(statement.pk, at=at)
        for row in sent:
            if row.way != "bank" and self.rng.random() < self.said["collected"]:
                payments.settle_by_hand(instructions=[row.pk], on=at.date(), actor=officer, at=at)
        for row in Instruction.objects.filter(cycle=cycle, state="returned").order_by("pk"):
            if self.rng.random() < self.said["corrected"]:
                self.office.plan(self.hours.after(at, self.rng.randint(1, 6), self.rng), partial(self.correct, row.pk))
        self.office.plan(self.hours.after(at, 8, self.rng), partial(self.close, cycle))

    def correct(self, instruction: Any, at: datetime) -> None:
        """The person brings the right account, and is paid by a new attempt."""
        row = Instruction.objects.get(pk=instruction)
        add_account(
            person=row.payee_id, iban=account_number(self.said["account"], self.rng), actor=self.staff["elena"], at=at
        )
        made = payments.correct_and_resend(instruction=instruction, actor=self._by("payments_officer"), at=at)
        self.office.plan(self.hours.soon(at, self.rng), partial(self.check, made.cycle_id))

    def close(self, cycle: Any, at: datetime) -> None:
        if Cycle.objects.get(pk=cycle).state == "settled":
            payments.close_cycle(cycle=cycle, actor=self._by("payments_officer"), at=at)

    # -- paid by the agency ---------------------------------------------------------------------------------------

    def send_list(self, programme: str, month: date, at: datetime) -> None:
        made = send_monthly_list(
            programme=programme, office=self.staff.office.pk, month=month, actor=self.staff["ioana"], at=at
        )
        self.office.plan(self.hours.after(at, self.rng.randint(4, 8), self.rng), partial(self.hear, made.pk))

    def hear(self, monthly_list: Any, at: datetime) -> None:
        for row in ListedChange.objects.filter(monthly_list=monthly_list).order_by("row"):
            accepted = self.rng.random() >= self.said["rejected"]
            reason = "" if accepted else self.rng.choice(self.said["rejections"])
            answer_row(row=row.pk, accepted=accepted, reason=reason, actor=self.staff["ioana"], at=at)
            if not accepted and self.rng.random() < 0.6:
                self.office.plan(self.hours.after(at, self.rng.randint(1, 5), self.rng), partial(self.mend, row.pk))

    def mend(self, row: Any, at: datetime) -> None:
        correct_row(row=row, correction=self.rng.choice(self.said["mended"]), actor=self.staff["ioana"], at=at)
