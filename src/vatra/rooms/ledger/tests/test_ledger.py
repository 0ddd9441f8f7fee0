"""The ledger: balanced because it cannot be otherwise, never changed, never overspent."""

import pytest
from conftest import NOON
from django.db import DatabaseError, connection, transaction

from vatra.kernel.ids import stable_id
from vatra.kernel.money import LIMIT, MoneyOverflow
from vatra.kernel.ref import Ref
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.ledger import commands
from vatra.rooms.ledger.models import Account, AccountKind, Entry, Frozen, Fund
from vatra.rooms.ledger.queries import balances, differences, entries, entries_of, funds, trail_of_cent

pytestmark = pytest.mark.django_db
A = AccountKind


@pytest.fixture
def fund(cast):
    return commands.open_fund(
        code="local", title={"en": "Local budget", "ro": "Bugetul local"}, body="spas", office="spas", currency="RON",
        ask={"en": "the mayor"}, bank={}, actor=cast.rozalia, at=NOON,
    )  # fmt: skip


def adopt(fund, cast, amount=100_000, act="HCL 1/2026", year=2026):
    return commands.adopt_budget(fund=fund, year=year, amount=amount, act=act, actor=cast.horia, at=NOON)


def reserve(fund, amount, name="a", **more):
    line = commands.Line(A.RESERVED, A.AVAILABLE, amount, Ref("ledger.fund", stable_id(name)), "reserved", **more)
    from vatra.kernel.actor import system

    return commands.post(fund=fund, year=2026, lines=[line], actor=system("test"), at=NOON)


def test_a_budget_is_adopted_by_an_act_once(fund, cast):
    adopt(fund, cast)
    assert balances(fund, 2026).available == 100_000
    with pytest.raises(Refused) as refused:
        adopt(fund, cast, act="  hcl  1/2026 ")
    assert refused.value.code == "act_counted"
    adopt(fund, cast, amount=-40_000, act="HCL 2/2026")
    left = balances(fund, 2026)
    assert (left.adopted, left.available) == (60_000, 60_000) and balances(fund, 2027).adopted == 0
    for wrong in ({"act": " "}, {"amount": 0, "act": "x"}, {"year": 26, "act": "y"}):
        with pytest.raises(Refused):
            adopt(fund, cast, **wrong)


def test_only_the_budget_holder_adopts(fund, cast):
    for who in (cast.elena, cast.carmen):
        with pytest.raises(NoGrant):
            commands.adopt_budget(fund=fund, year=2026, amount=1, act="x", actor=who, at=NOON)
    assert [card.code for card in funds(actor=cast.carmen)] == ["local"]
    with pytest.raises(NoGrant):
        funds(actor=cast.sami)


def test_what_is_not_there_is_not_promised(fund, cast):
    adopt(fund, cast, amount=1_000)
    reserve(fund, 600)
    with pytest.raises(Refused) as refused:
        reserve(fund, 401, "b")
    said = refused.value.sentence % refused.value.values
    assert refused.value.code == "budget_short" and "4.01 is needed and 4.00 is left (RON)" in said
    assert "Local budget" in said and "the mayor" in refused.value.next_step % refused.value.values
    assert balances(fund, 2026).reserved == 600 and Entry.objects.count() == 2
    with pytest.raises(Refused):
        adopt(fund, cast, amount=-401, act="HCL 3/2026")
    reserve(fund, 400, "c")
    assert differences(fund, 2026) == {}


@pytest.mark.parametrize(("exponent", "said"), [(0, "401 is needed and 400 is left"), (3, "0.401 is needed and 0.400")])
def test_what_is_left_is_said_in_the_units_of_its_currency(fund, cast, monkeypatch, exponent, said):
    monkeypatch.setattr(commands, "currencies", lambda: {"RON": {"exponent": exponent}})
    adopt(fund, cast, amount=400)
    with pytest.raises(Refused) as refused:
        reserve(fund, 401)
    assert said in refused.value.sentence % refused.value.values


def test_more_than_every_store_can_hold_is_an_error(fund, cast):
    """SQLite would make a floating number of it."""
    adopt(fund, cast, amount=LIMIT)
    with pytest.raises(MoneyOverflow), transaction.atomic():
        adopt(fund, cast, amount=1, act="HCL 2/2026")
    assert balances(fund, 2026).available == LIMIT


def test_a_step_posts_once(fund, cast):
    adopt(fund, cast)
    reserve(fund, 5)
    with pytest.raises(commands.AlreadyPosted), transaction.atomic():
        reserve(fund, 5)
    assert balances(fund, 2026).reserved == 5
    reserve(fund, 5, turn=1)
    assert balances(fund, 2026).reserved == 10


def test_an_entry_is_reversed_once(fund, cast):
    entry = adopt(fund, cast)
    with pytest.raises(Refused):
        commands.reverse(entry=entry, because=" ", actor=cast.horia, at=NOON)
    back = commands.reverse(entry=entry, because="greșit", actor=cast.horia, at=NOON)
    assert balances(fund, 2026).adopted == 0 and back.reverses_id == entry.pk
    for wrong in (entry, back):
        with pytest.raises(Refused):
            commands.reverse(entry=wrong, because="iar", actor=cast.horia, at=NOON)
    paid = trail_of_cent(entry.pk, actor=cast.horia)
    assert paid.entry.reversed_by == back.pk and len(paid.same_record) == 2


def test_what_follows_from_a_payment_is_not_reversed_by_hand(fund, cast):
    adopt(fund, cast)
    made = reserve(fund, 5)[0]
    with pytest.raises(Refused) as refused:
        commands.reverse(entry=made, because="x", actor=cast.horia, at=NOON)
    assert refused.value.code == "not_by_hand"


def test_entries_are_never_changed_or_removed(fund, cast):
    entry = adopt(fund, cast)
    for act in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(amount=1)):
        with pytest.raises(Frozen):
            act()
    for sql in ("UPDATE ledger_entry SET amount = 1", "DELETE FROM ledger_entry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Entry.objects.get().amount == 100_000


def test_the_database_holds_what_an_entry_is(fund, cast):
    entry = adopt(fund, cast)
    for wrong in ({"amount": 0}, {"amount": -5}, {"debit_id": entry.credit_id}):
        twin = Entry(**{
            "id": stable_id("twin"), "debit_id": entry.debit_id, "credit_id": entry.credit_id, "amount": 5, "step": "paid",
            "on": NOON.date(), "at": NOON, "ref_kind": "ledger.fund", "ref_id": fund.pk, "actor": {}, **wrong,
        })  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            twin.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.filter(kind="available").update(balance=-1)


def test_a_tampered_balance_is_found(fund, cast):
    adopt(fund, cast)
    Account.objects.filter(kind="available").update(balance=7)
    assert differences(fund, 2026) == {"available": (7, 100_000)}


def test_the_journal_and_a_changed_fund(fund, cast):
    adopt(fund, cast)
    rows, total = entries(fund.pk, 2026, actor=cast.carmen)
    assert total == 1 and (rows[0].debit, rows[0].credit, rows[0].act) == ("available", "appropriation", "HCL 1/2026")
    assert entries_of(Ref("ledger.fund", fund.pk))[0].actor == "Horia Timar"
    same = {"code": "local", "title": {"en": "X"}, "body": "spas", "office": "spas", "actor": cast.rozalia, "at": NOON}
    assert commands.open_fund(currency="RON", **same).pk == fund.pk and Fund.objects.count() == 1
    with pytest.raises(Refused):
        commands.open_fund(currency="EUR", **same)
