"""The search box and what it finds."""

from time import perf_counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from vatra.foundation.access.queries import may, require
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.rooms.people.queries import search
from vatra.web.actions import needs

from .contact import contacts_today, ticket_context

SHORTEST = 2  # letters from which typing searches
HITS = 20


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
        page["hits"] = search(text, actor=request.actor, limit=HITS, today=day(now, zone()))
        page["seconds"] = round(perf_counter() - begun, 2)
    if request.htmx:
        return render(request, "desk/window/hits.html", page)
    page |= ticket_context(request.actor, None)
    page |= {"waiting": contacts_today(actor=request.actor, at=now), "hits_in_page": True}
    return render(request, "desk/window.html", page)
