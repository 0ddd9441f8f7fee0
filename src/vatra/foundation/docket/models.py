"""Papers in and out: gapless yearly numbers, receipts, proof of delivery, deadlines."""

from django.db import models
from django.db.models import Q

from vatra.kernel.ids import uuid7


class Direction(models.TextChoices):
    IN = "in"
    OUT = "out"
    INTERNAL = "internal"


class Register(models.Model):
    """A yearly sequence of an office: the entry register, decisions, transmission lists, certificates."""

    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "code", "year"], name="register_once_a_year")]


class Entry(models.Model):
    """One numbered paper. `foreign_number` is the town hall's own number where that is kept elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    direction = models.CharField(max_length=8, choices=Direction.choices)
    subject = models.CharField(max_length=64)  # a code: application, decision, letter, transmission_list, certificate
    ref_kind = models.CharField(max_length=64)
    ref_id = models.UUIDField()
    registered_at = models.DateTimeField()
    actor = models.JSONField()
    foreign_number = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="docket_number_once"),
            models.CheckConstraint(name="docket_number_positive", condition=Q(number__gte=1)),
        ]
        indexes = [models.Index(fields=["ref_kind", "ref_id"])]


class DeliveryWay(models.TextChoices):
    HANDED_OVER = "handed_over"
    RECEIPT = "return_receipt"  # aviz de primire
    POSTED = "posted"  # displayed publicly where the addressee was not found
    RETURNED = "returned"


class Delivery(models.Model):
    """Evidence of what became of a paper sent out. Clocks that run from communication start here."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=16, choices=DeliveryWay.choices)
    on = models.DateField()
    received_by = models.CharField(max_length=200, blank=True)
    evidence = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    actor = models.JSONField()


class Counting(models.TextChoices):
    CALENDAR = "calendar"
    WORKING = "working"


class Deadline(models.Model):
    """A term that runs on a record, counted by the pack's calendar; it may be suspended while papers are awaited."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    ref_kind = models.CharField(max_length=64)
    ref_id = models.UUIDField()
    kind = models.CharField(max_length=64)  # decide, communicate, appeal
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    counting = models.CharField(max_length=8, choices=Counting.choices)
    due_on = models.DateField()
    law = models.JSONField(default=dict)
    verified = models.BooleanField(default=True)
    suspended_on = models.DateField(null=True)  # it stands still since then
    suspended_days = models.PositiveSmallIntegerField(default=0)  # how long it stood still before
    met_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["ref_kind", "ref_id"]),
            models.Index(fields=["office", "met_on", "due_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ref_kind", "ref_id", "kind"], condition=Q(met_on=None), name="one_running_deadline"
            )
        ]
