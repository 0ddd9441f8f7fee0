"""The plan and its indicators, as the council and everybody else may see them: published figures only."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vatra.journeys.policy_pages import Aim, indicator_page, outline
from vatra.rooms.insight.queries.measurements import is_measured
from vatra.rooms.policy.queries import foremost, plans
from vatra.web.actions import PUBLIC, needs
from vatra.web.figures import headline, sheet


@require_GET
@needs(PUBLIC)
def plan(request: HttpRequest, code: str = "") -> HttpResponse:
    """A plan's objectives with what each is held to; without a code, the plan that was adopted last, else the latest."""
    known = plans()
    first = foremost(known)
    asked = code or (first.code if first else "")
    if not asked:
        return render(request, "public/plan.html", {"outline": None})
    found = outline(asked)
    if found is None:
        raise Http404
    aims = [(aim.branch, lines) for aim in found.aims if (lines := _lines(aim))]
    page = {
        "outline": found, "aims": aims, "others": [one for one in known if one.pk != found.plan.pk],
        "reported": is_measured(found.plan),
    }  # fmt: skip
    return render(request, "public/plan.html", page)


def _lines(aim: Aim) -> list[tuple]:
    """The objectives of an aim, each with its indicators; those that are held to none are shown, too. What others
    report to a plan is for the desk: nobody has hidden its small figures."""
    objectives = [line for line in aim.lines if line.branch.kind != "indicator"]
    return [(line.branch, line.programmes, [headline(card) for card in line.indicators]) for line in objectives]


@require_GET
@needs(PUBLIC)
def plan_indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator with its breakdowns and how it is computed. The same for every reader, signed in or not."""
    found = indicator_page(code)
    if found is None:
        raise Http404
    return render(request, "public/indicator.html", {"sheet": sheet(found)})
