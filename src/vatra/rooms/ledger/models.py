"""Funds, their accounts by year, and entries: each moves one amount from one account to another."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q

from vatra.foundation.access.scope import Scope, ScopedManager
from vatra.kernel.ids import uuid7


class AccountKind(models.TextChoices):
    """Where money of a budget year stands. All but the first hold what is there; they never go below zero."""

    APPROPRIATION = "appropriation"  # what was adopted: the other side of everything below
    AVAILABLE = "available"  # adopted, and promised to nobody yet
    RESERVED = "reserved"  # approved for payment
    SENT = "sent"  # with the bank, or on a cash list
    PAID = "paid"  # arrived
    RETURNED = "returned"  # came back, and is still owed


class Fund(models.Model):
    """Money for a purpose, of one body, which the people of one office pay out. Budgets are adopted for its years."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.CharField(max_length=64, unique=True)
    title = models.JSONField()
    body = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    ask = models.JSONField(default=dict)  # whom to ask for more, in words
    bank = models.JSONField(default=dict)  # from which account, and how its bank wants its files
    opened_at = models.DateTimeField()

    objects = ScopedManager()
    SCOPE = Scope(kind="ledger.fund", record="pk", office="office")
    IMPERSONAL = True  # a budget is about nobody


class Account(models.Model):
    """What stands where in one year of a fund. `balance` is debits less credits, in minor units.

    The database holds the budget: an account other than the appropriation cannot go below zero, whoever asks.
    """

    id = models.UUIDField(primary_key=True)  # from fund, year and kind: the same account is never made twice
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=AccountKind.choices)
    balance = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fund", "year", "kind"], name="account_once_in_a_year"),
            models.CheckConstraint(
                name="account_not_overspent",
                condition=Q(kind="appropriation", balance__lte=0) | (~Q(kind="appropriation") & Q(balance__gte=0)),
            ),
        ]


class Frozen(TypeError):
    """Somebody tried to change an entry: a fault in the code, never an officer's."""


class EntryQuerySet(models.QuerySet):
    """Entries are written once. Whatever would change or remove one fails loudly; the database refuses it as well."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise Frozen("an entry is never changed: another one reverses it")

    update = bulk_update = update_or_create = delete = _refuse  # type: ignore[assignment]


class Entry(models.Model):
    """One amount goes from the account `credit` to the account `debit`: balanced because it cannot be anything else.

    `id` comes from what it is about and which step it is, so that the same step never posts twice.
    """

    id = models.UUIDField(primary_key=True)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    step = models.CharField(max_length=32)  # adopted, reserved, released, sent, paid, returned, reversed
    on = models.DateField()
    at = models.DateTimeField()
    ref_kind = models.CharField(max_length=64)
    ref_id = models.UUIDField()
    act = models.CharField(max_length=200, blank=True)  # the act that adopts a budget; why an entry is reversed
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.JSONField()

    objects = models.Manager.from_queryset(EntryQuerySet)()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["ref_kind", "ref_id"]), models.Index(fields=["debit", "on"])]
        constraints = [
            models.CheckConstraint(name="entry_moves_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="entry_between_two_accounts", condition=~Q(debit=F("credit"))),
            models.CheckConstraint(
                name="entry_not_its_own_reversal", condition=Q(reverses=None) | ~Q(reverses=F("id"))
            ),
            models.CheckConstraint(
                name="adopted_and_reversed_name_an_act", condition=~Q(step__in=["adopted", "reversed"]) | ~Q(act="")
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Frozen("an entry is never changed: another one reverses it")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Frozen("an entry is never removed: another one reverses it")
