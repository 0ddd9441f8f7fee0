"""How each household stands against the watched condition, and what help it has: worked out beforehand."""

from django.db import models
from django.db.models import Q

from vatra.foundation.access.scope import Scope, ScopedManager


class Holds(models.TextChoices):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"  # questions are left


class Standing(models.Model):
    """Derived from facts and help; written again whenever one of them changes, by the house alone.

    `reasons`: the factors that count, `{"factor", "points", "values"}`; `missing`: the facts that could still decide.
    `help` is empty while the household has nothing at all; then `unhelped_since` says since when it has been at risk.
    """

    household = models.OneToOneField("people.Household", primary_key=True, on_delete=models.PROTECT, related_name="+")
    condition = models.ForeignKey("insight.Condition", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)  # of the condition's text
    holds = models.CharField(max_length=8, choices=Holds.choices)
    score_low = models.SmallIntegerField(default=0)
    score_high = models.SmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    help = models.CharField(max_length=24, blank=True)
    unhelped_since = models.DateField(null=True)
    contact_at = models.DateTimeField(null=True)  # the last one
    read_on = models.DateField()
    read_at = models.DateTimeField()

    objects = ScopedManager()
    SCOPE = Scope(
        kind="people.household", record="household", office="household__office", area="household__area__path",
        sealed="household__sealed_at",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["holds", "help", "-score_low", "household"], name="standing_list"),
            models.Index(fields=["read_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="unhelped_is_dated",
                condition=Q(holds="yes", help="", unhelped_since__isnull=False)
                | (~Q(holds="yes", help="") & Q(unhelped_since=None)),
            )
        ]
