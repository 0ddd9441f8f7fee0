"""Who came to the window, what brought them, what was asked and answered."""

from django.db import models

from vatra.foundation.access.scope import Scope, ScopedManager
from vatra.kernel.ids import uuid7


class Contact(models.Model):
    """One visit to the window, or one call; many end here, with advice given."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("people.Household", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.CharField(max_length=16, blank=True)
    channel = models.CharField(max_length=16)  # window, phone, visit, letter, online
    reason = models.TextField(blank=True)  # in their own words
    danger = models.JSONField(default=list)  # codes: child, violence, eviction, no_heat
    outcome = models.CharField(max_length=32, blank=True)  # registered, advised, applied, referred
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    objects = ScopedManager()
    SCOPE = Scope(
        kind="people.household", record="household", office="office", area="household__area__path",
        sealed="household__sealed_at",
    )  # fmt: skip


class Screening(models.Model):
    """Answers to the screening form, about a household."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    answers = models.ForeignKey("forms.Answers", on_delete=models.PROTECT, related_name="+")
    screened_at = models.DateTimeField()
    actor = models.JSONField()

    objects = ScopedManager()
    SCOPE = Scope(
        kind="people.household", record="household", office="household__office", area="household__area__path",
        sealed="household__sealed_at",
    )  # fmt: skip
