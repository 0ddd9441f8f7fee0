"""What the commands of this room share."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.docket.commands import meet, start_deadline
from vatra.foundation.docket.queries import running
from vatra.foundation.worklist.commands import open_item
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.days import day
from vatra.kernel.ids import sealed_id, uuid7
from vatra.kernel.moves import check_move
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.reach import members_now, same_persons

from ..definition import Step, definition_of
from ..models import Case
from ..reminders import TERM, settled
from ..states import CASE_MOVES, CaseState

ID = UUID | str


def id_of(record: Any) -> UUID:
    found = getattr(record, "pk", None) or getattr(record, "id", None) or record
    return found if isinstance(found, UUID) else UUID(str(found))


def today(at: datetime) -> date:
    return day(at, zone())


def locked_case(case: Case | ID, *, actor: Actor, action: str = "cases.work", closed: bool = False) -> Case:
    """The case with its type, locked. Raises Case.DoesNotExist where the actor may not; refuses a closed one."""
    rows = Case.objects.visible_to(actor, action).select_for_update(of=("self",))
    found = rows.select_related("type", "household").get(pk=id_of(case))
    if found.state == CaseState.CLOSED and not closed:
        raise Refused(
            "case_closed",
            gettext_noop("This case is closed; nothing in it changes any more."),
            gettext_noop("If help is needed again, open a new case that names this one."),
        )
    return found


def member_of(household: UUID, person: Any, at: datetime) -> UUID:
    """A person of the household, by the id that stands for them; refuses whoever is none of it."""
    members = same_persons(members_now(household, at))
    if id_of(person) not in members:
        raise Refused(
            "not_of_the_household", gettext_noop("This person does not belong to the household."),
            gettext_noop("Choose one of its members, or add the person to the household first."),
        )  # fmt: skip
    return members[id_of(person)]


def child_id(case: Case, at: datetime) -> UUID:
    """An id for what belongs to a case: random where the case is sealed, as its own is."""
    return sealed_id() if case.sealed_at else uuid7(at)


def case_ref(case: Case) -> Ref:
    return Ref("cases.case", case.pk)


def about(case: Case, at: datetime) -> list[UUID]:
    """The persons whom the case concerns."""
    return [case.person_id] if case.person_id else members_now(case.household_id, at)


def tell(case: Case, kind: str, /, *, actor: Actor, at: datetime, **payload: object) -> None:
    """One event of the trail, about the persons of the case. The payload holds codes, never what was written."""
    record(f"cases.{kind}", case_ref(case), actor=actor, at=at, about=about(case, at), **payload)


def move_case(case: Case, target: CaseState) -> None:
    check_move(CASE_MOVES, source=CaseState(case.state), target=target)
    case.state = target


def needed(text: str, code: str, sentence: str, next_step: str = "") -> str:
    """A text that must say something."""
    said = text.strip()
    if not said:
        raise Refused(code, sentence, next_step)
    return said


def user_of(actor: Actor) -> UUID:
    """The user behind an actor; refuses the house itself and whoever else is nobody of the office."""
    if actor.kind is not ActorKind.POST:
        raise Refused("nobody_here", gettext_noop("Only somebody who works here can do this."))
    return UUID(actor.id)


# --- terms ----------------------------------------------------------------------------------------------------------


def start_step(case: Case, step: Step, *, on: date, actor: Actor, at: datetime) -> None:
    """The term of a step begins to run, as long as the risk of the case allows. Nothing where it runs already."""
    within = step.within.get(case.risk)
    if within is None or running("cases.case", case.pk, step.deadline):
        return
    start_deadline(
        ref=case_ref(case), kind=step.deadline, office=case.office_id, starts_on=on, days=within.days,
        counting=within.counting, law=step.law, verified=within.verified, actor=actor, at=at,
    )  # fmt: skip


def fulfil(case: Case, what: str, *, on: date, actor: Actor, at: datetime) -> None:
    """Something happened that fulfils steps: their terms are met, what follows them begins, what repeats begins anew."""
    definition = definition_of(case.type)
    for step in definition.steps_done_by(what):
        met = meet(ref=case_ref(case), kind=step.deadline, on=on, actor=actor, at=at)
        if met is None:
            continue
        settled(case_ref(case), [TERM], parts=[met.pk], at=at)
        if step.repeats:
            start_step(case, step, on=on, actor=actor, at=at)
        for following in definition.steps_after(step.code):
            start_step(case, following, on=on, actor=actor, at=at)


def wait_for(
    case: Case, what: str, *, action: str = "", user: UUID | None = None, due_on: date | None = None, at: datetime,
    values: Iterable[tuple[str, Any]] = (),
) -> None:  # fmt: skip
    """The case waits for somebody; it stands on their day."""
    open_item(
        key=f"cases.{what}:{case.pk}", kind=f"cases.{what}", ref=case_ref(case), office=case.office_id, action=action,
        user=user, due_on=due_on, at=at,
        values={"programme": case.type.title, "number": case.number, **dict(values)},
    )  # fmt: skip
