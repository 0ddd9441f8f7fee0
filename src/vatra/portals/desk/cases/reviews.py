"""Asking a supervisor, and their answer; closing a case."""

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from vatra.kernel.actor import Actor
from vatra.look.reading import said as words_of
from vatra.rooms.cases import commands
from vatra.rooms.cases.conditions import unmet_conditions
from vatra.rooms.cases.models import Review, ReviewKind
from vatra.rooms.cases.queries import CaseCard, case_card, need_words
from vatra.rooms.cases.states import PlanState
from vatra.web.actions import needs
from vatra.web.middleware import in_words

from ..choices import language
from ..editing import posted
from . import words
from .editing import edit, part, reached
from .forms import CloseForm, DecideForm, ReviewForm


@needs("cases.work")
def review_ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = reached(request, case_id)
    form = ReviewForm(posted(request), kinds=kinds_now(case_card(case_id, actor=request.actor, whole=False)))
    return edit(
        request, case, form, partial(commands.ask_review, case=case), title=gettext("Ask the supervisor"),
        lead=gettext("Ask"), done=gettext("The supervisor is asked."), anchor="reviews",
    )  # fmt: skip


def kinds_now(card: CaseCard) -> list[ReviewKind]:
    """What can be asked as things stand."""
    state = card.plan.row.state if card.plan else ""
    first = {PlanState.DRAFT: [ReviewKind.PLAN], PlanState.IN_FORCE: [ReviewKind.PERIODIC]}.get(state, [])
    return [*first, ReviewKind.CLOSING]


@needs("cases.approve")
def review_decide(request: HttpRequest, case_id: UUID, review_id: UUID) -> HttpResponse:
    """What was laid before the supervisor, and their answer: `do=approve` or `do=return`."""
    case = reached(request, case_id, "cases.approve")
    review = part(Review, review_id, case=case)
    returns = request.POST.get("do") == "return"
    do = commands.return_review if returns else commands.approve_review
    done = gettext("It goes back to the worker.") if returns else gettext("Approved.")
    return edit(
        request, case, DecideForm(posted(request)), partial(do, review=review), title=gettext("A supervisor is asked"),
        lead="", done=done, anchor="reviews", template="desk/cases/decide.html", review=review,
        kind=words.REVIEW_KINDS[review.kind], state=words.REVIEW[review.state], presented=presented(review),
    )  # fmt: skip


def presented(review: Review) -> dict[str, Any]:
    """What was laid before the supervisor, in words."""
    said = review.presented
    return {
        **said, "level": words.LEVELS[said["level"]], "risk": words.RISK[said["risk"]],
        "needs": [(need_words(n["code"])[0], words.NEED[n["state"]], n["reason"]) for n in said["needs"]],
        "goals": [
            (
                goal["text"], words.GOAL[goal["state"]],
                [
                    (a["text"], words.OWNERS[a["owner"]], date.fromisoformat(a["due_on"]), words.ACTION[a["state"]])
                    for a in said["actions"] if a["goal"] == goal["id"]
                ],
            )
            for goal in said["goals"]
        ],
    }  # fmt: skip


@needs("cases.work")
def case_close(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The outcome, the needs still open, and what is wanting before it can close."""
    case = reached(request, case_id)
    card = case_card(case_id, actor=request.actor, whole=False)
    outcomes = [(o.code, words_of(o.title, language()).text) for o in card.definition.outcomes]
    form = CloseForm(posted(request), outcomes=outcomes, needs=card.open_needs)
    wanting = [
        in_words(unmet)
        for unmet in unmet_conditions(case, timezone.now())
        if unmet.code != "needs_open"  # they are answered on this page
    ]

    def act(outcome: str, note: str, actor: Actor, at: datetime, **_: object) -> object:
        return commands.close_case(case=case, outcome=outcome, note=note, needs=form.answers(), actor=actor, at=at)

    return edit(
        request, case, form, act, title=gettext("Close the case"), lead=gettext("Close the case"),
        done=gettext("The case is closed."), template="desk/cases/close.html", wanting=wanting,
    )  # fmt: skip
