"""Figures that others reported: one series for each indicator of a source, one measurement for each line of a report."""

from django.db import models
from django.db.models import F, Q

from vatra.kernel.ids import uuid7


class Aggregation(models.TextChoices):
    """What stands for several periods of one place. Within a period, places and reporters add up (or are averaged)."""

    SUM = "sum"  # each period reports what was done in it
    LATEST = "latest"  # each period reports where things stand: the last one counts
    MAX = "max"  # each period counts the same people again: the largest counts
    MEAN = "mean"  # shares and rates


class IndicatorSeries(models.Model):
    """An indicator as its source numbers it: one part (nationality, sex, age …) of an indicator of the plan."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    plan = models.ForeignKey("policy.Plan", on_delete=models.PROTECT, related_name="+")
    node = models.ForeignKey("policy.Node", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=128)  # the source's own
    title = models.CharField(max_length=500)  # as reported
    unit = models.CharField(max_length=64, blank=True)
    aggregation = models.CharField(max_length=8, choices=Aggregation.choices, default=Aggregation.SUM)
    breakdown = models.JSONField(default=dict)  # {"nationality": "SYR", "sex": "female"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="series_once_in_plan")]


class Measurement(models.Model):
    """One reported figure, exactly as reported: `whole` + `nano`/10⁹ + `atto`/10¹⁸, so that databases add exactly.

    A corrected report supersedes: the old figure stays, with the time until which it was believed.
    """

    series = models.ForeignKey(IndicatorSeries, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)  # digest of what makes the line this line; see commands.measurements
    area = models.ForeignKey("places.Area", on_delete=models.PROTECT, related_name="+")
    reporter = models.ForeignKey("bodies.Body", null=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day
    whole = models.BigIntegerField()
    nano = models.BigIntegerField()
    atto = models.BigIntegerField()
    reported = models.CharField(max_length=64)  # the figure in the letters of the file
    details = models.JSONField(default=dict)  # what else the mapping keeps: site, who paid
    run = models.ForeignKey("imports.Import", on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(superseded_at=None), name="measurement_once"),
            models.CheckConstraint(name="measurement_period", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="measurement_parts",
                condition=Q(nano__gte=0, nano__lt=10**9, atto__gte=0, atto__lt=10**9),
            ),
        ]
        indexes = [
            models.Index(
                fields=["series", "starts_on", "area"], condition=Q(superseded_at=None), name="measurement_live"
            )
        ]
