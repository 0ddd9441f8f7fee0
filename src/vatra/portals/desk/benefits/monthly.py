"""The monthly lists to the body that pays: what waits, what was sent, and what came back."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.rooms.benefits import commands, queries
from vatra.rooms.benefits.models import ListedChange, MonthlyList
from vatra.rooms.benefits.queries import number_of
from vatra.rooms.programmes.models import Programme
from vatra.web.actions import needs
from vatra.web.middleware import translated

from ..taking import said
from . import words


@require_http_methods(["GET", "POST"])
@needs("benefits.view")
def monthly(request: HttpRequest) -> HttpResponse:
    """What waits for the next lists, and the lists that were sent. Sending is for who may draft decisions."""
    wrong = ""
    if request.method == "POST":
        try:
            sent = commands.send_monthly_list(
                programme=Programme.objects.get(code=request.POST.get("programme", "")),
                office=UUID(request.POST.get("office", "")), month=_month(request.POST.get("month", "")),
                actor=request.actor, at=timezone.now(),
            )  # fmt: skip
        except (Programme.DoesNotExist, ValueError):
            raise Http404 from None
        except Refused as refusal:
            wrong = said(refusal)
        else:
            messages.success(request, gettext("List no. %(number)s is sent.") % {"number": number_of(sent.entry)})
            return redirect("monthly_list", sent.pk)
    may_send = may(request.actor, "benefits.draft")
    today = day(timezone.now(), zone())
    context = {
        "groups": [_with_words(group) for group in queries.monthly_waiting(actor=request.actor)] if may_send else [],
        "sent": queries.monthly_lists(actor=request.actor), "wrong": wrong, "may_send": may_send,
        "month": today.replace(day=1),
    }  # fmt: skip
    return render(request, "desk/benefits/monthly.html", context, status=422 if wrong else 200)


def _month(text: str) -> date:
    return date.fromisoformat(text)


def _with_words(group: queries.Waiting) -> dict[str, Any]:
    return {"of": group, "rows": [(row, words.CHANGES[row.kind]) for row in group.rows]}


@require_GET
@needs("benefits.view")
def monthly_list(request: HttpRequest, monthly_list_id: UUID) -> HttpResponse:
    """A list with its rows and their answers."""
    return _page(request, monthly_list_id)


@require_GET
@needs("benefits.draft")
def monthly_csv(request: HttpRequest, monthly_list_id: UUID) -> HttpResponse:
    """The list as a table, with two columns for the answer."""
    try:
        name, content = queries.list_csv(monthly_list_id, actor=request.actor)
    except MonthlyList.DoesNotExist:
        raise Http404 from None
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@needs("benefits.draft")
def monthly_answers(request: HttpRequest, monthly_list_id: UUID) -> HttpResponse:
    """The answers of a whole file: what could not be taken is said line by line."""
    file = request.FILES.get("answers")
    try:
        if file is None:
            return _page(request, monthly_list_id, wrong=gettext("Choose the file with the answers first."), status=422)
        accepted, rejected, faults = commands.answer_rows(
            monthly_list=monthly_list_id, content=file.read(), actor=request.actor, at=timezone.now()
        )
    except MonthlyList.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        return _page(request, monthly_list_id, wrong=said(refusal), status=422)
    if faults:
        return _page(
            request, monthly_list_id, taken=(accepted, rejected), status=422,
            faults=[(fault.line, translated(fault.sentence, fault.values)) for fault in faults],
        )  # fmt: skip
    messages.success(request, _counted(accepted, rejected))
    return redirect("monthly_list", monthly_list_id)


def _counted(accepted: int, rejected: int) -> str:
    first = ngettext("%(n)s row accepted", "%(n)s rows accepted", accepted) % {"n": accepted}
    return first + ", " + ngettext("%(n)s rejected", "%(n)s rejected", rejected) % {"n": rejected} + "."


ROW_STEPS: dict[str, Callable[[HttpRequest, dict[str, Any]], object]] = {
    "accept": lambda request, of: commands.answer_row(accepted=True, **of),
    "reject": lambda request, of: commands.answer_row(accepted=False, reason=request.POST.get("reason", ""), **of),
    "correct": lambda request, of: commands.correct_row(correction=request.POST.get("correction", ""), **of),
    "drop": lambda request, of: commands.drop_row(correction=request.POST.get("correction", ""), **of),
}


@require_POST
@needs("benefits.draft")
def monthly_row(request: HttpRequest, monthly_list_id: UUID, listed_change_id: UUID, step: str) -> HttpResponse:
    """One row: accepted, rejected, corrected for the next list, or not sent again."""
    if (
        step not in ROW_STEPS
        or not ListedChange.objects.filter(pk=listed_change_id, monthly_list=monthly_list_id).exists()
    ):
        raise Http404
    try:
        ROW_STEPS[step](request, {"row": listed_change_id, "actor": request.actor, "at": timezone.now()})
    except MonthlyList.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        return _page(request, monthly_list_id, wrong=said(refusal), status=422)
    return redirect("monthly_list", monthly_list_id)


def _page(request: HttpRequest, monthly_list_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    try:
        found, rows = queries.monthly_list(monthly_list_id, actor=request.actor)
    except MonthlyList.DoesNotExist:
        raise Http404 from None
    context = {
        "found": found, "rows": [(row, words.CHANGES[row.change.kind], words.ANSWERS[row.state]) for row in rows],
        "open": found.counts.get("sent", 0), "may_answer": may(request.actor, "benefits.draft"), **more,
    }  # fmt: skip
    return render(request, "desk/benefits/monthly_list.html", context, status=status)
