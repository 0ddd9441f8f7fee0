"""One household at the window."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue import queries as catalogue
from vatra.foundation.catalogue.queries import zone
from vatra.journeys.answer_question import answer_question
from vatra.journeys.window_page import WindowPage, beside_window, open_window
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.rooms.benefits.queries import ApplicationRow, what_could_help
from vatra.rooms.people.models import Household, Person
from vatra.web.actions import needs
from vatra.web.middleware import translated

from .contact import contacts_today, ticket_context
from .panel import Mistake, shown
from .typed import typed

NEAR_DAYS = 7  # a term that ends within so many days is shown as near
BUTTONS_NEED = ("benefits.apply", "benefits.certify", "intake.screen", "benefits.view", "people.record", "cases.work")


@needs("people.view")
def household_window(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """One household at the window: who they are, and what could help. What lies beside it comes by itself."""
    return render(request, "desk/window/household.html", _page(request, household_id, request.GET.get("person", "")))


@needs("people.view")
def household_beside(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """What is under way, which papers are missing, who looked: a part of the window, or a page of its own."""
    try:
        beside = beside_window(household_id, actor=request.actor, at=timezone.now())
    except Household.DoesNotExist:
        raise Http404 from None
    page = {
        "household_id": household_id, "beside": beside, "sees_benefits": may(request.actor, "benefits.view"),
        "under_way": [_under_way(row, beside.today) for row in beside.applications],
    }  # fmt: skip
    template = "desk/window/beside.html" if request.htmx else "desk/window/beside_page.html"
    return render(request, template, page)


@require_POST
@needs("people.record")
def household_answer(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Keep the answer to one question and show the panel anew; an answer that cannot be taken stays, with the reason."""
    post, mistake = request.POST, None
    fact, subject, text = post.get("fact", ""), post.get("subject", ""), post.get("value", "")
    try:
        _answer(request, household_id, fact, subject, text)
    except Refused as refusal:
        said = [translated(part, refusal.values) for part in (refusal.sentence, refusal.next_step)]
        mistake = Mistake(fact, subject, text, " ".join(part for part in said if part))
    if request.htmx:
        return _panel_again(request, household_id, mistake)
    if mistake is None:
        messages.success(request, gettext("The answer is kept."))
        return redirect(address(household_id, post.get("person", "")))
    return render(
        request, "desk/window/household.html", _page(request, household_id, post.get("person", ""), mistake), status=422
    )


def _answer(request: HttpRequest, household_id: UUID, fact: str, subject: str, text: str) -> None:
    kind, _, id_ = subject.partition(":")
    try:
        if kind == "household" and id_ == str(household_id):
            about = Household.objects.visible_to(request.actor, "people.record").get(pk=household_id)
        elif kind == "person":
            about = Person.objects.visible_to(request.actor, "people.record").get(pk=UUID(id_))
        else:
            raise Http404
        definition = catalogue.fact_definitions()[fact]
    except (Household.DoesNotExist, Person.DoesNotExist, KeyError, ValueError):
        raise Http404 from None
    answer_question(subject=about, fact=fact, value=typed(definition, text), actor=request.actor, at=timezone.now())


def _panel_again(request: HttpRequest, household_id: UUID, mistake: Mistake | None) -> HttpResponse:
    now = timezone.now()
    try:
        panel = what_could_help(household_id, on=day(now, zone()), known_at=now, actor=request.actor)
    except Household.DoesNotExist:
        raise Http404 from None
    page = {
        "household_id": household_id, "person_id": known_id(request.POST.get("person", "")),
        "panel": shown(panel, mistake=mistake),
    }  # fmt: skip
    return render(request, "desk/window/panel.html", page, status=422 if mistake else 200)


def address(household_id: UUID, person: str) -> str:
    """The window of a household, with the person who stands at it."""
    window = reverse("household_window", args=[household_id])
    return f"{window}?person={person}" if known_id(person) else window


def known_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(request: HttpRequest, household_id: UUID, person: str, mistake: Mistake | None = None) -> dict[str, object]:
    now = timezone.now()
    try:
        page = open_window(household_id, person_id=known_id(person), actor=request.actor, at=now)
    except Household.DoesNotExist:
        raise Http404 from None
    contacts = contacts_today(actor=request.actor, at=now, household=household_id)
    return {
        "household_id": household_id, "person_id": page.person.person_id if page.person else None, "card": page.card,
        "person": page.person, "who": _who(page), "panel": shown(page.panel, mistake=mistake) if page.panel else None,
        "may": {code.replace(".", "_"): may(request.actor, code) for code in BUTTONS_NEED},
        **ticket_context(request.actor, contacts[0] if contacts else None),
    }  # fmt: skip


def _under_way(row: ApplicationRow, today: date) -> dict[str, object]:
    """An application with how near its term is."""
    late = row.late(today)
    near = row.due_on is not None and (row.due_on - today).days <= NEAR_DAYS
    return {"row": row, "late": late, "state": "act" if late else "ask" if near else "no"}


def _who(page: WindowPage) -> dict[str, object]:
    """The banner: age, who acts for whom, and the papers of the person that run out."""
    person, card = page.person, page.card
    if person is None:
        return {}
    soon = [number for number in person.identifiers if number.expires_on]
    return {
        "age": person.age(page.today),
        "represents": [r.person for r in card.representatives if r.by_person_id == person.person_id],
        "represented_by": [r.by for r in card.representatives if r.person_id == person.person_id],
        "expiring": soon[:1],
        "expired": bool(soon) and soon[0].expires_on < page.today,
        "others": [(m, m.age(page.today)) for m in card.members],
    }
