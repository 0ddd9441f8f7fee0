"""My day: what waits for the reader, from every room, the nearest term first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET

from vatra.foundation.catalogue.queries import zone
from vatra.foundation.worklist.models import Item
from vatra.foundation.worklist.queries import waiting_for
from vatra.kernel.days import day
from vatra.look.reading import day_text
from vatra.rooms.cases.queries import DayLine
from vatra.rooms.cases.queries import my_day as day_of_cases
from vatra.rooms.cases.referral_words import work_word
from vatra.rooms.payments.reasons import known
from vatra.web.actions import SIGNED_IN, needs

from .benefits.words import WORK
from .cases.words import DAY as CASE_WORDS
from .cases.words import WORK as CASE_WORK

NEAR = 5  # days
WORDS = WORK | CASE_WORK
# Where the work of a kind is done: its page, and what stands in the address. What is not named is an application's.
PAGES = {"pack.difference": "pack_differences", "access.glass": "glass_list"}
KINDS = {"benefits.review": "entitlement", "payments.correct": "instruction", "payments.look": "bank_answer"}
RECORDS = {"cases.case": "case", "cases.referral": "referral"}
ROOMS = {"payments": "cycle"}


@dataclass(frozen=True)
class Waiting:
    """One line of the day, from whichever room."""

    word: str
    address: str
    title: Any  # pack text
    number: str
    who: str
    text: str
    due_on: date | None
    late: bool


def leads_to(item: Item) -> str:
    """The page on which the work is done."""
    if item.kind == "programmes.backdated":
        return reverse("programme_again", args=[item.values["code"], item.ref_id])
    if item.kind == "benefits.rejected":
        return reverse("monthly_list", args=[item.values["list"]])
    if page := PAGES.get(item.kind):
        return reverse(page)
    room = item.kind.partition(".")[0]
    return reverse(
        KINDS.get(item.kind) or RECORDS.get(item.ref_kind) or ROOMS.get(room, "application"), args=[item.ref_id]
    )


def not_said_already(items: list[Item], lines: list[DayLine]) -> list[Item]:
    """Without the reminders of what stands on the day with its own words."""
    said = {str(line.of) for line in lines if line.of}
    return [item for item in items if item.values.get("of") not in said]


def of_worklist(items: list[Item], today: date) -> Iterator[Waiting]:
    for item in items:
        number, text = told_apart(item)
        yield Waiting(
            WORDS.get(item.kind) or work_word(item.kind) or item.kind, leads_to(item), item.values.get("programme"),
            number, "", text, item.due_on, item.due_on is not None and item.due_on < today,
        )  # fmt: skip


def told_apart(item: Item) -> tuple[str, str]:
    """By what its record is told apart: a number, or words: the month of a payment cycle, why a payment came back."""
    if period := item.values.get("period"):
        return "", day_text(date.fromisoformat(period), (get_language() or "en").split("-")[0], "month")
    if reason := known(str(item.values.get("reason", ""))):
        return "", gettext(reason)
    return str(item.values.get("number", "")), ""


def of_cases(lines: list[DayLine], today: date) -> Iterator[Waiting]:
    for line in lines:
        due = None if line.kind == "draft" else line.due_on
        yield Waiting(
            CASE_WORDS[line.kind], reverse("case", args=[line.case_id]), line.title or line.type, line.number,
            line.who, line.text, due, line.late(today),
        )  # fmt: skip


@require_GET
@needs(SIGNED_IN)
def my_day(request: HttpRequest) -> HttpResponse:
    """What waits for the reader: late, due within days, and the rest."""
    today = day(timezone.now(), zone())
    lines = day_of_cases(request.actor, today)
    items = not_said_already(waiting_for(request.actor), lines)
    found = [*of_worklist(items, today), *of_cases(lines, today)]
    found.sort(key=lambda each: (each.due_on is None, each.due_on or today))
    late = [each for each in found if each.late]
    near = [each for each in found if not each.late and each.due_on and (each.due_on - today).days <= NEAR]
    rest = [each for each in found if each not in late and each not in near]
    groups = [
        ("act", gettext("Late"), late), ("ask", gettext("Due within five days"), near), ("no", gettext("Waiting"), rest),
    ]  # fmt: skip
    context = {"groups": [group for group in groups if group[2]], "today": today, "count": len(found)}
    return render(request, "desk/day.html", context)
