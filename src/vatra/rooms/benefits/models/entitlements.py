"""What a signed decision gives: to whom, how much, from when; and the monthly list to the body that pays it."""

from django.db import models
from django.db.models import F, OuterRef, Q

from vatra.foundation.access.scope import Scope, ScopedManager
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7

from ..states import EntitlementState, RowState
from .applications import HOUSEHOLD, WholeListQuerySet


class Entitlement(models.Model):
    """What somebody is to receive by a signed decision. The amount never changes: a new decision replaces it.

    `starts_on` and `ends_on` are days included. A monthly amount is due whole for each month that it touches.
    `payer` is the body that pays it, as the programme said when the decision was signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    decision = models.OneToOneField("benefits.Decision", on_delete=models.PROTECT, related_name="+")
    determination = models.ForeignKey("benefits.Determination", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey("bodies.Body", null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()  # minor units, for each period
    currency = models.CharField(max_length=3)
    period = models.CharField(max_length=16)  # once, month
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    state = models.CharField(max_length=16, choices=EntitlementState.choices, default=EntitlementState.ACTIVE)
    granted_at = models.DateTimeField()
    suspended_from = models.DateField(null=True)  # the first day for which nothing is due
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why it is suspended or has ended
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedManager()
    SCOPE = Scope(record="household", **HOUSEHOLD)

    class Meta:
        indexes = [
            models.Index(fields=["household"]),
            models.Index(fields=["programme", "state", "starts_on"]),
            models.Index(fields=["beneficiary"]),
        ]
        constraints = [
            models.CheckConstraint(name="entitlement_amount_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                # a right that turns out never to have held ends the day before it starts
                name="entitlement_period_in_order",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")) | Q(state="ended"),
            ),
            models.CheckConstraint(
                name="suspended_entitlement_is_dated",
                condition=Q(state="suspended", suspended_from__isnull=False)
                | (~Q(state="suspended") & Q(suspended_from=None)),
            ),
            models.CheckConstraint(
                name="ended_entitlement_is_dated",
                condition=Q(state="ended", ended_at__isnull=False, ends_on__isnull=False)
                | (~Q(state="ended") & Q(ended_at=None)),
            ),
            models.CheckConstraint(
                name="stopped_entitlement_has_a_reason", condition=Q(state="active") | ~Q(reason="")
            ),
        ]


class ChangeKind(models.TextChoices):
    GRANTED = "granted"
    CHANGED = "changed"  # granted anew with another amount or from another day: replaces the one before
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    ENDED = "ended"


class EntitlementChange(models.Model):
    """One thing that happened to an entitlement, from a day on. Append-only; the monthly list carries these."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=ChangeKind.choices)
    on = models.DateField()  # from this day; for what ended, its last day
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["entitlement", "at"])]
        constraints = [
            models.CheckConstraint(
                name="stopping_change_has_a_reason",
                condition=~Q(kind__in=["suspended", "ended"]) | ~Q(reason=""),
            ),
        ]


class MonthlyListQuerySet(WholeListQuerySet):
    def hidden(self, actor: Actor, action: str) -> models.QuerySet:
        rows = ListedChange.objects.filter(monthly_list=OuterRef("pk"))
        return rows.exclude(change__entitlement__in=Entitlement.objects.visible_to(actor, action))


class MonthlyList(models.Model):
    """The numbered list of what was granted, changed and ended, sent to the body that pays (borderou)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    to_body = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    entry = models.ForeignKey("docket.Entry", on_delete=models.PROTECT, related_name="+")
    letter = models.ForeignKey("letters.Letter", null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)  # when its last row was answered
    actor = models.JSONField()

    objects = models.Manager.from_queryset(MonthlyListQuerySet)()
    SCOPE = Scope(kind="benefits.monthly_list", record="pk", office="office")

    class Meta:
        indexes = [models.Index(fields=["office", "sent_at"])]


class ListedChange(models.Model):
    """A row of a monthly list, and what the body that pays answered."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    monthly_list = models.ForeignKey(MonthlyList, on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField()
    change = models.ForeignKey(EntitlementChange, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=RowState.choices, default=RowState.SENT)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.JSONField(null=True)
    reason = models.TextField(blank=True)  # why it was rejected, in the words of who pays
    corrected_at = models.DateTimeField(null=True)
    correction = models.TextField(blank=True)  # what the officer did about it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["monthly_list", "row"], name="row_once_in_monthly_list"),
            models.UniqueConstraint(
                fields=["change"], condition=~Q(state="corrected"), name="change_once_on_a_list_until_corrected"
            ),
            models.CheckConstraint(
                name="answered_row_is_dated",
                condition=Q(state="sent", answered_at=None) | (~Q(state="sent") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="rejected_row_has_a_reason", condition=Q(state__in=["sent", "accepted"]) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="corrected_row_is_dated",
                condition=Q(state__in=["corrected", "dropped"], corrected_at__isnull=False)
                | (~Q(state__in=["corrected", "dropped"]) & Q(corrected_at=None)),
            ),
        ]
