"""What is offered, and the written rules in their versions."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q

from vatra.kernel.ids import uuid7

from .states import RulesetState


class Published(RuntimeError):
    """Somebody tried to change rules that are published. A fault of the program, not of the person."""


class CareLevel(models.TextChoices):
    PRIMARY_PREVENTION = "primary_prevention"
    SECONDARY_PREVENTION = "secondary_prevention"
    CASE_MANAGEMENT = "case_management"
    SPECIALISED = "specialised"
    INTENSIVE = "intensive"


class Programme(models.Model):
    """Something a person can apply for. Each stage names the body that does it; bodies come from the pack."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)  # benefit, service, project, grant
    title = models.JSONField()
    summary = models.JSONField(default=dict)
    care_level = models.CharField(max_length=32, choices=CareLevel.choices)
    unit = models.CharField(max_length=32)  # the assistance unit that the pack derives
    # {"receives": {"body": code}, "decides": {"body": code, "as": "mayor"}, …: verifies, signs, pays, hears_appeals}
    duties = models.JSONField()
    papers = models.JSONField(
        default=list
    )  # [{"code", "title", "kind": "original|certified_copy|register", "when": …}]
    terms = models.JSONField(default=dict)  # {"decide": {"days", "counting", "law", "verified"}, "appeal": …}
    law = models.JSONField(default=dict)
    # {"appeal": [where, by when], "notes": [what is not verified], "pays": {"fund": code, "by": "bank|cash"}}
    extra = models.JSONField(default=dict)
    serves = models.ManyToManyField("policy.Node", related_name="+")
    order = models.PositiveIntegerField(default=0)
    retired_on = models.DateField(null=True)

    @property
    def paid_from(self) -> dict[str, str] | None:
        """`{"fund": code, "by": "bank" or "cash"}` where this authority pays it; None where another body does."""
        return self.extra.get("pays")


class Ruleset(models.Model):
    """A version of a programme's rules. Published versions never change; a new one takes effect from a day."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=RulesetState.choices, default=RulesetState.DRAFT)
    text = models.TextField()
    cases = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    effective_from = models.DateField(null=True)
    drafted_by = models.JSONField()
    drafted_at = models.DateTimeField()
    published_by = models.JSONField(null=True)
    published_at = models.DateTimeField(null=True)

    IMPERSONAL = True  # rules are about nobody: whoever holds the action of a work item on them may see it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="ruleset_number_once"),
            models.UniqueConstraint(
                fields=["programme", "effective_from"],
                condition=Q(state="published"),
                name="one_published_ruleset_from_a_day",
            ),
            models.CheckConstraint(
                name="published_ruleset_is_dated",
                condition=~Q(state="published")
                | Q(effective_from__isnull=False, published_at__isnull=False, published_by__isnull=False),
            ),
            models.CheckConstraint(
                name="ruleset_published_by_a_second_person",
                condition=Q(published_by=None) | ~Q(published_by__id=F("drafted_by__id")),
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and self._stored_state() == RulesetState.PUBLISHED:
            raise Published("published rules never change: a new version supersedes them")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Published("rules are never removed: a draft is withdrawn, a published version superseded")

    def _stored_state(self) -> str | None:
        return Ruleset.objects.filter(pk=self.pk).values_list("state", flat=True).first()
