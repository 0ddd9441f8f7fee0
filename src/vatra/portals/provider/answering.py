"""Answering a referral: what both the portal and a signed link offer, and how an answer is taken."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from vatra.foundation.catalogue.queries import codes, zone
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.rooms.cases import commands
from vatra.rooms.cases import referral_words as words
from vatra.rooms.cases.queries.received import Received, ReceivedPage

Act = Callable[..., object]
STEPS: dict[str, tuple[Act, tuple[str, ...]]] = {
    "accepted": (commands.accept, ("note",)),
    "waiting": (commands.put_on_waiting_list, ("note",)),
    "declined": (commands.decline, ("reason", "note")),
    "started": (commands.start, ("note",)),
    "delivered": (commands.deliver, ("note",)),
    "outcome": (commands.give_outcome, ("outcome", "note")),
}


def take(request: HttpRequest, referral: UUID, step: str, *, actor: Actor) -> None:
    """Take a step. Raises KeyError for one that there is not, Refused and IllegalMove as the commands do."""
    act, fields = STEPS[step]
    act(referral=referral, actor=actor, at=timezone.now(), **{name: request.POST.get(name, "") for name in fields})


def shown(page: ReceivedPage) -> dict[str, Any]:
    """What the part of a page about one referral needs."""
    today = day(timezone.now(), zone())
    return {
        "page": page, "row": page.of, "state": words.STATES[page.of.state], "told": words.told(page.of.fields),
        "due": due(page.of), "late": page.of.late(today),
        "steps": [(words.STATES[step.state], step) for step in page.steps],
        "answers": [(step, words.ANSWERS[step], ways(step)) for step in STEPS if step in page.next],
        "reason": title("referral_decline", page.of.decline_reason), "outcome": title("referral_outcome", page.of.outcome),
    }  # fmt: skip


def due(row: Received) -> str:
    """What is to be done by the day of the running term."""
    terms = {"sent": "see", "seen": "answer", "waiting": "place", "accepted": "start", "started": "deliver",
             "delivered": "report"}  # fmt: skip
    return words.TERMS[f"referral.{terms[row.state]}"] if row.state in terms else ""


def ways(step: str) -> tuple[str, list[Any]] | None:
    """The list to choose from where a step asks for one: the name of its field and its codes."""
    lists = {"declined": ("reason", "referral_decline"), "outcome": ("outcome", "referral_outcome")}
    return (lists[step][0], codes(lists[step][1])) if step in lists else None


def title(code_list: str, code: str) -> dict[str, str] | None:
    return next((row.title for row in codes(code_list, retired=True) if row.code == code), None)
