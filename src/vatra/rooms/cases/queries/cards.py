"""One case, with everything that belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from vatra.foundation.access.queries import holders, may
from vatra.foundation.audit.models import Event
from vatra.foundation.audit.queries import of_record
from vatra.foundation.catalogue.queries import code as code_of
from vatra.foundation.docket.models import Deadline
from vatra.foundation.docket.queries import deadlines_of
from vatra.kernel.actor import Actor, ActorKind
from vatra.rooms.people.models import Membership

from ..definition import Definition, definition_of
from ..models import Action, Case, Goal, LevelMove, Need, Note, Plan, Review, Visit
from ..states import CaseState, NeedState, NoteState, PlanState, ReviewState, VisitState
from .names import names

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

    def late(self, on: date) -> bool:
        return (self.row.met_on or on) > self.row.due_on


@dataclass(frozen=True)
class CaseCard:
    """Everything on the page of one case, as far as its reader may see it."""

    row: Case
    definition: Definition
    members: dict[UUID, str]
    needs: list[NeedRow]
    plan: PlanView | None
    earlier_plans: list[Plan]
    visits: list[Visit]
    notes: list[Note]
    draft: Note | None
    reviews: list[Review]
    moves: list[LevelMove]
    terms: list[Term]
    events: list[Event]
    may: frozenset[str] = field(default_factory=frozenset)  # work, assign, approve

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
    def next_visit(self) -> Visit | None:
        planned = [visit for visit in self.visits if visit.state == VisitState.PLANNED]
        return min(planned, key=lambda visit: visit.planned_on, default=None)

    @property
    def running(self) -> list[Term]:
        return [term for term in self.terms if term.row.met_on is None]

    @property
    def outcome(self) -> dict[str, str]:
        found = self.definition.outcome(self.row.outcome)
        return found.title if found else {}


ACTIONS = {"work": "cases.work", "assign": "cases.assign", "approve": "cases.approve"}


def case_card(case_id: UUID, *, actor: Actor, case: Case | None = None) -> CaseCard:
    """One case with its needs, plan, visits, notes, reviews and terms. Fifteen queries.

    Raises Case.DoesNotExist where the actor may not see it. `case` is what `open_case_file` just gave.
    """
    if case is None:
        seen = Case.objects.visible_to(actor, "cases.view")
        related = ("type", "household__area", "office", "worker", "supervisor", "previous")
        case = seen.select_related(*related).get(pk=case_id)
    members = _members(case, actor)
    plans = list(Plan.objects.filter(case=case).order_by("-number"))
    live = next((plan for plan in plans if plan.state != PlanState.ENDED), None)
    shown = live or (plans[0] if plans else None)
    notes = list(Note.objects.filter(case=case).select_related("author", "visit").order_by("-written_at")[:LATEST])
    return CaseCard(
        row=case, definition=definition_of(case.type), members=members, needs=_needs(case, members),
        plan=_plan_view(shown) if shown else None, earlier_plans=[plan for plan in plans if plan != shown],
        visits=list(Visit.objects.filter(case=case).select_related("worker").order_by("-planned_on", "-pk")[:LATEST]),
        notes=[note for note in notes if note.state == NoteState.WRITTEN],
        draft=next((n for n in notes if n.state == NoteState.DRAFT and str(n.author_id) == actor.id), None),
        reviews=list(Review.objects.filter(case=case).order_by("-asked_at")),
        moves=list(LevelMove.objects.filter(case=case).order_by("-moved_at")), terms=_terms(case),
        events=list(of_record("cases.case", case.pk).filter(kind__startswith="cases.")[:LATEST]),
        may=_may(case, actor),
    )  # fmt: skip


def _members(case: Case, actor: Actor) -> dict[UUID, str]:
    """Who belongs to the household, by name, in its order; of whom the reader may not see, nobody."""
    rows = Membership.objects.filter(household=case.household_id, superseded_at=None, valid_to=None).order_by("id")
    persons = list(dict.fromkeys(rows.values_list("person__canonical_id", flat=True)))
    known = names([*persons, *([case.person_id] if case.person_id else [])], actor=actor)
    return {person: known[person] for person in dict.fromkeys((*persons, case.person_id)) if person in known}


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
    """What the reader may do with this case; one query for those that are not plainly out of reach."""
    held = {name for name, action in ACTIONS.items() if may(actor, action)}
    if actor.kind is ActorKind.SYSTEM:
        return frozenset(held)
    held |= {"work"} if str(case.worker_id) == actor.id else set()
    able = {
        name for name in held if Case.objects.visible_to(actor, ACTIONS[name]).filter(pk=case.pk).exists()
    }  # fmt: skip
    return frozenset(able)


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


def timeline(household_id: UUID, *, actor: Actor, kinds: Iterable[str] = TOLD, limit: int = 120) -> list[Happened]:
    """What was done in the cases of a household that the actor may see, the latest first. Two queries."""
    if not may(actor, "cases.view"):
        return []
    rows = Case.objects.visible_to(actor, "cases.view").filter(household=household_id).select_related("type")
    seen = {case.pk: case for case in rows}
    if not seen:
        return []
    events = Event.objects.filter(ref_kind="cases.case", ref_id__in=list(seen), kind__in=list(kinds))
    return [
        Happened(
            event.at, event.kind.removeprefix("cases."), event.ref_id, seen[event.ref_id].type.title,
            seen[event.ref_id].number, event.payload, event.actor.get("name") or "",
        )
        for event in events.order_by("-at", "-id")[:limit]
    ]  # fmt: skip
