"""A plan's objectives with their money and indicators, and its stages with their papers."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.journeys.policy_pages import indicator_page, node_page
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.policy.commands import NewPaper, attach_paper, move_stage, take_back_paper
from vatra.rooms.policy.models import PaperKind, Stage, StagePaper
from vatra.rooms.policy.queries import next_stages, plan, stages
from vatra.web.actions import needs, require
from vatra.web.figures import headline, sheet
from vatra.web.middleware import translated

STAGES = {
    "formulation": gettext_noop("Formulation"), "adoption": gettext_noop("Adoption"),
    "implementation": gettext_noop("Implementation"), "evaluation": gettext_noop("Evaluation"),
}  # fmt: skip
PAPERS = {
    PaperKind.NEED: gettext_noop("evidence of need"), PaperKind.VALUES: gettext_noop("values and aims"),
    PaperKind.CONSULTATION: gettext_noop("consultation"), PaperKind.SUBMISSION: gettext_noop("submission"),
    PaperKind.VOTE: gettext_noop("vote"), PaperKind.INSTRUMENT: gettext_noop("law or decision"),
    PaperKind.PROCEDURE: gettext_noop("procedure"), PaperKind.MONITORING: gettext_noop("monitoring report"),
    PaperKind.FEEDBACK: gettext_noop("feedback"), PaperKind.OF_INPUTS: gettext_noop("evaluation of inputs"),
    PaperKind.OF_PROCESS: gettext_noop("evaluation of the process"),
    PaperKind.OF_RESULTS: gettext_noop("evaluation of results"),
    PaperKind.OF_WHOLE: gettext_noop("evaluation of the whole"), PaperKind.LESSON: gettext_noop("lesson"),
    PaperKind.OTHER: gettext_noop("other paper"),
}  # fmt: skip


@require_GET
@needs("policy.view")
def policy_node(request: HttpRequest, code: str, node: str) -> HttpResponse:
    """One objective: the programmes that serve it, what they cost this year, and what it is held to."""
    require(request.actor, "policy.view")
    found = node_page(code, node, year=day(timezone.now(), zone()).year)
    if found is None:
        raise Http404
    return render(request, "desk/policy_node.html", {"page": found, "lines": [headline(card) for card in found.cards]})


@require_GET
@needs("policy.view")
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its trend, its breakdowns, and how it is computed."""
    require(request.actor, "policy.view")
    found = indicator_page(code, month=asked_month(request))
    if found is None:
        raise Http404
    return render(request, "desk/indicator.html", {"sheet": sheet(found)})


def asked_month(request: HttpRequest) -> date | None:
    """`?month=2026-03`; anything else means the latest."""
    try:
        return date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        return None


@require_GET
@needs("policy.view")
def policy_stages(request: HttpRequest, code: str) -> HttpResponse:
    """The way of a plan so far, with the papers of each stage; the next steps for who may take them."""
    require(request.actor, "policy.view")
    return _stages(request, code)


def _stages(request: HttpRequest, code: str, *, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    found = plan(code)
    if found is None:
        raise Http404
    rows = stages(found)
    page = {
        "plan": found, "rows": [(row, STAGES[row.stage.stage]) for row in rows], "papers": PAPERS,
        "next": [(stage.value, STAGES[stage]) for stage in next_stages(rows)], "refused": _words(refused),
        "may_edit": may(request.actor, "policy.edit"), "today": day(timezone.now(), zone()), "given": request.POST,
    }  # fmt: skip
    return render(request, "desk/policy_stages.html", page, status=status)


def _words(refused: Refused | None) -> tuple[str, str] | None:
    if refused is None:
        return None
    return translated(refused.sentence, refused.values), translated(refused.next_step, refused.values)


@require_http_methods(["POST"])
@needs("policy.edit")
def policy_stage_move(request: HttpRequest, code: str) -> HttpResponse:
    """The plan goes on to another stage."""
    require(request.actor, "policy.edit")
    if plan(code) is None:
        raise Http404
    try:
        move_stage(
            plan=code, to=request.POST.get("to", ""), on=_day(request.POST.get("on", "")),
            because=request.POST.get("because", ""), actor=request.actor, at=timezone.now(),
        )  # fmt: skip
    except (ValueError, Refused) as problem:
        return _stages(request, code, refused=_refused(problem), status=422)
    messages.success(request, gettext("The plan is in its next stage."))
    return redirect("policy_stages", code)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("no_day", gettext_noop("“%(text)s” is no day."), text=text[:40]) from None


def _refused(problem: Exception) -> Refused:
    if isinstance(problem, Refused):
        return problem
    return Refused("wrong_choice", gettext_noop("Choose one of what is offered."))


@require_http_methods(["POST"])
@needs("policy.edit")
def policy_paper_add(request: HttpRequest, code: str, stage_id: UUID) -> HttpResponse:
    """A stage keeps another paper: a file, a number here, or where it can be found."""
    require(request.actor, "policy.edit")
    found = Stage.objects.filter(pk=stage_id, plan__code=code).first()
    if found is None:
        raise Http404
    said, upload = request.POST, request.FILES.get("file")
    language = (request.LANGUAGE_CODE or "en").split("-")[0]
    try:
        paper = NewPaper(
            said.get("kind", ""), {language: said.get("title", "")}, on=_day(said["on"]) if said.get("on") else None,
            citation=said.get("citation", ""), content=upload.read() if upload else b"",
            file_name=upload.name or "" if upload else "", note=said.get("note", ""),
            register_in=UUID(request.actor.office) if said.get("register") and request.actor.office else None,
        )  # fmt: skip
        attach_paper(stage=found, paper=paper, actor=request.actor, at=timezone.now())
    except (ValueError, Refused) as problem:
        return _stages(request, code, refused=_refused(problem), status=422)
    messages.success(request, gettext("The paper stands with its stage."))
    return redirect("policy_stages", code)


@require_http_methods(["POST"])
@needs("policy.edit")
def policy_paper_take_back(request: HttpRequest, code: str, paper_id: UUID) -> HttpResponse:
    """A paper was attached by mistake."""
    require(request.actor, "policy.edit")
    found = StagePaper.objects.filter(pk=paper_id, stage__plan__code=code, taken_back_at=None).first()
    if found is None:
        raise Http404
    try:
        take_back_paper(paper=found.pk, because=request.POST.get("because", ""), actor=request.actor, at=timezone.now())
    except Refused as problem:
        return _stages(request, code, refused=problem, status=422)
    messages.success(request, gettext("The paper was taken back; it stays on record."))
    return redirect("policy_stages", code)
