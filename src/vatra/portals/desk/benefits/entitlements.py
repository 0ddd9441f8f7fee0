"""A right: what it rests on, what was paid, and what an officer may do with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits import commands
from vatra.rooms.benefits.models import Entitlement
from vatra.rooms.benefits.queries import changes_of
from vatra.rooms.benefits.queries import entitlement as read_entitlement
from vatra.rooms.payments.queries import payments_of
from vatra.web.actions import needs

from ..days import typed_day
from ..taking import said
from . import words

STEPS: dict[str, tuple[Callable[..., object], str]] = {
    "suspend": (commands.suspend_entitlement, gettext_noop("It is suspended: nothing is due until it goes on.")),
    "resume": (commands.resume_entitlement, gettext_noop("It goes on.")),
    "end": (commands.end_entitlement, gettext_noop("It has ended.")),
}
OPEN = {"active": ("suspend", "end"), "suspended": ("resume", "end"), "ended": ()}


@require_GET
@needs("benefits.view")
def entitlement(request: HttpRequest, entitlement_id: UUID) -> HttpResponse:
    """One right, with its decision, its changes and its payments."""
    return _page(request, entitlement_id)


@require_POST
@needs("benefits.view")
def entitlement_step(request: HttpRequest, entitlement_id: UUID, step: str) -> HttpResponse:
    """Suspend, resume or end it; which role that needs is the command's to say."""
    if step not in STEPS:
        raise Http404
    act, done = STEPS[step]
    try:
        typed = request.POST.get("on", "").strip()
        on = typed_day(typed) if typed else day(timezone.now(), zone())
        act(
            entitlement=entitlement_id, on=on, reason=request.POST.get("reason", ""), actor=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except Entitlement.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        return _page(request, entitlement_id, wrong=said(refusal), where=step, status=422)
    messages.success(request, gettext(done))
    return redirect("entitlement", entitlement_id)


def _page(request: HttpRequest, entitlement_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = request.actor
    try:
        row = read_entitlement(entitlement_id, actor=actor)
    except Entitlement.DoesNotExist:
        raise Http404 from None
    payments = None
    if may(actor, "payments.view"):
        payments = payments_of(actor=actor, entitlement=row.id)
    context = {
        "row": row, "changes": [(change, words.CHANGES[change.kind]) for change in changes_of(entitlement_id, actor=actor)],
        "payments": payments, "state": words.ENTITLEMENT[row.state], "period": words.PERIODS.get(row.period, row.period),
        "steps": OPEN[row.state] if may(actor, "benefits.draft") else (), "typed": request.POST, **more,
    }  # fmt: skip
    return render(request, "desk/benefits/entitlement.html", context, status=status)
