"""Figures come from the payments themselves."""

from datetime import date, timedelta

import pytest

from vatra.foundation.catalogue.measures import measure, month
from vatra.rooms.payments import commands
from vatra.rooms.payments.models import Instruction

from .people import AT, CARMEN, HORIA, change_account, entitle, exported, run, town

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def told(code: str, of: date = NOVEMBER) -> tuple[int, int]:
    rows = measure(code).rows(month(of))
    return sum(row.value for row in rows), sum(row.of for row in rows)


def test_what_is_measured_is_what_was_paid():
    here = town(budget=10_000_000)
    entitle(here, 4, varied=False)
    cycle = exported(here, pay_on=date(2026, 11, 25))
    a, b, c, d = Instruction.objects.order_by("pk")
    later = AT + timedelta(days=30)
    commands.settle_by_hand(instructions=[a, b], on=date(2026, 11, 24), actor=CARMEN, at=later)
    commands.settle_by_hand(instructions=[c], on=date(2026, 11, 27), actor=CARMEN, at=later)
    commands.return_instruction(instruction=d, on=date(2026, 11, 26), reason="AC04", actor=CARMEN, at=later)
    assert told("payments.paid")[0] == 150_000 and told("payments.people_paid")[0] == 3
    assert told("payments.on_time") == (2, 3)
    assert told("payments.returned") == (1, 4)
    assert told("payments.days_to_payment") == (4 + 4 + 7, 3)  # signed on the 20th
    assert told("payments.paid", DECEMBER) == (0, 0)
    change_account(d.person_id, 5555)
    again = commands.correct_and_resend(instruction=d, actor=CARMEN, at=later)
    commands.check_cycle(cycle=again.cycle, actor=CARMEN, at=later)
    resend = commands.approve_cycle(cycle=again.cycle, actor=HORIA, at=later)
    commands.export_cycle(cycle=resend, pay_on=date(2026, 12, 22), actor=CARMEN, at=later)
    run(resend, at=later)
    commands.settle_by_hand(instructions=[again], on=date(2026, 12, 20), actor=CARMEN, at=later)
    assert told("payments.on_time", DECEMBER) == (0, 1)  # on its day, but not at the first attempt
    assert told("payments.returned") == (1, 4) and cycle.pk
