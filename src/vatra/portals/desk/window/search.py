"""The search box and what it finds."""

from dataclasses import replace
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from vatra.foundation.access.queries import may, require
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.rooms.people.queries import Hit, search
from vatra.web.actions import needs

from .contact import contacts_today, ticket_context

SHORTEST = 2  # letters from which typing searches
HITS = 20
REASONS = 3
FIRST_STRONG, POP = "\u2068", "\u2069"


@needs("people.view")
def window(request: HttpRequest) -> HttpResponse:
    """Search. Names are posted, so that none stays in an address; `?q=` is answered all the same."""
    if not may(request.actor, "people.view") and request.navigation:
        return redirect(request.navigation[0].address)
    require(request.actor, "people.view")
    text = (request.POST.get("q") or request.GET.get("q") or "").strip()
    now = timezone.now()
    page: dict[str, object] = {"q": text, "hits": None, "may_register": may(request.actor, "people.register")}
    if len(text) >= SHORTEST:
        begun = perf_counter()
        hits = search(text, actor=request.actor, limit=HITS, today=day(now, zone()))
        page["hits"] = [{"hit": hit, "why": " · ".join(_why(hit))} for hit in hits]
        page["seconds"] = round(perf_counter() - begun, 2)
    if request.htmx:
        return render(request, "desk/window/hits.html", page)
    page |= ticket_context(request.actor, None)
    page |= {"waiting": contacts_today(actor=request.actor, at=now), "hits_in_page": True}
    return render(request, "desk/window.html", page)


def _why(hit: Hit) -> list[str]:
    """The strongest reasons; what was found is isolated, so that a name never turns its sentence around."""
    apart = [
        replace(r, values={name: f"{FIRST_STRONG}{value}{POP}" for name, value in r.values.items()})
        for r in hit.reasons
    ]
    return [reason.sentence(gettext) for reason in apart[:REASONS]]
