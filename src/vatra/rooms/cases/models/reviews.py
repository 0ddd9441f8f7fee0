"""Asking a second person."""

from django.db import models
from django.db.models import F, Q

from vatra.kernel.ids import uuid7

from ..states import ReviewState
from .cases import Case
from .plans import Plan


class ReviewKind(models.TextChoices):
    PLAN = "plan"  # puts the plan in force
    PERIODIC = "periodic"  # is the plan still right, the level, the risk?
    CLOSING = "closing"  # may the case be closed?


class Review(models.Model):
    """A supervisor looks at a case and approves or returns it. What was laid before them is kept as it was."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=ReviewKind.choices)
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=ReviewState.choices, default=ReviewState.ASKED)
    summary = models.TextField()  # how things stand, in the worker's words
    presented = models.JSONField()  # needs, goals and actions as they stood
    asked_by = models.JSONField()
    asked_at = models.DateTimeField()
    decided_by = models.JSONField(null=True)
    decided_at = models.DateTimeField(null=True)
    remark = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "-asked_at"]), models.Index(fields=["state"])]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="asked"), name="one_review_at_a_time"),
            models.CheckConstraint(
                name="decided_review_is_dated",
                condition=Q(state="asked", decided_at=None, decided_by=None)
                | (~Q(state="asked") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="review_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by__id=F("asked_by__id")),
            ),
            models.CheckConstraint(
                name="returned_review_says_why", condition=~Q(state="returned") | ~Q(remark="")
            ),
        ]  # fmt: skip
