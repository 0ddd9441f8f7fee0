"""One payment, with the way back: ledger, file, entitlement, decision, determination, clause, law."""

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
from vatra.rooms.benefits.models import Entitlement
from vatra.rooms.benefits.queries import entitlement as read_entitlement
from vatra.rooms.benefits.reasons import clause_answer
from vatra.rooms.payments import commands, queries
from vatra.rooms.payments.queries import Trail
from vatra.rooms.payments.reasons import sentence
from vatra.web.actions import needs

from ..days import typed_day
from ..taking import found, said
from . import words

EDITABLE = ("prepared", "checked")  # states of a cycle in which somebody may be left out


@require_GET
@needs("payments.view")
def instruction(request: HttpRequest, instruction_id: UUID) -> HttpResponse:
    """An auditor follows a cent back to a clause."""
    return _page(request, instruction_id)


def _day(request: HttpRequest, at: Any) -> Any:
    typed = request.POST.get("on", "").strip()
    return typed_day(typed) if typed else day(at, zone())


STEPS: dict[str, tuple[Callable[[HttpRequest, dict[str, Any]], object], str]] = {
    "exclude": (
        lambda request, of: commands.exclude_instruction(because=request.POST.get("because", ""), **of),
        gettext_noop("Left out of this cycle."),
    ),
    "include": (lambda _, of: commands.include_instruction(**of), gettext_noop("Taken in again.")),
    "settle": (
        lambda request, of: commands.settle_by_hand(
            instructions=[of["instruction"]], on=_day(request, of["at"]), actor=of["actor"], at=of["at"]
        ),
        gettext_noop("Noted as paid."),
    ),
    "return": (
        lambda request, of: commands.return_instruction(
            on=_day(request, of["at"]), reason=request.POST.get("reason", ""), note=request.POST.get("note", "")[:500],
            **of,
        ),
        gettext_noop("Noted as come back: it is still owed."),
    ),
    "resend": (
        lambda _, of: commands.correct_and_resend(**of),
        gettext_noop("It waits in a cycle of new attempts, which a second person approves."),
    ),
    "cancel": (
        lambda request, of: commands.cancel_instruction(because=request.POST.get("because", ""), **of),
        gettext_noop("Given up; the amount is available again."),
    ),
}  # fmt: skip


@require_POST
@needs("payments.view")
def instruction_step(request: HttpRequest, instruction_id: UUID, step: str) -> HttpResponse:
    """One step of a payment; which role it needs is the command's to say."""
    if step not in STEPS:
        raise Http404
    if step == "return" and request.POST.get("reason", "") not in words.RETURNS:
        raise Http404
    act, done = STEPS[step]
    of = {"instruction": instruction_id, "actor": request.actor, "at": timezone.now()}
    try:
        made = found(lambda: act(request, of))
    except Refused as refusal:
        return _page(request, instruction_id, wrong=said(refusal), where=step, status=422)
    messages.success(request, gettext(done))
    return redirect("instruction", made.pk if step == "resend" else instruction_id)  # type: ignore[attr-defined]


def _may(trail: Trail, request: HttpRequest) -> set[str]:
    """What this reader may do with it now. For buttons: the commands ask again."""
    state, actor = trail.instruction.state, request.actor
    again = trail.cycle_kind == "resend"  # what came back cannot wait for a later cycle: it is paid, or given up
    steps: set[str] = set()
    if trail.cycle_state in EDITABLE and not again and may(actor, "payments.prepare"):
        steps |= {"planned": {"exclude"}, "excluded": {"include"}}.get(state, set())
    if trail.cycle_state in EDITABLE and again and state == "planned" and may(actor, "payments.settle"):
        steps.add("cancel")
    if may(actor, "payments.settle"):
        steps |= {
            "sent": {"settle", "return"}, "paid": {"return"}, "returned": {"resend", "cancel"}, "approved": {"cancel"},
        }.get(state, set())  # fmt: skip
    if trail.instruction.reason not in ("by_hand", "sealed"):
        steps.discard("include")
    return steps


def _page(request: HttpRequest, instruction_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = request.actor
    trail = found(lambda: queries.trail(instruction_id, actor=actor))
    right = None
    if may(actor, "benefits.view"):
        try:
            right = read_entitlement(trail.entitlement_id, actor=actor)
        except Entitlement.DoesNotExist:
            right = None
    context = {
        "trail": trail, "row": trail.instruction, "state": words.INSTRUCTION[trail.instruction.state], "right": right,
        "entries": [_entry(each) for each in (*trail.entries, *trail.cycle_entries)],
        "clauses": [clause_answer(clause) for clause in trail.clauses if "id" in clause],
        "attempts": [(each, words.INSTRUCTION[each.state]) for each in trail.attempts],
        "bank": [(each, words.SAYS.get(each["says"], each["says"])) for each in trail.bank_says],
        "way": words.WAY.get(trail.instruction.way, ""), "may": _may(trail, request),
        "returns": [(code, sentence(code)) for code in words.RETURNS], "typed": request.POST,
        "cycle_word": words.CYCLE[trail.cycle_state], "sees_ledger": may(actor, "ledger.view"),
        "may_record": may(actor, "people.record"), **more,
    }  # fmt: skip
    return render(request, "desk/payments/instruction.html", context, status=status)


def _entry(each: Any) -> tuple[Any, str, str, str]:
    """An entry with its step and its two accounts in words."""
    return (
        each, words.ENTRY.get(each.step, each.step), words.ACCOUNT.get(each.credit, each.credit),
        words.ACCOUNT.get(each.debit, each.debit),
    )  # fmt: skip
