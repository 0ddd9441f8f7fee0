"""The act on an application: drafted, reported, countersigned, signed and numbered, each by another person."""

from datetime import date, datetime

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.docket import commands as docket
from vatra.foundation.docket.models import Delivery, DeliveryWay
from vatra.foundation.docket.queries import running
from vatra.foundation.files.models import StoredFile
from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import done, open_item
from vatra.kernel.actor import Actor
from vatra.kernel.ids import uuid7
from vatra.kernel.moves import check_move
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..answers import ENTITLED, UNKNOWN
from ..models import Application, Decision
from ..queries.numbers import number_of
from ..states import APPLICATION_MOVES, DECISION_MOVES, ApplicationState, DecisionState
from ..terms import appeals, term
from . import letters
from .applications import close
from .common import ID, about, id_of, locked_application, locked_decision, today, wait_for
from .determinations import determine_application, latest, still_holds
from .entitlements import entitle

NEXT = {  # state → (step that waits, who may take it)
    DecisionState.DRAFT: ("report", "benefits.report"),
    DecisionState.REPORTED: ("countersign", "benefits.countersign"),
    DecisionState.COUNTERSIGNED: ("sign", "benefits.sign"),
}
SAME_PERSON = gettext_noop("Whoever took an earlier step of this decision cannot take this one.")


@transaction.atomic
def draft_decision(*, application: Application | ID, reason: str = "", actor: Actor, at: datetime) -> Decision:
    """A decision is drafted on what the rules say now: it grants where they find entitlement, and refuses where not.

    Refuses an application that is not complete, one that another authority decides, one with a decision under way,
    and one that the rules cannot decide yet.
    """
    found = locked_application(application, actor=actor, action="benefits.draft")
    if found.state != ApplicationState.COMPLETE:
        raise Refused(
            "not_complete", gettext_noop("A decision is drafted when every paper has been seen."),
            gettext_noop("See the missing papers first, or ask for them in a letter."),
        )  # fmt: skip
    if Decision.objects.filter(application=found).exclude(state=DecisionState.RETURNED).exists():
        raise Refused(
            "decision_under_way", gettext_noop("A decision on this application is already under way."),
            gettext_noop("Open that decision."),
        )  # fmt: skip
    determined = determine_application(application=found, actor=actor, at=at)
    if determined.status == UNKNOWN:
        raise Refused(
            "not_yet_known",
            gettext_noop("The rules cannot decide yet: %(count)s facts are not known."),
            gettext_noop("Ask the questions that the application page shows, then draft the decision."),
            count=len(determined.frozen["missing"]) or 1,
        )  # fmt: skip
    if determined.status == ENTITLED and determined.amount is None and determined.frozen["missing"]:
        raise Refused(
            "amount_not_known",
            gettext_noop("The rules grant this, but not yet how much: %(count)s facts are not known."),
            gettext_noop("Ask the questions that the application page shows, then draft the decision."),
            count=len(determined.frozen["missing"]),
        )  # fmt: skip
    made = Decision.objects.create(
        id=uuid7(at), application=found, determination=determined, household=found.household,
        grants=determined.status == ENTITLED, reason=reason.strip(), drafted_by=actor.as_json(), drafted_at=at,
    )  # fmt: skip
    done(key=f"benefits.draft:{found.pk}", at=at)
    done(key=f"benefits.returned:{found.pk}", at=at)
    _wait(made, at)
    record("benefits.drafted", made, actor=actor, at=at, about=about(found), grants=made.grants)
    return made


@transaction.atomic
def report(*, decision: Decision | ID, reason: str | None = None, actor: Actor, at: datetime) -> Decision:
    """The head of service proposes the draft; `reason` replaces what the draft adds in words. Refuses its drafter."""
    found = _step(decision, DecisionState.REPORTED, "benefits.report", actor)
    found.reported_by, found.reported_at = actor.as_json(), at
    if reason is not None:
        found.reason = reason.strip()
    return _moved(found, DecisionState.REPORTED, "benefits.reported", actor, at)


@transaction.atomic
def countersign(*, decision: Decision | ID, actor: Actor, at: datetime) -> Decision:
    """The legality is confirmed. Refuses whoever drafted or reported it, and a draft that facts have overtaken."""
    found = _step(decision, DecisionState.COUNTERSIGNED, "benefits.countersign", actor)
    _check_current(found, at)
    found.countersigned_by, found.countersigned_at = actor.as_json(), at
    return _moved(found, DecisionState.COUNTERSIGNED, "benefits.countersigned", actor, at)


@transaction.atomic
def sign(*, decision: Decision | ID, actor: Actor, at: datetime) -> Decision:
    """The decision is signed and numbered, and only now is one: the letter is written, the application is closed, and
    where it grants an amount, whoever it names is entitled to it.

    Refuses whoever took an earlier step, and a draft that facts have overtaken since.
    """
    found = _step(decision, DecisionState.SIGNED, "benefits.sign", actor)
    _check_current(found, at)
    application = found.application
    check_move(APPLICATION_MOVES, source=ApplicationState(application.state), target=ApplicationState.DECIDED)
    found.signed_by, found.signed_at = actor.as_json(), at
    found.entry = docket.register_entry(
        office=application.office_id, register="decision", direction="out", subject="decision", ref=ref(found),
        actor=actor, at=at,
    )  # fmt: skip
    found.letter = letters.decision(found, actor=actor, at=at)
    _moved(found, DecisionState.SIGNED, "benefits.signed", actor, at, number=number_of(found.entry))
    close(application, ApplicationState.DECIDED, actor=actor, at=at)
    entitle(found, actor=actor, at=at)
    _communicate(found, actor=actor, at=at)
    return found


@transaction.atomic
def return_draft(*, decision: Decision | ID, because: str, actor: Actor, at: datetime) -> Decision:
    """The draft goes back with a reason; a new one may follow. Whoever may take its next step may return it.

    Refuses without a reason, and a decision that is signed.
    """
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say why the draft is returned."))
    state = Decision.objects.values_list("state", flat=True).get(pk=id_of(decision))
    action = NEXT[DecisionState(state)][1] if state in NEXT else "benefits.sign"
    found = locked_decision(decision, actor=actor, action=action)
    check_move(DECISION_MOVES, source=DecisionState(found.state), target=DecisionState.RETURNED)
    _done_waiting(found, at)
    found.state, found.returned_because = DecisionState.RETURNED, because.strip()
    found.returned_by, found.returned_at = actor.as_json(), at
    found.save()
    wait_for("returned", found.application, action="benefits.draft", due_on=_due(found), at=at)
    record("benefits.returned", found, actor=actor, at=at, about=about(found.application), because=because)
    return found


@transaction.atomic
def record_delivery(
    *, decision: Decision | ID, way: str, on: date, received_by: str = "", evidence: StoredFile | None = None,
    actor: Actor, at: datetime,
) -> Delivery:  # fmt: skip
    """Keep the proof of what became of the letter. Its arrival starts the time for appeal; a return starts nothing.

    Refuses a decision that is not signed, and a second proof of arrival.
    """
    found = locked_decision(decision, actor=actor, action="benefits.deliver")
    if found.entry is None:
        raise Refused(
            "not_signed", gettext_noop("Only a signed and numbered decision can be delivered."),
            gettext_noop("Have it signed first."),
        )  # fmt: skip
    proof = docket.record_delivery(
        entry=found.entry, way=way, on=on, received_by=received_by, evidence=evidence, actor=actor, at=at
    )
    if way == DeliveryWay.RETURNED:
        _wait_for_delivery(found, at)
        return proof
    docket.meet(ref=ref(found), kind="communicate", on=on, actor=actor, at=at)
    done(key=f"benefits.deliver:{found.pk}", at=at)
    instances = appeals(found.application.programme)
    appeal = instances[0].term if instances else term(found.application.programme, "appeal", "prior_complaint")
    if appeal:
        docket.start_deadline(
            ref=ref(found), kind="appeal", office=found.application.office_id, starts_on=on, days=appeal.days,
            counting=appeal.counting, law=appeal.law, verified=appeal.verified, actor=actor, at=at,
        )  # fmt: skip
    record("benefits.delivered", found, actor=actor, at=at, about=about(found.application), way=way, on=on.isoformat())
    return proof


def _step(decision: Decision | ID, target: DecisionState, action: str, actor: Actor) -> Decision:
    """The decision, locked, if this actor may take this step now. The database holds the same, for any other way in."""
    found = locked_decision(decision, actor=actor, action=action)
    check_move(DECISION_MOVES, source=DecisionState(found.state), target=target)
    earlier = [found.drafted_by, found.reported_by, found.countersigned_by]
    if any(by and by["id"] == actor.id for by in earlier):
        raise Refused("another_person", SAME_PERSON, gettext_noop("Ask a colleague who holds this role."))
    return found


def _check_current(decision: Decision, at: datetime) -> None:
    """What is signed rests on what is known: a draft that facts or rules have overtaken does not, whether or not
    a new determination says so already.
    """
    last = latest(decision.application)
    if last is None or last.pk != decision.determination_id or not still_holds(last, at=at):
        raise Refused(
            "overtaken",
            gettext_noop("Facts changed after this draft was made, and the rules now say something else."),
            gettext_noop("Return the draft; a new one will rest on what is known now."),
        )  # fmt: skip


def _moved(decision: Decision, state: DecisionState, event: str, actor: Actor, at: datetime, **more: str) -> Decision:
    _done_waiting(decision, at)
    decision.state = state
    decision.save()
    if state in NEXT:
        _wait(decision, at)
    record(event, decision, actor=actor, at=at, about=about(decision.application), **more)
    return decision


def _wait(decision: Decision, at: datetime) -> None:
    step, action = NEXT[DecisionState(decision.state)]
    wait_for(step, decision.application, action=action, due_on=_due(decision), at=at)


def _done_waiting(decision: Decision, at: datetime) -> None:
    for step, _ in NEXT.values():
        done(key=f"benefits.{step}:{decision.application_id}", at=at)


def _due(decision: Decision) -> date | None:
    found = running("benefits.application", decision.application_id, "decide")
    return found.due_on if found else None


def _communicate(decision: Decision, *, actor: Actor, at: datetime) -> None:
    application = decision.application
    found = term(application.programme, "communicate")
    if found:
        docket.start_deadline(
            ref=ref(decision), kind="communicate", office=application.office_id, starts_on=today(at), days=found.days,
            counting=found.counting, law=found.law, verified=found.verified, actor=actor, at=at,
        )  # fmt: skip
    _wait_for_delivery(decision, at)


def _wait_for_delivery(decision: Decision, at: datetime) -> None:
    application = decision.application
    due = running("benefits.decision", decision.pk, "communicate")
    open_item(
        key=f"benefits.deliver:{decision.pk}", kind="benefits.deliver", ref=ref(application),
        office=application.office_id, action="benefits.deliver", due_on=due.due_on if due else None, at=at,
        values={
            "programme": application.programme.title, "code": application.programme.code,
            "number": number_of(decision.entry), "filed_on": application.filed_on.isoformat(),
        },
    )  # fmt: skip
