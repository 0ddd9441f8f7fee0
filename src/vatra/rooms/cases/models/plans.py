"""What is missing in somebody's life, and what is to be done about it, by whom, by when."""

from django.db import models
from django.db.models import Q

from vatra.kernel.ids import uuid7

from ..states import ActionState, GoalState, NeedState, PlanState
from .cases import Case


class Need(models.Model):
    """Something that a person of the case, or the whole household, lacks; it ends met, or unmet with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=64)  # of the pack's list `need`, whose codes name their life domain
    note = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=NeedState.choices, default=NeedState.OPEN)
    reason = models.TextField(blank=True)  # why it stayed unmet; how it was met
    recorded_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["case", "state"])]
        constraints = [
            models.CheckConstraint(
                name="answered_need_is_dated",
                condition=Q(state="open", answered_at=None) | (~Q(state="open") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(name="unmet_need_has_a_reason", condition=~Q(state="unmet") | ~Q(reason="")),
        ]


class Plan(models.Model):
    """What the family and the worker agreed on: strengths first, then goals. One lives at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # 1, 2, … within the case
    strengths = models.TextField(blank=True)  # what the family can do, has, and whom it can count on
    safety = models.TextField(blank=True)  # what to do when danger comes; asked where the type says so
    state = models.CharField(max_length=16, choices=PlanState.choices, default=PlanState.DRAFT)
    drafted_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="plan_number_once_in_case"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="draft"), name="one_draft_plan"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="in_force"), name="one_plan_in_force"),
            models.CheckConstraint(
                name="plan_in_force_is_dated", condition=~Q(state="in_force") | Q(in_force_at__isnull=False)
            ),
            models.CheckConstraint(
                name="ended_plan_is_dated",
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at=None)),
            ),
        ]


class Goal(models.Model):
    """Something the family wants to reach, answering one of its needs or several."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey(Need, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    by = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=GoalState.choices, default=GoalState.OPEN)
    reason = models.TextField(blank=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["plan"])]
        constraints = [
            models.CheckConstraint(
                name="ended_goal_is_dated",
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="dropped_goal_has_a_reason", condition=~Q(state="dropped") | ~Q(reason="")),
        ]


class OwnerKind(models.TextChoices):
    WORKER = "worker"
    FAMILY = "family"
    PROVIDER = "provider"


class Action(models.Model):
    """One thing that somebody does for a goal, by a day."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    owner = models.CharField(max_length=16, choices=OwnerKind.choices)
    owner_name = models.CharField(max_length=200, blank=True)  # who in the family, which provider
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=ActionState.choices, default=ActionState.PLANNED)
    reason = models.TextField(blank=True)  # what came of it, or why it was dropped
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["case", "state", "due_on"])]
        constraints = [
            models.CheckConstraint(
                name="ended_action_is_dated",
                condition=Q(state="planned", ended_at=None) | (~Q(state="planned") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="dropped_action_has_a_reason", condition=~Q(state="dropped") | ~Q(reason="")),
        ]
