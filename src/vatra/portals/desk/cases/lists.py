"""Cases: mine, or of the office; by kind, level, and whether a review is overdue."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.kernel.words import gettext_noop
from vatra.rooms.cases import queries
from vatra.web.actions import needs

from . import words
from .page import NEAR

STATES = {
    "open": gettext_noop("Open"),
    "opened": gettext_noop("Needs are being found out"),
    "active": gettext_noop("Plan in force"),
    "in_review": gettext_noop("With the supervisor"),
    "closed": gettext_noop("Closed"),
}


@require_GET
@needs("cases.view")
def cases(request: HttpRequest) -> HttpResponse:
    """Cases the reader may see, the latest first; the filter stays in the address."""
    asked = request.GET
    today = day(timezone.now(), zone())
    kept = {
        "state": asked.get("state", "open") if asked.get("state", "open") in STATES else "open",
        "level": asked.get("level", "") if asked.get("level") in words.LEVELS else "",
        "risk": asked.get("risk", "") if asked.get("risk") in words.RISK else "",
        "type": asked.get("type", ""), "mine": "1" if asked.get("mine") == "1" else "",
        "overdue": "1" if asked.get("overdue") == "1" else "",
    }  # fmt: skip
    page = queries.cases(
        actor=request.actor, mine=bool(kept["mine"]), state=kept["state"], level=kept["level"], risk=kept["risk"],
        type_=kept["type"], review_overdue_on=today if kept["overdue"] else None, after=asked.get("after", ""),
    )  # fmt: skip
    context = {
        "may_glass": may(request.actor, "access.break_glass"),
        "may_review_glass": may(request.actor, "access.review_glass"),
        "rows": rows(page.rows, today), "kept": kept, "states": STATES, "levels": words.LEVELS,
        "risks": {code: word for code, (_shape, word) in words.RISK.items()}, "types": queries.case_types(),
        "next": _address(kept, page.next) if page.next else "",
        "first": _address(kept, "") if asked.get("after") else "",
    }  # fmt: skip
    return render(request, "desk/cases/list.html", context)


def rows(found: list[queries.CaseRow], today: Any) -> list[dict[str, Any]]:
    """Rows with their words, and how near the next term is."""
    made = []
    for row in found:
        near = "act" if row.late(today) else "ask" if row.due_on and (row.due_on - today).days <= NEAR else ""
        made.append(
            {"row": row, "state": words.CASE[row.state], "risk": words.RISK[row.risk],
             "level": words.LEVELS[row.level], "near": near}
        )  # fmt: skip
    return made


def _address(kept: dict[str, str], after: str) -> str:
    return "?" + urlencode({name: value for name, value in {**kept, "after": after}.items() if value})
