"""The case itself: who is helped, by whom, on which level of care; seen only by those whom it concerns."""

from django.db import models
from django.db.models import F, OuterRef, Q

from vatra.foundation.access.actions import action_class
from vatra.foundation.access.scope import Scope, ScopedQuerySet, tied
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.ids import uuid7
from vatra.rooms.programmes.models import CareLevel

from ..states import CaseState, Risk


class CaseQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor, action: str) -> "CaseQuerySet":
        """As for every record; and a case in a sealed household is seen by who is tied to either of the two."""
        seen = super().visible_to(actor, action)
        if actor.kind is ActorKind.SYSTEM:
            return seen
        needed = action_class(action)
        known = tied(actor, "people.household", needed, OuterRef("household_id"))
        mine = tied(actor, "cases.case", needed, OuterRef("pk"))
        return seen.filter(Q(household__sealed_at=None) | Q(known) | Q(mine))


class Case(models.Model):
    """Help that goes on for a while, for a household or one person in it, in one worker's hands.

    `id` is random where the case is sealed (an ordered one would tell when it was made), and so is `number`: a gap
    in a row of numbers would tell that there is one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    number = models.CharField(max_length=32)  # of the office's register of cases, or random
    opening_key = models.UUIDField(unique=True)  # of the page it was opened on: pressed twice, it opens once
    type = models.ForeignKey("cases.CaseType", on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey("people.Household", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("intake.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey("benefits.Application", null=True, on_delete=models.PROTECT, related_name="+")
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=32, choices=CareLevel.choices)
    risk = models.CharField(max_length=16, choices=Risk.choices)
    state = models.CharField(max_length=16, choices=CaseState.choices, default=CaseState.OPENED)
    reason = models.TextField(blank=True)  # why it was opened, in the worker's words
    sealed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.JSONField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.JSONField(null=True)
    outcome = models.CharField(max_length=64, blank=True)  # a code of the type's outcomes
    outcome_note = models.TextField(blank=True)

    objects = models.Manager.from_queryset(CaseQuerySet)()
    SCOPE = Scope(
        kind="cases.case", record="pk", office="office", area="household__area__path", sealed="sealed_at"
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["household"]),
            models.Index(fields=["worker", "state"]),
            models.Index(fields=["office", "state"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], name="case_number_once_in_office"),
            models.UniqueConstraint(
                fields=["household", "type"],
                condition=Q(person=None, sealed_at=None) & ~Q(state="closed"),
                name="one_open_case_of_a_household",
            ),
            models.UniqueConstraint(
                fields=["person", "type"],
                condition=Q(person__isnull=False, sealed_at=None) & ~Q(state="closed"),
                name="one_open_case_of_a_person",
            ),
            models.CheckConstraint(
                name="closed_case_has_an_outcome",
                condition=(~Q(state="closed") & Q(closed_at=None, outcome="", closed_by=None))
                | (Q(state="closed", closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="case_supervised_by_another", condition=Q(supervisor=None) | ~Q(supervisor=F("worker"))
            ),
            models.CheckConstraint(
                name="sealed_case_has_a_supervisor", condition=Q(sealed_at=None) | Q(supervisor__isnull=False)
            ),
        ]


class LevelMove(models.Model):
    """The case stepped up or down between the levels of care, and why; never changed afterwards.

    Where the type asks it of a level (a placement away from home), what else was sought and the way home stand here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    from_level = models.CharField(max_length=32, choices=CareLevel.choices)
    to_level = models.CharField(max_length=32, choices=CareLevel.choices)
    reason = models.TextField()
    alternative = models.TextField(blank=True)
    way_home = models.TextField(blank=True)
    moved_at = models.DateTimeField()
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["case"])]
        constraints = [
            models.CheckConstraint(name="level_move_goes_elsewhere", condition=~Q(from_level=F("to_level"))),
            models.CheckConstraint(name="level_move_has_a_reason", condition=~Q(reason="")),
        ]
