"""The strategy tree that programmes hang from."""

from django.db import models

from vatra.kernel.ids import uuid7


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
