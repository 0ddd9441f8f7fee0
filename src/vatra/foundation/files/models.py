"""Stored files: content by digest on disk, what is known of it here."""

from django.db import models

from vatra.kernel.ids import uuid7


class StoredFile(models.Model):
    """`ref_*` names the record it belongs to; who may see that may see the file."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64, db_index=True)
    ref_kind = models.CharField(max_length=64, blank=True)
    ref_id = models.UUIDField(null=True)
    stored_at = models.DateTimeField()
    actor = models.JSONField()
