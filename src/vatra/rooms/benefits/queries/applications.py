"""Applications and decisions as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from vatra.foundation.access.queries import may
from vatra.foundation.docket.models import Deadline, Delivery
from vatra.foundation.docket.queries import deadlines_of, deliveries_of
from vatra.foundation.letters.models import Letter
from vatra.foundation.letters.queries import letters_of
from vatra.kernel.actor import Actor
from vatra.kernel.money import Money
from vatra.kernel.ref import Ref
from vatra.rooms.people.queries import names_on_records

from ..assessment import Bodies
from ..models import Application, Certificate, Decision, Determination, ForwardedApplication, Forwarding, Paper
from ..reasons import ClauseAnswer, clause_answer
from ..states import ApplicationState, DecisionState
from .numbers import number_of

PAGE = 50
OPEN = [ApplicationState.REGISTERED, ApplicationState.COMPLETE]


@dataclass(frozen=True)
class ApplicationRow:
    """One line of a list of applications."""

    id: UUID
    number: str
    filed_on: date
    state: str
    programme_code: str
    programme: dict[str, str]
    applicant: str
    beneficiary: str
    household_id: UUID
    household: str
    due_on: date | None
    suspended: bool
    verified: bool
    missing: int
    decision: str  # state of the live decision, or ""
    decision_id: UUID | None
    key: str  # where the next page begins

    def late(self, on: date) -> bool:
        return self.due_on is not None and not self.suspended and self.due_on < on


def _key(application: Application) -> str:
    return f"{application.registered_at.isoformat()}~{application.pk}"


def _after(rows: QuerySet[Application], key: str) -> QuerySet[Application]:
    try:
        stamp, _, pk = key.partition("~")
        at, id_ = datetime.fromisoformat(stamp), UUID(pk)
    except ValueError:
        return rows
    return rows.filter(Q(registered_at__lt=at) | Q(registered_at=at, pk__lt=id_))


@dataclass(frozen=True)
class ApplicationPage:
    rows: list[ApplicationRow]
    next: str  # key of the next page, or ""


def applications(
    *, actor: Actor, states: Iterable[str] = (), programme: str = "", mine: bool = False, waits: str = "",
    household: UUID | None = None, after: str = "", limit: int = PAGE,
) -> ApplicationPage:  # fmt: skip
    """Applications that the actor may see, the latest first. `waits`: a decision state (drafts to report, to sign…).

    Seven queries, however many rows.
    """
    rows = Application.objects.visible_to(actor, "benefits.view").select_related(
        "programme", "household", "entry__register"
    )
    if states:
        rows = rows.filter(state__in=list(states))
    if programme:
        rows = rows.filter(programme__code=programme)
    if household:
        rows = rows.filter(household=household)
    if mine:
        rows = rows.filter(entry__actor__id=actor.id)
    if waits:
        rows = rows.filter(Exists(Decision.objects.filter(application=OuterRef("pk"), state=waits)))
    if after:
        rows = _after(rows, after)
    found = list(rows.order_by("-registered_at", "-pk")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    return ApplicationPage(rows_of(found, actor), _key(found[-1]) if more else "")


def rows_of(found: list[Application], actor: Actor) -> list[ApplicationRow]:
    ids = [each.pk for each in found]
    names = names_on_records((p for each in found for p in (each.applicant_id, each.beneficiary_id)), actor=actor)
    due: dict[UUID, Deadline] = {
        d.ref_id: d for d in deadlines_of("benefits.application", ids) if d.met_on is None and d.kind != "appeal"
    }
    missing: dict[UUID, int] = {}
    papers = Paper.objects.filter(application__in=ids, required=True, seen="").values_list("application_id", flat=True)
    for pk in papers:
        missing[pk] = missing.get(pk, 0) + 1
    live = {
        pk: (id_, state)
        for pk, id_, state in Decision.objects.filter(application__in=ids)
        .exclude(state=DecisionState.RETURNED)
        .values_list("application_id", "pk", "state")
    }
    return [
        ApplicationRow(
            id=each.pk, number=number_of(each.entry), filed_on=each.filed_on, state=each.state,
            programme_code=each.programme.code, programme=each.programme.title,
            applicant=names.get(each.applicant_id, ""), beneficiary=names.get(each.beneficiary_id, ""),
            household_id=each.household_id, household=each.household.number,
            due_on=due[each.pk].due_on if each.pk in due else None,
            suspended=each.pk in due and due[each.pk].suspended_on is not None,
            verified=each.pk not in due or due[each.pk].verified, missing=missing.get(each.pk, 0),
            decision=live.get(each.pk, (None, ""))[1], decision_id=live.get(each.pk, (None, ""))[0], key=_key(each),
        )
        for each in found
    ]  # fmt: skip


@dataclass(frozen=True)
class Explained:
    """A frozen determination with its clauses in sentences."""

    row: Determination
    clauses: list[ClauseAnswer]

    @property
    def amount(self) -> Money | None:
        return Money(self.row.amount, self.row.currency) if self.row.amount is not None else None

    @property
    def missing(self) -> list[dict[str, Any]]:
        return list(self.row.frozen.get("missing", []))


def explained(row: Determination) -> Explained:
    return Explained(row, [clause_answer(clause) for clause in row.frozen["clauses"]])


@dataclass(frozen=True)
class DecisionView:
    """A decision with what may be done with it now by the reader, and what became of its letter."""

    row: Decision
    number: str
    steps: list[tuple[str, dict[str, Any], datetime]]  # what, by whom, when
    may: frozenset[str]  # steps that the reader may take now
    deliveries: list[Delivery]
    deadlines: list[Deadline]


@dataclass(frozen=True)
class ApplicationView:
    """Everything on the page of one application."""

    row: Application
    number: str
    applicant: str
    beneficiary: str
    representative: str
    payee: str
    local: bool
    decides: Any
    papers: list[Paper]
    deadlines: list[Deadline]
    determinations: list[Explained]  # the latest first; the others it supersedes
    decisions: list[DecisionView]
    letters: list[Letter]
    forwarding: ForwardedApplication | None
    may: frozenset[str]

    @property
    def missing(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.required and not paper.seen]

    @property
    def open(self) -> bool:
        return self.row.state in OPEN

    @property
    def determination(self) -> Explained | None:
        return self.determinations[0] if self.determinations else None

    @property
    def decision(self) -> DecisionView | None:
        return self.decisions[0] if self.decisions else None

    @property
    def decision_live(self) -> bool:
        return self.decision is not None and self.decision.row.state != DecisionState.RETURNED

    @property
    def draftable(self) -> bool:
        complete = self.row.state == ApplicationState.COMPLETE
        return complete and self.local and not self.decision_live and "draft" in self.may

    @property
    def forwarded_number(self) -> str:
        return number_of(self.forwarding.forwarding.entry) if self.forwarding else ""


ACTIONS = {
    "work": "benefits.apply", "draft": "benefits.draft", "report": "benefits.report",
    "countersign": "benefits.countersign", "sign": "benefits.sign", "deliver": "benefits.deliver",
}  # fmt: skip
NEXT_STEP = {DecisionState.DRAFT: "report", DecisionState.REPORTED: "countersign", DecisionState.COUNTERSIGNED: "sign"}


def application(application_id: UUID, *, actor: Actor) -> ApplicationView:
    """One application with its papers, terms, determinations, decisions and letters.

    Raises Application.DoesNotExist where the actor may not see it. Twelve queries.
    """
    row = (
        Application.objects.visible_to(actor, "benefits.view")
        .select_related("programme", "household__area", "office", "entry__register")
        .get(pk=application_id)
    )
    held = frozenset(step for step, action in ACTIONS.items() if may(actor, action))
    decisions = list(
        Decision.objects.filter(application=row)
        .select_related("entry__register", "letter", "determination")
        .order_by("-drafted_at", "-pk")
    )
    refs = [Ref("benefits.application", row.pk), *(Ref("benefits.decision", d.pk) for d in decisions)]
    deadlines = [
        *deadlines_of("benefits.application", [row.pk]),
        *deadlines_of("benefits.decision", [d.pk for d in decisions]),
    ]
    deliveries = deliveries_of(d.entry_id for d in decisions if d.entry_id)
    names = names_on_records([row.applicant_id, row.beneficiary_id, row.representative_id, row.payee_id], actor=actor)
    bodies = Bodies.read()
    return ApplicationView(
        row=row, number=number_of(row.entry), applicant=names.get(row.applicant_id, ""),
        beneficiary=names.get(row.beneficiary_id, ""),
        representative=names.get(row.representative_id, "") if row.representative_id else "",
        payee=names.get(row.payee_id, "") if row.payee_id else "", local=bodies.local(row.programme, row.office_id),
        decides=bodies.who(row.programme.duties.get("decides")),
        papers=list(Paper.objects.filter(application=row).order_by("id")),
        deadlines=[d for d in deadlines if d.ref_id == row.pk],
        determinations=[
            explained(d)
            for d in Determination.objects.filter(application=row).select_related("ruleset").order_by("-determined_at", "-id")
        ],
        decisions=[_decision(d, actor, held, deliveries, deadlines) for d in decisions],
        letters=list(letters_of(refs)),
        forwarding=ForwardedApplication.objects.filter(application=row)
        .select_related("forwarding__entry__register", "forwarding__to_body", "forwarding__letter")
        .first(),
        may=held,
    )  # fmt: skip


def _decision(
    row: Decision, actor: Actor, held: frozenset[str], deliveries: list[Delivery], deadlines: list[Deadline]
) -> DecisionView:
    steps = [
        (what, by, when)
        for what, by, when in (
            ("drafted", row.drafted_by, row.drafted_at),
            ("reported", row.reported_by, row.reported_at),
            ("countersigned", row.countersigned_by, row.countersigned_at),
            ("signed", row.signed_by, row.signed_at),
            ("returned", row.returned_by, row.returned_at),
        )
        if by and when
    ]
    took_part = any(by["id"] == actor.id for _, by, _ in steps)
    step = NEXT_STEP.get(DecisionState(row.state))
    able = {step, "return"} if step and step in held else set()
    if took_part:
        able -= {step}
    arrived = any(d.entry_id == row.entry_id and d.way != "returned" for d in deliveries)
    if row.state == DecisionState.SIGNED and "deliver" in held and not arrived:
        able.add("deliver")
    return DecisionView(
        row=row, number=number_of(row.entry), steps=steps, may=frozenset(a for a in able if a),
        deliveries=[d for d in deliveries if d.entry_id == row.entry_id],
        deadlines=[d for d in deadlines if d.ref_id == row.pk],
    )  # fmt: skip


@dataclass(frozen=True)
class Happened:
    """One thing for a household's timeline."""

    at: datetime
    kind: str  # applied, determined, drafted, signed, delivered, forwarded, withdrawn, certified
    ref: Ref
    title: dict[str, str]  # of the programme
    number: str
    detail: str  # state or status, for the page to word
    by: str


def timeline(household_id: UUID, *, actor: Actor, limit: int = 200) -> list[Happened]:
    """What this room did for a household, the latest first. Raises nothing: what the actor may not see is not there."""
    found: list[Happened] = []
    applied = Application.objects.visible_to(actor, "benefits.view").filter(household=household_id)
    for a in applied.select_related("programme", "entry__register").order_by("-registered_at")[:limit]:
        ref = Ref("benefits.application", a.pk)
        by = (a.entry.actor if a.entry else {}).get("name") or ""
        found.append(Happened(a.registered_at, "applied", ref, a.programme.title, number_of(a.entry), a.state, by))
        if a.closed_at and a.state == ApplicationState.WITHDRAWN:
            found.append(Happened(a.closed_at, "withdrawn", ref, a.programme.title, number_of(a.entry), a.state, ""))
    found += _decided(household_id, actor, limit) + _sent(household_id, actor) + _certified(household_id, actor)
    return sorted(found, key=lambda each: each.at, reverse=True)[:limit]


def _decided(household_id: UUID, actor: Actor, limit: int) -> list[Happened]:
    rows = Decision.objects.visible_to(actor, "benefits.view").filter(household=household_id, signed_at__isnull=False)
    rows = list(rows.select_related("application__programme", "entry__register").order_by("-signed_at")[:limit])
    found = [
        Happened(
            d.signed_at, "signed", Ref("benefits.application", d.application_id), d.application.programme.title,
            number_of(d.entry), "granted" if d.grants else "refused", (d.signed_by or {}).get("name") or "",
        )
        for d in rows if d.signed_at
    ]  # fmt: skip
    by_entry = {d.entry_id: d for d in rows}
    for proof in deliveries_of(e for e in by_entry if e):
        d = by_entry[proof.entry_id]
        found.append(
            Happened(
                proof.recorded_at, "delivered", Ref("benefits.application", d.application_id),
                d.application.programme.title, number_of(d.entry), proof.way, proof.actor.get("name") or "",
            )
        )  # fmt: skip
    return found


def _sent(household_id: UUID, actor: Actor) -> list[Happened]:
    rows = ForwardedApplication.objects.filter(
        application__in=Application.objects.visible_to(actor, "benefits.view").filter(household=household_id)
    ).select_related("application__programme", "forwarding__entry__register", "forwarding__to_body")
    return [
        Happened(
            row.forwarding.sent_at, "forwarded", Ref("benefits.application", row.application_id),
            row.application.programme.title, number_of(row.forwarding.entry), "", row.forwarding.actor.get("name") or "",
        )
        for row in rows
    ]  # fmt: skip


def _certified(household_id: UUID, actor: Actor) -> list[Happened]:
    rows = Certificate.objects.visible_to(actor, "benefits.view").filter(household=household_id)
    return [
        Happened(
            c.issued_at, "certified", Ref("benefits.certificate", c.pk), {}, number_of(c.entry),
            str(c.letter_id or ""), c.actor.get("name") or "",
        )
        for c in rows.select_related("entry__register")
    ]  # fmt: skip


def open_applications(household_id: UUID, *, actor: Actor) -> list[ApplicationRow]:
    """What is under way for a household."""
    return applications(actor=actor, states=OPEN, household=household_id).rows


def last_letter(household_id: UUID, *, actor: Actor) -> Letter | None:
    """The latest letter of this room about a household: of its applications, decisions and certificates."""
    seen = {"actor": actor, "action": "benefits.view"}
    ids: list[UUID] = []
    for model in (Application, Decision, Certificate):
        ids += model.objects.visible_to(**seen).filter(household=household_id).values_list("pk", flat=True)
    return Letter.objects.filter(ref_id__in=ids).select_related("entry__register").order_by("-made_at", "-id").first()


def to_forward(*, actor: Actor) -> list[tuple[dict[str, str], list[ApplicationRow]]]:
    """Complete applications that another authority decides, programme by programme."""
    rows = Application.objects.visible_to(actor, "benefits.draft").filter(state=ApplicationState.COMPLETE)
    found = list(rows.select_related("programme", "household", "entry__register").order_by("filed_on", "pk")[:1000])
    bodies = Bodies.read()
    away = [each for each in found if not bodies.local(each.programme, each.office_id)]
    groups: dict[str, tuple[dict[str, str], list[ApplicationRow]]] = {}
    for row in rows_of(away, actor):
        groups.setdefault(row.programme_code, (row.programme, []))[1].append(row)
    return list(groups.values())


def forwardings(*, actor: Actor, limit: int = PAGE) -> list[tuple[Forwarding, str, int]]:
    """Lists that were sent, the latest first, with their number and how many applications are on each."""
    rows = list(
        Forwarding.objects.visible_to(actor, "benefits.view")
        .select_related("programme", "to_body", "entry__register")
        .order_by("-sent_at")[:limit]
    )
    counts: dict[UUID, int] = {}
    for pk in ForwardedApplication.objects.filter(forwarding__in=rows).values_list("forwarding_id", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    return [(row, number_of(row.entry), counts.get(row.pk, 0)) for row in rows]
