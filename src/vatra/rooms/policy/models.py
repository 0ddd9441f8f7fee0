"""The strategy tree that programmes hang from, and the stages of a plan with their papers."""

from django.db import models
from django.db.models import F, Q

from vatra.foundation.access.queries import require
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7

from .states import PolicyStage


class Plan(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.CharField(max_length=64, unique=True)
    title = models.JSONField()
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day
    adopted_on = models.DateField(null=True)
    adopted_by = models.ForeignKey("bodies.Body", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.JSONField(default=dict)


class NodeKind(models.TextChoices):
    AIM = "aim"
    OBJECTIVE = "objective"
    PROGRAMME = "programme"
    ACTIVITY = "activity"
    INDICATOR = "indicator"


class Node(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=NodeKind.choices)
    code = models.CharField(max_length=64)
    title = models.JSONField()
    order = models.PositiveIntegerField(default=0)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="node_code_once_in_plan")]


class Stage(models.Model):
    """A plan is in a stage from a day on; the stages before it are kept. `number` counts them."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=16, choices=PolicyStage.choices)
    begun_on = models.DateField()
    ended_on = models.DateField(null=True)  # the day on which the next one began
    because = models.TextField(blank=True)
    actor = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="stage_number_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(ended_on=None), name="one_stage_at_a_time"),
            models.CheckConstraint(
                name="stage_period_in_order", condition=Q(ended_on=None) | Q(ended_on__gte=F("begun_on"))
            ),
        ]


class PaperKind(models.TextChoices):
    NEED = "need"  # evidence of need
    VALUES = "values"
    CONSULTATION = "consultation"
    SUBMISSION = "submission"  # laid before those who decide
    VOTE = "vote"
    INSTRUMENT = "instrument"  # law, decision of the council
    PROCEDURE = "procedure"
    MONITORING = "monitoring"
    FEEDBACK = "feedback"
    OF_INPUTS = "of_inputs"  # the four evaluations
    OF_PROCESS = "of_process"
    OF_RESULTS = "of_results"
    OF_WHOLE = "of_whole"
    LESSON = "lesson"
    OTHER = "other"


class StagePaperQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor, action: str) -> "StagePaperQuerySet":
        """About nobody: whoever holds the action anywhere. Raises NoGrant otherwise."""
        require(actor, action)
        return self


class StagePaper(models.Model):
    """A paper of a stage: what it is, its day, where it stands (a stored file, a number in the docket, a law)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=PaperKind.choices)
    title = models.JSONField()
    on = models.DateField(null=True)
    citation = models.CharField(max_length=300, blank=True)  # "HCL 23/2015", a page, an address
    entry = models.ForeignKey("docket.Entry", null=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    taken_back_at = models.DateTimeField(null=True)  # attached by mistake; stays on record
    actor = models.JSONField()
    recorded_at = models.DateTimeField()

    objects = models.Manager.from_queryset(StagePaperQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["stage"])]
        constraints = [
            models.CheckConstraint(
                name="paper_stands_somewhere",
                condition=~Q(citation="") | Q(entry__isnull=False) | Q(file__isnull=False),
            )
        ]
