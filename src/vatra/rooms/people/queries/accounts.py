"""To which account a person is paid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q

from .. import vault
from ..models import PaymentAccount
from ..reach import same_persons


@dataclass(frozen=True, slots=True)
class Account:
    """An account whose number stays locked until somebody asks for `iban`: for the bank's file only, never for a page."""

    id: UUID
    person_id: UUID
    holder: str
    masked: str
    blind: str  # equal accounts meet without being opened
    kind: str
    record_id: UUID  # the record to which the number is bound, where records were merged
    cipher: bytes = field(repr=False)

    @property
    def iban(self) -> str:
        """The whole number. Raises vault.CannotOpen under another secret key."""
        return vault.decrypt(self.cipher, person=self.record_id, kind=self.kind)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as a page shows it."""

    id: UUID
    person_id: UUID  # the person that stands for the record
    masked: str
    holder: str
    since: date
    ended_on: date | None


def account_of(persons: Iterable[UUID], *, on: date) -> dict[UUID, Account]:
    """The one account of each of these persons on a day, by the id that was asked for.

    A person without one is not there, nor is one whose merged records name different accounts.
    Two queries.
    """
    found: dict[UUID, Account] = {}
    for person, rows in _in_use(persons, on=on).items():
        if len({row.blind for row in rows}) == 1:
            row = max(rows, key=lambda each: each.recorded_at)
            found[person] = Account(
                row.pk, person, row.holder_name, row.masked, row.blind, row.kind, row.person_id, bytes(row.cipher)
            )
    return found


def accounts_of(persons: Iterable[UUID], *, standing: Mapping[UUID, UUID] | None = None) -> list[AccountRow]:
    """Every account of these persons, masked, those in use first. Two queries; one where the caller knows which
    records stand for whom.
    """
    standing = same_persons(persons) if standing is None else standing
    rows = PaymentAccount.objects.filter(person__in=list(standing)).order_by("-recorded_at")
    listed = [
        AccountRow(row.pk, standing[row.person_id], row.masked, row.holder_name, row.valid_from, row.ended_on)
        for row in rows
    ]
    return sorted(listed, key=lambda row: row.ended_on is not None)


def _in_use(persons: Iterable[UUID], *, on: date) -> dict[UUID, list[PaymentAccount]]:
    asked = list(persons)
    standing = same_persons(asked)
    by_standing: dict[UUID, list[PaymentAccount]] = defaultdict(list)
    rows = PaymentAccount.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=on), person__in=standing, valid_from__lte=on
    ).order_by("recorded_at")  # fmt: skip
    for row in rows:
        by_standing[standing[row.person_id]].append(row)
    found = {person: by_standing.get(standing.get(person, person), []) for person in asked}
    return {person: rows for person, rows in found.items() if rows}
