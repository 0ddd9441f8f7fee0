"""A signed link: one referral, for somebody without an account. GET shows, POST answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vatra.foundation.access.commands import Opened, open_link
from vatra.kernel.refused import Refused
from vatra.rooms.cases.commands import see
from vatra.rooms.cases.models import Referral
from vatra.rooms.cases.queries.received import ReceivedPage, received_page, whom_to_ask
from vatra.web.actions import PUBLIC, needs
from vatra.web.middleware import in_words

from . import answering

GONE = {"unknown": 404, "expired": 410, "revoked": 410, "too_many": 429}


@require_http_methods(["GET", "POST"])
@never_cache
@needs(PUBLIC)
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The referral that the link was made for; or, where it opens nothing any more, whom to ask."""
    came = open_link(token=token[:200], origin=request.META.get("REMOTE_ADDR", ""), at=timezone.now())
    if came.actor is None or came.link is None:
        return _gone(request, came)
    try:
        if request.method == "POST":
            return _answer(request, token, came)
        return _shown(request, came)
    except Referral.DoesNotExist:
        return _gone(request, Opened("revoked", came.link))


def _shown(request: HttpRequest, came: Opened, *, wrong: str = "", where: str = "", status: int = 200) -> HttpResponse:
    page = _page(came)
    if page.of.shut:
        return _gone(request, Opened("revoked", came.link))
    if page.of.state == "sent":
        see(referral=page.of.id, actor=came.actor, at=timezone.now())
        page = _page(came)
    context = {
        **answering.shown(page), "wrong": wrong, "where": where, "typed": request.POST if wrong else {}, "link": came.link,
    }  # fmt: skip
    return _private(render(request, "provider/link.html", context, status=status))


def _page(came: Opened) -> ReceivedPage:
    return received_page(came.link.ref_id, actor=came.actor)


def _answer(request: HttpRequest, token: str, came: Opened) -> HttpResponse:
    step = request.POST.get("step", "")
    if step not in answering.STEPS:
        return _shown(request, came)
    try:
        answering.take(request, came.link.ref_id, step, actor=came.actor)
    except Refused as refusal:
        return _shown(request, came, wrong=in_words(refusal), where=step, status=422)
    return _private(redirect("referral_link", token))


def _gone(request: HttpRequest, came: Opened) -> HttpResponse:
    """Says nothing of anybody: only, of a link that there was, which office to ask, and under which number."""
    context = {"outcome": came.outcome, "ask": whom_to_ask(came.link.ref_id) if came.link else None}
    return _private(render(request, "provider/link_gone.html", context, status=GONE[came.outcome]))


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key: no other site may learn it. Without a referrer at all a browser would send its answers
    from an origin called null, which the protection against forged forms refuses."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
