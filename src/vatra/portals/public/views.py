"""Pages that need no sign-in."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from vatra.web.actions import PUBLIC, needs


@needs(PUBLIC)
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@needs(PUBLIC)
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "public/start.html")
