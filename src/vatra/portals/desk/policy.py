"""Plans and programmes, to read: what the authority set out to do, and by which rules people are helped."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.worklist.commands import done
from vatra.foundation.worklist.queries import waiting_for
from vatra.journeys.policy_pages import outline
from vatra.kernel.days import day
from vatra.look.reading import FALLBACK, direction
from vatra.rooms.benefits.queries import to_take_again
from vatra.rooms.insight.queries.measurements import is_measured
from vatra.rooms.policy.queries import foremost, plans
from vatra.rooms.policy.queries import plan as plan_of
from vatra.rooms.programmes.queries import programmes_in_order, ruleset, rulesets_in_force
from vatra.rooms.programmes.sheet import ClauseRow, Part, sheet
from vatra.web.actions import needs, require
from vatra.web.figures import headline

from .benefits import words
from .measured import plan_page


@needs("policy.view")
def policy(request: HttpRequest) -> HttpResponse:
    """The latest plan that was adopted here, else the latest; the others are a step away."""
    require(request.actor, "policy.view")
    known = plans()
    first = foremost(known)
    if first is None:
        return render(request, "desk/policy.html", {"outline": None, "plans": []})
    return _plan(request, first.code)


@needs("policy.view")
def policy_plan(request: HttpRequest, code: str) -> HttpResponse:
    require(request.actor, "policy.view")
    return _plan(request, code)


def _plan(request: HttpRequest, code: str) -> HttpResponse:
    plan = plan_of(code)
    if plan and is_measured(plan):
        return plan_page(request, plan, [p for p in plans() if p.code != code])
    found = outline(code)
    if found is None:
        raise Http404
    lines = [(aim, [(line, [headline(card) for card in line.indicators]) for line in aim.lines]) for aim in found.aims]
    page = {"outline": found, "aims": lines, "plans": [p for p in plans() if p.code != code]}
    return render(request, "desk/policy.html", page)


@needs("programmes.view")
def programmes(request: HttpRequest) -> HttpResponse:
    """Everything that people can ask for here."""
    require(request.actor, "programmes.view")
    today = day(timezone.now(), zone())
    in_force = rulesets_in_force(today)
    rows = [(programme, in_force.get(programme.code)) for programme in programmes_in_order(on=today)]
    return render(request, "desk/programmes.html", {"rows": rows})


@needs("programmes.view")
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """One programme: stages, rules in words, figures with dates and laws, papers, terms, cases, versions."""
    require(request.actor, "programmes.view")
    found = sheet(code, on=day(timezone.now(), zone()))
    if found is None:
        raise Http404
    return render(request, "desk/programme.html", {"sheet": found, "clauses": [_in_words(c) for c in found.clauses]})


@require_http_methods(["GET", "POST"])
@needs("benefits.view")
def programme_again(request: HttpRequest, code: str, ruleset_id: UUID) -> HttpResponse:
    """Determinations that rules with effect in the past call for again. POST: this office has looked at them."""
    require(request.actor, "benefits.view")
    found = ruleset(ruleset_id)
    if found is None or found.programme.code != code:
        raise Http404
    if request.method == "POST":
        require(request.actor, "benefits.draft")
        done(key=f"programmes.backdated:{found.pk}:{request.actor.office}", at=timezone.now())
        messages.success(request, gettext("Noted: this office has looked at them."))
        return redirect("my_day")
    rows, after = to_take_again(found, actor=request.actor, after=request.GET.get("after", ""))
    shown = [(row, *words.STATUS[row.status]) for row in rows]
    page = {"ruleset": found, "rows": shown, "next": f"?after={after}" if after else "",
            "may_note": may(request.actor, "benefits.draft")}  # fmt: skip
    return render(request, "desk/programme_again.html", page)


@require_http_methods(["GET", "POST"])
@needs("programmes.draft")
def pack_differences(request: HttpRequest) -> HttpResponse:
    """What was changed here while the pack moved on. POST: somebody has looked at one of them."""
    require(request.actor, "programmes.draft")
    items = [item for item in waiting_for(request.actor) if item.kind == "pack.difference"]
    if request.method == "POST":
        for item in items:
            if str(item.pk) == request.POST.get("item"):
                done(key=item.key, at=timezone.now())
                messages.success(request, gettext("Noted: what stands here is kept."))
        return redirect("pack_differences")
    return render(request, "desk/pack_differences.html", {"items": items})


@dataclass(frozen=True)
class Worded:
    """A clause in the reader's language, or in the one that it exists in."""

    clause: ClauseRow
    language: str
    direction: str
    parts: list[Part]


def _in_words(clause: ClauseRow) -> Worded:
    reader = (get_language() or "en").split("-")[0]
    languages = (reader, *FALLBACK, *clause.said)
    language = next(one for one in languages if clause.said.get(one))
    return Worded(clause, language, direction(language), clause.said[language])
