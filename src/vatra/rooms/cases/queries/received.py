"""Referrals as their recipient reads them: what was disclosed, and nothing else.

Rows are read column by column: no case, no household and no person can be reached from what these queries give.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from vatra.foundation.access.queries import may
from vatra.foundation.docket.queries import deadlines_of
from vatra.kernel.actor import Actor, ActorKind

from ..models import Referral, ReferralStep
from ..models.referrals import digest_of
from ..referral_states import REFERRAL_MOVES, WITH_RECIPIENT, ReferralState

PAGE = 25
GROUPS = {
    "new": [ReferralState.SENT, ReferralState.SEEN],
    "waiting": [ReferralState.WAITING],
    "open": [ReferralState.ACCEPTED, ReferralState.STARTED, ReferralState.DELIVERED],
    "ended": [ReferralState.DECLINED, ReferralState.OUTCOME, ReferralState.CLOSED, ReferralState.WITHDRAWN],
}
# A shelter's name may tell its place, and a page behind a link may lie open on a screen: its kind stands for it.
NAME_TO_SHOW = Case(
    When(Q(service__address_sealed=True) | Q(service__service_type__address_sealed=True), then=Value("")),
    default=F("service__name"),
)
COLUMNS = {
    "number": F("entry__number"), "foreign": F("entry__foreign_number"), "year": F("entry__register__year"),
    "office": F("from_office__name"), "type_title": F("service__service_type__title"),
    "service_name": NAME_TO_SHOW, "consent_gone": F("consent__withdrawn_at"), "to": F("to_body__name"),
}  # fmt: skip
PLAIN = ["id", "state", "sent_at", "payload", "payload_digest", "decline_reason", "outcome", "service_id"]


class PayloadChanged(RuntimeError):
    """What was disclosed is not what was sent: a fault, or somebody's hand in the database."""


@dataclass(frozen=True, slots=True)
class Received:
    """One referral in the recipient's list or on its page. `shut`: taken back, and so without what it said."""

    id: UUID
    number: str
    state: str
    sent_at: datetime
    office: dict[str, str]
    to: dict[str, str]
    type_title: dict[str, str] | None
    service_name: str
    shut: bool
    due_on: date | None
    request: str
    fields: list[dict[str, Any]]
    decline_reason: str
    outcome: str

    @property
    def whom(self) -> str:
        """The name, where it was disclosed."""
        return next((f["text"] for f in self.fields if f["code"] == "name"), "")

    def late(self, on: date) -> bool:
        return self.due_on is not None and self.due_on < on


@dataclass(frozen=True, slots=True)
class Step:
    state: str
    at: datetime
    note: str  # the recipient's own words only


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    of: Received
    steps: list[Step]
    next: list[str]  # the states to which the recipient may move it
    may_answer: bool


def received(actor: Actor, *, group: str = "new", limit: int = PAGE, before: datetime | None = None) -> list[Received]:
    """What was sent to the actor's body, by how it stands; the oldest first where an answer is awaited."""
    rows = Referral.objects.visible_to(actor, "referrals.view").filter(state__in=GROUPS[group])
    if group == "ended":
        rows = rows.order_by("-sent_at", "-id")
        rows = rows.filter(sent_at__lt=before) if before else rows
    else:
        rows = rows.order_by("sent_at", "id")
        rows = rows.filter(sent_at__gt=before) if before else rows
    return _read(rows[:limit])


def counts(actor: Actor) -> dict[str, int]:
    """How many stand in each group. One query."""
    rows = Referral.objects.visible_to(actor, "referrals.view").order_by()
    found = rows.aggregate(**{name: Count("pk", filter=Q(state__in=states)) for name, states in GROUPS.items()})
    return {name: found[name] for name in GROUPS}


def received_page(id: UUID, *, actor: Actor) -> ReceivedPage:
    """One referral with exactly what was disclosed. Raises Referral.DoesNotExist where it was not sent to the actor."""
    rows = _read(Referral.objects.visible_to(actor, "referrals.view").filter(pk=id))
    if not rows:
        raise Referral.DoesNotExist
    found = rows[0]
    steps = (
        ReferralStep.objects.filter(referral=id).order_by("at", "id").values_list("state", "at", "note", "by_recipient")
    )
    can = actor.kind is ActorKind.LINK or may(actor, "referrals.answer")
    return ReceivedPage(
        of=found,
        steps=[Step(state, at, note if by_recipient else "") for state, at, note, by_recipient in steps],
        next=_next(found.state) if can and not found.shut else [],
        may_answer=can,
    )


def _next(state: str) -> list[str]:
    if state not in WITH_RECIPIENT:
        return []
    source = ReferralState.SEEN if state == ReferralState.SENT else ReferralState(state)
    return [s.value for s in ReferralState if s in REFERRAL_MOVES[source] and s != ReferralState.WITHDRAWN]


def _read(rows: QuerySet[Referral]) -> list[Received]:
    found = list(rows.annotate(**COLUMNS).values(*PLAIN, *COLUMNS))
    due = {d.ref_id: d.due_on for d in deadlines_of("cases.referral", [r["id"] for r in found]) if d.met_on is None}
    return [_received(row, due.get(row["id"])) for row in found]


def _received(row: dict[str, Any], due_on: date | None) -> Received:
    shut = row["state"] == ReferralState.WITHDRAWN or row["consent_gone"] is not None
    if not shut and digest_of(row["payload"]) != row["payload_digest"]:
        raise PayloadChanged(str(row["id"]))
    told = {} if shut else row["payload"]
    return Received(
        id=row["id"], number=row["foreign"] or f"{row['number']}/{row['year']}", state=row["state"],
        sent_at=row["sent_at"], office=row["office"], to=row["to"], type_title=row["type_title"],
        service_name=row["service_name"] or "", shut=shut,
        due_on=due_on if row["state"] in WITH_RECIPIENT else None, request=told.get("request", ""),
        fields=told.get("fields", []), decline_reason=row["decline_reason"], outcome=row["outcome"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """Whom to ask about a link that opens nothing any more: the office, and the number to say."""

    office: dict[str, str]
    number: str


def whom_to_ask(id: UUID) -> Ask | None:
    """For whoever once had a link to this referral; nothing of whom it is about."""
    rows = Referral.objects.filter(pk=id).annotate(**COLUMNS).values("office", "number", "foreign", "year")
    row = rows.first()
    return Ask(row["office"], row["foreign"] or f"{row['number']}/{row['year']}") if row else None
