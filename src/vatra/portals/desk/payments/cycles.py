"""The list of payment cycles, and the order of a new one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import add_months, day
from vatra.kernel.refused import Refused
from vatra.rooms.payments import commands, queries
from vatra.rooms.programmes.models import Programme
from vatra.web.actions import needs

from ..taking import found, said
from . import words

MONTHS = 6  # that may be chosen for a new cycle


@require_http_methods(["GET", "POST"])
@needs("payments.view")
def payments(request: HttpRequest) -> HttpResponse:
    """Cycles, the latest first; and a new one, for who prepares them."""
    wrong = ""
    if request.method == "POST":
        try:
            made = found(lambda: _prepare(request))
        except Refused as refusal:
            wrong = said(refusal)
        else:
            messages.success(request, gettext("The cycle is ordered: it is being prepared now."))
            return redirect("cycle", made.pk)
    open_only = request.GET.get("all") != "1"
    context: dict[str, Any] = {
        "rows": [(row, words.CYCLE[row.state]) for row in queries.cycles(actor=request.actor, open_only=open_only)],
        "tabs": [("?", gettext("Open"), open_only), ("?all=1", gettext("All"), not open_only)],
        "open_only": open_only, "wrong": wrong, "returned": len(queries.exceptions(actor=request.actor)),
        "programmes": [], "kinds": words.KIND, "chosen": request.POST,
    }  # fmt: skip
    if may(request.actor, "payments.prepare"):
        today = day(timezone.now(), zone()).replace(day=1)
        context["programmes"] = queries.payable_programmes(actor=request.actor)
        context["months"] = [add_months(today, -back) for back in range(MONTHS)]
    return render(request, "desk/payments/cycles.html", context, status=422 if wrong else 200)


def _prepare(request: HttpRequest) -> Any:
    try:
        period = date.fromisoformat(request.POST.get("period", ""))
    except ValueError:
        raise Http404 from None
    programme = Programme.objects.get(code=request.POST.get("programme", ""))
    return commands.prepare_cycle(programme=programme, period=period, actor=request.actor, at=timezone.now())


@require_GET
@needs("payments.view")
def returned(request: HttpRequest) -> HttpResponse:
    """What came back and is still owed, the oldest first."""
    rows = queries.exceptions(actor=request.actor)
    return render(request, "desk/payments/returned.html", {"rows": rows})
