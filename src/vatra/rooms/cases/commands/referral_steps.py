"""The steps of a referral, as its recipient takes them, or as the sender was told that they were taken."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.access.commands import revoke_links
from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.queries import code as code_of
from vatra.foundation.docket.commands import meet, start_deadline
from vatra.foundation.docket.queries import running
from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import done_for, open_item
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.moves import check_move
from vatra.kernel.refused import NoGrant, Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits.queries import number_of as docket_number
from vatra.rooms.people.reach import today

from ..models import Referral, ReferralStep
from ..referral_states import REFERRAL_MOVES, TERM_OF, ReferralState
from ..referral_terms import term
from ..reminders import settled

DATED = {
    ReferralState.SEEN: "seen_at",
    ReferralState.ACCEPTED: "answered_at",
    ReferralState.DECLINED: "answered_at",
    ReferralState.STARTED: "started_at",
    ReferralState.DELIVERED: "delivered_at",
    ReferralState.OUTCOME: "outcome_at",
    ReferralState.CLOSED: "ended_at",
    ReferralState.WITHDRAWN: "ended_at",
}
COLUMNS = ["state", "decline_reason", "outcome", "withdrawn_because", *dict.fromkeys(DATED.values())]
DECLINE, OUTCOME = "referral_decline", "referral_outcome"


def number_of(referral: Referral) -> str:
    return docket_number(referral.entry)


def locked(referral: Referral | UUID, *, actor: Actor, action: str) -> Referral:
    """The referral, locked where the database can. Raises Referral.DoesNotExist where the actor may not."""
    id_ = referral.pk if isinstance(referral, Referral) else referral
    rows = Referral.objects.visible_to(actor, action).select_for_update(of=("self",))
    return rows.select_related("case", "need", "to_body", "service__service_type", "entry__register").get(pk=id_)


def _for_answer(referral: Referral | UUID, *, actor: Actor) -> tuple[Referral, bool]:
    """The referral for who may answer it: the recipient, or the sender who writes down what they were told.

    What was withdrawn, or rests on a consent that was, is not there any more for the recipient.
    """
    try:
        found = locked(referral, actor=actor, action="referrals.answer")
    except (NoGrant, Referral.DoesNotExist) as not_theirs:
        if actor.kind is ActorKind.LINK:
            raise
        try:
            return locked(referral, actor=actor, action="referrals.send"), False
        except NoGrant:
            raise not_theirs from None
    if is_shut(found):
        raise Referral.DoesNotExist
    return found, True


def is_shut(referral: Referral) -> bool:
    """Whether what was disclosed is closed to the recipient: taken back, or without the consent it rested on."""
    if referral.state == ReferralState.WITHDRAWN:
        return True
    return referral.consent is not None and referral.consent.withdrawn_at is not None


@transaction.atomic
def see(*, referral: Referral | UUID, actor: Actor, at: datetime) -> Referral:
    """The recipient has opened it; later openings change nothing."""
    found, by_recipient = _for_answer(referral, actor=actor)
    if found.state == ReferralState.SENT:
        move(found, ReferralState.SEEN, by_recipient=by_recipient, actor=actor, at=at)
    return found


@transaction.atomic
def accept(*, referral: Referral | UUID, note: str = "", actor: Actor, at: datetime) -> Referral:
    """The recipient takes the person on."""
    return _answer(referral, ReferralState.ACCEPTED, note=note, actor=actor, at=at)


@transaction.atomic
def decline(*, referral: Referral | UUID, reason: str, note: str = "", actor: Actor, at: datetime) -> Referral:
    """The recipient does not, and says why; the worker sends the person elsewhere. Refuses without a reason."""
    if code_of(DECLINE, reason) is None:
        raise Refused(
            "reason_needed", gettext_noop("Say why the referral is declined."), gettext_noop("Choose a reason.")
        )
    return _answer(referral, ReferralState.DECLINED, note=note, decline_reason=reason, actor=actor, at=at)


@transaction.atomic
def put_on_waiting_list(*, referral: Referral | UUID, note: str = "", actor: Actor, at: datetime) -> Referral:
    """There is no place yet."""
    return _answer(referral, ReferralState.WAITING, note=note, actor=actor, at=at)


@transaction.atomic
def start(*, referral: Referral | UUID, note: str = "", actor: Actor, at: datetime) -> Referral:
    """The person comes, or is visited: the service has begun."""
    return _answer(referral, ReferralState.STARTED, note=note, actor=actor, at=at)


@transaction.atomic
def deliver(*, referral: Referral | UUID, note: str = "", actor: Actor, at: datetime) -> Referral:
    """What was asked for has been given."""
    return _answer(referral, ReferralState.DELIVERED, note=note, actor=actor, at=at)


@transaction.atomic
def give_outcome(*, referral: Referral | UUID, outcome: str, note: str = "", actor: Actor, at: datetime) -> Referral:
    """What came of it; also of a service that broke off. It returns to the case, where the need may be answered."""
    if code_of(OUTCOME, outcome) is None:
        raise Refused("outcome_needed", gettext_noop("Say what came of it."), gettext_noop("Choose an outcome."))
    return _answer(referral, ReferralState.OUTCOME, note=note, outcome=outcome, actor=actor, at=at)


def _answer(
    referral: Referral | UUID, target: ReferralState, *, note: str, actor: Actor, at: datetime, **said: str
) -> Referral:
    """The same answer twice is one answer; what nobody opened before was seen with its answer."""
    found, by_recipient = _for_answer(referral, actor=actor)
    if found.state == target:
        return found
    if found.state == ReferralState.SENT and target in REFERRAL_MOVES[ReferralState.SEEN]:
        move(found, ReferralState.SEEN, by_recipient=by_recipient, actor=actor, at=at)
    for name, value in said.items():
        setattr(found, name, value)
    move(found, target, note=note, by_recipient=by_recipient, actor=actor, at=at)
    return found


def move(
    referral: Referral, target: ReferralState, *, note: str = "", by_recipient: bool = False, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """One step: the term before is met, the next one runs, and whoever must act next knows it."""
    source = ReferralState(referral.state)
    check_move(REFERRAL_MOVES, source=source, target=target)
    referral.state = target
    if target in DATED and getattr(referral, DATED[target]) is None:  # who accepted first answered then
        setattr(referral, DATED[target], at)
    referral.save(update_fields=COLUMNS)
    meet(ref=ref(referral), kind=kind_of(source), on=today(at), actor=actor, at=at)
    settled(ref(referral), [kind_of(source)], at=at)
    write_step(referral, target, note=note, by_recipient=by_recipient, actor=actor, at=at)
    start_term(referral, actor=actor, at=at)
    record(
        f"cases.referral_{target.value}", referral, actor=actor, at=at, about=[referral.person_id],
        case=str(referral.case_id), by_recipient=by_recipient, reason=referral.decline_reason, outcome=referral.outcome,
    )  # fmt: skip
    _tell_worker(referral, target, by_recipient, at)


def ended(referral: Referral, target: ReferralState, *, note: str, actor: Actor, at: datetime) -> Referral:
    """Nothing more is expected: no term runs, nobody is reminded, no link opens."""
    if referral.state == target:
        return referral
    move(referral, target, note=note, actor=actor, at=at)
    revoke_links(ref=ref(referral), actor=actor, at=at)
    done_for(ref=ref(referral), at=at)
    return referral


def kind_of(state: ReferralState) -> str:
    return f"referral.{TERM_OF.get(state, '')}"


def start_term(referral: Referral, *, actor: Actor, at: datetime) -> None:
    """The term of the state it is in, where the pack names one."""
    state = ReferralState(referral.state)
    found = term(TERM_OF.get(state, ""))
    if found is not None:
        start_deadline(
            ref=ref(referral), kind=kind_of(state), office=referral.from_office_id, starts_on=today(at),
            days=found.days, counting=found.counting, law=found.law, verified=found.verified, actor=actor, at=at,
        )  # fmt: skip


def write_step(
    referral: Referral, state: ReferralState, *, note: str, by_recipient: bool, actor: Actor, at: datetime
) -> None:
    ReferralStep.objects.create(
        referral=referral, state=state, at=at, note=note.strip()[:4000], by_recipient=by_recipient,
        actor=actor.as_json(),
    )  # fmt: skip


def _tell_worker(referral: Referral, target: ReferralState, by_recipient: bool, at: datetime) -> None:
    """An answer that asks something of the worker comes into their day."""
    if target in (ReferralState.DECLINED, ReferralState.OUTCOME):
        open_item(
            key=f"cases.referral_{target.value}:{referral.pk}", kind=f"referral.{target.value}", ref=ref(referral),
            office=referral.from_office_id, user=referral.case.worker_id, at=at, due_on=due_of(referral),
            values=item_values(referral),
        )  # fmt: skip


def due_of(referral: Referral) -> date | None:
    found = running("cases.referral", referral.pk, kind_of(ReferralState(referral.state)))
    return found.due_on if found else None


def item_values(referral: Referral) -> dict[str, object]:
    """What a work item says of a referral: its number and its service, nobody's name."""
    title = referral.service.service_type.title if referral.service else referral.to_body.name
    return {"programme": title, "number": number_of(referral)}
