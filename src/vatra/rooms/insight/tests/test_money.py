"""What programmes cost: sums that would tell of a few people are hidden, also where a fund's balance tells them."""

from datetime import date, timedelta

import pytest

from vatra.rooms.insight.queries import funds_of, spending
from vatra.rooms.payments import commands
from vatra.rooms.payments.models import Instruction
from vatra.rooms.payments.tests.people import AT, CARMEN, entitle, exported, town

pytestmark = pytest.mark.django_db
LATER, PAID_ON = AT + timedelta(days=30), date(2026, 11, 25)


def paying(code: str, people: int):
    """A programme of the one fund that has paid so many people this year."""
    here = town(code=code, budget=0 if code != "many" else 100_000_000)
    entitle(here, people)
    exported(here, pay_on=PAID_ON)
    paid = Instruction.objects.filter(programme=here.programme)
    commands.settle_by_hand(instructions=paid, on=PAID_ON, actor=CARMEN, at=LATER)
    return here.programme


def test_what_a_fund_spent_does_not_tell_what_a_programme_hides():
    """One programme paid three people: its sum is hidden, and so is that of the fund, from which it would follow."""
    many = paying("many", 8)
    (alone,) = funds_of([many], year=2026)
    assert not alone.hidden
    few = paying("few", 3)
    spent = spending([many, few], year=2026)
    assert spent[few.pk].hidden and not spent[many.pk].hidden
    (fund,) = funds_of([many], year=2026)
    assert fund.hidden and fund.balances.spent - spent[many.pk].paid == 3 * 50_000 + 300  # the control: it would follow


def test_two_hidden_sums_hide_each_other_in_the_fund():
    many = paying("many", 8)
    paying("few", 3)
    paying("others", 4)
    (fund,) = funds_of([many], year=2026)
    assert not fund.hidden
