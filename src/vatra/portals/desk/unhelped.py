"""Households at high risk without any help: the list that the window works down to zero."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import fact_definitions, pack
from vatra.foundation.places.queries import areas
from vatra.rooms.insight.models import Holds
from vatra.rooms.insight.queries import counts, households_without_help, watched
from vatra.web.actions import needs, require


@require_GET
@needs("insight.view")
def unhelped(request: HttpRequest) -> HttpResponse:
    """`?show=unknown`: those of whom too little is known to say. `?area=`: of one place."""
    require(request.actor, "insight.view")
    condition = watched()
    if condition is None:
        return render(request, "desk/unhelped.html", {"condition": None})
    unknown = request.GET.get("show") == "unknown"
    area, after = request.GET.get("area", ""), request.GET.get("after", "")
    rows, further = households_without_help(
        actor=request.actor, holds=Holds.UNKNOWN if unknown else Holds.YES, area=area, after=after
    )
    facts = fact_definitions()
    asked = [(row, [facts[code].title for code in row.missing if code in facts]) for row in rows]
    kept = f"show={'unknown' if unknown else 'yes'}&area={area}"
    page = {
        "condition": condition, "rows": asked, "count": counts(actor=request.actor), "unknown": unknown, "area": area,
        "areas": list(areas(within=pack().settings.get("area", ""))), "may_apply": may(request.actor, "benefits.apply"),
        "first": f"?{kept}" if after else "", "next": f"?{kept}&after={further}" if further else "",
        "may_open_case": may(request.actor, "cases.work"),
    }  # fmt: skip
    return render(request, "desk/unhelped.html", page)
