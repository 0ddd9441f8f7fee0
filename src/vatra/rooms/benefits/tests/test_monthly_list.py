"""What another body pays goes out on a numbered list; what it sends back waits for the officer and goes out again."""

import csv
import io
from datetime import date, timedelta

import pytest
from conftest import NOON, TODAY
from django.db import IntegrityError, transaction

from vatra.foundation.letters.queries import letter_for
from vatra.foundation.letters.render import pdf
from vatra.foundation.worklist.queries import waiting_for
from vatra.kernel.moves import IllegalMove
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.benefits.commands import (
    answer_row,
    answer_rows,
    correct_row,
    drop_row,
    end_entitlement,
    send_monthly_list,
)
from vatra.rooms.benefits.models import Entitlement, ListedChange, MonthlyList
from vatra.rooms.benefits.queries import list_csv, monthly_list, monthly_lists, monthly_waiting, number_of

NOVEMBER = date(2026, 11, 1)


def send(town, at=NOON, **more):
    said = {"programme": "heating-aid", "office": town.office, "month": NOVEMBER, "actor": town.ioana, "at": at}
    return send_monthly_list(**{**said, **more})


def test_what_was_granted_goes_out_with_its_number_and_letter(signed, town):
    (group,) = monthly_waiting(actor=town.ioana)
    assert (group.programme.code, group.to_body.code, len(group.rows)) == ("heating-aid", "ajpis-mures", 1)
    assert (group.rows[0].kind, group.rows[0].amount.minor, group.rows[0].decision) == ("granted", 28800, "1/2026")
    sent = send(town)
    assert number_of(sent.entry) == "1/2026" and sent.entry.register.code == "transmission_list"
    listing = letter_for(sent.letter_id, actor=town.ioana).content["parts"]["listing"]["rows"]
    assert [cell["said"] for cell in listing[0]][1:3] == ["Maria Popescu", "acordat"]
    assert pdf(sent.letter).startswith(b"%PDF")
    assert monthly_waiting(actor=town.ioana) == []
    with pytest.raises(Refused, match="nothing to send"):
        send(town)


def test_what_is_too_much_for_one_list_goes_on_the_next(signed, town, monkeypatch):
    from vatra.rooms.benefits.commands import monthly

    monkeypatch.setattr(monthly, "LIMIT", 1)
    right = Entitlement.objects.get(decision=signed)
    end_entitlement(entitlement=right, on=TODAY, reason="mutat", actor=town.ioana, at=NOON + timedelta(hours=1))
    lists = [send(town, at=NOON + timedelta(hours=hour)) for hour in (2, 3)]
    rows = [ListedChange.objects.get(monthly_list=each) for each in lists]
    assert [row.change.kind for row in rows] == ["granted", "ended"]
    with pytest.raises(Refused, match="nothing to send"):
        send(town)


def test_what_is_paid_here_is_on_no_list(signed, town):
    with pytest.raises(Refused, match="paid by this authority"):
        send(town, programme="emergency-aid")
    with pytest.raises(Refused, match="has not come"):
        send(town, month=date(2026, 12, 1))
    with pytest.raises(NoGrant):
        send(town, actor=town.elena)


def test_a_rejected_row_comes_back_is_corrected_and_goes_out_again(signed, town):
    (row,) = ListedChange.objects.filter(monthly_list=send(town))
    with pytest.raises(Refused, match="Say why"):
        answer_row(row=row, accepted=False, actor=town.ioana, at=NOON)
    answer_row(row=row, accepted=False, reason="CNP eronat", actor=town.ioana, at=NOON)
    item = next(item for item in waiting_for(town.ioana) if item.kind == "benefits.rejected")
    assert (item.values["reason"], item.values["number"]) == ("CNP eronat", "1/2026")
    assert monthly_waiting(actor=town.ioana) == []
    correct_row(row=row, correction="CNP corectat după certificat", actor=town.ioana, at=NOON)
    assert "benefits.rejected" not in {item.kind for item in waiting_for(town.ioana)}
    assert monthly_waiting(actor=town.ioana)[0].rows[0].again
    again = send(town, at=NOON + timedelta(days=1))
    assert number_of(again.entry) == "2/2026"
    (second,) = ListedChange.objects.filter(monthly_list=again)
    assert second.change_id == row.change_id
    answer_row(row=second, accepted=True, actor=town.ioana, at=NOON)
    again.refresh_from_db()
    assert again.answered_at is not None
    with pytest.raises(IllegalMove):
        answer_row(row=second, accepted=False, reason="x", actor=town.ioana, at=NOON)


def test_what_was_rightly_rejected_is_not_sent_again(signed, town):
    (row,) = ListedChange.objects.filter(monthly_list=send(town))
    answer_row(row=row, accepted=False, reason="decedat", actor=town.ioana, at=NOON)
    drop_row(row=row, correction="dreptul a încetat", actor=town.ioana, at=NOON)
    assert monthly_waiting(actor=town.ioana) == []
    end_entitlement(
        entitlement=Entitlement.objects.get(),
        on=TODAY,
        reason="decedat",
        actor=town.ioana,
        at=NOON + timedelta(hours=1),
    )
    assert [row.kind for row in monthly_waiting(actor=town.ioana)[0].rows] == ["ended"]


def test_the_answer_is_taken_from_the_lists_own_table(signed, town):
    sent = send(town)
    name, content = list_csv(sent.pk, actor=town.ioana)
    assert name == "monthly-list-1-2026.csv"
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (row["person"], row["amount"], row["answer"]) == ("Maria Popescu", "288.00", "")

    def answered(*lines):
        return answer_rows(
            monthly_list=sent, content="\n".join(["row;answer;reason", *lines]).encode(), actor=town.ioana, at=NOON
        )

    taken, sent_back, faults = answered("1;respins;", "7;admis;", "x;admis;", "1;poate;", ";;")
    assert (taken, sent_back, [fault.line for fault in faults]) == (0, 0, [2, 3, 4, 5])
    assert answered("1;respins;CNP eronat")[:2] == (0, 1)
    assert answered("1;respins;CNP eronat") == (0, 0, [])
    assert len(answered("1;admis;")[2]) == 1  # it was answered differently
    for wrong in (b"\xff\xfe\x00", b"a,b\n1,2"):
        with pytest.raises(Refused):
            answer_rows(monthly_list=sent, content=wrong, actor=town.ioana, at=NOON)


def test_a_cell_is_never_a_formula(signed, town):
    from vatra.rooms.people.models import Identity

    Identity.objects.update(display_name="=HYPERLINK(1)")
    assert b"'=HYPERLINK" in list_csv(send(town).pk, actor=town.ioana)[1]


def test_a_list_is_seen_by_who_may_see_everybody_on_it(signed, known_family, town):
    sent = send(town)
    assert monthly_list(sent.pk, actor=town.elena)[0].rows == 1 and len(monthly_lists(actor=town.elena)) == 1
    known_family.home.sealed_at = NOON
    known_family.home.save()
    assert monthly_lists(actor=town.ioana) == []
    for who in (town.ioana, town.sami):
        with pytest.raises(MonthlyList.DoesNotExist):
            monthly_list(sent.pk, actor=who)


def test_the_database_lets_a_change_stand_on_one_list_only(signed, town):
    (row,) = ListedChange.objects.filter(monthly_list=send(town))
    with pytest.raises(IntegrityError), transaction.atomic():
        ListedChange.objects.create(monthly_list=row.monthly_list, row=2, change=row.change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ListedChange.objects.filter(pk=row.pk).update(state="rejected", answered_at=NOON)
