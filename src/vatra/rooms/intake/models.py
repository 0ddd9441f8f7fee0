"""Who came to the window, what brought them, what was asked and answered."""

from django.db import models
from django.db.models import Q

from vatra.foundation.access.scope import Scope, ScopedManager
from vatra.kernel.ids import uuid7


class Channel(models.TextChoices):
    WINDOW = "window"
    PHONE = "phone"
    VISIT = "visit"
    LETTER = "letter"
    ONLINE = "online"


class Outcome(models.TextChoices):
    REGISTERED = "registered"
    ADVISED = "advised"
    APPLIED = "applied"
    REFERRED = "referred"
    CASE = "case"  # a social worker goes on with them


class Contact(models.Model):
    """One visit to the window, or one call; many end here, with advice given."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("people.Household", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.CharField(max_length=16, blank=True)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    reason = models.TextField(blank=True)  # in their own words
    danger = models.JSONField(default=list)  # codes: child, violence, eviction, no_heat
    outcome = models.CharField(max_length=32, choices=Outcome.choices, blank=True)
    advice = models.TextField(blank=True)  # what was advised, where that was all that was needed
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    objects = ScopedManager()
    SCOPE = Scope(
        kind="people.household", record="household", office="office", area="household__area__path",
        sealed="household__sealed_at",
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["household"]), models.Index(fields=["office", "-opened_at"])]
        constraints = [
            models.CheckConstraint(
                name="closed_contact_has_an_outcome",
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            )
        ]


class Screening(models.Model):
    """Answers to the screening form, about a household."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    answers = models.OneToOneField("forms.Answers", on_delete=models.PROTECT, related_name="+")
    screened_at = models.DateTimeField()
    actor = models.JSONField()

    objects = ScopedManager()
    SCOPE = Scope(
        kind="people.household", record="household", office="household__office", area="household__area__path",
        sealed="household__sealed_at",
    )  # fmt: skip
