"""Lists of cases: mine, of the office, of a household."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from vatra.foundation.docket.models import Deadline
from vatra.foundation.docket.queries import deadlines_of
from vatra.kernel.actor import Actor
from vatra.kernel.refused import NoGrant

from ..models import Case, CaseType
from ..states import CaseState
from .names import who_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list."""

    id: UUID
    number: str
    type: dict[str, str]
    who: str
    household_id: UUID
    household: str
    worker: str
    level: str
    risk: str
    state: str
    sealed: bool
    opened_at: datetime
    closed_at: datetime | None
    due_on: date | None  # the nearest term that runs
    step: dict[str, str]  # what it is for

    def late(self, on: date) -> bool:
        return self.due_on is not None and self.due_on < on


@dataclass(frozen=True, slots=True)
class CasePage:
    rows: list[CaseRow]
    next: str  # key of the next page, or ""


def seen_cases(actor: Actor) -> QuerySet[Case]:
    """The cases that an actor may see; raises NoGrant where they may see none at all."""
    return Case.objects.visible_to(actor, "cases.view")


def cases(
    *, actor: Actor, mine: bool = False, state: str = "open", level: str = "", type_: str = "", risk: str = "",
    review_overdue_on: date | None = None, after: str = "", limit: int = PAGE,
) -> CasePage:  # fmt: skip
    """Cases the actor may see, the latest opened first. `state`: open, closed, or one of the states.

    Eight queries, however many rows.
    """
    found = seen_cases(actor).select_related("type", "household", "worker")
    if mine:
        found = found.filter(worker=actor.id)
    if state == "open":
        found = found.exclude(state=CaseState.CLOSED)
    elif state:
        found = found.filter(state=state)
    for column, wanted in (("level", level), ("type", type_), ("risk", risk)):
        if wanted:
            found = found.filter(**{column: wanted})
    if review_overdue_on:
        found = found.filter(Exists(_reviews_overdue(review_overdue_on)))
    if after:
        found = _after(found, after)
    rows = list(found.order_by("-opened_at", "-pk")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    return CasePage(rows_of(rows, actor=actor), f"{rows[-1].opened_at.isoformat()}~{rows[-1].pk}" if more else "")


def _reviews_overdue(on: date) -> QuerySet[Deadline]:
    kinds = [
        f"case.{step['code']}"
        for definition in CaseType.objects.values_list("definition", flat=True)
        for step in definition.get("steps", ())
        if step["done"] == "review"
    ]
    return Deadline.objects.filter(
        ref_kind="cases.case", ref_id=OuterRef("pk"), kind__in=kinds, met_on=None, due_on__lt=on
    )


def _after(rows: QuerySet[Case], key: str) -> QuerySet[Case]:
    try:
        stamp, _, pk = key.partition("~")
        at, id_ = datetime.fromisoformat(stamp), UUID(pk)
    except ValueError:
        return rows
    return rows.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=id_))


def rows_of(found: Iterable[Case], *, actor: Actor) -> list[CaseRow]:
    found = list(found)
    ids = [each.pk for each in found]
    who = who_of(found, actor=actor)
    due: dict[UUID, Deadline] = {}
    for term in deadlines_of("cases.case", ids):
        if term.met_on is None and (term.ref_id not in due or term.due_on < due[term.ref_id].due_on):
            due[term.ref_id] = term
    return [
        CaseRow(
            id=each.pk, number=each.number, type=each.type.title, who=who.get(each.pk, ""),
            household_id=each.household_id, household=each.household.number, worker=each.worker.name,
            level=each.level, risk=each.risk, state=each.state, sealed=each.sealed_at is not None,
            opened_at=each.opened_at, closed_at=each.closed_at,
            due_on=due[each.pk].due_on if each.pk in due else None,
            step=step_title(each.type, due[each.pk].kind) if each.pk in due else {},
        )
        for each in found
    ]  # fmt: skip


def step_title(type_: CaseType, deadline: str) -> dict[str, Any]:
    """The title of the step for which a term runs."""
    code = deadline.removeprefix("case.")
    steps = (step for step in type_.definition.get("steps", ()) if step["code"] == code)
    return next(steps, {}).get("title", {})


def cases_of(household_id: UUID, *, actor: Actor) -> list[CaseRow]:
    """The cases of a household that the actor may see, the open ones first; none for who may see no cases."""
    try:
        found = list(
            seen_cases(actor).filter(household=household_id).select_related("type", "household", "worker")
            .order_by("closed_at", "-opened_at")
        )  # fmt: skip
    except NoGrant:
        return []
    rows = rows_of(found, actor=actor) if found else []
    return sorted(rows, key=lambda row: row.closed_at is not None)


def case_types() -> list[CaseType]:
    """The types of case that can be opened, in their order."""
    return list(CaseType.objects.filter(retired_on=None).order_by("order", "code"))


def described(code: str) -> dict[str, Any] | None:
    """A type of case as a pack says it; None if there is none."""
    found = CaseType.objects.filter(pk=code).first()
    if found is None:
        return None
    columns = ("title", "summary", "level", "about", "sealed", "law", "order", "definition")
    return {column: getattr(found, column) for column in columns}
