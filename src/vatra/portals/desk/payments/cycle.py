"""One cycle: its state and sums, its checks, its instructions, its files, and the steps that lead on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.payments import commands, queries
from vatra.rooms.payments.queries import CycleCard, Progress
from vatra.rooms.payments.reasons import known, sentence
from vatra.web.actions import needs

from ..days import typed_day
from ..taking import found, page_number, said
from . import words

PAGE = 50
WORKING = {"preparing": gettext_noop("Being prepared"), "exporting": gettext_noop("Files are being written")}


@require_GET
@needs("payments.view")
def cycle(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """A cycle: what it pays, where it stands, and what may be done now."""
    return _page(request, cycle_id)


@require_GET
@needs("payments.view")
def cycle_progress(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """How far the worker is: a part that asks again by itself, until there is nothing more to wait for."""
    now = found(lambda: queries.progress(cycle_id, actor=request.actor))
    if not now.what:  # done: the whole page says more
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "desk/payments/progress.html", {"cycle_id": cycle_id, **_progress(now)})


def _progress(now: Progress) -> dict[str, Any]:
    return {"progress": now, "working": WORKING.get(now.what, "")}


@require_GET
@needs("payments.view")
def cycle_checks(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """Who is new, gone, changed, without an account; who is entitled and unpaid, and why."""
    card = found(lambda: queries.cycle_card(cycle_id, actor=request.actor, brief=True))
    checks = found(lambda: queries.checks(cycle_id, actor=request.actor))
    reasons = [
        (code if known(code) else "", sentence(code), count)  # what only the bank understands cannot be chosen
        for code, count in sorted(checks.reasons.items(), key=lambda each: -each[1])
    ]
    context = {
        "card": card, "checks": checks, "reasons": reasons, "tabs": _tabs(card, "checks"), **_named(card),
        "may_record": may(request.actor, "people.record"),
    }  # fmt: skip
    return render(request, "desk/payments/checks.html", context)


@require_GET
@needs("payments.view")
def cycle_instructions(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """The instructions of a cycle, by state and reason, page by page."""
    card = found(lambda: queries.cycle_card(cycle_id, actor=request.actor))
    return _instructions(request, card)


def _instructions(request: HttpRequest, card: CycleCard, *, status: int = 200, **more: Any) -> HttpResponse:
    state, reason = request.GET.get("state", ""), request.GET.get("reason", "")
    state = state if state in words.INSTRUCTION else ""
    reason = reason if known(reason) else ""
    page = page_number(request)
    rows, total = queries.instructions(
        card.id, actor=request.actor, state=state, reason=reason, offset=(page - 1) * PAGE, limit=PAGE
    )
    may_settle = "settle" in card.may and state in ("", "sent")
    context = {
        "card": card, "rows": [(row, words.INSTRUCTION[row.state]) for row in rows], "total": total, "state": state,
        "states": [(each, words.INSTRUCTION[each][1], count) for each, count in _counted(card, state).items()],
        "settles": may_settle and any(row.state == "sent" for row in rows), "tabs": _tabs(card, "instructions"),
        "before": _at(state, reason, page - 1) if page > 1 else "", "why": known(reason),
        "after": _at(state, reason, page + 1) if page * PAGE < total else "", "typed": request.POST, **_named(card),
        **more,
    }  # fmt: skip
    return render(request, "desk/payments/instructions.html", context, status=status)


def _counted(card: CycleCard, chosen: str) -> dict[str, int]:
    """How many payments are in each state that there is, and in the one that the reader chose."""
    return {**({chosen: 0} if chosen else {}), **{each.state: each.count for each in card.sums}}


def _at(state: str, reason: str, page: int) -> str:
    return f"?page={page}" + (f"&state={state}" if state else "") + (f"&reason={reason}" if reason else "")


def _approve(request: HttpRequest, of: dict[str, Any]) -> object:
    """The approver sends back what they saw: if something else stands there by now, the command refuses."""
    return commands.approve_cycle(count=_whole(request, "count"), amount=_whole(request, "amount"), **of)


def _whole(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not text.isdecimal():
        raise Http404
    return int(text)


def _export(request: HttpRequest, of: dict[str, Any]) -> object:
    typed = request.POST.get("pay_on", "").strip()
    pay_on = typed_day(typed) if typed else day(of["at"], zone())
    return commands.export_cycle(pay_on=pay_on, **of)


STEPS: dict[str, tuple[Callable[[HttpRequest, dict[str, Any]], object], str]] = {
    "refresh": (lambda _, of: commands.refresh_cycle(**of), gettext_noop("What is due is being looked at again.")),
    "check": (lambda _, of: commands.check_cycle(**of), gettext_noop("Checked. It waits for a second person.")),
    "approve": (_approve, gettext_noop("Approved: the money is reserved.")),
    "export": (_export, gettext_noop("The files are being written.")),
    "close": (
        lambda _, of: commands.close_cycle(**of),
        gettext_noop("The cycle is closed: it agrees with the ledger."),
    ),
    "cancel": (
        lambda request, of: commands.cancel_cycle(because=request.POST.get("because", ""), **of),
        gettext_noop("The cycle is cancelled."),
    ),
    "pause": (lambda _, of: commands.pause_cycle(**of), gettext_noop("It stands still until somebody lets it go on.")),
    "resume": (lambda _, of: commands.resume_cycle(**of), gettext_noop("It goes on.")),
}


@require_POST
@needs("payments.view")
def cycle_step(request: HttpRequest, cycle_id: UUID, step: str) -> HttpResponse:
    """One step of a cycle; which role it needs is the command's to say."""
    if step not in STEPS:
        raise Http404
    act, done = STEPS[step]
    try:
        found(lambda: act(request, {"cycle": cycle_id, "actor": request.actor, "at": timezone.now()}))
    except Refused as refusal:
        return _page(request, cycle_id, wrong=said(refusal), where=step, status=422)
    messages.success(request, gettext(done))
    return redirect("cycle", cycle_id)


@require_POST
@needs("payments.settle")
def cycle_settle(request: HttpRequest, cycle_id: UUID) -> HttpResponse:
    """The chosen instructions arrived, or were paid at the desk, on a day."""
    try:
        chosen = [UUID(text) for text in request.POST.getlist("instruction")]
    except ValueError:
        raise Http404 from None
    card = found(lambda: queries.cycle_card(cycle_id, actor=request.actor))
    now = timezone.now()
    try:
        if not chosen:
            return _instructions(request, card, wrong=gettext("Choose at least one payment first."), status=422)
        typed = request.POST.get("on", "").strip()
        on = typed_day(typed) if typed else day(now, zone())
        found(lambda: commands.settle_by_hand(instructions=chosen, on=on, actor=request.actor, at=now))
    except Refused as refusal:
        return _instructions(request, card, wrong=said(refusal), status=422)
    messages.success(request, gettext("Noted as paid."))
    return redirect("cycle_instructions", cycle_id)


def _named(card: CycleCard) -> dict[str, Any]:
    return {"shape": words.CYCLE[card.state][0], "word": words.CYCLE[card.state][1], "kind": words.KIND[card.kind]}


def _tabs(card: CycleCard, here: str) -> list[tuple[str, str, bool]]:
    pages = [
        ("cycle", gettext("Cycle")), ("cycle_checks", gettext("Checks")), ("cycle_instructions", gettext("Payments")),
    ]  # fmt: skip
    return [(reverse(name, args=[card.id]), title, name.endswith(here)) for name, title in pages]


def _page(request: HttpRequest, cycle_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    card = found(lambda: queries.cycle_card(cycle_id, actor=request.actor))
    short = card.planned_amount - card.left if card.state in ("prepared", "checked") else 0
    context = {
        "card": card, "tabs": [(a, t, n == 0) for n, (a, t, _) in enumerate(_tabs(card, ""))],
        "sums": [(sum_, words.INSTRUCTION[sum_.state]) for sum_ in card.sums], "ways": words.WAY,
        "short": max(0, short) if card.kind == "regular" else 0, "typed": request.POST, "cycle_id": card.id,
        "waits_for_second": card.state == "checked" and "approve" not in card.may,
        "may_open_files": may(request.actor, "payments.files"), **_progress(card.progress), **_named(card), **more,
    }  # fmt: skip
    return render(request, "desk/payments/cycle.html", context, status=status)
