"""A cycle from order to closing."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from lxml import etree

from vatra.foundation.files.commands import path_of
from vatra.kernel.moves import IllegalMove
from vatra.kernel.refused import Refused
from vatra.rooms.ledger.queries import balances, differences
from vatra.rooms.payments import commands
from vatra.rooms.payments.models import BankFile, Instruction
from vatra.rooms.payments.queries import checks, cycle_card, trail
from vatra.rooms.payments.reconcile import differences as not_reconciled

from .people import AT, CARMEN, HORIA, MONTH, approved, change_account, entitle, exported, prepared, run, town

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


@pytest.fixture
def here():
    return town(budget=100_000_000)


def states(cycle) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Instruction.objects.filter(cycle=cycle).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_a_cycle_goes_from_order_to_closing(here):
    entitle(here, 5)
    cycle = exported(here)
    assert states(cycle) == {"sent": 5}
    left = balances(here.fund, 2026)
    total = sum(Instruction.objects.values_list("amount", flat=True))
    assert (left.sent, left.reserved, left.available) == (total, 0, 100_000_000 - total)
    commands.settle_by_hand(instructions=list(Instruction.objects.all()), on=AT.date(), actor=CARMEN, at=LATER)
    cycle.refresh_from_db()
    assert cycle.state == "settled" and states(cycle) == {"paid": 5}
    closed = commands.close_cycle(cycle=cycle, actor=CARMEN, at=LATER)
    assert closed.state == "closed" and closed.closed_at == LATER
    assert balances(here.fund, 2026).paid == total and differences(here.fund, 2026) == {}


def test_whoever_prepared_or_changed_it_does_not_approve(here):
    entitle(here, 2)
    cycle = prepared(here)
    row = Instruction.objects.first()
    commands.exclude_instruction(instruction=row, because="se verifică", actor=HORIA, at=AT)
    commands.check_cycle(cycle=cycle, actor=CARMEN, at=AT)
    for who in (CARMEN, HORIA):
        with pytest.raises(Refused) as refused:
            commands.approve_cycle(cycle=cycle, actor=who, at=AT)
        assert refused.value.code == "another_person"


def test_the_database_holds_the_second_person(here):
    from django.db import IntegrityError, transaction

    entitle(here, 1)
    cycle = approved(here)
    cycle.approved_by = CARMEN.as_json()
    with pytest.raises(IntegrityError), transaction.atomic():
        cycle.save()


def test_a_budget_stops_before_it_is_overspent():
    here = town(budget=99_999)
    entitle(here, 2, varied=False)
    cycle = prepared(here)
    commands.check_cycle(cycle=cycle, actor=CARMEN, at=AT)
    with pytest.raises(Refused) as refused:
        commands.approve_cycle(cycle=cycle, actor=HORIA, at=AT)
    said = refused.value.sentence % refused.value.values
    assert refused.value.code == "budget_short"
    assert "1000.00 is needed and 999.99 is left (RON)" in said and "Local budget" in said
    assert "the mayor" in refused.value.next_step % refused.value.values
    cycle.refresh_from_db()
    assert cycle.state == "checked" and states(cycle) == {"planned": 2}
    assert balances(here.fund, 2026).available == 99_999


def test_the_approver_approves_what_they_saw(here):
    entitle(here, 2)
    cycle = prepared(here)
    commands.check_cycle(cycle=cycle, actor=CARMEN, at=AT)
    with pytest.raises(Refused) as refused:
        commands.approve_cycle(cycle=cycle, count=3, actor=HORIA, at=AT)
    assert refused.value.code == "not_what_was_seen"


def test_what_is_not_due_any_more_is_not_approved(here):
    from vatra.rooms.benefits.commands import end_entitlement

    rights = entitle(here, 2)
    cycle = prepared(here)
    commands.check_cycle(cycle=cycle, actor=CARMEN, at=AT)
    end_entitlement(entitlement=rights[0], on=date(2026, 10, 31), reason="mutat", actor=HORIA, at=AT)
    with pytest.raises(Refused) as refused:
        commands.approve_cycle(cycle=cycle, actor=HORIA, at=AT)
    assert refused.value.code == "overtaken"
    assert checks(cycle.pk, actor=CARMEN).counts["overtaken"] == 1
    commands.refresh_cycle(cycle=cycle, actor=CARMEN, at=LATER)
    run(cycle, at=LATER)
    assert states(cycle) == {"planned": 1, "excluded": 1}
    commands.check_cycle(cycle=cycle, actor=CARMEN, at=LATER)
    assert commands.approve_cycle(cycle=cycle, actor=HORIA, at=LATER).approved_count == 1


def test_who_cannot_be_paid_is_named_and_mended(here):
    entitle(here, 1, accounts=False)
    entitle(here, 1)
    cycle = prepared(here)
    found = checks(cycle.pk, actor=CARMEN)
    assert (found.due, found.planned, found.unpaid, found.reasons) == (2, 1, 1, {"without_account": 1})
    assert [row.reason for row in found.without_account] == ["without_account"]
    change_account(here.persons[0], 77)
    commands.refresh_cycle(cycle=cycle, actor=CARMEN, at=AT)
    run(cycle)
    assert states(cycle) == {"planned": 2}


def test_a_second_cycle_of_a_month_pays_those_who_were_left_out(here):
    entitle(here, 3)
    cycle = prepared(here)
    row = Instruction.objects.filter(cycle=cycle).first()
    commands.exclude_instruction(instruction=row, because="lipsește actul", actor=CARMEN, at=AT)
    commands.check_cycle(cycle=cycle, actor=CARMEN, at=AT)
    commands.approve_cycle(cycle=cycle, actor=HORIA, at=AT)
    second = prepared(here, at=LATER)
    only = Instruction.objects.get(cycle=second)
    assert (only.person_id, only.attempt, only.state) == (row.person_id, 2, "planned")
    found = checks(second.pk, actor=CARMEN)
    assert (found.due, found.planned, found.taken, found.unpaid) == (3, 1, 2, 0)


def test_what_is_given_once_is_paid_once(here):
    entitle(here, 2, period="once", starts_on=date(2026, 10, 20))
    exported(here)
    again = prepared(here, at=LATER)
    assert Instruction.objects.filter(cycle=again).count() == 0
    assert Instruction.objects.first().period == date(2026, 10, 1)  # the month in which it became due


def test_a_returned_payment_is_corrected_and_paid_under_a_new_attempt(here):
    entitle(here, 2)
    cycle = exported(here)
    first, other = Instruction.objects.order_by("pk")
    commands.settle_by_hand(instructions=[other], on=AT.date(), actor=CARMEN, at=LATER)
    commands.return_instruction(instruction=first, on=AT.date(), reason="AC04", actor=CARMEN, at=LATER)
    cycle.refresh_from_db()
    assert cycle.state == "settled" and balances(here.fund, 2026).returned == first.amount
    with pytest.raises(Refused) as refused:
        commands.close_cycle(cycle=cycle, actor=CARMEN, at=LATER)
    assert refused.value.code == "still_owed"
    with pytest.raises(Refused) as refused:
        commands.correct_and_resend(instruction=first, actor=CARMEN, at=LATER)
    assert refused.value.code == "same_account"
    change_account(first.person_id, 4711)
    again = commands.correct_and_resend(instruction=first, actor=CARMEN, at=LATER)
    first.refresh_from_db()
    assert (first.state, again.attempt, again.replaces_id, first.live_key) == ("replaced", 2, first.pk, None)
    assert again.end_to_end_id != first.end_to_end_id
    resend = again.cycle
    with pytest.raises(Refused):
        commands.refresh_cycle(cycle=resend, actor=CARMEN, at=LATER)
    commands.check_cycle(cycle=resend, actor=CARMEN, at=LATER)
    before = balances(here.fund, 2026).available
    commands.approve_cycle(cycle=resend, actor=HORIA, at=LATER)
    assert balances(here.fund, 2026).available == before  # it was owed already: no new budget is taken
    commands.export_cycle(cycle=resend, pay_on=LATER.date(), actor=CARMEN, at=LATER)
    run(resend, at=LATER)
    commands.settle_by_hand(instructions=[again], on=LATER.date(), actor=CARMEN, at=LATER)
    for each in (cycle, resend):
        each.refresh_from_db()
        assert not_reconciled(each) == []
        assert commands.close_cycle(cycle=each, actor=CARMEN, at=LATER).state == "closed"
    left = balances(here.fund, 2026)
    assert (left.returned, left.sent, left.reserved) == (0, 0, 0) and differences(here.fund, 2026) == {}
    told = trail(again.pk, actor=CARMEN)
    assert [row.attempt for row in told.attempts] == [1, 2]
    assert [row.step for row in told.entries] == ["sent", "paid"] and told.clauses[0]["code"] == "c1"
    assert told.decision_number and told.approved_by == "Horia Timar"


def test_a_late_return_opens_a_closed_cycle_again(here):
    entitle(here, 1)
    cycle = exported(here)
    row = Instruction.objects.get()
    commands.settle_by_hand(instructions=[row], on=AT.date(), actor=CARMEN, at=AT)
    commands.close_cycle(cycle=cycle, actor=CARMEN, at=AT)
    commands.return_instruction(instruction=row, on=AT.date(), reason="AC06", actor=CARMEN, at=LATER)
    cycle.refresh_from_db()
    assert cycle.state == "settled"
    commands.cancel_instruction(instruction=row, because="decedat", actor=CARMEN, at=LATER)
    assert commands.close_cycle(cycle=cycle, actor=CARMEN, at=LATER).state == "closed"
    assert balances(here.fund, 2026).available == 100_000_000


def test_nothing_becomes_of_a_payment_before_it_is_sent_or_on_a_day_to_come(here):
    entitle(here, 1)
    exported(here)
    row = Instruction.objects.get()
    for on, code in ((date(2026, 11, 19), "day_before"), (date(2026, 11, 24), "day_to_come")):
        with pytest.raises(Refused) as refused:
            commands.settle_by_hand(instructions=[row], on=on, actor=CARMEN, at=LATER)
        assert refused.value.code == code
        with pytest.raises(Refused) as refused:
            commands.return_instruction(instruction=row, on=on, reason="AC04", actor=CARMEN, at=LATER)
        assert refused.value.code == code


def test_a_cancelled_cycle_gives_its_money_back(here):
    entitle(here, 3)
    cycle = approved(here)
    commands.cancel_cycle(cycle=cycle, because="greșit", actor=CARMEN, at=AT)
    assert states(cycle) == {"cancelled": 3}
    left = balances(here.fund, 2026)
    assert (left.available, left.reserved) == (100_000_000, 0)
    again = prepared(here, at=LATER)
    assert set(Instruction.objects.filter(cycle=again).values_list("attempt", flat=True)) == {2}


def test_a_new_attempt_that_is_given_up_releases_what_came_back(here):
    entitle(here, 1)
    cycle = exported(here)
    row = Instruction.objects.get()
    commands.return_instruction(instruction=row, on=AT.date(), reason="MS03", actor=CARMEN, at=AT)
    again = commands.correct_and_resend(instruction=row, actor=CARMEN, at=AT)
    commands.cancel_instruction(instruction=again, because="renunță", actor=CARMEN, at=AT)
    assert balances(here.fund, 2026).available == 100_000_000
    commands.cancel_cycle(cycle=again.cycle, because="gol", actor=CARMEN, at=AT)
    cycle.refresh_from_db()
    assert not_reconciled(cycle) == [] and commands.close_cycle(cycle=cycle, actor=CARMEN, at=AT)


def test_the_file_is_whole_and_names_no_address(here):
    entitle(here, 9)
    cycle = exported(here)
    kept = BankFile.objects.get(cycle=cycle)
    content = path_of(kept.digest).read_bytes()
    root = etree.fromstring(content)
    ids = root.xpath("//*[local-name()='EndToEndId']/text()")
    assert sorted(ids) == sorted(Instruction.objects.values_list("end_to_end_id", flat=True))
    assert not root.xpath("//*[local-name()='PstlAdr']")
    amounts = sum(int(text.replace(".", "")) for text in root.xpath("//*[local-name()='InstdAmt']/text()"))
    assert amounts == kept.amount == sum(Instruction.objects.values_list("amount", flat=True))
    assert kept.count == 9 and path_of(kept.digest).stat().st_mode & 0o077 == 0
    assert not list((Path(settings.VATRA.home) / "files").glob(".payments-*"))


def test_accounts_are_in_clear_in_the_file_alone(here):
    from .people import iban

    entitle(here, 1)
    cycle = exported(here)
    row = Instruction.objects.get()
    whole = iban(0)
    assert whole.encode() not in bytes(row.paid_to) and whole not in row.account_masked
    assert whole.encode() in path_of(BankFile.objects.get(cycle=cycle).digest).read_bytes()


def test_a_paused_cycle_stands_still_and_goes_on(here, monkeypatch):
    from vatra.rooms.payments.commands import common, writing
    from vatra.rooms.payments.tasks import go_on, go_on_with

    monkeypatch.setattr(common, "BATCH", 2)
    entitle(here, 5)
    cycle = commands.prepare_cycle(programme=here.programme, period=MONTH, actor=CARMEN, at=AT)
    real = writing._write

    def once(*args, **kwargs):
        done = real(*args, **kwargs)
        if done:
            commands.pause_cycle(cycle=cycle, actor=CARMEN, at=AT)
        return done

    monkeypatch.setattr(writing, "_write", once)
    assert go_on_with(cycle.pk, at=AT) is False
    card = cycle_card(cycle.pk, actor=CARMEN)
    assert (card.state, card.progress.done, card.progress.total, card.progress.paused) == ("preparing", 2, 5, True)
    assert go_on(at=AT) == 0
    monkeypatch.setattr(writing, "_write", real)
    commands.resume_cycle(cycle=cycle, actor=CARMEN, at=AT)
    assert go_on(at=AT) == 1
    cycle.refresh_from_db()
    assert cycle.state == "prepared" and states(cycle) == {"planned": 5}


def test_steps_out_of_order_are_refused(here):
    entitle(here, 1)
    cycle = prepared(here)
    with pytest.raises(IllegalMove):
        commands.approve_cycle(cycle=cycle, actor=HORIA, at=AT)
    with pytest.raises(IllegalMove):
        commands.export_cycle(cycle=cycle, pay_on=AT.date(), actor=CARMEN, at=AT)
    with pytest.raises(Refused) as refused:
        commands.prepare_cycle(programme=here.programme, period=MONTH, actor=CARMEN, at=AT)
    assert refused.value.code == "in_preparation"
    with pytest.raises(Refused) as refused:
        commands.prepare_cycle(programme=here.programme, period=date(2026, 12, 1), actor=CARMEN, at=AT)
    assert refused.value.code == "month_to_come"


def test_cash_goes_on_a_list(here, monkeypatch):
    from vatra.rooms.payments.commands import exporting
    from vatra.rooms.programmes.models import Programme

    Programme.objects.update(extra={"pays": {"fund": "local-budget", "by": "cash"}})
    here.programme.refresh_from_db()
    entitle(here, 2, accounts=False)
    monkeypatch.setattr(exporting, "_language", lambda: "ro")
    cycle = exported(here)
    kept = BankFile.objects.get(cycle=cycle)
    lines = path_of(kept.digest).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Rând,Referință,Numele,Suma,")  # as the cashier reads it
    assert len(lines) == 3 and "Ana Țăran 0" in lines[1] + lines[2]
    row = Instruction.objects.first()
    commands.return_instruction(instruction=row, on=AT.date(), reason="not_collected", actor=CARMEN, at=AT)
    row.refresh_from_db()
    assert row.state == "returned"


def test_the_database_keeps_one_live_instruction(here):
    from django.db import IntegrityError, transaction

    entitle(here, 1)
    prepared(here)
    row = Instruction.objects.get()
    twin = Instruction.objects.get()
    twin.pk, twin.attempt, twin.end_to_end_id = AT and row.cycle_id, 2, "VTTWIN"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
