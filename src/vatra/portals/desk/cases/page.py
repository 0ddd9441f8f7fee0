"""The page of one case."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.rooms.cases.commands import open_case_file, take_note_of_case
from vatra.rooms.cases.models import Case
from vatra.rooms.cases.queries import CaseCard, Term, case_card
from vatra.web.actions import needs

from . import words
from .referrals import referrals_context

NEAR = 5  # days
LOOKED = 30


@dataclass(frozen=True)
class Shown:
    """A row with its state in words."""

    of: Any
    shape: str
    word: str
    more: Any = None


@require_GET
@needs("cases.view")
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Open a case: an entry of the trail, and everything in it."""
    try:
        found = open_case_file(case=case_id, actor=request.actor, at=timezone.now())
    except Case.DoesNotExist:
        raise Http404 from None
    card = case_card(case_id, actor=request.actor, case=found)
    if str(found.worker_id) == request.actor.id and card.new_to_its_worker:
        take_note_of_case(case=case_id, actor=request.actor, at=timezone.now())
    return shown(request, card)


def shown(
    request: HttpRequest, card: CaseCard, *, note_text: str | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """The page as it stands; `note_text` is what was typed and could not be kept yet."""
    today = day(timezone.now(), zone())
    row, draft = card.row, card.draft
    # Drafts in the browser are encrypted with a key that lives as long as this session.
    key = request.session.setdefault("draft_key", secrets.token_urlsafe(32))
    context = {
        "card": card, "row": row, "today": today, "state": words.CASE[row.state], "risk": words.RISK[row.risk],
        "level": words.LEVELS[row.level], "needs": [stated(n, n.row.state, words.NEED) for n in card.needs],
        "terms": [(term, nearness(term, today)) for term in card.terms], "plan": plan(card, today),
        "visits": [stated(v, v.state, words.VISIT) for v in card.visits],
        "reviews": [stated(r, r.state, words.REVIEW, words.REVIEW_KINDS[r.kind]) for r in card.reviews],
        "moves": [(move, words.LEVELS[move.from_level], words.LEVELS[move.to_level]) for move in card.moves],
        "events": events(card), "looked": looked(card) if may(request.actor, "people.trail") else [],
        "note_text": note_text if note_text is not None else (draft.text if draft else ""),
        "note_version": draft.version if draft else 0, "draft_key": key,
        "note_done": request.session.pop("note_done", ""), "lead": lead(card),
        **referrals_context(request, card), **more,
    }  # fmt: skip
    return render(request, "desk/cases/page.html", context, status=status)


def stated(of: Any, state: str, table: dict[str, tuple[str, str]], more: Any = None) -> Shown:
    return Shown(of, *table[state], more)


def plan(card: CaseCard, today: date) -> dict[str, Any] | None:
    """The plan with its goals, each action with who owes it and how near its day is."""
    if card.plan is None:
        return None
    goals = [
        (
            stated(goal.row, goal.row.state, words.GOAL),
            [
                (stated(action, action.state, words.ACTION, words.OWNERS[action.owner]), _near(action, today))
                for action in goal.actions
            ],
        )
        for goal in card.plan.goals
    ]
    return {"row": card.plan.row, "state": words.PLAN[card.plan.row.state], "goals": goals, "ready": card.plan.ready}


def _near(action: Any, today: date) -> str:
    if action.state != "planned":
        return "no"
    return "act" if action.due_on < today else "ask" if (action.due_on - today).days <= NEAR else "no"


def nearness(term: Term, today: date) -> str:
    if term.row.met_on:
        return "yes"
    return "act" if term.row.due_on < today else "ask" if (term.row.due_on - today).days <= NEAR else "no"


def events(card: CaseCard) -> list[tuple[str, str, Any]]:
    """What happened in the case: (shape, sentence, event)."""
    kinds = ((event.kind.removeprefix("cases."), event) for event in card.events)
    return [(*words.EVENTS[kind], event) for kind, event in kinds if kind in words.EVENTS]


def looked(card: CaseCard) -> list[tuple[str, Any]]:
    """Who read the case, the last time each day."""
    found: dict[tuple[str, date], Any] = {}
    for event in card.reads:
        found.setdefault((event.actor.get("name") or "", day(event.at, zone())), event.at)
    return [(by, at) for (by, _day), at in found.items()][:LOOKED]


def lead(card: CaseCard) -> str:
    """The one thing to do next on this page, if the reader may."""
    if card.asked and "approve" in card.may:
        return "decide"
    if not card.workable:
        return ""
    if not card.needs:
        return "need"
    if card.plan is None:
        return "plan"
    if card.plan.row.state == "draft" and card.plan.ready and not card.asked:
        return "review"
    return "note"
