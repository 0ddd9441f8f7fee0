"""Referrals that were sent to one's own organisation."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.look.reading import number_text
from vatra.rooms.cases import referral_words as words
from vatra.rooms.cases.commands import see
from vatra.rooms.cases.models import Referral
from vatra.rooms.cases.queries.received import PAGE, counts, received, received_page
from vatra.web.actions import needs
from vatra.web.middleware import in_words

from . import answering

GROUPS = {
    "new": gettext_noop("To answer"),
    "waiting": gettext_noop("Waiting list"),
    "open": gettext_noop("With us"),
    "ended": gettext_noop("Ended"),
}


@require_GET
@never_cache
@needs("referrals.view")
def inbox(request: HttpRequest) -> HttpResponse:
    """What was sent to us, by how it stands."""
    group = request.GET.get("group", "new")
    group = group if group in GROUPS else "new"
    rows = received(request.actor, group=group, before=_before(request.GET.get("from", "")))
    many, today = counts(request.actor), day(timezone.now(), zone())
    context = {
        "group": group, "rows": [(row, words.STATES[row.state], answering.due(row), row.late(today)) for row in rows],
        "tabs": [
            (f"?group={code}", f"{gettext(word)} ({number_text(many[code], get_language())})", code == group)
            for code, word in GROUPS.items()
        ],
        "next": f"?group={group}&from={rows[-1].sent_at.timestamp()}" if len(rows) == PAGE else "",
    }  # fmt: skip
    return render(request, "provider/inbox.html", context)


def _before(stamp: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(stamp), tz=timezone.get_current_timezone()) if stamp else None
    except (ValueError, OverflowError, OSError):
        return None


@require_GET
@never_cache
@needs("referrals.view")
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """One referral with exactly what was told; from now on its sender knows that it was seen."""
    return _page(request, referral_id)


def _page(
    request: HttpRequest, referral_id: UUID, *, wrong: str = "", where: str = "", status: int = 200
) -> HttpResponse:
    try:
        page = received_page(referral_id, actor=request.actor)
        if page.of.state == "sent" and page.may_answer and not page.of.shut:
            see(referral=referral_id, actor=request.actor, at=timezone.now())
            page = received_page(referral_id, actor=request.actor)
    except Referral.DoesNotExist:
        raise Http404 from None
    context = {**answering.shown(page), "wrong": wrong, "where": where, "typed": request.POST if wrong else {}}
    return render(request, "provider/referral.html", context, status=status)


@require_POST
@needs("referrals.answer")
def referral_step(request: HttpRequest, referral_id: UUID, step: str) -> HttpResponse:
    """An answer, or the next step."""
    if step not in answering.STEPS:
        raise Http404
    try:
        received_page(referral_id, actor=request.actor)  # of what was sent to oneself, whatever else one may do
        answering.take(request, referral_id, step, actor=request.actor)
    except Referral.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        return _page(request, referral_id, wrong=in_words(refusal), where=step, status=422)
    messages.success(request, gettext("Your answer is kept; the sender knows it."))
    return redirect("received_referral", referral_id)
