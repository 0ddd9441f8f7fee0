"""Pages that need no sign-in."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from vatra import __version__
from vatra.foundation.catalogue import queries as catalogue
from vatra.foundation.upkeep.queries import health
from vatra.web.actions import PUBLIC, needs


@needs(PUBLIC)
def healthz(request: HttpRequest) -> HttpResponse:
    """For monitors: 200 while the database answers and a worker lives, 503 otherwise. Tells nothing else."""
    found = health(at=timezone.now())
    body = {
        "status": "ok" if found.ok else "failing",
        "database": found.database,
        "worker": found.worker,
        "version": __version__,
    }
    response = JsonResponse(body, status=200 if found.ok else 503, headers={"Cache-Control": "no-store"})
    response._has_been_logged = True  # the monitor counts failures; the log need not repeat each
    return response


@needs(PUBLIC)
def start(request: HttpRequest) -> HttpResponse:
    pack = catalogue.definitions().pack
    return render(request, "public/start.html", {"place": pack.title if pack else None})
