"""Posts: who works where, as what."""

from django.db import models

from vatra.kernel.ids import uuid7


class Post(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    title = models.JSONField()  # {language: text}, as printed under a signature
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    substitutes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
