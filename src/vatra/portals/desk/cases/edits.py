"""Changing a case: needs, the plan, visits, level, risk, worker. Each is one small page, and back to the case."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from vatra.rooms.cases import commands
from vatra.rooms.cases.models import Action, Case, Goal, Need, Visit
from vatra.rooms.cases.queries import case_card, need_words, workers_for
from vatra.web.actions import needs

from ..editing import posted
from . import words
from .editing import edit, part, reached
from .forms import (
    ActionForm,
    AnswerForm,
    GoalForm,
    LevelForm,
    NeedForm,
    PlanForm,
    PlanVisitForm,
    RiskForm,
    SafetyPlanForm,
    VisitForm,
    WorkerForm,
    listed,
)  # fmt: skip


@needs("cases.work")
def need_add(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    form = NeedForm(posted(request), persons=case_card(case_id, actor=request.actor, whole=False).members)
    return edit(
        request, case, form, partial(commands.record_need, case=case), title=gettext("A need"),
        lead=gettext("Record the need"), done=gettext("The need is recorded."), anchor="needs",
    )  # fmt: skip


@needs("cases.work")
def need_answer(request: HttpRequest, case_id: UUID, need_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    need = part(Need, need_id, case=case)
    return _ending(
        request, case, partial(commands.close_need, need=need), words.NEED, without=need.state,
        title=gettext("How did this need end?"), done=gettext("The need is answered."), anchor="needs",
        about=need_words(need.code)[0], note=need.note,
    )  # fmt: skip


def _ending(
    request: HttpRequest, case: Case, act: Callable[..., object], states: dict[str, Any], *, without: str, **page: Any
) -> HttpResponse:
    """What became of something, and why: any of its states but one."""
    form = AnswerForm(posted(request), states=[choice for choice in listed(states) if choice[0] != without])
    return edit(request, case, form, act, lead=gettext("Keep"), **page)


@needs("cases.work")
def plan_write(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    card = case_card(case_id, actor=request.actor, whole=False)
    kind = SafetyPlanForm if card.definition.safety_plan else PlanForm
    live = card.plan.row if card.plan and card.plan.row.state != "ended" else None
    first = {"strengths": live.strengths, "safety": live.safety} if live else {}
    # Where the form does not ask for the safety plan, what stands there stays.
    act = partial(commands.write_plan, case=case, safety=live.safety if live else "")
    return edit(
        request, case, kind(posted(request), initial=first), act, title=gettext("What the plan builds on"),
        lead=gettext("Keep"), done=gettext("The plan is kept."), anchor="plan",
    )  # fmt: skip


@needs("cases.work")
def goal_add(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    form = GoalForm(posted(request), needs=case_card(case_id, actor=request.actor, whole=False).open_needs)
    return edit(
        request, case, form, partial(commands.add_goal, case=case), title=gettext("A goal"),
        lead=gettext("Add the goal"), done=gettext("The goal is added."), anchor="plan",
    )  # fmt: skip


@needs("cases.work")
def goal_end(request: HttpRequest, case_id: UUID, goal_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    goal = part(Goal, goal_id, plan__case=case)
    return _ending(
        request, case, partial(commands.end_goal, goal=goal), words.GOAL, without="open",
        title=gettext("How did this goal end?"), done=gettext("The goal has ended."), anchor="plan", note=goal.text,
    )  # fmt: skip


@needs("cases.work")
def action_add(request: HttpRequest, case_id: UUID, goal_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    goal = part(Goal, goal_id, plan__case=case)
    return edit(
        request, case, ActionForm(posted(request)), partial(commands.add_action, goal=goal),
        title=gettext("Who does what"), lead=gettext("Add"), done=gettext("The action is added."), anchor="plan",
        note=goal.text,
    )  # fmt: skip


@needs("cases.work")
def action_end(request: HttpRequest, case_id: UUID, action_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    action = part(Action, action_id, case=case)
    return _ending(
        request, case, partial(commands.complete_action, action=action), words.ACTION, without="planned",
        title=gettext("What became of it?"), done=gettext("The action has ended."), anchor="plan", note=action.text,
    )  # fmt: skip


@needs("cases.work")
def visit_plan(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    return edit(
        request, case, PlanVisitForm(posted(request)), partial(commands.plan_visit, case=case),
        title=gettext("Plan a visit"), lead=gettext("Plan the visit"), done=gettext("The visit is planned."),
        anchor="visits",
    )  # fmt: skip


@needs("cases.work")
def visit_made(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A visit that was not planned."""
    return _visit(request, case_id, None)


@needs("cases.work")
def visit_record(request: HttpRequest, case_id: UUID, visit_id: UUID) -> HttpResponse:
    return _visit(request, case_id, visit_id)


def _visit(request: HttpRequest, case_id: UUID, visit_id: UUID | None) -> HttpResponse:
    case = reached(request, case_id)
    visit = part(Visit, visit_id, case=case) if visit_id else None
    return edit(
        request, case, VisitForm(posted(request), initial={"state": "done"}),
        partial(commands.record_visit, case=case, visit=visit), title=gettext("What became of the visit?"),
        lead=gettext("Keep"), done=gettext("The visit is recorded."), anchor="visits",
        note=visit.purpose if visit else "",
    )  # fmt: skip


@needs("cases.work")
def level_move(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    asks = any(case.type.definition.get("asks_on_level", {}).values())
    return edit(
        request, case, LevelForm(posted(request), now=case.level, asks=asks), partial(commands.move_level, case=case),
        title=gettext("Another level of care"), lead=gettext("Move the case"),
        done=gettext("The case moved to another level of care."), now=words.LEVELS[case.level],
    )  # fmt: skip


@needs("cases.work")
def risk_weigh(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    return edit(
        request, case, RiskForm(posted(request), now=case.risk), partial(commands.weigh_risk, case=case),
        title=gettext("The risk is another now"), lead=gettext("Keep"), done=gettext("The terms are counted anew."),
        now=words.RISK[case.risk][1],
    )  # fmt: skip


@needs("cases.assign")
def worker_assign(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = reached(request, case_id, "cases.assign")
    return edit(
        request, case, WorkerForm(posted(request), workers=workers_for(case.office_id)),
        partial(commands.assign_worker, case=case), title=gettext("Another worker"),
        lead=gettext("Hand the case over"), done=gettext("The case is in other hands."),
    )  # fmt: skip
