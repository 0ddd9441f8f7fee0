"""The pages of payments: a cycle from order to closing, its checks, what comes back, the budget, and the way back."""

import pytest
from conftest import LONG_AGO
from django.test import Client
from django.urls import reverse

from vatra.foundation.access.models import User
from vatra.rooms.ledger.models import Entry
from vatra.rooms.payments.models import Cycle, Instruction
from vatra.rooms.payments.tests.people import change_account, entitle, exported, prepared, run, town

MOST = 25


@pytest.fixture
def here(cast, offices):
    return town(budget=100_000_000, office=offices.spas)


@pytest.fixture
def sits(cast):
    """A browser of its own for each of the cast: `sits("carmen")`."""

    def sit(name):
        client = Client()
        client.force_login(User.objects.get(username=name))
        return client

    return sit


def text(response):
    assert response.status_code == 200, (response.status_code, response.content[:2000])
    return response.content.decode()


def post(browser, name, *args, follow=True, **data):
    return browser.post(reverse(name, args=args), data, follow=follow)


def step(browser, cycle, what, **data):
    return post(browser, "cycle_step", cycle.pk, what, **data)


def test_a_cycle_is_prepared_checked_approved_and_closed_at_the_desk(here, sits):
    entitle(here, 3)
    entitle(here, 1, accounts=False)
    carmen, horia = sits("carmen"), sits("horia")
    assert "No cycle is open" in text(carmen.get("/desk/payments/"))
    said = text(post(carmen, "payments", programme="emergency-aid", period="2026-11-01"))
    cycle = Cycle.objects.get()
    run(cycle)
    said = text(carmen.get(reverse("cycle", args=[cycle.pk])))
    assert "prepared, to be checked" in said and "Approve and reserve" not in said
    said = text(carmen.get(reverse("cycle_checks", args=[cycle.pk])))
    assert "Who is paid has no account" in said and "Ana Țăran 0" in said and "I have seen the checks" in said
    assert "It waits for a second person" in text(step(carmen, cycle, "check"))
    said = text(horia.get(reverse("cycle", args=[cycle.pk])))
    assert "Approve and reserve" in said
    cycle.refresh_from_db()
    total = sum(Instruction.objects.filter(state="planned").values_list("amount", flat=True))
    assert "Approved: the money is reserved." in text(step(horia, cycle, "approve", count=3, amount=total))
    step(carmen, cycle, "export")
    run(cycle)
    said = text(carmen.get(reverse("cycle", args=[cycle.pk])))
    assert ".xml" in said and "Note by hand" in said
    chosen = [str(pk) for pk in Instruction.objects.filter(state="sent").values_list("pk", flat=True)]
    assert "Noted as paid." in text(post(carmen, "cycle_settle", cycle.pk, instruction=chosen))
    assert "it agrees with the ledger" in text(step(carmen, cycle, "close"))
    cycle.refresh_from_db()
    assert cycle.state == "closed"


def test_whoever_prepared_it_is_refused_and_told_why(here, sits, cast):
    from vatra.foundation.access.models import Role, RoleGrant

    Role.objects.create(code="both", title={"en": "both"}, actions=["payments.approve"])
    RoleGrant.objects.create(
        user_id=cast.carmen.id, role_id="both", office=here.office, valid_from=LONG_AGO, because="planted"
    )
    entitle(here, 1)
    carmen = sits("carmen")
    post(carmen, "payments", programme="emergency-aid", period="2026-11-01")
    cycle = Cycle.objects.get()
    run(cycle)
    step(carmen, cycle, "check")
    response = step(carmen, cycle, "approve", count=1, amount=Instruction.objects.get().amount)
    assert response.status_code == 422 and 'role="alert"' in response.content.decode()
    cycle.refresh_from_db()
    assert cycle.state == "checked"


def test_a_budget_that_does_not_suffice_is_said_before_and_refused_after(cast, offices, sits):
    here = town(budget=10_000, office=offices.spas)
    entitle(here, 1)
    cycle = prepared(here)
    assert "The budget does not suffice" in text(sits("carmen").get(reverse("cycle", args=[cycle.pk])))
    step(sits("carmen"), cycle, "check")
    response = step(sits("horia"), cycle, "approve", count=1, amount=Instruction.objects.get().amount)
    assert response.status_code == 422 and "is needed and" in response.content.decode()


def test_what_comes_back_is_corrected_and_sent_again(here, sits):
    entitle(here, 1)
    cycle, carmen = exported(here), sits("carmen")
    row = Instruction.objects.get()
    assert "Nothing came back" in text(carmen.get("/desk/payments/returned/"))
    said = text(post(carmen, "instruction_step", row.pk, "return", reason="AC04", note="cont închis"))
    assert "The account is closed." in said and "cont închis" in said and "Send it again" in said
    assert "cont închis" in text(carmen.get("/desk/payments/returned/"))
    refused = post(carmen, "instruction_step", row.pk, "resend")
    assert refused.status_code == 422 and "account" in refused.content.decode()
    change_account(row.person_id, 4711)
    said = text(post(carmen, "instruction_step", row.pk, "resend"))
    assert "attempt" in said and Instruction.objects.count() == 2
    assert Cycle.objects.exclude(pk=cycle.pk).get().kind == "resend"
    assert post(carmen, "instruction_step", row.pk, "return", reason="nonsense").status_code == 404


def test_a_new_attempt_is_given_up_and_not_left_out(here, sits):
    """It cannot wait for a later cycle; the page offers what the command allows."""
    entitle(here, 1)
    exported(here)
    row, carmen = Instruction.objects.get(), sits("carmen")
    post(carmen, "instruction_step", row.pk, "return", reason="MS03")
    day = text(carmen.get("/desk/day/"))
    assert "Refused by the bank; no reason was given." in day and row.end_to_end_id not in day
    post(carmen, "instruction_step", row.pk, "resend")
    assert "Nov 2026" in text(carmen.get("/desk/day/")) or "November 2026" in text(carmen.get("/desk/day/"))
    again = Instruction.objects.get(replaces=row)
    page = text(carmen.get(reverse("instruction", args=[again.pk])))
    assert reverse("instruction_step", args=[again.pk, "exclude"]) not in page
    assert reverse("instruction_step", args=[again.pk, "cancel"]) in page
    assert "Given up" in text(post(carmen, "instruction_step", again.pk, "cancel", because="renunță"))


def test_the_way_leads_back_to_the_decision_and_from_the_entry_to_the_payment(here, sits):
    entitle(here, 1)
    exported(here)
    row, carmen = Instruction.objects.get(), sits("carmen")
    said = text(carmen.get(reverse("instruction", args=[row.pk])))
    entry = Entry.objects.filter(ref_kind="payments.instruction").first()
    for address in (
        reverse("entitlement", args=[row.entitlement_id]), reverse("entry", args=[entry.pk]),
        reverse("cycle", args=[row.cycle_id]),
    ):  # fmt: skip
        assert address in said, address
    assert "reserved" in said and row.end_to_end_id in said and "RO" not in row.account_masked[4:]
    back = text(carmen.get(reverse("entry", args=[entry.pk])))
    assert reverse("instruction", args=[row.pk]) in back and "HCL 12/2026" in back


def test_somebody_left_out_is_named_and_taken_in_again(here, sits):
    entitle(here, 2)
    cycle, carmen = prepared(here), sits("carmen")
    row = Instruction.objects.first()
    assert post(carmen, "instruction_step", row.pk, "exclude", because=" ").status_code == 422
    said = text(post(carmen, "instruction_step", row.pk, "exclude", because="se verifică"))
    assert "Left out by an officer." in said and "se verifică" in said
    assert "se verifică" in text(carmen.get(reverse("cycle_instructions", args=[cycle.pk]) + "?state=excluded"))
    assert "planned" in text(post(carmen, "instruction_step", row.pk, "include"))


def test_the_budget_takes_an_act_and_says_what_is_wrong_with_one(here, sits):
    horia = sits("horia")
    page = reverse("fund", args=[here.fund.pk, 2026])
    assert "HCL 12/2026" in text(horia.get(page))
    for amount, act in (("much", "HCL 13/2026"), ("100", " "), ("0", "HCL 13/2026"), ("1.005", "HCL 13/2026"),
                        ("120.000", "HCL 13/2026"), ("1.200.000", "HCL 13/2026"), ("1e5", "HCL 13/2026")):  # fmt: skip
        assert horia.post(page, {"amount": amount, "act": act}).status_code == 422, amount
    assert "HCL 13/2026" in text(horia.post(page, {"amount": "٢٥٠٫٥٠", "act": "HCL 13/2026"}, follow=True))
    assert Entry.objects.get(act="HCL 13/2026").amount == 25050
    assert "Enter the act" not in text(sits("carmen").get(page))
    assert sits("carmen").post(page, {"amount": "1", "act": "x"}).status_code == 403


def test_progress_asks_again_until_there_is_nothing_to_wait_for(here, sits):
    from vatra.rooms.payments.commands import prepare_cycle
    from vatra.rooms.payments.tests.people import AT, CARMEN

    entitle(here, 1)
    cycle = prepare_cycle(programme=here.programme, period=AT.date(), actor=CARMEN, at=AT)
    carmen, address = sits("carmen"), reverse("cycle_progress", args=[cycle.pk])
    assert "every 2s" in text(carmen.get(address))
    run(cycle)
    done = carmen.get(address)
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")


PAGES = ["cycle", "cycle_checks", "cycle_instructions"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_a_cycle_ask_no_more_for_many_than_for_few(here, sits, page, django_assert_max_num_queries):
    entitle(here, 60)
    entitle(here, 20, accounts=False)
    cycle = prepared(here)
    carmen = sits("carmen")
    carmen.get(reverse(page, args=[cycle.pk]))
    with django_assert_max_num_queries(MOST):
        text(carmen.get(reverse(page, args=[cycle.pk])))


def test_every_other_page_keeps_to_its_queries(here, sits, django_assert_max_num_queries):
    entitle(here, 5)
    exported(here)
    row, carmen = Instruction.objects.first(), sits("carmen")
    entry = Entry.objects.filter(ref_kind="payments.instruction").first()
    addresses = [
        "/desk/payments/", "/desk/payments/returned/", "/desk/payments/answers/", "/desk/budget/",
        reverse("instruction", args=[row.pk]), reverse("fund", args=[here.fund.pk, 2026]),
        reverse("entry", args=[entry.pk]), reverse("entitlement", args=[row.entitlement_id]),
        reverse("household_money", args=[row.household_id]),
    ]  # fmt: skip
    for address in addresses:
        carmen.get(address)
        with django_assert_max_num_queries(MOST):
            text(carmen.get(address))


def test_another_office_and_another_role_see_nothing(here, sits):
    entitle(here, 1)
    cycle = exported(here)
    row = Instruction.objects.get()
    entry = Entry.objects.filter(ref_kind="payments.instruction").first()
    for address in (
        reverse("cycle", args=[cycle.pk]), reverse("instruction", args=[row.pk]), reverse("funds"),
        reverse("entry", args=[entry.pk]), reverse("bank_answers"),
    ):  # fmt: skip
        assert sits("sami").get(address).status_code in (403, 404), address
        assert sits("elena").get(address).status_code == 403, address


def test_what_a_bank_says_is_said_in_sentences(here, sits):
    from vatra.rooms.payments.tests.test_statements import report, row, settle, statement

    entitle(here, 2)
    exported(here)
    one, two = Instruction.objects.order_by("pk")
    carmen = sits("carmen")
    made = settle(here, report(
        row(one.end_to_end_id, "RJCT", code="AM05"), row(two.end_to_end_id, "RJCT", code="XQ77"),
        group="RJCT", message="NEVER-SENT",
    ))  # fmt: skip
    said = text(carmen.get(reverse("bank_answer", args=[made.pk])))
    assert "It answers the file NEVER-SENT, which was never sent from here." in said and "file_unknown" not in said
    assert "The bank takes it for a payment that it has already made." in said
    day = text(carmen.get("/desk/day/"))
    assert "something in it fits no payment" in day and reverse("bank_answer", args=[made.pk]) in day
    assert "I have looked at it" not in text(post(carmen, "bank_answer_seen", made.pk))
    assert "something in it fits no payment" not in text(carmen.get("/desk/day/"))
    assert post(sits("horia"), "bank_answer_seen", made.pk).status_code == 403
    page = text(carmen.get(reverse("instruction", args=[two.pk])))
    assert page.count("XQ77") == 2  # as the bank gave it, above and beside its file; nowhere twice
    balance = "<Bal><Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy='RON'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"
    made = settle(here, statement(balance.format("OPBD", "100.00"), balance.format("CLBD", "90.00")))
    said = text(carmen.get(reverse("bank_answer", args=[made.pk])))
    assert "opening balance 100.00" in said and "balances_differ" not in said


def test_everybody_left_out_for_a_reason_can_be_listed(here, sits):
    entitle(here, 2, accounts=False)
    entitle(here, 1)
    cycle, carmen = prepared(here), sits("carmen")
    address = reverse("cycle_instructions", args=[cycle.pk]) + "?reason=without_account"
    assert address in text(carmen.get(reverse("cycle_checks", args=[cycle.pk])))
    said = text(carmen.get(address))
    assert "Ana Țăran 0" in said and "Ilinca Mureșan 2" not in said
    assert "Ilinca Mureșan 2" in text(carmen.get(address.replace("without_account", "nonsense")))
    for page in ("9" * 40, "-1", "x"):
        text(carmen.get(f"{address}&page={page}"))


def test_a_bank_file_that_is_none_is_refused_in_its_place(here, sits):
    from django.core.files.uploadedfile import SimpleUploadedFile

    entitle(here, 1)
    exported(here)
    carmen = sits("carmen")
    assert post(carmen, "bank_answers").status_code == 422
    response = carmen.post("/desk/payments/answers/", {"file": SimpleUploadedFile("a.xml", b"<nothing/>")})
    assert response.status_code == 422 and "Not taken" in response.content.decode()
