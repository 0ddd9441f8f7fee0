"""The page of one application: papers, what the rules say, the decision's steps, letters and delivery."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from vatra.foundation.catalogue.queries import zone
from vatra.foundation.files.commands import store
from vatra.foundation.letters.queries import titles
from vatra.kernel.days import day
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits import commands, queries
from vatra.rooms.benefits.models import Application, Decision
from vatra.rooms.people.models import Household, Person
from vatra.web.actions import needs

from ..days import typed_day
from ..taking import said
from . import words

Act = Callable[..., object]


@require_GET
@needs("benefits.view")
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    return _page(request, application_id)


def _page(
    request: HttpRequest, application_id: UUID, *, wrong: str = "", where: str = "", status: int = 200
) -> HttpResponse:
    """The page as it stands; `wrong` says what was refused, and what was typed stays in its fields."""
    try:
        found = queries.application(application_id, actor=request.actor)
    except Application.DoesNotExist:
        raise Http404 from None
    today = day(timezone.now(), zone())
    kinds = {each["code"]: words.KINDS.get(each.get("kind", ""), "") for each in found.row.programme.papers}
    page_titles = titles()
    context = {
        "page": found, "row": found.row, "state": words.APPLICATION[found.row.state], "today": today, "wrong": wrong,
        "where": where, "typed": request.POST if wrong else {}, "lead": _lead(found),
        "papers": [(paper, kinds.get(paper.code, ""), words.SEEN.get(paper.seen, "")) for paper in found.papers],
        "ways": [(code, word) for code, word in words.SEEN.items()],
        "deadlines": [(d, words.DEADLINES.get(d.kind, d.kind), _nearness(d, today)) for d in _terms(found)],
        "determined": _determined(found), "earlier": found.determinations[1:],
        "decisions": [
            (d, words.DECISION[d.row.state], [(words.STEPS[what], by, when) for what, by, when in d.steps])
            for d in found.decisions
        ],
        "deliveries": words.DELIVERY,
        "letters": [(letter, page_titles.get(letter.template_code, letter.template_code)) for letter in found.letters],
    }  # fmt: skip
    return render(request, "desk/benefits/application.html", context, status=status)


def _terms(found: queries.ApplicationView) -> list[Any]:
    return [*found.deadlines, *(term for decision in found.decisions for term in decision.deadlines)]


def _nearness(term: Any, today: Any) -> str:
    if term.met_on or term.suspended_on or term.kind == "appeal":
        return "no"
    return "act" if term.due_on < today else "ask" if (term.due_on - today).days <= 5 else "no"


def _determined(found: queries.ApplicationView) -> dict[str, Any] | None:
    latest = found.determination
    if latest is None:
        return None
    return {
        "of": latest, "status": words.STATUS[latest.row.status], "period": words.PERIODS.get(latest.row.period, ""),
        "number": latest.row.frozen["ruleset"]["number"], "clauses": latest.clauses,
    }  # fmt: skip


def _lead(found: queries.ApplicationView) -> str:
    """The one thing to do next on this page, if the reader may do it."""
    decision = found.decision
    if decision is not None and decision.may:
        return next((step for step in ("report", "countersign", "sign", "deliver") if step in decision.may), "")
    if not found.open or not found.may:
        return ""
    if found.missing:
        waits = any(term.suspended_on for term in found.deadlines)  # a letter has asked for them already
        return "request" if "work" in found.may and not waits else ""
    return "draft" if found.draftable else ""


APPLICATION_STEPS: dict[str, tuple[Act, tuple[str, ...], str]] = {
    "see": (commands.see_paper, ("code", "seen"), gettext_noop("The paper is noted.")),
    "invalid": (commands.invalidate_paper, ("code", "because"), gettext_noop("The paper is missing again.")),
    "request": (commands.request_papers, (), gettext_noop("The letter is written; the term stands still.")),
    "determine": (commands.determine_application, (), gettext_noop("The rules were asked again.")),
    "draft": (commands.draft_decision, ("reason",), gettext_noop("The decision is drafted.")),
    "withdraw": (commands.withdraw, ("because",), gettext_noop("The application is withdrawn.")),
}
DECISION_STEPS: dict[str, tuple[Act, tuple[str, ...], str]] = {
    "report": (commands.report, ("reason",), gettext_noop("The draft is reported.")),
    "countersign": (commands.countersign, (), gettext_noop("The decision is countersigned.")),
    "sign": (commands.sign, (), gettext_noop("The decision is signed and numbered.")),
    "return": (commands.return_draft, ("because",), gettext_noop("The draft is returned.")),
}


@require_POST
@needs("benefits.view")
def application_step(request: HttpRequest, application_id: UUID, step: str) -> HttpResponse:
    """One step on an application; which role it needs is the command's to say."""
    if step not in APPLICATION_STEPS:
        raise Http404
    act, fields, done = APPLICATION_STEPS[step]
    if step == "see" and request.POST.get("seen") not in words.SEEN:
        raise Http404
    return _take(
        request, application_id, step, lambda: act(application=application_id, **_given(request, fields)), done
    )


@require_POST
@needs("benefits.view")
def decision_step(request: HttpRequest, decision_id: UUID, step: str) -> HttpResponse:
    """One step of a decision; which role it needs is the command's to say."""
    if step not in DECISION_STEPS:
        raise Http404
    act, fields, done = DECISION_STEPS[step]
    application_id = _application_of(request, decision_id)
    return _take(request, application_id, step, lambda: act(decision=decision_id, **_given(request, fields)), done)


@require_POST
@needs("benefits.deliver")
def decision_delivery(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """The proof of what became of a decision's letter, with a scan of it if there is one."""
    application_id = _application_of(request, decision_id)
    return _take(
        request, application_id, "deliver", lambda: _deliver(request, decision_id), gettext_noop("The proof is kept.")
    )


def _deliver(request: HttpRequest, decision_id: UUID) -> object:
    now, post = timezone.now(), request.POST
    if post.get("way") not in words.DELIVERY:
        raise Http404
    given = {"actor": request.actor, "at": now}
    scan, evidence = request.FILES.get("evidence"), None
    on = typed_day(post.get("on", "")) if post.get("on", "").strip() else day(now, zone())
    with transaction.atomic():  # the scan is kept with the proof, or not at all
        if scan is not None:
            ref = Ref("benefits.decision", decision_id)
            evidence = store(content=scan.read(), name=scan.name or "scan", ref=ref, **given)
        return commands.record_delivery(
            decision=decision_id, way=post["way"], on=on, received_by=post.get("received_by", "").strip()[:200],
            evidence=evidence, **given,
        )  # fmt: skip


def _application_of(request: HttpRequest, decision_id: UUID) -> UUID:
    rows = Decision.objects.visible_to(request.actor, "benefits.view").filter(pk=decision_id)
    found = rows.values_list("application_id", flat=True).first()
    if found is None:
        raise Http404
    return found


def _given(request: HttpRequest, fields: tuple[str, ...]) -> dict[str, Any]:
    given: dict[str, Any] = {name: request.POST.get(name, "") for name in fields}
    return {**given, "actor": request.actor, "at": timezone.now()}


def _take(request: HttpRequest, application_id: UUID, step: str, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it and come back to the page; a refusal is said there, with everything that was typed still in its place."""
    try:
        act()
    except (Application.DoesNotExist, Decision.DoesNotExist):
        raise Http404 from None
    except Refused as refusal:
        return _page(request, application_id, wrong=said(refusal), where=step, status=422)
    messages.success(request, gettext(done))
    return redirect("application", application_id)


@require_POST
@needs("benefits.certify")
def household_certify(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """A numbered certificate with one click, and its PDF at once."""
    try:
        made = commands.certify(
            household=household_id, person=UUID(request.POST.get("person", "")),
            purpose=request.POST.get("purpose", "")[:200], language=request.POST.get("language", "")[:8],
            actor=request.actor, at=timezone.now(),
        )  # fmt: skip
    except (Household.DoesNotExist, Person.DoesNotExist, ValueError):
        raise Http404 from None
    return redirect("letter_pdf", made.letter_id)
