"""Bulk work: one run per file, one line per row, none lost."""

from django.db import models

from vatra.kernel.ids import uuid7


class Outcome(models.TextChoices):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Import(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=64)  # "providers"
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    actor = models.JSONField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # read, created, updated, unchanged, rejected
    notes = models.JSONField(default=list)  # [{"code", "sentence", "values"}]: about the file as a whole


class ImportRow(models.Model):
    """What became of one row. `number` counts as a person would in the file, the header being row 1."""

    run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    reasons = models.JSONField(
        default=list
    )  # [{"code", "sentence", "values", "column"}]: why rejected, or what was flagged
    ref_kind = models.CharField(max_length=64, blank=True)
    ref_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")]
