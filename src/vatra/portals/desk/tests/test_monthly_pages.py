"""Entitlements, accounts and monthly lists at the desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from vatra.rooms.benefits.models import Entitlement, ListedChange, MonthlyList
from vatra.rooms.benefits.tests.conftest import applied, family, known_family, papers_seen, signed, town
from vatra.rooms.people.models import PaymentAccount

__all__ = ["applied", "family", "known_family", "papers_seen", "signed", "town"]
MOST = 25


def text(response, status=200):
    assert response.status_code == status, (response.status_code, response.content[:1500])
    return response.content.decode()


@pytest.fixture
def ioana(signed, town, signed_in):
    return signed_in(town.ioana)


def test_a_list_is_sent_answered_corrected_and_sent_again(ioana, town, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST):
        said = text(ioana.get("/desk/monthly/"))
    assert "Maria Popescu" in said and "No list was sent yet." in said
    sends = {"programme": "heating-aid", "office": str(town.office.pk), "month": "2026-11-01"}
    said = text(ioana.post("/desk/monthly/", sends, follow=True))
    assert "List no. 1/2026 is sent." in said and "no answer yet" in said
    assert "nothing to send" in text(ioana.post("/desk/monthly/", sends), 422)
    made, row = MonthlyList.objects.get(), ListedChange.objects.get()
    reject = reverse("monthly_row", args=[made.pk, row.pk, "reject"])
    assert "Say why row 1 was rejected." in text(ioana.post(reject, {"reason": ""}), 422)
    said = text(ioana.post(reject, {"reason": "CNP eronat"}, follow=True))
    assert "CNP eronat" in said and "Rightly rejected" in said
    day = text(ioana.get("/desk/day/"))
    assert "Correct: rejected by the body that pays" in day and reverse("monthly_list", args=[made.pk]) in day
    correct = reverse("monthly_row", args=[made.pk, row.pk, "correct"])
    text(ioana.post(correct, {"correction": "CNP corectat"}, follow=True))
    assert "again" in text(ioana.get("/desk/monthly/"))
    assert "List no. 2/2026 is sent." in text(ioana.post("/desk/monthly/", sends, follow=True))
    second = MonthlyList.objects.exclude(pk=made.pk).get()
    with django_assert_max_num_queries(MOST):
        text(ioana.get(reverse("monthly_list", args=[second.pk])))


def test_answers_come_from_a_file_and_what_is_wrong_in_it_is_named(ioana, town):
    ioana.post("/desk/monthly/", {"programme": "heating-aid", "office": str(town.office.pk), "month": "2026-11-01"})
    made = MonthlyList.objects.get()
    table = ioana.get(reverse("monthly_csv", args=[made.pk]))
    assert table["Content-Type"].startswith("text/csv") and b"Maria Popescu" in table.content
    page = reverse("monthly_answers", args=[made.pk])
    assert "Choose the file" in text(ioana.post(page), 422)
    wrong = SimpleUploadedFile("a.csv", b"row,answer,reason\n9,accepted,\n")
    assert "Row 9 is not on this list." in text(ioana.post(page, {"answers": wrong}), 422)
    right = SimpleUploadedFile("a.csv", table.content.replace(b"1/2026,,", b"1/2026,accepted,"))
    assert "1 row accepted" in text(ioana.post(page, {"answers": right}, follow=True))


def test_the_window_sees_lists_and_sends_none(ioana, town, signed_in):
    elena = signed_in(town.elena)
    assert "Send the list" not in text(elena.get("/desk/monthly/"))
    sends = {"programme": "heating-aid", "office": str(town.office.pk), "month": "2026-11-01"}
    assert elena.post("/desk/monthly/", sends).status_code == 403
    assert ioana.post("/desk/monthly/", {**sends, "month": "x"}).status_code == 404


def test_a_right_is_suspended_goes_on_and_ends_at_the_desk(ioana):
    right = Entitlement.objects.get()
    page = reverse("entitlement", args=[right.pk])
    assert "What is due" in text(ioana.get(page))

    def take(step, **data):
        return ioana.post(reverse("entitlement_step", args=[right.pk, step]), data, follow=True)

    assert "Say why" in text(take("suspend", reason=""), 422)
    assert "in dubiu" in text(take("suspend", reason="in dubiu"))
    assert "It goes on." in text(take("resume"))
    assert "It has ended." in text(take("end", reason="mutat", on="30.11.2026"))
    assert take("resume").status_code == 422 and take("nothing").status_code == 404


def test_an_account_is_kept_masked_and_ended_from_the_household(known_family, town, signed_in):
    elena, home = signed_in(town.elena), known_family.home
    add = reverse("household_account", args=[home.pk])
    wrong = elena.post(add, {"person": str(known_family.maria.pk), "iban": "RO49 AAAA 1B31 0075 9384 0001"})
    assert "its check digits do not fit" in text(wrong, 422)
    elena.post(add, {"person": str(known_family.maria.pk), "iban": "RO49 AAAA 1B31 0075 9384 0000"})
    money = text(elena.get(reverse("household_money", args=[home.pk])))
    assert "0000" in money and "1B31" not in money
    kept = PaymentAccount.objects.get()
    ended = elena.post(
        reverse("household_account_end", args=[home.pk, kept.pk]), {"on": "01.12.2026", "because": "închis"}
    )
    assert ended.status_code == 302
    assert elena.get(reverse("household_account_end", args=[home.pk, kept.pk])).status_code == 404
    part = elena.get(reverse("household_money", args=[home.pk]), headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert signed_in(town.sami).get(reverse("household_money", args=[home.pk])).status_code == 404
