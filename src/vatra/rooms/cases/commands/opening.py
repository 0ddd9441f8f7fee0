"""A case opens, in somebody's hands; other hands take it over; its risk is weighed again."""

from base64 import b32encode
from collections.abc import Iterable
from datetime import datetime
from os import urandom
from uuid import UUID, uuid4

from django.db import transaction

from vatra.foundation.access.commands import tie, untie
from vatra.foundation.access.queries import holds
from vatra.foundation.audit.commands import record
from vatra.foundation.docket.commands import register_entry, retime
from vatra.foundation.docket.queries import running
from vatra.foundation.worklist.commands import done, pass_on
from vatra.kernel.actor import Actor
from vatra.kernel.ids import sealed_id, uuid7
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits.models import Application
from vatra.rooms.intake.commands import close_contact
from vatra.rooms.intake.models import Contact, Outcome
from vatra.rooms.people.models import Household, Person
from vatra.rooms.people.reach import members_now, same_persons
from vatra.rooms.programmes.models import CareLevel

from ..definition import definition_of
from ..models import Case, CaseType, Referral, Visit
from ..reminders import TERM, settled
from ..states import CaseState, Risk, VisitState
from .common import (
    ID,
    about,
    case_ref,
    id_of,
    locked_case,
    member_of,
    needed,
    start_step,
    tell,
    today,
    wait_for,
)


@transaction.atomic
def open_case(
    *, household: Household | ID, type: CaseType | str, person: Person | ID | None = None,
    contact: Contact | None = None, application: Application | None = None, previous: Case | ID | None = None,
    worker: ID, supervisor: ID | None = None, team: Iterable[ID] = (), level: str = "", risk: str = Risk.MEDIUM,
    sealed: bool = False, reason: str = "", key: UUID | None = None, actor: Actor, at: datetime,
) -> Case:  # fmt: skip
    """Help begins that goes on for a while: the case has a number, a worker, and its first terms run.

    `key` names the opening beforehand: the same key again gives the case that it opened. A case whose type or whose
    household is sealed is sealed, whatever is asked. Refuses a type that is retired, a person who is not of the
    household where the type asks for one, a second open case of the type, a worker or supervisor who may not do it.
    Raises Household.DoesNotExist where the actor may not work on the household's cases.
    """
    if key and (again := Case.objects.filter(opening_key=key, opened_by__id=actor.id).first()):
        return again
    home = Household.objects.visible_to(actor, "cases.work").select_for_update(of=("self",)).get(pk=id_of(household))
    kind = _type(type, at)
    subject = _subject(kind, home, person, at)
    hidden = bool(sealed or kind.sealed or home.sealed_at)
    case = Case(
        id=sealed_id() if hidden else uuid7(at), opening_key=key or uuid4(), type=kind, household=home,
        person_id=subject, office_id=home.office_id, contact=contact, application=application,
        previous=_previous(previous, home, actor), worker_id=id_of(worker),
        supervisor_id=id_of(supervisor) if supervisor else None, level=CareLevel(level or kind.level),
        risk=Risk(risk), sealed_at=at if hidden else None, opened_at=at, opened_by=actor.as_json(),
        reason=reason.strip(),
    )  # fmt: skip
    _check_people(case)
    _check_only_one(case)
    case.number = _number(case, actor, at)
    case.save(force_insert=True)
    for user in dict.fromkeys(id_of(u) for u in (worker, supervisor, *team) if u):
        _let_in(case, user, actor=actor, at=at)
    for step in definition_of(kind).steps:
        if not step.after:
            start_step(case, step, on=today(at), actor=actor, at=at)
    if contact and contact.closed_at is None and not hidden:  # a sealed case shows nowhere, not even as an outcome
        close_contact(contact.pk, outcome=Outcome.CASE, household=home, actor=actor, at=at)
    tell(case, "opened", actor=actor, at=at, type=kind.code, level=case.level, risk=case.risk)
    if str(case.worker_id) != actor.id:
        wait_for(case, "assigned", user=case.worker_id, due_on=today(at), at=at)
    return case


def _type(type_: CaseType | str, at: datetime) -> CaseType:
    code = type_ if isinstance(type_, str) else type_.pk
    found = CaseType.objects.filter(pk=code).first()
    if found is None or (found.retired_on and found.retired_on <= today(at)):
        raise Refused(
            "no_such_case_type", gettext_noop("No case of the type “%(type)s” can be opened."),
            gettext_noop("Choose a type from the list."), type=code,
        )  # fmt: skip
    return found


def _subject(kind: CaseType, home: Household, person: Person | ID | None, at: datetime) -> UUID | None:
    if person is None:
        if kind.about == "person":
            raise Refused(
                "case_needs_a_person", gettext_noop("A case of this type is about one person."),
                gettext_noop("Choose whom of the household it is about."),
            )  # fmt: skip
        return None
    return member_of(home.pk, person, at)


def _previous(previous: Case | ID | None, home: Household, actor: Actor) -> Case | None:
    if previous is None:
        return None
    found = Case.objects.visible_to(actor, "cases.view").get(pk=id_of(previous))
    if found.household_id != home.pk or found.state != CaseState.CLOSED:
        raise Refused("previous_case", gettext_noop("The earlier case must be a closed one of the same household."))
    return found


def _check_people(case: Case) -> None:
    """A worker who may work on cases of this office, a supervisor who may approve there; two people."""
    if not holds(case.worker_id, "cases.work", office=case.office_id):
        raise Refused(
            "worker_may_not", gettext_noop("This person may not work on cases of this office."),
            gettext_noop("Choose somebody who may, or ask the administrator for the role."),
        )  # fmt: skip
    if case.supervisor_id is None:
        if case.sealed_at:
            raise Refused(
                "supervisor_needed", gettext_noop("A sealed case is seen by its team only, so it needs a supervisor."),
                gettext_noop("Choose who approves its plan."),
            )  # fmt: skip
        return
    if case.supervisor_id == case.worker_id:
        raise Refused("supervisor_is_worker", gettext_noop("The supervisor must be another person than the worker."))
    if not holds(case.supervisor_id, "cases.approve", office=case.office_id):
        raise Refused(
            "supervisor_may_not", gettext_noop("This person may not approve cases of this office."),
            gettext_noop("Choose somebody who may, or ask the administrator for the role."),
        )  # fmt: skip


def _check_only_one(case: Case) -> None:
    """Only among cases that are not sealed: a refusal must not tell that there is a sealed one."""
    if case.sealed_at:
        return
    running = Case.objects.filter(type=case.type, sealed_at=None).exclude(state=CaseState.CLOSED)
    same = (
        running.filter(person=case.person_id)
        if case.person_id
        else running.filter(household=case.household, person=None)
    )
    if found := same.first():
        raise Refused(
            "case_runs", gettext_noop("A case of this type is open already: no. %(number)s."),
            gettext_noop("Go on with that one."), number=found.number,
        )  # fmt: skip


def _number(case: Case, actor: Actor, at: datetime) -> str:
    """The next of the office's register of cases; a random one where the case is sealed."""
    if case.sealed_at:
        return "S-" + b32encode(urandom(5)).decode()
    entry = register_entry(
        office=case.office_id, register="case", direction="internal", subject="case", ref=case_ref(case),
        actor=actor, at=at,
    )  # fmt: skip
    return f"{entry.number}/{entry.register.year}"


def _let_in(case: Case, user: UUID, *, actor: Actor, at: datetime) -> None:
    """The user may work on the case whatever seals it; and, where the household is sealed, reach it too."""
    for ref in _reached(case, at):
        tie(ref=ref, user=user, action_class="work", because=_because(case), actor=actor, at=at)


def _let_out(case: Case, user: UUID, *, actor: Actor, at: datetime) -> None:
    """What the case let the user reach is closed to them again; what other ties opened stays open."""
    for ref in _reached(case, at):
        untie(ref=ref, user=user, because=_because(case), actor=actor, at=at)


def _because(case: Case) -> str:
    return f"case {case.number}"


def _reached(case: Case, at: datetime) -> list[Ref]:
    if not case.household.sealed_at:
        return [case_ref(case)]
    persons = same_persons(members_now(case.household_id, at))
    return [
        case_ref(case), Ref("people.household", case.household_id), *(Ref("people.person", p) for p in persons)
    ]  # fmt: skip


@transaction.atomic
def assign_worker(*, case: Case | ID, worker: ID, because: str, actor: Actor, at: datetime) -> Case:
    """Another worker takes the case over with its planned visits and what waits for an answer, and whoever had it no
    longer reaches it if it is sealed.

    Assigning the worker who has it changes nothing. Refuses one who may not work on cases of this office.
    """
    found = locked_case(case, actor=actor, action="cases.assign")
    before, after = found.worker_id, id_of(worker)
    if before == after:
        return found
    because = needed(because, "reason_needed", gettext_noop("Say why another worker takes the case over."))
    found.worker_id = after
    _check_people(found)
    found.save(update_fields=["worker"])
    _let_out(found, before, actor=actor, at=at)
    _let_in(found, after, actor=actor, at=at)
    _hand_over(found, before, after)
    tell(found, "assigned", actor=actor, at=at, before=str(before), after=str(after), because=because)
    wait_for(found, "assigned", user=after, due_on=today(at), at=at)
    return found


def _hand_over(case: Case, before: UUID, after: UUID) -> None:
    """What stood on the day of the one who had the case stands on the other's; reminders follow with their next round."""
    Visit.objects.filter(case=case, worker=before, state=VisitState.PLANNED).update(worker=after)
    referrals = (Ref("cases.referral", id) for id in Referral.objects.filter(case=case).values_list("pk", flat=True))
    kinds = ["cases.returned", "referral.declined", "referral.outcome"]
    pass_on(refs=[case_ref(case), *referrals], kinds=kinds, before=before, after=after)


@transaction.atomic
def take_note_of_case(*, case: Case | ID, actor: Actor, at: datetime) -> None:
    """The worker has seen that the case is theirs; it no longer waits on their day."""
    found = locked_case(case, actor=actor, closed=True)
    if str(found.worker_id) == actor.id:
        done(key=f"cases.assigned:{found.pk}", at=at)


@transaction.atomic
def add_to_team(*, case: Case | ID, user: ID, actor: Actor, at: datetime) -> Case:
    """One more person may work on the case, sealed or not; a colleague who stands in."""
    found = locked_case(case, actor=actor, action="cases.assign")
    if not holds(id_of(user), "cases.work", office=found.office_id):
        raise Refused("worker_may_not", gettext_noop("This person may not work on cases of this office."))
    _let_in(found, id_of(user), actor=actor, at=at)
    return found


@transaction.atomic
def weigh_risk(*, case: Case | ID, risk: str, because: str, actor: Actor, at: datetime) -> Case:
    """The risk is seen anew: terms that run are counted again from their first day. The same risk changes nothing."""
    found = locked_case(case, actor=actor)
    before, found.risk = found.risk, Risk(risk)
    if before == found.risk:
        return found
    because = needed(because, "reason_needed", gettext_noop("Say why the risk is another now."))
    found.save(update_fields=["risk"])
    for step in definition_of(found.type).steps:
        within = step.within.get(found.risk)
        term = running("cases.case", found.pk, step.deadline) if within else None
        if term:
            retime(
                ref=case_ref(found), kind=step.deadline, days=within.days, counting=within.counting,
                verified=within.verified, actor=actor, at=at,
            )  # fmt: skip
            settled(case_ref(found), [TERM], parts=[term.pk], at=at)
    tell(found, "risk_weighed", actor=actor, at=at, before=before, after=found.risk, because=because)
    return found


@transaction.atomic
def open_case_file(*, case: ID, actor: Actor, at: datetime) -> Case:
    """Somebody read the case: an entry of the trail, each time. Raises Case.DoesNotExist where they may not see it."""
    seen = Case.objects.visible_to(actor, "cases.view")
    found = seen.select_related("type", "household__area", "office", "worker", "supervisor", "previous").get(pk=case)
    record("cases.read", case_ref(found), actor=actor, at=at, about=about(found, at))
    return found
