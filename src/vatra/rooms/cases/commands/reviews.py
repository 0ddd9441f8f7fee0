"""A second person looks at the case: the plan comes into force, goes on, or comes back with what must be mended."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from vatra.foundation.docket.queries import running
from vatra.foundation.worklist.commands import done
from vatra.kernel.actor import Actor
from vatra.kernel.moves import check_move
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..definition import PLAN, REVIEW, definition_of
from ..models import Action, Case, Goal, Need, Plan, Review, ReviewKind
from ..states import PLAN_MOVES, REVIEW_MOVES, CaseState, PlanState, ReviewState
from .common import ID, child_id, fulfil, id_of, locked_case, move_case, needed, tell, today, user_of, wait_for


@transaction.atomic
def ask_review(*, case: Case | ID, kind: str, summary: str, actor: Actor, at: datetime) -> Review:
    """A supervisor is asked. What is laid before them is kept as it stands now. Asking twice asks once.

    A plan is presented with the family's strengths, at least one goal and one action; and, where the type asks for it,
    with what to do in danger.
    """
    found = locked_case(case, actor=actor)
    if again := Review.objects.filter(case=found, state=ReviewState.ASKED, kind=kind, asked_by__id=actor.id).first():
        return again
    summary = needed(summary, "summary_needed", gettext_noop("Say in a few words how things stand."))
    plan = Plan.objects.filter(case=found, state__in=[PlanState.DRAFT, PlanState.IN_FORCE]).order_by("-number").first()
    if kind == ReviewKind.PLAN:
        plan = _ready(found, plan)
    elif kind == ReviewKind.PERIODIC and (plan is None or plan.state != PlanState.IN_FORCE):
        raise Refused(
            "no_plan_in_force", gettext_noop("There is no plan in force that could be reviewed."),
            gettext_noop("Write the plan and have it approved first."),
        )  # fmt: skip
    move_case(found, CaseState.IN_REVIEW)
    found.save(update_fields=["state"])
    review = Review.objects.create(
        id=child_id(found, at), case=found, kind=ReviewKind(kind), plan=plan, summary=summary,
        presented=presented(found, plan), asked_by=actor.as_json(), asked_at=at,
    )  # fmt: skip
    done(key=f"cases.returned:{found.pk}", at=at)
    # Whoever asks does not answer: a supervisor who works on the case themselves asks their colleagues.
    asked = None if str(found.supervisor_id) == actor.id else found.supervisor_id
    wait_for(
        found, "review", action="" if asked else "cases.approve", user=asked, due_on=_by(found, review.kind), at=at
    )  # fmt: skip
    tell(found, "review_asked", actor=actor, at=at, kind=kind)
    return review


def _by(case: Case, kind: str) -> date | None:
    """The day by which the answer is due: that of the term which an approval meets, if one runs."""
    done = {ReviewKind.PLAN: PLAN, ReviewKind.PERIODIC: REVIEW}.get(ReviewKind(kind), "")
    terms = (running("cases.case", case.pk, step.deadline) for step in definition_of(case.type).steps_done_by(done))
    return min((term.due_on for term in terms if term), default=None)


def _ready(case: Case, plan: Plan | None) -> Plan:
    if plan is None or plan.state != PlanState.DRAFT:
        raise Refused(
            "no_draft_plan", gettext_noop("There is no plan that waits for approval."),
            gettext_noop("Write a plan, or ask for a review of the one in force."),
        )  # fmt: skip
    if not plan.strengths:
        raise Refused(
            "strengths_needed", gettext_noop("The plan does not say yet what the family can build on."),
            gettext_noop("Write down the family's strengths and whom it can count on."),
        )  # fmt: skip
    if definition_of(case.type).safety_plan and not plan.safety:
        raise Refused(
            "safety_needed", gettext_noop("The plan does not say yet what to do when danger comes."),
            gettext_noop("Write the safety plan with the person: signs, where to go, whom to call, what to take."),
        )  # fmt: skip
    if not Action.objects.filter(goal__plan=plan).exists():
        raise Refused(
            "plan_is_empty", gettext_noop("The plan has no goal with something to be done yet."),
            gettext_noop("Add a goal, and who does what for it by when."),
        )  # fmt: skip
    return plan


def presented(case: Case, plan: Plan | None) -> dict[str, Any]:
    """Needs, goals and actions as they stand: what an approval is about."""
    goals = Goal.objects.filter(plan=plan).order_by("added_at", "pk") if plan else []
    actions = Action.objects.filter(goal__plan=plan).order_by("due_on", "pk") if plan else []
    return {
        "level": case.level, "risk": case.risk, "plan": plan.number if plan else None,
        "strengths": plan.strengths if plan else "", "safety": plan.safety if plan else "",
        "needs": [
            {"id": str(n.pk), "code": n.code, "person": str(n.person_id or ""), "state": n.state, "reason": n.reason}
            for n in Need.objects.filter(case=case).order_by("recorded_at", "pk")
        ],
        "goals": [{"id": str(g.pk), "text": g.text, "state": g.state, "reason": g.reason} for g in goals],
        "actions": [
            {"goal": str(a.goal_id), "text": a.text, "owner": a.owner, "due_on": a.due_on.isoformat(), "state": a.state}
            for a in actions
        ],
    }  # fmt: skip


@transaction.atomic
def approve_review(*, review: Review | ID, remark: str = "", actor: Actor, at: datetime) -> Review:
    """The supervisor agrees: a plan comes into force, a review is done, a closure may follow."""
    return _decide(review, ReviewState.APPROVED, remark, actor, at)


@transaction.atomic
def return_review(*, review: Review | ID, remark: str, actor: Actor, at: datetime) -> Review:
    """The supervisor sends it back with what must be mended; it waits for the worker again."""
    remark = needed(remark, "reason_needed", gettext_noop("Say what must be mended."))
    return _decide(review, ReviewState.RETURNED, remark, actor, at)


def _decide(review: Review | ID, target: ReviewState, remark: str, actor: Actor, at: datetime) -> Review:
    row = Review.objects.select_for_update(of=("self",)).select_related("plan").get(pk=id_of(review))
    try:
        case = locked_case(row.case_id, actor=actor, action="cases.approve")
    except Case.DoesNotExist:
        raise Review.DoesNotExist from None
    user_of(actor)
    if row.state == target and row.decided_by and row.decided_by["id"] == actor.id:
        return row
    check_move(REVIEW_MOVES, source=ReviewState(row.state), target=target)
    if row.asked_by["id"] == actor.id:
        raise Refused(
            "own_review", gettext_noop("You asked for this review yourself."),
            gettext_noop("Another person with the right to approve decides it."),
        )  # fmt: skip
    row.state, row.remark, row.decided_by, row.decided_at = target, remark.strip(), actor.as_json(), at
    row.save()
    if target == ReviewState.APPROVED:
        _take_effect(case, row, actor, at)
    in_force = Plan.objects.filter(case=case, state=PlanState.IN_FORCE).exists()
    move_case(case, CaseState.ACTIVE if in_force else CaseState.OPENED)
    case.save(update_fields=["state"])
    done(key=f"cases.review:{case.pk}", at=at)
    if target == ReviewState.RETURNED:
        wait_for(case, "returned", user=case.worker_id, due_on=today(at), at=at)
    tell(case, f"review_{target}", actor=actor, at=at, kind=row.kind)
    return row


def _take_effect(case: Case, review: Review, actor: Actor, at: datetime) -> None:
    if review.kind == ReviewKind.PLAN and review.plan is not None:
        before = Plan.objects.filter(case=case, state=PlanState.IN_FORCE)
        before.update(state=PlanState.ENDED, ended_at=at)
        plan = review.plan
        check_move(PLAN_MOVES, source=PlanState(plan.state), target=PlanState.IN_FORCE)
        plan.state, plan.in_force_at = PlanState.IN_FORCE, at
        plan.save(update_fields=["state", "in_force_at"])
        fulfil(case, PLAN, on=today(at), actor=actor, at=at)
    elif review.kind == ReviewKind.PERIODIC:
        fulfil(case, REVIEW, on=today(at), actor=actor, at=at)
