"""Referrals as the sender reads them: their steps, their chain, their lists."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from vatra.foundation.access.models import SignedLink
from vatra.foundation.access.queries import links_of
from vatra.foundation.bodies.models import Body
from vatra.foundation.docket.models import Deadline
from vatra.foundation.docket.queries import deadlines_of
from vatra.foundation.refs import ref
from vatra.kernel.actor import Actor
from vatra.rooms.benefits.queries import number_of
from vatra.rooms.people.models import Consent
from vatra.rooms.people.queries import consents_of, names_on_records
from vatra.rooms.people.reach import same_persons
from vatra.rooms.providers.models import Service

from ..models import Case, Referral, ReferralStep
from ..referral_states import ENDED, REFERRAL_MOVES, WITH_RECIPIENT, ReferralState

PAGE = 25
JOINED = ("case__household", "to_body", "from_office", "service__service_type", "entry__register", "need")
TOLD = [
    ReferralState.SEEN, ReferralState.ACCEPTED, ReferralState.WAITING, ReferralState.DECLINED, ReferralState.STARTED,
    ReferralState.DELIVERED, ReferralState.OUTCOME,
]  # fmt: skip
ANSWERED = [ReferralState.DECLINED, ReferralState.OUTCOME]


@dataclass(frozen=True, slots=True)
class Row:
    """One referral in a list. `person` is empty for whoever may not know it."""

    of: Referral
    number: str
    person: str
    due_on: date | None

    def late(self, on: date) -> bool:
        return self.due_on is not None and self.due_on < on


@dataclass(frozen=True, slots=True)
class Listing:
    rows: list[Row]
    next: str


@dataclass(frozen=True, slots=True)
class StepRow:
    state: str
    at: datetime
    note: str
    by: str
    by_recipient: bool


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """One referral with all that hangs on it. `answers`: the states which the worker may write down as they were told."""

    of: Referral
    number: str
    person: str
    steps: list[StepRow]
    deadlines: list[Deadline]
    chain: list[Row]
    links: list[SignedLink]
    answers: list[str]
    closable: bool
    withdrawable: bool
    again: bool

    @property
    def due_on(self) -> date | None:
        return next((d.due_on for d in self.deadlines if d.met_on is None), None)


def referral_page(id: UUID, *, actor: Actor) -> ReferralPage:
    """Raises Referral.DoesNotExist where the actor may not see its case."""
    found = Referral.objects.visible_to(actor, "cases.view").select_related(*JOINED, "consent").get(pk=id)
    state = ReferralState(found.state)
    steps = ReferralStep.objects.filter(referral=found).order_by("at", "id")
    mine = Referral.objects.visible_to(actor, "referrals.send").filter(pk=id).exists()
    here = ReferralState.SEEN if state == ReferralState.SENT else state
    answers = [s.value for s in TOLD if s in REFERRAL_MOVES[here]]
    return ReferralPage(
        of=found, number=number_of(found.entry), person=names_on_records([found.person_id], actor=actor).get(found.person_id, ""),
        steps=[StepRow(s.state, s.at, s.note, s.actor.get("name") or "", s.by_recipient) for s in steps],
        deadlines=deadlines_of("cases.referral", [found.pk]), chain=_chain(found, actor), links=links_of(ref(found)),
        answers=answers if mine and state in WITH_RECIPIENT else [], closable=mine and state in ANSWERED,
        withdrawable=mine and state in WITH_RECIPIENT,
        again=mine and state not in WITH_RECIPIENT and not Referral.objects.filter(previous=found).exists()
        and found.case.closed_at is None,
    )  # fmt: skip


def _chain(referral: Referral, actor: Actor) -> list[Row]:
    """The referrals that were sent again one from the other, the first first; of one case, so seen with it."""
    rows = list(
        Referral.objects.filter(case=referral.case_id, person=referral.person_id)
        .select_related(*JOINED)
        .order_by("sent_at")
    )
    by_id = {row.pk: row for row in rows}
    following = {row.previous_id: row for row in rows if row.previous_id}
    first = by_id[referral.pk]
    while first.previous_id in by_id:
        first = by_id[first.previous_id]
    chain = [first]
    while chain[-1].pk in following:
        chain.append(following[chain[-1].pk])
    return _rows(chain, actor) if len(chain) > 1 else []


def referrals(
    *, actor: Actor, which: str = "open", mine: bool = False, on: date, after: str = "", size: int = PAGE
) -> Listing:
    """The referrals of the cases that the actor may see, the latest first. `which`: open, late, answered, ended, all."""
    rows = Referral.objects.visible_to(actor, "cases.view")
    states = {
        "open": [*WITH_RECIPIENT, *ANSWERED],
        "answered": ANSWERED,
        "ended": ENDED,
        "late": [*WITH_RECIPIENT, *ANSWERED],
    }
    if which in states:
        rows = rows.filter(state__in=states[which])
    if which == "late":
        rows = rows.filter(Exists(_running().filter(ref_id=OuterRef("pk"), due_on__lt=on)))
    if mine:
        rows = rows.filter(case__worker_id=actor.id)
    rows = rows.order_by("-sent_at", "-id")
    if after:
        rows = _from(rows, after)
    found = list(rows.select_related(*JOINED)[: size + 1])
    more = len(found) > size
    return Listing(_rows(found[:size], actor), str(found[size - 1].pk) if more else "")


def _running() -> QuerySet[Deadline]:
    return Deadline.objects.filter(ref_kind="cases.referral", met_on=None)


def _from(rows: QuerySet[Referral], after: str) -> QuerySet[Referral]:
    try:
        edge = Referral.objects.values_list("sent_at", "id").filter(pk=UUID(after)).first()
    except ValueError:
        return rows
    return rows.filter(Q(sent_at__lt=edge[0]) | Q(sent_at=edge[0], id__lt=edge[1])) if edge else rows


def referrals_of(case: Case | UUID, *, actor: Actor) -> list[Row]:
    """The referrals of a case, the latest first; none where the actor may not see it."""
    id_ = case.pk if isinstance(case, Case) else case
    rows = Referral.objects.visible_to(actor, "cases.view").filter(case=id_)
    return _rows(list(rows.select_related(*JOINED).order_by("-sent_at", "-id")), actor)


def _rows(found: list[Referral], actor: Actor) -> list[Row]:
    names = names_on_records((row.person_id for row in found), actor=actor)
    due = {d.ref_id: d.due_on for d in _running().filter(ref_id__in=[row.pk for row in found])}
    return [Row(row, number_of(row.entry), names.get(row.person_id, ""), due.get(row.pk)) for row in found]


def consents_for(person: UUID, to_body: UUID, *, purpose: str, on: date) -> list[Consent]:
    """The consents that stand on a day for passing a person's data to this recipient."""
    return [
        row
        for row in consents_of(same_persons([person]))
        if row.purpose == purpose and row.withdrawn_at is None and row.recipient_id in (None, to_body)
        and (row.expires_on is None or row.expires_on > on)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a referral would go. `title` is empty for a service whose place is sealed: its type stands for it."""

    body: Body
    service: Service | None
    title: str
    type_title: dict[str, str] | None


def recipient(*, service: UUID | None, body: UUID | None, on: date) -> Recipient | None:
    """A service of the directory, or another office; None where there is no such one."""
    if service is not None:
        rows = Service.objects.select_related("provider__body", "service_type")
        found = rows.filter(Q(retired_on=None) | Q(retired_on__gt=on), pk=service).first()
        if found is None:
            return None
        sealed = found.address_sealed or found.service_type.address_sealed
        return Recipient(found.provider.body, found, "" if sealed else found.name, found.service_type.title)
    unit = Body.objects.filter(pk=body, kind="office", retired_on=None).first() if body else None
    return Recipient(unit, None, "", None) if unit else None
