"""What happened, who did it, and whom it was about. Append-only; later rooms read it as announcements."""

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One thing that happened. `position` is given by the sealer in the order of commits; readers follow it."""

    kind = models.CharField(max_length=64)  # "people.household_registered"
    ref_kind = models.CharField(max_length=64, blank=True)
    ref_id = models.UUIDField(null=True)
    actor = models.JSONField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    position = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["ref_kind", "ref_id", "at"]),
            models.Index(fields=["kind", "position"]),
            models.Index(fields=["id"], name="audit_unsealed", condition=Q(position=None)),
        ]


class About(models.Model):
    """A person whom an event concerns: 'who looked' needs no forward query."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "event"], name="audit_about_once")]


class Seal(models.Model):
    """A batch of events chained by hash to the batch before it."""

    first_position = models.BigIntegerField(unique=True)
    last_position = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField()


class Cursor(models.Model):
    """How far a reader has followed the announcements."""

    reader = models.CharField(max_length=64, primary_key=True)
    position = models.BigIntegerField(default=0)
