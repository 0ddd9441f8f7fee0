"""Organisations as mere organisations: ministry, agency, municipality, office, association."""

from django.db import models

from vatra.kernel.ids import uuid7


class BodyKind(models.TextChoices):
    AUTHORITY = "authority"  # ministry, agency, municipality
    OFFICE = "office"  # a service or unit whose people work in Vatra
    PUBLIC = "public"  # hospital, school, court, police
    NONPROFIT = "nonprofit"
    COMPANY = "company"
    RELIGIOUS = "religious"


class Body(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.CharField(max_length=64, unique=True, null=True)  # from the pack; None for what a register brought
    kind = models.CharField(max_length=16, choices=BodyKind.choices)
    name = models.JSONField()  # {language: text}
    name_key = models.CharField(max_length=255, db_index=True)  # folded, to recognise the same body again
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    retired_on = models.DateField(null=True)

    IMPERSONAL = True  # an organisation is nobody: whoever holds the action of a work item on it may see it
