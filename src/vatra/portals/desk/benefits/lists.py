"""Lists: applications by state and programme, what waits for a signature, what is to be forwarded."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vatra.foundation.access.queries import may, require
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits import queries
from vatra.rooms.benefits.commands import forward
from vatra.rooms.benefits.models import Application
from vatra.rooms.benefits.queries import number_of
from vatra.rooms.programmes.queries import programmes_in_order
from vatra.web.actions import needs

from ..taking import said
from . import words

NEAR = 5  # days
STATES = {
    "open": (["registered", "complete"], gettext_noop("Open")),
    "registered": (["registered"], gettext_noop("Papers awaited")),
    "complete": (["complete"], gettext_noop("Complete")),
    "decided": (["decided"], gettext_noop("Decided")),
    "forwarded": (["forwarded"], gettext_noop("Forwarded")),
    "withdrawn": (["withdrawn"], gettext_noop("Withdrawn")),
    "all": ([], gettext_noop("All")),
}
WAITS = {
    "draft": ("benefits.report", gettext_noop("To report")),
    "reported": ("benefits.countersign", gettext_noop("To countersign")),
    "countersigned": ("benefits.sign", gettext_noop("To sign")),
}


@require_GET
@needs("benefits.view")
def applications(request: HttpRequest) -> HttpResponse:
    """Applications by state and programme, the latest first; the filter stays in the address."""
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    programme, mine = request.GET.get("programme", ""), request.GET.get("mine") == "1"
    page = queries.applications(
        actor=request.actor, states=STATES[state][0], programme=programme, mine=mine, after=request.GET.get("after", "")
    )
    kept = {"state": state, "programme": programme, "mine": "1" if mine else ""}
    context = {
        "rows": _rows(page.rows), "states": [(code, word) for code, (_, word) in STATES.items()], "state": state,
        "programmes": programmes_in_order(), "programme": programme, "mine": mine,
        "next": _address(kept, page.next) if page.next else "",
        "first": _address(kept, "") if request.GET.get("after") else "",
    }  # fmt: skip
    return render(request, "desk/benefits/applications.html", context)


def _address(kept: dict[str, str], after: str) -> str:
    return "?" + urlencode({name: value for name, value in {**kept, "after": after}.items() if value})


def _rows(rows: list[queries.ApplicationRow]) -> list[dict[str, object]]:
    """Rows with their state in words and how near their term is."""
    today = day(timezone.now(), zone())
    found = []
    for row in rows:
        shape, word = (
            words.DECISION[row.decision] if row.decision and row.state == "complete" else words.APPLICATION[row.state]
        )
        late = row.late(today)
        near = row.due_on is not None and not row.suspended and (row.due_on - today).days <= NEAR
        found.append({"row": row, "shape": shape, "word": word, "near": "act" if late else "ask" if near else ""})
    return found


@require_GET
@needs("benefits.view")
def decisions(request: HttpRequest) -> HttpResponse:
    """Decisions that wait for a step; the reader's own step comes first."""
    mine = next((code for code, (action, _) in WAITS.items() if may(request.actor, action)), "draft")
    waits = request.GET.get("waits", mine)
    waits = waits if waits in WAITS else mine
    page = queries.applications(actor=request.actor, waits=waits, after=request.GET.get("after", ""))
    context = {
        "rows": _rows(page.rows), "waits": waits,
        "tabs": [(f"?waits={code}", gettext(word), code == waits) for code, (_, word) in WAITS.items()],
        "next": _address({"waits": waits}, page.next) if page.next else "",
        "first": _address({"waits": waits}, "") if request.GET.get("after") else "",
    }  # fmt: skip
    return render(request, "desk/benefits/decisions.html", context)


@require_http_methods(["GET", "POST"])
@needs("benefits.draft")
def forwarding(request: HttpRequest) -> HttpResponse:
    """Complete applications that others decide, one list for each programme; and the lists that were sent."""
    require(request.actor, "benefits.draft")
    wrong = ""
    if request.method == "POST":
        try:
            sent = forward(applications=_chosen(request), actor=request.actor, at=timezone.now())
        except Application.DoesNotExist:
            raise Http404 from None
        except Refused as refusal:
            wrong = said(refusal)
        else:
            messages.success(request, gettext("List no. %(number)s is sent.") % {"number": number_of(sent.entry)})
            return redirect("forwarding")
    context = {
        "groups": [(title, _rows(rows)) for title, rows in queries.to_forward(actor=request.actor)],
        "sent": queries.forwardings(actor=request.actor), "wrong": wrong,
    }  # fmt: skip
    return render(request, "desk/benefits/forwarding.html", context, status=422 if wrong else 200)


def _chosen(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(text) for text in request.POST.getlist("application")]
    except ValueError:
        raise Http404 from None
