"""What waits for somebody."""

from django.db import models
from django.db.models import Q

from vatra.kernel.ids import uuid7


class Item(models.Model):
    """Work on a record that waits for a role in an office, or for one user. `key` keeps it from coming twice."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=64)
    ref_kind = models.CharField(max_length=64)
    ref_id = models.UUIDField()
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=64, blank=True)  # who holds this action in the office sees the item
    user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    values = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["office", "action", "due_on"], condition=Q(done_at=None), name="worklist_open"),
            models.Index(fields=["ref_kind", "ref_id"]),
        ]
