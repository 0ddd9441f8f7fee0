"""Applications: registered with a docket number, their papers seen one by one, withdrawn."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.queries import languages
from vatra.foundation.docket.commands import meet, register_entry, resume, start_deadline, suspend
from vatra.foundation.docket.queries import running
from vatra.foundation.files.models import StoredFile
from vatra.foundation.letters.models import Letter
from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import done_for
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.moves import check_move
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.models import Household, Person, Representation
from vatra.rooms.people.temporal import valid
from vatra.rooms.programmes.models import Programme

from ..assessment import Bodies, condition, members_of, read_home
from ..models import Application, Decision, Paper
from ..queries.numbers import number_of
from ..states import APPLICATION_MOVES, DECISION_MOVES, ApplicationState, DecisionState
from ..terms import term
from . import letters
from .common import ID, about, canonical, id_of, locked_application, today, wait_for
from .determinations import determine_if_local

SEEN = {"original", "certified_copy", "register_checked", "not_needed"}
LIVE = [ApplicationState.REGISTERED, ApplicationState.COMPLETE]


@transaction.atomic
def apply(
    *, household: Household | ID, programme: Programme | str, applicant: Person | ID, beneficiary: Person | ID,
    filed_on: date | None = None, language: str = "", foreign_number: str = "", actor: Actor, at: datetime,
) -> Application:  # fmt: skip
    """A request is registered: docket number, checklist of papers, receipt, and the term for deciding begins to run.

    Where this authority decides, a determination is frozen at once; where another does, none ever is.
    Refuses a programme that is not offered, a beneficiary who is not of the household, a second open application for
    the same person and programme, a day to come. No missing paper blocks it.
    """
    home = Household.objects.visible_to(actor, "benefits.apply").select_related("office").get(pk=id_of(household))
    wanted = _offered(programme, today(at))
    filed_on = filed_on or today(at)
    if filed_on > today(at):
        raise Refused(
            "day_to_come", gettext_noop("The application cannot be filed on a day that has not come."),
            gettext_noop("Correct the day."),
        )  # fmt: skip
    asks, entitled = canonical(id_of(applicant)), canonical(id_of(beneficiary))
    _check_person(home, entitled, filed_on)
    _check_not_open(wanted, entitled)
    acting = _acting(entitled, wanted.code, filed_on)
    made = Application(
        id=uuid7(at), programme=wanted, household=home, applicant_id=asks, beneficiary_id=entitled,
        representative_id=acting.get("representative"), payee_id=acting.get("payee"), office=home.office,
        filed_on=filed_on, language=language or _language(asks), registered_at=at,
    )  # fmt: skip
    made.entry = register_entry(
        office=home.office_id, direction="in", subject="application", ref=Ref("benefits.application", made.pk),
        foreign_number=foreign_number, actor=actor, at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    _checklist(made, at)
    local = Bodies.read().local(wanted, home.office_id)
    _start_term(made, local=local, actor=actor, at=at)
    record(
        "benefits.applied", made, actor=actor, at=at, about=about(made), programme=wanted.code,
        household=str(home.pk), number=number_of(made.entry),
    )  # fmt: skip
    determine_if_local(made, local=local, actor=actor, at=at)
    if not _complete_if_seen(made, actor=actor, at=at):
        wait_for("papers", made, action="benefits.apply", due_on=_due(made), at=at)
    letters.receipt(made, local=local, actor=actor, at=at)
    return made


def _offered(programme: Programme | str, on: date) -> Programme:
    found = programme if isinstance(programme, Programme) else Programme.objects.filter(code=programme).first()
    if found is None or (found.retired_on is not None and found.retired_on <= on):
        raise Refused(
            "not_offered", gettext_noop("The programme “%(programme)s” is not offered."),
            gettext_noop("Choose one of the programmes on the panel."),
            programme=found.code if found else str(programme),
        )  # fmt: skip
    return found


def _check_person(home: Household, person: UUID, on: date) -> None:
    if person not in members_of(home.pk, on=on):
        raise Refused(
            "not_of_the_household", gettext_noop("The entitled person does not belong to this household on that day."),
            gettext_noop("Open the household of the person, or correct who belongs to it."),
        )  # fmt: skip


def _check_not_open(programme: Programme, person: UUID) -> None:
    """Two windows at once wait for each other here; the database holds the same for any other way in."""
    Person.objects.select_for_update(of=("self",)).get(pk=person)
    same = Application.objects.filter(programme=programme, beneficiary=person, state__in=LIVE)
    open_one = same.select_related("entry__register").first()
    if open_one is not None:
        raise Refused(
            "already_open",
            gettext_noop("An application for this person and programme is already open: no. %(number)s of %(day)s."),
            gettext_noop("Open that application instead."),
            number=number_of(open_one.entry), day=open_one.filed_on.isoformat(),
        )  # fmt: skip


def _acting(person: UUID, programme: str, on: date) -> dict[str, UUID]:
    """Who represents the entitled person and who is paid for them; two who claim the same are left to the officer."""
    found: dict[str, set[UUID]] = {}
    rows = Representation.objects.filter(valid(on), person__canonical_id=person, ended_at=None)
    for capacity, by, scope in rows.values_list("capacity", "by_person__canonical_id", "scope"):
        if not scope or programme in scope:
            found.setdefault(capacity, set()).add(by)
    return {capacity: next(iter(who)) for capacity, who in found.items() if len(who) == 1}


def _language(person: UUID) -> str:
    return Person.objects.values_list("language", flat=True).get(pk=person) or languages()[0]


def _checklist(application: Application, at: datetime) -> None:
    """The papers of the programme; one with a condition is asked for unless the facts say it is not needed."""
    declared = application.programme.papers
    home = None
    if any(said.get("when") for said in declared):
        home = read_home(application.household, on=application.filed_on, known_at=at)
    Paper.objects.bulk_create(
        Paper(application=application, code=said["code"], title=said["title"], required=said.get("required", True))
        for said in declared
        if home is None
        or not said.get("when")
        or condition(home, said["when"], application.programme, application.beneficiary_id) is not False
    )


def _start_term(application: Application, *, local: bool, actor: Actor, at: datetime) -> None:
    kind = "decide" if local else "forward"
    found = term(application.programme, kind)
    if found:
        start_deadline(
            ref=ref(application), kind=kind, office=application.office_id,
            starts_on=application.filed_on, days=found.days, counting=found.counting, law=found.law,
            verified=found.verified, actor=actor, at=at,
        )  # fmt: skip


def _due(application: Application) -> date | None:
    for kind in ("decide", "forward"):
        found = running("benefits.application", application.pk, kind)
        if found:
            return found.due_on
    return None


@transaction.atomic
def see_paper(
    *, application: Application | ID, code: str, seen: str, expires_on: date | None = None,
    file: StoredFile | None = None, actor: Actor, at: datetime,
) -> Paper:  # fmt: skip
    """A paper of the checklist was seen: in the original, as a certified copy, in a register, or is not needed here.

    When it was the last one, the application is complete, its term runs on, and it waits for the next step.
    Refuses a paper that is not on the list, one that has expired, and an application that is closed.
    """
    if seen not in SEEN:
        raise ValueError(f"unknown way of seeing a paper: {seen}")
    found = locked_application(application, actor=actor, action="benefits.apply")
    _check_live(found)
    if expires_on is not None and expires_on < today(at):
        raise Refused(
            "paper_expired", gettext_noop("This paper expired on %(day)s."),
            gettext_noop("Ask for one that is still valid."), day=expires_on.isoformat(),
        )  # fmt: skip
    paper = Paper.objects.filter(application=found, code=code).first()
    if paper is None:
        raise Refused(
            "no_such_paper", gettext_noop("“%(code)s” is not on the checklist of this application."), code=code
        )
    paper.seen, paper.seen_at, paper.expires_on, paper.file = seen, at, expires_on, file
    paper.actor = actor.as_json()
    paper.save()
    record("benefits.paper_seen", found, actor=actor, at=at, about=about(found), paper=code, seen=seen)
    if found.state == ApplicationState.REGISTERED:
        _complete_if_seen(found, actor=actor, at=at)
    return paper


@transaction.atomic
def invalidate_paper(*, application: Application | ID, code: str, because: str, actor: Actor, at: datetime) -> Paper:
    """A paper turned out not to be valid: it is missing again, and so the application is not complete any more.

    Refuses without a reason, and while a decision on the application is under way.
    """
    found = locked_application(application, actor=actor, action="benefits.apply")
    _check_live(found)
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say why the paper is not valid."))
    if Decision.objects.filter(application=found).exclude(state=DecisionState.RETURNED).exists():
        raise Refused(
            "decision_under_way", gettext_noop("A decision on this application is already under way."),
            gettext_noop("Have it returned first."),
        )  # fmt: skip
    paper = Paper.objects.get(application=found, code=code)
    paper.seen, paper.seen_at, paper.expires_on, paper.file, paper.actor = "", None, None, None, actor.as_json()
    paper.save()
    if found.state == ApplicationState.COMPLETE:
        check_move(APPLICATION_MOVES, source=ApplicationState.COMPLETE, target=ApplicationState.REGISTERED)
        found.state = ApplicationState.REGISTERED
        found.save(update_fields=["state"])
        done_for(ref=ref(found), at=at)
        wait_for("papers", found, action="benefits.apply", due_on=_due(found), at=at)
    record("benefits.paper_invalid", found, actor=actor, at=at, about=about(found), paper=code, because=because)
    return paper


def missing_papers(application: Application) -> list[Paper]:
    return list(Paper.objects.filter(application=application, required=True, seen="").order_by("id"))


@transaction.atomic
def complete(*, application: Application | ID, actor: Actor, at: datetime) -> Application:
    """The application is complete. Refuses while a paper is missing, naming how many."""
    found = locked_application(application, actor=actor, action="benefits.apply")
    check_move(APPLICATION_MOVES, source=ApplicationState(found.state), target=ApplicationState.COMPLETE)
    if not _complete_if_seen(found, actor=actor, at=at):
        raise Refused(
            "papers_missing", gettext_noop("%(count)s papers have not been seen yet."),
            gettext_noop("Tick each paper when you have seen it, or ask for the missing ones in a letter."),
            count=len(missing_papers(found)),
        )  # fmt: skip
    return found


def _complete_if_seen(application: Application, *, actor: Actor, at: datetime) -> bool:
    if missing_papers(application):
        return False
    application.state = ApplicationState.COMPLETE
    application.save(update_fields=["state"])
    for kind in ("decide", "forward"):
        waits = running("benefits.application", application.pk, kind)
        if waits and waits.suspended_on:
            resume(deadline=waits.pk, on=today(at), actor=actor, at=at)
    done_for(ref=ref(application), at=at, kinds=["benefits.papers"])
    local = Bodies.read().local(application.programme, application.office_id)
    wait_for("draft" if local else "forward", application, action="benefits.draft", due_on=_due(application), at=at)
    record("benefits.completed", application, actor=actor, at=at, about=about(application))
    return True


@transaction.atomic
def request_papers(*, application: Application | ID, actor: Actor, at: datetime) -> Letter:
    """One dated letter asks for everything that is missing; from now on the term stands still until it is there.

    Refuses when nothing is missing, and when a letter already asked for exactly these papers.
    """
    found = locked_application(application, actor=actor, action="benefits.apply")
    _check_live(found)
    missing = missing_papers(found)
    if not missing:
        raise Refused("nothing_missing", gettext_noop("No paper is missing."))
    codes = sorted(paper.code for paper in missing)
    if letters.last_request(found) == codes:
        raise Refused(
            "already_requested", gettext_noop("A letter has already asked for exactly these papers."),
            gettext_noop("Print that letter again, or record how it was delivered."),
        )  # fmt: skip
    days = term(found.programme, "missing_papers")
    until = today(at) + timedelta(days=days.days) if days else None
    letter = letters.papers_request(found, missing, until=until, actor=actor, at=at)
    for kind in ("decide", "forward"):
        waits = running("benefits.application", found.pk, kind)
        if waits:
            suspend(deadline=waits.pk, on=today(at), because="papers", actor=actor, at=at)
    wait_for("papers", found, action="benefits.apply", due_on=until, at=at)
    record(
        "benefits.papers_requested", found, actor=actor, at=at, about=about(found), papers=codes, letter=str(letter.pk)
    )
    return letter


@transaction.atomic
def withdraw(*, application: Application | ID, because: str, actor: Actor, at: datetime) -> Application:
    """The applicant takes the request back: it is closed, its terms end, a decision under way is returned.

    Refuses without a reason, and an application that was decided or forwarded.
    """
    found = locked_application(application, actor=actor, action="benefits.apply")
    check_move(APPLICATION_MOVES, source=ApplicationState(found.state), target=ApplicationState.WITHDRAWN)
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say why the application is withdrawn."))
    for live in Decision.objects.select_for_update().filter(application=found).exclude(state=DecisionState.RETURNED):
        check_move(DECISION_MOVES, source=DecisionState(live.state), target=DecisionState.RETURNED)
        live.state, live.returned_because = DecisionState.RETURNED, because
        live.returned_by, live.returned_at = actor.as_json(), at
        live.save()
    close(found, ApplicationState.WITHDRAWN, actor=actor, at=at)
    record("benefits.withdrawn", found, actor=actor, at=at, about=about(found), because=because)
    return found


def close(application: Application, state: ApplicationState, *, actor: Actor, at: datetime) -> None:
    """The application leaves the desk: dated, its terms met, nothing waits for anybody."""
    application.state, application.closed_at = state, at
    application.save(update_fields=["state", "closed_at"])
    for kind in ("decide", "forward"):
        meet(ref=ref(application), kind=kind, on=today(at), actor=actor, at=at)
    done_for(ref=ref(application), at=at)


def _check_live(application: Application) -> None:
    if application.state not in LIVE:
        raise Refused(
            "application_closed", gettext_noop("This application is closed; nothing in it changes any more."),
            gettext_noop("Register a new application."), state=str(application.state),
        )  # fmt: skip
