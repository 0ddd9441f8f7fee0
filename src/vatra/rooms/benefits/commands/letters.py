"""What the letters of this room say: values for the pack's templates, nothing of their wording."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from vatra.foundation.access.models import User
from vatra.foundation.audit.queries import of_record
from vatra.foundation.bodies.models import Body
from vatra.foundation.catalogue.queries import first_words, languages
from vatra.foundation.docket.commands import register_entry
from vatra.foundation.docket.queries import running
from vatra.foundation.letters.commands import Content, make_letter
from vatra.foundation.letters.models import Letter, LetterTemplate
from vatra.foundation.refs import ref
from vatra.kernel.actor import Actor
from vatra.kernel.money import Money
from vatra.rooms.people.models import Dwelling, Identity
from vatra.rooms.people.temporal import known, valid
from vatra.rooms.staff.models import Post

from ..assessment import Bodies
from ..models import (
    Application,
    Certificate,
    ChangeKind,
    Decision,
    EntitlementChange,
    ForwardedApplication,
    Forwarding,
    MonthlyList,
    Paper,
)
from ..queries.numbers import number_of
from ..reasons import ClauseAnswer, cited, clause_answer
from ..states import ApplicationState, DecisionState
from ..terms import appeals, term
from .common import today

RECEIPT, REQUEST = "receipt", "missing_papers"
GRANTING, REFUSING = "decision_granting", "decision_refusing"


def names(persons: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = [person for person in persons if person]
    return dict(Identity.objects.filter(person__in=wanted).values_list("person_id", "display_name"))


def address(household: UUID, on: date, at: datetime) -> str:
    rows = Dwelling.objects.filter(known(at), valid(on), household=household).select_related("area")
    home = rows.order_by("-valid_from").first()
    if home is None:
        return ""
    place = first_words(home.area.name) if home.area else ""
    return ", ".join(part for part in (home.line, place) if part)


def receipt(application: Application, *, local: bool, actor: Actor, at: datetime) -> Letter:
    """Printed for the applicant: number, day, who decides, what is missing."""
    missing = list(Paper.objects.filter(application=application, required=True, seen="").order_by("id"))
    called = names([application.applicant_id, application.beneficiary_id])
    particulars: dict[str, Any] = {
        "number_row_label": number_of(application.entry),
        "day_label": application.filed_on,
        "programme_label": application.programme.title,
        "applicant_label": called.get(application.applicant_id, ""),
    }
    if application.beneficiary_id != application.applicant_id:
        particulars["beneficiary_label"] = called.get(application.beneficiary_id, "")
    decides = Bodies.read().who(application.programme.duties.get("decides"))
    if decides:
        particulars["decides_label"] = decides.as_ or decides.name
    due = running("benefits.application", application.pk, "decide") if local else None
    if due:
        particulars["due_label" if due.verified else "due_unverified_label"] = due.due_on
    left_out = {"complete"} if missing else {"papers", "papers_title"}
    return make_letter(
        template=RECEIPT, language=application.language, ref=ref(application), entry=application.entry,
        office=_office(application.office_id), actor=actor, at=at,
        content=Content(
            particulars=particulars, strong=frozenset({"number_row_label"}), bullets=[p.title for p in missing],
            leave_out=frozenset(left_out),
            signatures=[_signature(actor.as_json(), application.filed_on)],
        ),
    )  # fmt: skip


def papers_request(
    application: Application, missing: Sequence[Paper], *, until: date | None, actor: Actor, at: datetime
) -> Letter:
    """One letter for all missing papers, with a number of its own in the register of papers out."""
    entry = register_entry(
        office=application.office_id, direction="out", subject="letter", ref=ref(application), actor=actor, at=at
    )
    values = {**_on_application(application), "until": until}
    return make_letter(
        template=REQUEST, language=application.language, ref=ref(application), entry=entry,
        office=_office(application.office_id), actor=actor, at=at,
        content=Content(
            addressee=_addressee(application, at), values={k: v for k, v in values.items() if v is not None},
            bullets=[paper.title for paper in missing], signatures=[_signature(actor.as_json(), today(at))],
            leave_out=frozenset() if until else frozenset({"until"}),
        ),
    )  # fmt: skip


def last_request(application: Application) -> list[str] | None:
    """Codes of the papers that the last letter asked for, or None if none did."""
    asked = of_record("benefits.application", application.pk).filter(kind="benefits.papers_requested").first()
    return asked.payload["papers"] if asked else None


def decision(made: Decision, *, actor: Actor, at: datetime) -> Letter:
    """The letter of a signed decision: what was decided, from its frozen determination, why, and how to appeal."""
    application, frozen = made.application, made.determination
    clauses = [clause_answer(clause) for clause in frozen.frozen["clauses"]]
    called = names([application.beneficiary_id, application.applicant_id, application.payee_id])
    values = {
        **_on_application(application), "law": cited(application.programme.law),
        "beneficiary": called.get(application.beneficiary_id, ""), "known_on": today(frozen.known_at),
        "report": made.reason, **_appeal(application),
    }  # fmt: skip
    particulars = _what_is_granted(made, called) if made.grants else {}
    left_out = set() if made.reason else {"report"}
    left_out |= set() if "court_to" in values else {"appeal_court"}
    left_out |= set() if "appeal_days" in values else {"appeal"}
    return make_letter(
        template=GRANTING if made.grants else REFUSING, language=application.language, ref=ref(made),
        entry=made.entry, office=_office(application.office_id), actor=actor, at=at,
        content=Content(
            addressee=_addressee(application, at), values=values, particulars=particulars,
            strong=frozenset({"amount_label"}), reasons=_reasons(clauses, grants=made.grants),
            signatures=[_signature(made.signed_by, today(at), on_paper=True), _signature(made.countersigned_by, today(at))],
            leave_out=frozenset(left_out),
        ),
    )  # fmt: skip


def _what_is_granted(made: Decision, called: dict[UUID, str]) -> dict[str, Any]:
    frozen, application = made.determination, made.application
    pays = Bodies.read().who(application.programme.duties.get("pays"))
    payee = application.payee_id or application.beneficiary_id
    said = {
        "amount_label": Money(frozen.amount, frozen.currency) if frozen.amount is not None else None,
        "starts_label": frozen.starts_on,
        "ends_label": frozen.ends_on,
        "payer_label": pays.name if pays else None,
        "paid_to_label": called.get(payee) if application.payee_id else None,
    }
    return {label: value for label, value in said.items() if value is not None}


def _reasons(clauses: Sequence[ClauseAnswer], *, grants: bool) -> list[dict[str, Any]]:
    """A refusal gives the clauses that fail; a grant those that hold, as far as their law was verified."""
    wanted = [c for c in clauses if c.holds is grants]
    if grants:
        wanted = [c for c in wanted if c.verified] or wanted
    return [{"said": c.because, "law": c.law if c.verified else "", "holds": c.holds} for c in wanted]


def _appeal(application: Application) -> dict[str, Any]:
    """Where to turn first and then, in which time; an unverified law is not printed as law."""
    instances = appeals(application.programme)
    found: dict[str, Any] = {}
    if instances:
        first = instances[0]
        found = {"appeal_to": first.to, "appeal_days": first.term.days, "appeal_law": first.term.cited}
    elif general := term(application.programme, "appeal", "prior_complaint"):
        found = {"appeal_to": application.office.name, "appeal_days": general.days, "appeal_law": general.cited}
    if len(instances) > 1:
        found |= {"court_to": instances[1].to, "court_term": instances[1].note or instances[1].term.days}
    return found


def _on_application(application: Application) -> dict[str, Any]:
    return {
        "programme": application.programme.title, "application_number": number_of(application.entry),
        "filed_on": application.filed_on,
    }  # fmt: skip


def transmission_list(made: Forwarding, applications: Sequence[Application], *, actor: Actor, at: datetime) -> Letter:
    """The list that goes to the body that decides, in the pack's first language: one authority writes to another."""
    called = names(p for each in applications for p in (each.applicant_id, each.beneficiary_id))
    papers: dict[UUID, int] = {}
    for pk in (
        Paper.objects.filter(application__in=applications).exclude(seen="").values_list("application_id", flat=True)
    ):
        papers[pk] = papers.get(pk, 0) + 1
    rows = [
        [
            row, number_of(each.entry), each.filed_on, called.get(each.applicant_id, ""),
            called.get(each.beneficiary_id, ""), papers.get(each.pk, 0),
        ]
        for row, each in enumerate(applications, 1)
    ]  # fmt: skip
    head = ["row_label", "number_label_row", "filed_label", "applicant_label", "beneficiary_label", "papers_label"]
    return make_letter(
        template="transmission_list", language=languages()[0], ref=ref(made), entry=made.entry,
        office=_office(made.office_id), actor=actor, at=at,
        content=Content(
            addressee=[made.to_body.name], values={"programme": made.programme.title, "count": len(rows)},
            listing={
                "head": head, "rows": rows, "widths": [0, 0, 0, 1, 1, 0],
                "ends": [True, False, False, False, False, True],
            },
            signatures=[_signature(actor.as_json(), today(at))],
        ),
    )  # fmt: skip


def certificate(made: Certificate, *, purpose: str, language: str, actor: Actor, at: datetime) -> Letter:
    """What this authority granted and pays or has paid, and what it forwarded, without the other's outcome."""
    on = today(at)
    person = Identity.objects.get(person=made.person_id)
    rows = _granted_rows(made, on)
    forwarded = _forwarded_rows(made)
    born: Any = person.birth_date or (str(person.birth_year) if person.birth_year else "—")
    left_out = {"receives_nothing" if rows else "receives", "list_label"}
    left_out |= set() if forwarded else {"forwarded"}
    left_out |= set() if purpose else {"purpose"}
    return make_letter(
        template="certificate", language=language or languages()[0], ref=ref(made), entry=made.entry,
        office=_office(made.household.office_id), actor=actor, at=at,
        content=Content(
            values={
                "person": person.display_name, "birth": born, "address": address(made.household_id, on, at) or "—",
                "on": on, "purpose": purpose,
            },
            listing={
                "head": ["programme_label", "amount_label", "since_label", "decision_label"], "rows": rows,
                "widths": [1, 0, 0, 0], "ends": [False, True, False, False],
            } if rows else None,
            bullets=forwarded, leave_out=frozenset(left_out), signatures=[_signature(actor.as_json(), on)],
        ),
    )  # fmt: skip


def _granted_rows(made: Certificate, on: date) -> list[list[Any]]:
    signed = (
        Decision.objects.filter(
            state=DecisionState.SIGNED, grants=True, household=made.household_id,
            application__beneficiary=made.person_id,
        )
        .exclude(determination__ends_on__lt=on)
        .select_related("application__programme", "determination", "entry__register")
        .order_by("signed_at")
    )  # fmt: skip
    return [
        [
            each.application.programme.title,
            Money(each.determination.amount, each.determination.currency) if each.determination.amount else "—",
            each.determination.starts_on or today(each.signed_at),
            number_of(each.entry),
        ]
        for each in signed
        if each.signed_at
    ]


def _forwarded_rows(made: Certificate) -> list[Any]:
    rows = ForwardedApplication.objects.filter(
        application__household=made.household_id, application__beneficiary=made.person_id,
        application__state=ApplicationState.FORWARDED,
    ).select_related("application__programme", "forwarding__entry__register", "forwarding__to_body")  # fmt: skip
    return [
        {
            language: f"{title} — {number_of(row.forwarding.entry)}"
            for language, title in row.application.programme.title.items()
        }
        for row in rows.order_by("id")
    ]


def _addressee(application: Application, at: datetime) -> list[str]:
    """The representative where there is one, else the applicant, and where the household lives."""
    to = application.representative_id or application.applicant_id
    return [line for line in (names([to]).get(to, ""), address(application.household_id, today(at), at)) if line]


def _office(office: UUID) -> Body:
    return Body.objects.select_related("parent").get(pk=office)


def _signature(by: dict[str, Any] | None, on: date, *, on_paper: bool = False) -> dict[str, Any]:
    """Who signs, in which post, as it stands then; the name is kept with the act."""
    by = by or {}
    post = Post.objects.filter(pk=by["post"]).first() if by.get("post") else None
    name = by.get("name") or ""
    if not name and by.get("kind") == "post":
        name = User.objects.values_list("name", flat=True).get(pk=by["id"])
    return {"role": post.title if post else "", "name": name, "on": on if on_paper else None}


def monthly_list(made: MonthlyList, changes: Sequence[EntitlementChange], *, actor: Actor, at: datetime) -> Letter:
    """What was granted, changed and ended, for the body that pays; in the pack's first language."""
    called = names(each.entitlement.beneficiary_id for each in changes)
    texts = LetterTemplate.objects.filter(code="monthly_list").values_list("texts", flat=True).first() or {}
    kinds = {
        kind: {language: said.get(f"kind_{kind}", kind) for language, said in texts.items()}
        for kind in ChangeKind.values
    }
    rows = [
        [
            row, called.get(each.entitlement.beneficiary_id, ""), kinds[each.kind], each.on,
            Money(each.entitlement.amount, each.entitlement.currency), number_of(each.entitlement.decision.entry),
        ]
        for row, each in enumerate(changes, 1)
    ]  # fmt: skip
    head = ["row_label", "beneficiary_label", "change_label", "since_label", "amount_label", "decision_label"]
    return make_letter(
        template="monthly_list", language=languages()[0], ref=ref(made), entry=made.entry,
        office=_office(made.office_id), actor=actor, at=at,
        content=Content(
            addressee=[made.to_body.name],
            values={"programme": made.programme.title, "count": len(rows), "month": f"{made.month:%m.%Y}"},
            listing={
                "head": head, "rows": rows, "widths": [0, 1, 0, 0, 0, 0],
                "ends": [True, False, False, False, True, False],
            },
            leave_out=frozenset(f"kind_{kind}" for kind in ChangeKind.values),
            signatures=[_signature(actor.as_json(), today(at))],
        ),
    )  # fmt: skip
