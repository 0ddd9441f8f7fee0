"""Where a person's money goes."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .. import iban as ibans
from .. import vault
from ..models import Identity, PaymentAccount, Person
from ..reach import same_persons, the_person, today

IBAN = "iban"


@transaction.atomic
def add_account(
    *, person: Person | UUID, iban: str, holder_name: str = "", valid_from: date | None = None, actor: Actor,
    at: datetime,
) -> PaymentAccount:  # fmt: skip
    """The person is paid to this account from that day on; the one before ends at the same time. Kept encrypted.

    Refuses a number that no bank can have given, and the number that is in use already.
    """
    known = the_person(person, actor=actor, action="people.record")
    Person.objects.select_for_update(of=("self",)).get(pk=known.pk)
    number = ibans.checked(iban)
    valid_from = valid_from or today(at)
    blind = vault.blind(number)
    before = PaymentAccount.objects.select_for_update().filter(person__in=same_persons([known.pk]), ended_at=None)
    if any(each.blind == blind for each in before):
        raise Refused("account_in_use", gettext_noop("This person is paid to this account already."))
    for each in before:
        _end(each, on=valid_from, because="", actor=actor, at=at)
    holder = holder_name.strip() or Identity.objects.values_list("display_name", flat=True).get(person=known)
    made = PaymentAccount.objects.create(
        id=uuid7(at), person=known, kind=IBAN, cipher=vault.encrypt(number, person=known.pk, kind=IBAN), blind=blind,
        masked=vault.masked(number), holder_name=holder[:140], valid_from=valid_from, recorded_at=at,
        actor=actor.as_json(),
    )  # fmt: skip
    record("people.account_added", made, actor=actor, at=at, about=[known.pk], account_kind=IBAN)
    return made


@transaction.atomic
def end_account(
    *, account: PaymentAccount | UUID, on: date | None = None, because: str = "", actor: Actor, at: datetime
) -> PaymentAccount:
    """Nothing is paid to this account any more from that day on. Refuses one that has ended already."""
    pk = account.pk if isinstance(account, PaymentAccount) else account
    row = PaymentAccount.objects.select_for_update().get(pk=pk)
    the_person(row.person_id, actor=actor, action="people.record")
    if row.ended_at:
        raise Refused("account_ended", gettext_noop("This account has ended already."))
    return _end(row, on=on or today(at), because=because, actor=actor, at=at)


def _end(row: PaymentAccount, *, on: date, because: str, actor: Actor, at: datetime) -> PaymentAccount:
    row.ended_on, row.ended_at, row.ended_because = on, at, because.strip()[:200]
    row.save(update_fields=["ended_on", "ended_at", "ended_because"])
    record("people.account_ended", row, actor=actor, at=at, about=[row.person_id], on=on.isoformat())
    return row
