"""The budget: what was adopted, what is promised, paid and left; and its journal."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import currencies, zone
from vatra.kernel.days import day
from vatra.kernel.numbers import western_digits
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.ledger import commands, queries
from vatra.rooms.ledger.queries import Balances, FundCard
from vatra.web.actions import needs

from ..taking import found, page_number, said
from . import words

PAGE = 50
LEADS = {"payments.instruction": "instruction", "payments.cycle": "cycle"}


@require_GET
@needs("ledger.view")
def funds(request: HttpRequest) -> HttpResponse:
    """Every fund with its years."""
    listed = [
        (card, [(each, each.reserved + each.sent + each.returned) for each in card.years])
        for card in queries.funds(actor=request.actor)
    ]
    return render(request, "desk/payments/funds.html", {"funds": listed, "this": _year()})


def _year() -> int:
    return day(timezone.now(), zone()).year


@require_http_methods(["GET", "POST"])
@needs("ledger.view")
def fund(request: HttpRequest, fund_id: UUID, year: int) -> HttpResponse:
    """A year of a fund with its journal; and an act of the council, for who keeps the budget."""
    wrong = ""
    card = found(lambda: queries.fund_card(fund_id, actor=request.actor))
    if request.method == "POST":
        try:
            found(
                lambda: commands.adopt_budget(
                    fund=fund_id, year=year, amount=_amount(request.POST.get("amount", ""), card.currency),
                    act=request.POST.get("act", "")[:200], actor=request.actor, at=timezone.now(),
                )
            )  # fmt: skip
        except Refused as refusal:
            wrong = said(refusal)
        else:
            messages.success(request, gettext("The act is entered in the ledger."))
            return redirect("fund", fund_id, year)
    page = page_number(request)
    rows, total = queries.entries(fund_id, year, actor=request.actor, offset=(page - 1) * PAGE, limit=PAGE)
    of_year = next((each for each in card.years if each.year == year), Balances(fund_id, year))
    context = {
        "card": card, "year": of_year, "parts": _parts(of_year), "rows": [_row(row) for row in rows], "total": total,
        "before": f"?page={page - 1}" if page > 1 else "", "after": f"?page={page + 1}" if page * PAGE < total else "",
        "may_adopt": may(request.actor, "ledger.budget"), "wrong": wrong, "typed": request.POST,
        "years": _years(card, year),
    }  # fmt: skip
    return render(request, "desk/payments/fund.html", context, status=422 if wrong else 200)


def _years(card: FundCard, year: int) -> list[int]:
    return sorted({each.year for each in card.years} | {year, _year(), _year() + 1}, reverse=True)


def _parts(of: Balances) -> list[tuple[str, int, Decimal]]:
    """Each place where money stands, with its share of what was adopted."""
    held = {
        "paid": of.paid,
        "sent": of.sent,
        "reserved": of.reserved,
        "returned": of.returned,
        "available": of.available,
    }
    whole = of.adopted or 1
    return [(words.ACCOUNT[kind], amount, round(Decimal(amount) / whole, 3)) for kind, amount in held.items()]


def _amount(text: str, currency: str) -> int:
    """What somebody typed as money, in minor units. Refuses what is no amount of this currency; also one with more
    digits behind its point than the currency has: whoever types `120.000` does not mean a hundred and twenty."""
    exponent = currencies().get(currency, {}).get("exponent", 2)
    plain = western_digits(text).replace("\u00a0", "").replace(" ", "").replace("٫", ".").replace("\u2212", "-")
    if plain.count(",") == 1 and plain.count(".") == 0:
        plain = plain.replace(",", ".")
    if not re.fullmatch(rf"[+-]?\d{{1,18}}(\.\d{{0,{exponent}}})?", plain):
        raise Refused(
            "not_an_amount", gettext_noop("“%(text)s” is not an amount of %(currency)s."),
            gettext_noop("Write it in figures, as 120000 or 120000,50."), text=text[:40], currency=currency,
        )  # fmt: skip
    return int(Decimal(plain).scaleb(exponent))


@require_GET
@needs("ledger.view")
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One entry, with all others of the same record and the acts that put the money there."""
    trail = found(lambda: queries.trail_of_cent(entry_id, actor=request.actor))
    context = {
        "trail": trail, "entry": _row(trail.entry), "same": [_row(row) for row in trail.same_record],
        "adopted": [_row(row) for row in trail.adopted], "sees_payments": may(request.actor, "payments.view"),
    }  # fmt: skip
    return render(request, "desk/payments/entry.html", context)


def _row(row: queries.EntryRow) -> dict[str, Any]:
    return {
        "of": row, "step": words.ENTRY.get(row.step, row.step), "credit": words.ACCOUNT.get(row.credit, row.credit),
        "debit": words.ACCOUNT.get(row.debit, row.debit), "route": LEADS.get(row.ref.kind, ""),
    }  # fmt: skip
