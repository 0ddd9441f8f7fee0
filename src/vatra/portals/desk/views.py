"""The desk: pages for people who work here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from vatra.web.actions import needs


@needs("people.view")
def window(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/window.html")
