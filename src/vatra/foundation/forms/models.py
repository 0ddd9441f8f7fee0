"""Forms in versions, and the answers given to them."""

from django.db import models
from django.db.models import Q

from vatra.kernel.ids import uuid7


class Form(models.Model):
    code = models.CharField(max_length=64, primary_key=True)
    title = models.JSONField()
    purpose = models.CharField(max_length=32)  # screening, inquiry, visit…


class FormVersion(models.Model):
    """An XLSForm as it was brought in; published versions never change."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=64)
    source = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    xform = models.TextField()  # what OpenRosa clients are given
    definition = models.JSONField()  # pyxform's own JSON: what our page and the ingest read
    published_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "version"], name="form_version_once"),
            models.UniqueConstraint(fields=["form"], condition=Q(retired_at=None), name="form_one_current_version"),
        ]


class Answers(models.Model):
    """One filled form. The same `instance_id` sent again is the same answers."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    instance_id = models.CharField(max_length=128, unique=True)
    ref_kind = models.CharField(max_length=64)
    ref_id = models.UUIDField()
    answers = models.JSONField()
    actor = models.JSONField()
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ref_kind", "ref_id"])]
