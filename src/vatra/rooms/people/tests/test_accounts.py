"""Accounts: checked before they are kept, one in use at a time, never shown whole."""

from datetime import date

import pytest
from conftest import NOON, TODAY
from django.db import IntegrityError, transaction

from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.people.commands import PersonDraft, add_account, end_account, register_person
from vatra.rooms.people.iban import checked, remainder
from vatra.rooms.people.models import PaymentAccount
from vatra.rooms.people.queries import account_of, accounts_of

RO, DE = "RO49 AAAA 1B31 0075 9384 0000", "DE89370400440532013000"


@pytest.fixture
def maria(cast, offices):
    return register_person(
        office=offices.spas.pk, draft=PersonDraft(full_name="Maria Popescu", birth_date=date(1990, 5, 1)),
        actor=cast.elena, at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize("number", [RO, DE, "LB62 0999 0000 0001 0019 0122 9114", "TR33 0006 1005 1978 6457 8413 26",
                                    "SA03 8000 0000 6080 1016 7519", "ro49aaaa1b31007593840000"])  # fmt: skip
def test_numbers_of_the_registry_pass(number):
    assert remainder(checked(number)) == 1


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("RO49 AAAA 1B31 0075 9384 0001", "iban_check_digits"),
        ("RO49 AAAA 1B31 0075 9348 0000", "iban_check_digits"),  # two changed places
        ("RO49 AAAA 1B31 0075 9384 000", "iban_length"),
        ("4929 1234", "not_an_iban"),
        ("", "not_an_iban"),
    ],
)
def test_numbers_that_no_bank_gave_are_refused_with_what_is_wrong(number, code):
    with pytest.raises(Refused) as refusal:
        checked(number)
    assert refusal.value.code == code and refusal.value.next_step


def test_every_wrong_digit_is_found():
    sound = checked(RO)
    for place in range(4, len(sound)):
        for other in "0123456789":
            if other != sound[place]:
                assert remainder(sound[:place] + other + sound[place + 1 :]) != 1


def test_it_is_kept_encrypted_and_shown_masked(maria, cast):
    made = add_account(person=maria, iban=RO, actor=cast.elena, at=NOON)
    made.refresh_from_db()
    assert b"1B31" not in bytes(made.cipher) and made.masked.endswith("0000") and "1B31" not in made.masked
    assert made.holder_name == "Maria Popescu"
    found = account_of([maria.pk], on=TODAY)[maria.pk]
    assert (found.iban, found.holder) == ("RO49AAAA1B31007593840000", "Maria Popescu")


def test_a_new_account_ends_the_one_before(maria, cast):
    first = add_account(person=maria, iban=RO, actor=cast.elena, at=NOON)
    with pytest.raises(Refused, match="already"):
        add_account(person=maria, iban=RO.lower(), actor=cast.elena, at=NOON)
    add_account(person=maria, iban=DE, holder_name="Ion Popescu", actor=cast.elena, at=NOON)
    first.refresh_from_db()
    assert first.ended_on == TODAY and account_of([maria.pk], on=TODAY)[maria.pk].iban == DE
    assert [row.ended_on for row in accounts_of([maria.pk])] == [None, TODAY]
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentAccount.objects.filter(pk=first.pk).update(ended_on=None, ended_at=None)


def test_an_ended_account_is_not_paid_to(maria, cast):
    made = add_account(person=maria, iban=RO, actor=cast.elena, at=NOON)
    end_account(account=made, because="closed by the bank", actor=cast.elena, at=NOON)
    assert account_of([maria.pk], on=TODAY) == {}
    with pytest.raises(Refused, match="ended already"):
        end_account(account=made, actor=cast.elena, at=NOON)


def test_who_may_not_see_the_person_may_not_touch_the_account(maria, cast):
    from vatra.rooms.people.models import Person

    with pytest.raises(Person.DoesNotExist):
        add_account(person=maria, iban=RO, actor=cast.sami, at=NOON)
    with pytest.raises(NoGrant):
        add_account(person=maria, iban=RO, actor=cast.radu, at=NOON)
