"""The lives of a case, of its plan, of what stands in the plan, and of what is asked of a supervisor."""

from django.db import models


class CaseState(models.TextChoices):
    OPENED = "opened"  # needs are being found out; no plan is in force
    ACTIVE = "active"  # a plan is in force
    IN_REVIEW = "in_review"  # a supervisor is asked; work goes on meanwhile
    CLOSED = "closed"  # with an outcome; whoever comes again gets a new case that names this one


CASE_MOVES = {
    CaseState.OPENED: {CaseState.IN_REVIEW, CaseState.CLOSED},
    CaseState.ACTIVE: {CaseState.IN_REVIEW, CaseState.CLOSED},
    CaseState.IN_REVIEW: {CaseState.OPENED, CaseState.ACTIVE},
    CaseState.CLOSED: set(),
}


class Risk(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class NeedState(models.TextChoices):
    OPEN = "open"
    MET = "met"
    UNMET = "unmet"  # and why


NEED_MOVES = {
    NeedState.OPEN: {NeedState.MET, NeedState.UNMET},
    NeedState.MET: {NeedState.OPEN},  # it came back while the case is open
    NeedState.UNMET: {NeedState.OPEN},
}


class PlanState(models.TextChoices):
    DRAFT = "draft"
    IN_FORCE = "in_force"  # a supervisor approved it
    ENDED = "ended"  # replaced by a later one, or the case closed


PLAN_MOVES = {
    PlanState.DRAFT: {PlanState.IN_FORCE, PlanState.ENDED},
    PlanState.IN_FORCE: {PlanState.ENDED},
    PlanState.ENDED: set(),
}


class GoalState(models.TextChoices):
    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"  # and why


GOAL_MOVES = {
    GoalState.OPEN: {GoalState.REACHED, GoalState.DROPPED},
    GoalState.REACHED: set(),
    GoalState.DROPPED: set(),
}


class ActionState(models.TextChoices):
    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"  # and why


ACTION_MOVES = {
    ActionState.PLANNED: {ActionState.DONE, ActionState.DROPPED},
    ActionState.DONE: set(),
    ActionState.DROPPED: set(),
}


class VisitState(models.TextChoices):
    PLANNED = "planned"
    DONE = "done"
    MISSED = "missed"  # nobody was there, or nobody opened
    CANCELLED = "cancelled"


VISIT_MOVES = {
    VisitState.PLANNED: {VisitState.DONE, VisitState.MISSED, VisitState.CANCELLED},
    VisitState.DONE: set(),
    VisitState.MISSED: set(),
    VisitState.CANCELLED: set(),
}


class NoteState(models.TextChoices):
    DRAFT = "draft"  # its author's own, saved while they type
    WRITTEN = "written"  # part of the case; a later note may correct it, nobody edits it


NOTE_MOVES = {NoteState.DRAFT: {NoteState.WRITTEN}, NoteState.WRITTEN: set()}


class ReviewState(models.TextChoices):
    ASKED = "asked"
    APPROVED = "approved"
    RETURNED = "returned"  # with what must be mended; the worker asks again


REVIEW_MOVES = {
    ReviewState.ASKED: {ReviewState.APPROVED, ReviewState.RETURNED},
    ReviewState.APPROVED: set(),
    ReviewState.RETURNED: set(),
}
