"""What the bank sent: files with what became of payments, and what somebody must look at."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vatra.foundation.access.queries import may
from vatra.foundation.bodies.queries import offices
from vatra.kernel.refused import Refused
from vatra.rooms.payments import commands, queries
from vatra.rooms.payments.reasons import FAULTS
from vatra.web.actions import needs
from vatra.web.middleware import translated

from ..taking import found, said
from . import words


@require_http_methods(["GET", "POST"])
@needs("payments.files")
def bank_answers(request: HttpRequest) -> HttpResponse:
    """Files from the bank, the latest first; and another one, for who settles."""
    wrong = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            wrong = gettext("Choose the bank's file first.")
        else:
            try:
                made = found(
                    lambda: commands.settle_from_file(
                        content=file.read(), name=file.name or "answer.xml", office=_office(request),
                        actor=request.actor, at=timezone.now(),
                    )
                )  # fmt: skip
            except Refused as refusal:
                wrong = said(refusal)
            else:
                messages.success(request, gettext("The file is kept; its rows are being read."))
                return redirect("bank_answer", made.pk)
    context = {
        "rows": queries.statements(actor=request.actor), "outcomes": words.OUTCOME, "wrong": wrong,
        "may_settle": may(request.actor, "payments.settle"),
    }  # fmt: skip
    return render(request, "desk/payments/answers.html", context, status=422 if wrong else 200)


def _office(request: HttpRequest) -> UUID:
    """The office in which the reader works; where they hold no post, the first that the installation has."""
    return UUID(request.actor.office) if request.actor.office else offices()[0].pk


@require_GET
@needs("payments.files")
def bank_answer(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """One file: what its rows led to, what does not add up, and the rows that somebody must look at."""
    card = found(lambda: queries.statement_card(statement_id, actor=request.actor))
    context = {
        "card": card, "outcomes": [(words.OUTCOME.get(code, code), count) for code, count in card.outcomes.items()],
        "open_rows": [(row, words.OUTCOME.get(row["outcome"], row["outcome"])) for row in card.open_rows],
        "may_settle": may(request.actor, "payments.settle"),
        "faults": [translated(FAULTS.get(fault["code"], fault["code"]), fault) for fault in card.faults],
    }  # fmt: skip
    return render(request, "desk/payments/answer.html", context)


@require_POST
@needs("payments.settle")
def bank_answer_seen(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Somebody has looked at what fits no payment: it waits for nobody any more."""
    found(lambda: commands.statement_seen(statement=statement_id, actor=request.actor, at=timezone.now()))
    return redirect("bank_answer", statement_id)
