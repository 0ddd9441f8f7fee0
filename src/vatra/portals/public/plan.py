"""The plan and its indicators, as the council and everybody else may see them: published figures only."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vatra.journeys.policy_pages import Aim, indicator_page, outline
from vatra.rooms.policy.queries import plans, stages
from vatra.web.actions import PUBLIC, needs
from vatra.web.figures import headline, sheet


@require_GET
@needs(PUBLIC)
def plan(request: HttpRequest, code: str = "") -> HttpResponse:
    """A plan's objectives with what each is held to; without a code, the plan of the latest period."""
    known = plans()
    if not code and not known:
        return render(request, "public/plan.html", {"outline": None})
    found = outline(code or known[0].code)
    if found is None:
        raise Http404
    aims = [(aim.branch, lines) for aim in found.aims if (lines := _lines(aim))]
    rows = stages(found.plan)
    page = {
        "outline": found, "aims": aims, "others": [one for one in known if one.pk != found.plan.pk],
        "stage": rows[-1].stage if rows else None,
    }  # fmt: skip
    return render(request, "public/plan.html", page)


def _lines(aim: Aim) -> list[tuple]:
    """The objectives of an aim, each with its indicators; those that are held to none are shown, too."""
    return [(line.branch, line.programmes, [headline(card) for card in line.indicators]) for line in aim.lines]


@require_GET
@needs(PUBLIC)
def plan_indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator with its breakdowns and how it is computed. The same for every reader, signed in or not."""
    found = indicator_page(code)
    if found is None:
        raise Http404
    return render(request, "public/indicator.html", {"sheet": sheet(found)})
