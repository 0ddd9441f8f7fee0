"""Going there, and writing down what was seen and said."""

from django.db import models
from django.db.models import Q

from vatra.kernel.ids import uuid7

from ..states import NoteState, VisitState
from .cases import Case


class Visit(models.Model):
    """A visit to the home, planned for a day; or made without being planned."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    planned_on = models.DateField()
    purpose = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=16, choices=VisitState.choices, default=VisitState.PLANNED)
    done_on = models.DateField(null=True)
    findings = models.TextField(blank=True)
    reason = models.TextField(blank=True)  # why it was missed or cancelled
    planned_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["case"]), models.Index(fields=["worker", "state", "planned_on"])]
        constraints = [
            models.CheckConstraint(
                name="done_visit_has_a_day",
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on=None)),
            ),
            models.CheckConstraint(
                name="recorded_visit_is_dated",
                condition=Q(state="planned", recorded_at=None) | (~Q(state="planned") & Q(recorded_at__isnull=False)),
            ),
        ]


class Note(models.Model):
    """What a worker writes down. While a draft it is its author's own and saved as they type; written, it stands."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=NoteState.choices, default=NoteState.DRAFT)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)  # of the draft: a second window cannot write over the first
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True)
    actor = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["case", "-written_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "author"], condition=Q(state="draft"), name="one_draft_note_of_an_author"
            ),
            models.CheckConstraint(
                name="written_note_is_dated",
                condition=Q(state="draft", written_at=None)
                | (Q(state="written", written_at__isnull=False) & ~Q(text="")),
            ),
        ]
