"""One case, with everything that belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Value

from vatra.foundation.access.queries import holders, may
from vatra.foundation.audit.models import Event
from vatra.foundation.audit.queries import of_record
from vatra.foundation.catalogue.queries import code as code_of
from vatra.foundation.docket.models import Deadline
from vatra.foundation.docket.queries import deadlines_of
from vatra.kernel.actor import Actor, ActorKind

from ..definition import Definition, definition_of
from ..models import Action, Case, Goal, LevelMove, Need, Note, Plan, Review, Visit
from ..states import CaseState, NeedState, NoteState, PlanState, ReviewState
from .names import members_of, names

LATEST = 100  # notes, visits and events on the page; older ones stay in the case


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need with its words."""

    row: Need
    title: dict[str, str]
    domain: dict[str, str]
    who: str


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal with what is done for it."""

    row: Goal
    actions: list[Action]


@dataclass(frozen=True, slots=True)
class PlanView:
    row: Plan
    goals: list[GoalRow]

    @property
    def ready(self) -> bool:
        return bool(self.row.strengths) and any(goal.actions for goal in self.goals)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the case: for which step, until when."""

    row: Deadline
    title: dict[str, str]


@dataclass(frozen=True)
class CaseCard:
    """Everything on the page of one case, as far as its reader may see it."""

    row: Case
    definition: Definition
    members: dict[UUID, str]
    needs: list[NeedRow]
    plan: PlanView | None
    visits: list[Visit] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    draft: Note | None = None
    reviews: list[Review] = field(default_factory=list)
    moves: list[LevelMove] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)  # what happened, the latest first
    reads: list[Event] = field(default_factory=list)  # who opened it: so many that they stand apart
    may: frozenset[str] = field(default_factory=frozenset)  # work, assign, approve

    @property
    def new_to_its_worker(self) -> bool:
        """The worker opens the case for the first time since it was given to them."""
        given = next((e for e in self.events if e.kind in ("cases.assigned", "cases.opened")), None)
        before = [e for e in self.reads[1:] if e.actor_id == str(self.row.worker_id)]
        return not any(given is None or (e.at, e.pk) > (given.at, given.pk) for e in before)

    @property
    def open(self) -> bool:
        return self.row.state != CaseState.CLOSED

    @property
    def workable(self) -> bool:
        return self.open and "work" in self.may

    @property
    def who(self) -> str:
        if self.row.person_id:
            return self.members.get(self.row.person_id, "")
        return next(iter(self.members.values()), "")

    @property
    def asked(self) -> Review | None:
        """The review that waits for a supervisor."""
        return next((review for review in self.reviews if review.state == ReviewState.ASKED), None)

    @property
    def open_needs(self) -> list[NeedRow]:
        return [need for need in self.needs if need.row.state == NeedState.OPEN]

    @property
    def outcome(self) -> dict[str, str]:
        found = self.definition.outcome(self.row.outcome)
        return found.title if found else {}


ACTIONS = {"work": "cases.work", "assign": "cases.assign", "approve": "cases.approve"}


def case_card(case_id: UUID, *, actor: Actor, case: Case | None = None, whole: bool = True) -> CaseCard:
    """One case with its needs, plan, visits, notes, reviews and terms. Fourteen queries.

    Raises Case.DoesNotExist where the actor may not see it. `case` is what `open_case_file` just gave; without `whole`
    the needs and the plan are read, as the forms by which they are changed need them.
    """
    if case is None:
        seen = Case.objects.visible_to(actor, "cases.view")
        related = ("type", "household__area", "office", "worker", "supervisor", "previous")
        case = seen.select_related(*related).get(pk=case_id)
    members = _members(case, actor)
    plans = list(Plan.objects.filter(case=case).order_by("-number"))
    live = next((plan for plan in plans if plan.state != PlanState.ENDED), None)
    shown = live or (plans[0] if plans else None)
    return CaseCard(
        row=case, definition=definition_of(case.type), members=members, needs=_needs(case, members),
        plan=_plan_view(shown) if shown else None,
        **(_rest(case, actor) if whole else {}),
    )  # fmt: skip


def _rest(case: Case, actor: Actor) -> dict[str, Any]:
    own = Q(author=actor.id, state=NoteState.DRAFT) if actor.kind is ActorKind.POST else Q(pk__in=[])
    notes = Note.objects.filter(own | Q(state=NoteState.WRITTEN), case=case).select_related("author", "visit")
    latest = list(notes.order_by(F("written_at").desc(nulls_first=True), "-pk")[: LATEST + 1])  # the draft first
    events = of_record("cases.case", case.pk).filter(kind__startswith="cases.")
    return {
        "visits": list(
            Visit.objects.filter(case=case).select_related("worker").order_by("-planned_on", "-pk")[:LATEST]
        ),
        "notes": [note for note in latest if note.state == NoteState.WRITTEN][:LATEST],
        "draft": next((note for note in latest if note.state == NoteState.DRAFT), None),
        "reviews": list(Review.objects.filter(case=case).order_by("-asked_at")),
        "moves": list(LevelMove.objects.filter(case=case).order_by("-moved_at")),
        "terms": _terms(case),
        "events": list(events.exclude(kind__in=["cases.read", "cases.reminded"])[:LATEST]),
        "reads": list(events.filter(kind="cases.read")[:LATEST]),
        "may": _may(case, actor),
    }


def _members(case: Case, actor: Actor) -> dict[UUID, str]:
    """Who belongs to the household, by name, in its order; of whom the reader may not see, nobody."""
    found = members_of([case.household_id], actor=actor).get(case.household_id, {})
    if case.person_id and case.person_id not in found:  # left the household since
        found |= names([case.person_id], actor=actor)
    return found


def _needs(case: Case, members: dict[UUID, str]) -> list[NeedRow]:
    rows = Need.objects.filter(case=case).order_by("recorded_at", "pk")
    return sorted(
        (NeedRow(row, *need_words(row.code), members.get(row.person_id, "") if row.person_id else "") for row in rows),
        key=lambda need: need.row.state != NeedState.OPEN,
    )


def need_words(code: str) -> tuple[dict[str, str], dict[str, str]]:
    """(title of the need, title of its life domain), as the pack says them."""
    found = code_of("need", code)
    if found is None:
        return {"en": code}, {}
    domain = code_of("life_domain", found.extra.get("domain", ""))
    return found.title, domain.title if domain else {}


def _plan_view(plan: Plan) -> PlanView:
    actions: dict[UUID, list[Action]] = {}
    for action in Action.objects.filter(goal__plan=plan).order_by("due_on", "pk"):
        actions.setdefault(action.goal_id, []).append(action)
    goals = Goal.objects.filter(plan=plan).select_related("need").order_by("added_at", "pk")
    return PlanView(plan, [GoalRow(goal, actions.get(goal.pk, [])) for goal in goals])


def _terms(case: Case) -> list[Term]:
    titles = {f"case.{step['code']}": step["title"] for step in case.type.definition.get("steps", ())}
    found = [Term(row, titles.get(row.kind, {})) for row in deadlines_of("cases.case", [case.pk])]
    return sorted(found, key=lambda term: (term.row.met_on is not None, term.row.due_on))


def _may(case: Case, actor: Actor) -> frozenset[str]:
    """What the reader may do with this case. One query, and none for who may plainly do nothing."""
    held = [name for name, action in ACTIONS.items() if may(actor, action)]
    if actor.kind is ActorKind.SYSTEM:
        return frozenset(held)
    asked = [
        Case.objects.visible_to(actor, ACTIONS[name]).filter(pk=case.pk).annotate(what=Value(name)).values_list("what")
        for name in dict.fromkeys((*held, *_by_tie(case, actor)))
    ]
    return frozenset(name for (name,) in asked[0].union(*asked[1:], all=True)) if asked else frozenset()


def _by_tie(case: Case, actor: Actor) -> list[str]:
    """Whoever has the case may work on it even where their role no longer says so."""
    return ["work"] if str(case.worker_id) == actor.id else []


def workers_for(office: UUID) -> list[tuple[UUID, str]]:
    """Who may work on cases of an office, by name."""
    return holders("cases.work", office=office)


def supervisors_for(office: UUID) -> list[tuple[UUID, str]]:
    """Who may approve plans, reviews and closures there."""
    return holders("cases.approve", office=office)


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing for a household's timeline."""

    at: datetime
    kind: str  # opened, visit_done, level_moved, review_approved, closed
    case_id: UUID
    title: dict[str, str]  # of the type of case
    number: str
    values: dict[str, Any]
    by: str


TOLD = ("cases.opened", "cases.visit_done", "cases.level_moved", "cases.review_approved", "cases.closed")


def cases_in(household_id: UUID, *, actor: Actor) -> list[Case]:
    """The cases of a household that the actor may see, the latest first; none for who may see no cases."""
    if not may(actor, "cases.view"):
        return []
    seen = Case.objects.visible_to(actor, "cases.view").filter(household=household_id)
    return list(seen.select_related("type", "worker").order_by("-opened_at"))


def events_of(cases: Iterable[Case]) -> QuerySet[Event]:
    """What a household's timeline tells of its cases."""
    return Event.objects.filter(ref_kind="cases.case", ref_id__in=[case.pk for case in cases], kind__in=TOLD)


def told(event: Event, cases: Iterable[Case]) -> Happened:
    """One of those events, with the type and number of its case."""
    case = next(case for case in cases if case.pk == event.ref_id)
    return Happened(
        event.at, event.kind.removeprefix("cases."), case.pk, case.type.title, case.number, event.payload,
        event.actor.get("name") or "",
    )  # fmt: skip
