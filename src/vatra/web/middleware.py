"""The actor of a request, and refusals as pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from vatra.foundation.access.queries import all_grants, grants_read_once
from vatra.kernel.refused import NoGrant, Refused
from vatra.look.reading import in_digits

from .actor import actor_and_office

Handler = Callable[[HttpRequest], HttpResponse]


class SignedInActor:
    """`request.actor` is the user in their post, or None; `request.office` the name of their office.

    Their grants are read once per request.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with grants_read_once():
            request.actor = request.office = None  # type: ignore[attr-defined]
            if request.user.is_authenticated:
                request.actor, request.office = actor_and_office(request.user)  # type: ignore[attr-defined]
                all_grants(request.actor)  # now: the menu of every page asks, and pages may not query
            return self.get_response(request)


class RefusalsToPages:
    """A refusal becomes a sentence in the reader's language: 422; an action held nowhere: 403."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            words = {"sentence": translated(exception.sentence, exception.values)}
            words["next_step"] = translated(exception.next_step, exception.values)
            part = bool(getattr(request, "htmx", False))
            template = "web/refused_part.html" if part else "web/refused.html"
            return render(request, template, words, status=422)
        if isinstance(exception, NoGrant):
            return render(request, "web/no_grant.html", {"action": exception.action}, status=403)
        return None


def translated(sentence: str, values: dict[str, object]) -> str:
    """A sentence in the reader's language, its figures in their digits. Texts among the values stay as they are."""
    if not sentence:
        return ""
    said = gettext(sentence)
    return said % {name: _figure(value) for name, value in values.items()} if values else said


def _figure(value: object) -> object:
    """Ungrouped: it may be a year, or the number of a paper."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    return in_digits(str(value), (get_language() or "en").split("-")[0])


def in_words(refusal: Refused) -> str:
    """What is wrong, and the way out, as one text."""
    parts = (translated(part, refusal.values) for part in (refusal.sentence, refusal.next_step))
    return " ".join(part for part in parts if part)
