"""What is measured of a plan, how, and the figures as they are published: the same for every reader."""

from django.db import models
from django.db.models import Q

from vatra.kernel.ids import uuid7


class Condition(models.Model):
    """A documented condition on households, written in the language of rules: `high-risk`. Impersonal."""

    code = models.CharField(max_length=64, primary_key=True)
    title = models.JSONField()
    about = models.JSONField(default=dict)  # for whom it is meant and where its figures come from
    text = models.TextField()  # a ruleset on the unit `household`, with one clause
    cases = models.TextField()
    digest = models.CharField(max_length=64)
    watched = models.BooleanField(default=False)  # kept up to date for every household, and worked down as a list
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["watched"], condition=Q(watched=True, retired_on=None), name="one_watched_condition"
            )
        ]


class Direction(models.TextChoices):
    UP = "up"  # more is better
    DOWN = "down"  # less is better
    NONE = "none"  # a figure to know


class SealedLevel(models.TextChoices):
    TOTAL = "total"  # counted in the whole, among those who are in no area, sex or age group
    NEVER = "never"


class Indicator(models.Model):
    """A figure that a plan is held to: of the work (`measure`) or of what is known (`condition`)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.CharField(max_length=64, unique=True)
    node = models.ForeignKey("policy.Node", on_delete=models.PROTECT, related_name="+")
    title = models.JSONField()
    about = models.JSONField(default=dict)
    measure = models.CharField(max_length=64, blank=True)  # a code that a room declares
    condition = models.ForeignKey(Condition, null=True, on_delete=models.PROTECT, related_name="+")
    # of a condition: {"counts": "households|people", "without_help": bool, "share": bool}
    counted = models.JSONField(default=dict)
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.NONE)
    breakdowns = models.JSONField(default=list)  # of area, sex, age
    minimum = models.PositiveSmallIntegerField(default=5)  # a cell of fewer people is hidden
    total_open = models.BooleanField(default=False)  # the whole is published however small
    sealed = models.CharField(max_length=8, choices=SealedLevel.choices, default=SealedLevel.TOTAL)
    baseline = models.JSONField(default=dict)  # {"value", "on", "source"}; value as in Figure, or as parts per 10,000
    target = models.JSONField(default=dict)  # {"value", "on"}
    source = models.JSONField(default=dict)
    order = models.PositiveIntegerField(default=0)
    retired_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="indicator_of_work_or_of_facts",
                condition=(Q(condition=None) & ~Q(measure="")) | Q(condition__isnull=False, measure=""),
            ),
            models.CheckConstraint(name="indicator_minimum", condition=Q(minimum__gte=1)),
        ]


class Published(models.Model):
    """An indicator's month. `final` months never change; the running one has a whole only, and moves.

    A month computed again (another definition, because somebody said so) supersedes; nothing is taken back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    final = models.BooleanField()
    value = models.BigIntegerField(null=True)  # as in Row: a count or sum; None while hidden
    of = models.BigIntegerField(null=True)
    hidden = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)  # of the definition that it was computed by
    computed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "month"], condition=Q(superseded_at=None), name="month_published_once"
            ),
            models.CheckConstraint(
                name="hidden_whole_is_not_stored", condition=Q(hidden=False) | Q(value=None, of=None)
            ),
        ]


class By(models.TextChoices):
    AREA = "area"
    SEX = "sex"
    AGE = "age"
    SEX_AGE = "sex_age"


class Figure(models.Model):
    """One cell of a published month. What is hidden is not stored at all: only that it is hidden."""

    published = models.ForeignKey(Published, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=8, choices=By.choices)
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    sex = models.CharField(max_length=16, blank=True)
    age = models.CharField(max_length=16, blank=True)
    own = models.BooleanField(default=False)  # of an area: only those placed no closer
    value = models.BigIntegerField(null=True)
    of = models.BigIntegerField(null=True)
    hidden = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["published", "by"])]
        constraints = [
            models.CheckConstraint(
                name="hidden_figure_is_not_stored", condition=Q(hidden=False) | Q(value=None, of=None)
            )
        ]
