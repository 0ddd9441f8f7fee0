"""The plan: the family's strengths, goals, and who does what by when."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from vatra.kernel.actor import Actor
from vatra.kernel.moves import check_move
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..models import Action, Case, Goal, Need, OwnerKind, Plan
from ..reminders import ACTION, settled
from ..states import ACTION_MOVES, GOAL_MOVES, ActionState, GoalState, PlanState
from .common import ID, case_ref, child_id, id_of, locked_case, needed, tell, today

LIVE = [PlanState.DRAFT, PlanState.IN_FORCE]


def live_plan(case: Case) -> Plan | None:
    """The draft that is being written, or else the plan in force."""
    return Plan.objects.filter(case=case, state__in=LIVE).order_by("-number").first()


@transaction.atomic
def write_plan(*, case: Case | ID, strengths: str, safety: str = "", actor: Actor, at: datetime) -> Plan:
    """Write down what the family can build on, and what to do in danger; begins the plan where there is none."""
    found = locked_case(case, actor=actor)
    plan = _plan(found, actor=actor, at=at)
    if (plan.strengths, plan.safety) == (strengths.strip(), safety.strip()):
        return plan
    plan.strengths, plan.safety = strengths.strip(), safety.strip()
    plan.save(update_fields=["strengths", "safety"])
    tell(found, "plan_written", actor=actor, at=at, plan=plan.number)
    return plan


def _plan(case: Case, *, actor: Actor, at: datetime) -> Plan:
    if plan := live_plan(case):
        return plan
    number = (Plan.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0) + 1
    return Plan.objects.create(
        id=child_id(case, at), case=case, number=number, drafted_at=at, actor=actor.as_json()
    )  # fmt: skip


@transaction.atomic
def add_goal(
    *, case: Case | ID, text: str, need: Need | ID | None = None, by: date | None = None, actor: Actor, at: datetime
) -> Goal:
    """The family wants to reach something. A goal in the same words again gives the one that is open."""
    found = locked_case(case, actor=actor)
    text = needed(text, "goal_needed", gettext_noop("Write what is to be reached."))
    plan = _plan(found, actor=actor, at=at)
    if same := Goal.objects.filter(plan=plan, text=text, state=GoalState.OPEN).first():
        return same
    of = Need.objects.get(pk=id_of(need), case=found) if need else None
    goal = Goal.objects.create(
        id=child_id(found, at), plan=plan, need=of, text=text, by=by, added_at=at, actor=actor.as_json()
    )
    tell(found, "goal_added", actor=actor, at=at, plan=plan.number)
    return goal


@transaction.atomic
def end_goal(*, goal: Goal | ID, state: str, reason: str = "", actor: Actor, at: datetime) -> Goal:
    """A goal is reached, or dropped with the reason. Its actions that are still planned are dropped with it."""
    row = Goal.objects.select_related("plan").select_for_update(of=("self",)).get(pk=id_of(goal))
    case = _case_of(row.plan.case_id, actor, Goal)
    target = GoalState(state)
    if row.state == target:
        return row
    check_move(GOAL_MOVES, source=GoalState(row.state), target=target)
    if target == GoalState.DROPPED:
        reason = needed(reason, "reason_needed", gettext_noop("Say why this goal is given up."))
    row.state, row.reason, row.ended_at = target, reason.strip(), at
    row.save(update_fields=["state", "reason", "ended_at"])
    left = list(Action.objects.filter(goal=row, state=ActionState.PLANNED).values_list("pk", flat=True))
    if left:
        dropped = {"state": ActionState.DROPPED, "reason": reason.strip() or row.text, "ended_at": at}
        Action.objects.filter(pk__in=left, state=ActionState.PLANNED).update(**dropped)
        settled(case_ref(case), [ACTION], parts=left, at=at)
    tell(case, f"goal_{target}", actor=actor, at=at)
    return row


@transaction.atomic
def add_action(
    *, goal: Goal | ID, text: str, owner: str, due_on: date, owner_name: str = "", actor: Actor, at: datetime
) -> Action:
    """Somebody does something for a goal, by a day. The same action again gives the one that is planned.

    Refuses a goal that has ended, and a text that says nothing.
    """
    row = Goal.objects.select_related("plan").get(pk=id_of(goal))
    case = _case_of(row.plan.case_id, actor, Goal)
    text = needed(text, "action_needed", gettext_noop("Write what is to be done."))
    if row.state != GoalState.OPEN:
        raise Refused("goal_ended", gettext_noop("This goal has ended."), gettext_noop("Add a new goal first."))
    same = Action.objects.filter(goal=row, text=text, owner=owner, due_on=due_on, state=ActionState.PLANNED).first()
    if same:
        return same
    action = Action.objects.create(
        id=child_id(case, at), case=case, goal=row, text=text, owner=OwnerKind(owner), owner_name=owner_name.strip(),
        due_on=due_on, added_at=at, actor=actor.as_json(),
    )  # fmt: skip
    tell(case, "action_added", actor=actor, at=at, owner=owner, due_on=due_on.isoformat())
    return action


@transaction.atomic
def complete_action(
    *, action: Action | ID, state: str = ActionState.DONE, reason: str = "", actor: Actor, at: datetime
) -> Action:
    """An action is done, or dropped with the reason. Saying the same twice changes nothing."""
    row = Action.objects.select_for_update().get(pk=id_of(action))
    case = _case_of(row.case_id, actor, Action)
    target = ActionState(state)
    if row.state == target:
        return row
    check_move(ACTION_MOVES, source=ActionState(row.state), target=target)
    if target == ActionState.DROPPED:
        reason = needed(reason, "reason_needed", gettext_noop("Say why this is not done."))
    row.state, row.reason, row.ended_at = target, reason.strip(), at
    row.save(update_fields=["state", "reason", "ended_at"])
    settled(case_ref(case), [ACTION], parts=[row.pk], at=at)
    tell(case, f"action_{target}", actor=actor, at=at, owner=row.owner, late=today(at) > row.due_on)
    return row


def _case_of(case_id: UUID, actor: Actor, model: type[Goal] | type[Action]) -> Case:
    """The case, locked; what belongs to a case that the actor may not work on does not exist for them."""
    try:
        return locked_case(case_id, actor=actor)
    except Case.DoesNotExist:
        raise model.DoesNotExist from None
