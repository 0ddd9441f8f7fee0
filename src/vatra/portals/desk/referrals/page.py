"""One referral: how it stands, what was told, its chain; and what its worker may do."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from vatra.foundation.access.models import SignedLink
from vatra.foundation.catalogue.queries import codes, zone
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.cases import commands
from vatra.rooms.cases import referral_words as words
from vatra.rooms.cases.models import Referral
from vatra.rooms.cases.queries.referrals import ReferralPage, referral_page
from vatra.rooms.cases.referral_terms import link_days
from vatra.web.actions import needs
from vatra.web.middleware import in_words

from .lists import shown

Act = Callable[..., object]
STEPS: dict[str, tuple[Act, tuple[str, ...], str]] = {
    "seen": (commands.see, (), gettext_noop("It is written down.")),
    "accepted": (commands.accept, ("note",), gettext_noop("It is written down.")),
    "waiting": (commands.put_on_waiting_list, ("note",), gettext_noop("It is written down.")),
    "declined": (commands.decline, ("reason", "note"), gettext_noop("It is written down.")),
    "started": (commands.start, ("note",), gettext_noop("It is written down.")),
    "delivered": (commands.deliver, ("note",), gettext_noop("It is written down.")),
    "outcome": (commands.give_outcome, ("outcome", "note"), gettext_noop("It is written down.")),
    "close": (commands.close_referral, ("note",), gettext_noop("The referral is closed.")),
    "withdraw": (commands.withdraw_referral, ("because",), gettext_noop("The referral is withdrawn.")),
}


@require_GET
@needs("cases.view")
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    return _page(request, referral_id)


def _page(
    request: HttpRequest, referral_id: UUID, *, wrong: str = "", where: str = "", status: int = 200
) -> HttpResponse:
    try:
        page = referral_page(referral_id, actor=request.actor)
    except Referral.DoesNotExist:
        raise Http404 from None
    row, today, now = page.of, day(timezone.now(), zone()), timezone.now()
    context = {
        "page": page, "row": row, "state": words.STATES[row.state], "told": words.told(row.payload["fields"]),
        "steps": [(words.STATES[step.state], step) for step in page.steps],
        "deadlines": [(words.TERMS.get(d.kind, d.kind), _near(d, today), d) for d in page.deadlines],
        "chain": shown(page.chain, today), "answers": [(step, words.ANSWERS[step]) for step in page.answers],
        "reasons": codes("referral_decline"), "outcomes": codes("referral_outcome"),
        "reason": _title("referral_decline", row.decline_reason), "outcome": _title("referral_outcome", row.outcome),
        "because": words.CLOSED_WORDS.get(row.withdrawn_because, ""), "links": [(link, _link_state(link, now)) for link in page.links],
        "link_days": link_days(), "wrong": wrong, "where": where, "typed": request.POST if wrong else {},
    }  # fmt: skip
    return render(request, "desk/referrals/page.html", context, status=status)


def _near(term: Any, today: Any) -> str:
    if term.met_on:
        return "yes" if term.met_on <= term.due_on else "no"
    return "act" if term.due_on < today else "ask"


def _link_state(link: SignedLink, now: datetime) -> tuple[str, str]:
    if link.revoked_at:
        return "no", gettext_noop("taken back")
    return ("no", gettext_noop("expired")) if link.expires_at <= now else ("yes", gettext_noop("opens"))


def _title(code_list: str, code: str) -> dict[str, str] | None:
    return next((row.title for row in codes(code_list, retired=True) if row.code == code), None)


@require_POST
@needs("referrals.send")
def step(request: HttpRequest, referral_id: UUID, step: str) -> HttpResponse:
    """The worker closes it, takes it back, or writes down what they were told."""
    name = request.POST.get("state", "") if step == "told" else step
    if name not in STEPS:
        raise Http404
    act, fields, said = STEPS[name]
    given = {field: request.POST.get(field, "") for field in fields}
    return _take(request, referral_id, step, lambda: act(referral=referral_id, **given, **_by(request)), said)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.actor, "at": timezone.now()}


def _take(request: HttpRequest, referral_id: UUID, step: str, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        _mine(request, referral_id)
        act()
    except (Referral.DoesNotExist, SignedLink.DoesNotExist):
        raise Http404 from None
    except Refused as refusal:
        return _page(request, referral_id, wrong=in_words(refusal), where=step, status=422)
    messages.success(request, gettext(said))
    return redirect("referral", referral_id)


def _mine(request: HttpRequest, referral_id: UUID) -> None:
    """Here the sender acts; whoever it was sent to answers in their own list."""
    if not Referral.objects.visible_to(request.actor, "referrals.send").filter(pk=referral_id).exists():
        raise Referral.DoesNotExist


@require_POST
@never_cache
@needs("referrals.send")
def link_make(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """A page to print and hand over, with the link. It is shown this once: only its hash is kept."""
    try:
        _mine(request, referral_id)
        days = int(request.POST.get("days") or link_days())
        link, token = commands.make_link(referral=referral_id, expires_at=_evening(days), **_by(request))
        page: ReferralPage = referral_page(referral_id, actor=request.actor)
    except Referral.DoesNotExist:
        raise Http404 from None
    except (Refused, ValueError, OverflowError) as fault:
        refusal = (
            fault
            if isinstance(fault, Refused)
            else Refused("link_days", gettext_noop("Say for how many days it opens."))
        )
        return _page(request, referral_id, wrong=in_words(refusal), where="link", status=422)
    address = request.build_absolute_uri(reverse("referral_link", args=[token]))
    picture = segno.make(address, error="m").svg_inline(scale=5, border=2)
    context = {"page": page, "row": page.of, "link": link, "address": address, "picture": mark_safe(picture)}
    answer = render(request, "desk/referrals/link.html", context)
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def _evening(days: int) -> datetime:
    """The end of a day so many days from now, where the pack lives."""
    here = ZoneInfo(zone())
    return datetime.combine(day(timezone.now(), zone()) + timedelta(days=days), time(23, 59), here)


@require_POST
@needs("referrals.send")
def link_end(request: HttpRequest, referral_id: UUID, link_id: UUID) -> HttpResponse:
    """The link opens nothing any more."""
    return _take(
        request,
        referral_id,
        "link",
        lambda: commands.revoke_link(referral=referral_id, link=link_id, **_by(request)),
        gettext_noop("The link is taken back."),
    )
