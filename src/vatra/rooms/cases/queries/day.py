"""What a worker's cases ask of them: terms, their own actions, visits, what others owe, drafts not finished."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from vatra.foundation.catalogue.queries import zone
from vatra.foundation.docket.models import Deadline
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.days import day
from vatra.kernel.refused import NoGrant

from ..models import Action, Case, Note, OwnerKind, Visit
from ..states import ActionState, CaseState, NoteState, VisitState
from .lists import seen_cases, step_title
from .names import who_of

AHEAD = 14  # days: what is due later is not yet the worker's day
MOST = 300


@dataclass(frozen=True, slots=True)
class DayLine:
    """One thing on somebody's day. `kind`: term, action, others (what family or a provider owes), visit, draft."""

    kind: str
    case_id: UUID
    number: str
    type: dict[str, str]
    who: str
    due_on: date
    title: dict[str, str]  # of a term's step
    text: str  # as somebody wrote it
    owner: str = ""
    of: UUID | None = None  # the term or the action: a reminder of it says the same

    def late(self, on: date) -> bool:
        return self.kind != "draft" and self.due_on < on


def my_day(actor: Actor, on: date) -> list[DayLine]:
    """What is due in the cases whose worker the actor is, and visits that are theirs; the nearest first.

    Reviews to approve, and what was assigned or returned, wait on the worklist. Eight queries, however many cases.
    """
    if actor.kind is not ActorKind.POST:
        return []
    try:
        seen = seen_cases(actor).exclude(state=CaseState.CLOSED)
    except NoGrant:
        return []
    going = Visit.objects.filter(worker=actor.id, state=VisitState.PLANNED).values("case")
    rows = seen.filter(Q(worker=actor.id) | Q(pk__in=going)).select_related("type")[:MOST]
    found = {case.pk: case for case in rows}
    if not found:
        return []
    mine = [pk for pk, case in found.items() if str(case.worker_id) == actor.id]
    who = who_of(found.values(), actor=actor)
    lines = [*_terms(mine, found, on), *_actions(mine, on), *_visits(actor, found, on), *_drafts(actor, found)]
    made = [_line(found[case], who, **said) for case, said in lines]
    return sorted(made, key=lambda line: (line.due_on, line.number))


def _line(case: Case, who: dict[UUID, str], **said: Any) -> DayLine:
    said = {"title": {}, "text": "", "owner": "", **said}
    return DayLine(case_id=case.pk, number=case.number, type=case.type.title, who=who.get(case.pk, ""), **said)


Said = Iterator[tuple[UUID, dict[str, Any]]]


def _terms(mine: list[UUID], found: dict[UUID, Case], on: date) -> Said:
    running = Deadline.objects.filter(
        ref_kind="cases.case", ref_id__in=mine, met_on=None, suspended_on=None, due_on__lte=on + timedelta(days=AHEAD)
    )
    for term in running:
        title = step_title(found[term.ref_id].type, term.kind)
        yield term.ref_id, {"kind": "term", "due_on": term.due_on, "title": title, "of": term.pk}


def _actions(mine: list[UUID], on: date) -> Said:
    """The worker's own, within days; of the family and of providers, what is late."""
    own = Q(owner=OwnerKind.WORKER, due_on__lte=on + timedelta(days=AHEAD))
    due = Action.objects.filter(own | Q(due_on__lt=on), case__in=mine, state=ActionState.PLANNED)
    for action in due:
        kind = "action" if action.owner == OwnerKind.WORKER else "others"
        said = {"due_on": action.due_on, "text": action.text, "owner": action.owner, "of": action.pk}
        yield action.case_id, {"kind": kind, **said}


def _visits(actor: Actor, found: dict[UUID, Case], on: date) -> Said:
    planned = Visit.objects.filter(
        worker=actor.id, case__in=list(found), state=VisitState.PLANNED, planned_on__lte=on + timedelta(days=AHEAD)
    )
    for visit in planned:
        yield visit.case_id, {"kind": "visit", "due_on": visit.planned_on, "text": visit.purpose}


def _drafts(actor: Actor, found: dict[UUID, Case]) -> Said:
    drafts = Note.objects.filter(author=actor.id, case__in=list(found), state=NoteState.DRAFT).exclude(text="")
    for draft in drafts:
        yield draft.case_id, {"kind": "draft", "due_on": day(draft.saved_at, zone())}
