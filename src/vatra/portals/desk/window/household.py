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
from vatra.journeys.answer_question import answer_question
from vatra.journeys.register_requests import register_requests
from vatra.journeys.window_page import WindowPage, open_window
from vatra.kernel.refused import Refused
from vatra.rooms.benefits.queries import ApplicationRow, number_of
from vatra.rooms.people.models import Household, Person
from vatra.web.actions import needs
from vatra.web.middleware import translated

from .contact import contacts_today, ticket_context
from .panel import Mistake, offers, shown
from .typed import typed

NEAR_DAYS = 7  # a term that ends within so many days is shown as near
BUTTONS_NEED = ("people.record", "benefits.apply", "benefits.certify", "intake.screen", "benefits.view")


@needs("people.view")
def household_window(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """One household at the window: who they are, what could help and why, what is open here."""
    return render(request, "desk/window/household.html", _page(request, household_id, request.GET.get("person", "")))


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
    if not request.htmx and mistake is None:
        messages.success(request, gettext("The answer is kept."))
        return redirect(_address(household_id, post.get("person", "")))
    page = _page(request, household_id, post.get("person", ""), mistake)
    template = "desk/window/panel.html" if request.htmx else "desk/window/household.html"
    return render(request, template, page, status=422 if mistake else 200)


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


@require_POST
@needs("benefits.apply")
def household_apply(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Register the chosen requests, each with its number."""
    applicant = _known_id(request.POST.get("person", ""))
    wishes = [_wish(chosen) for chosen in request.POST.getlist("offer")]
    if applicant is None:
        raise Http404
    try:
        made = register_requests(
            household=household_id, wishes=wishes, applicant=applicant, actor=request.actor, at=timezone.now()
        )
    except (Household.DoesNotExist, Person.DoesNotExist):
        raise Http404 from None
    numbers = ", ".join(number_of(application.entry) for application in made)
    messages.success(request, gettext("Registered under no. %(numbers)s.") % {"numbers": numbers})
    return redirect(_address(household_id, str(applicant)))


def _wish(chosen: str) -> tuple[str, UUID]:
    code, _, person = chosen.rpartition(":")
    beneficiary = _known_id(person)
    if not code or beneficiary is None:
        raise Http404
    return code, beneficiary


def _address(household_id: UUID, person: str) -> str:
    address = reverse("household_window", args=[household_id])
    return f"{address}?person={person}" if _known_id(person) else address


def _page(request: HttpRequest, household_id: UUID, person: str, mistake: Mistake | None = None) -> dict[str, object]:
    now = timezone.now()
    try:
        page = open_window(household_id, person_id=_known_id(person), actor=request.actor, at=now)
    except Household.DoesNotExist:
        raise Http404 from None
    contacts = contacts_today(actor=request.actor, at=now, household=household_id)
    several = len(page.card.members) > 1
    return {
        "page": page, "card": page.card, "person": page.person, "who": _who(page),
        "panel": shown(page.panel, several=several, mistake=mistake) if page.panel else None,
        "offers": offers(page.panel, page.applications, several=several) if page.panel else [],
        "here": [_under_way(row, page.today) for row in page.applications],
        "may": {code.replace(".", "_"): may(request.actor, code) for code in BUTTONS_NEED},
        **ticket_context(request.actor, contacts[0] if contacts else None),
    }  # fmt: skip


def _under_way(row: ApplicationRow, today: date) -> dict[str, object]:
    """An application with how near its term is."""
    late = row.late(today)
    near = row.due_on is not None and (row.due_on - today).days <= NEAR_DAYS
    return {"row": row, "late": late, "state": "act" if late else "ask" if near else "no"}


def _known_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


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
        "payees": [r.by for r in card.payees if r.person_id == person.person_id],
        "expiring": soon[:1],
        "expired": bool(soon) and soon[0].expires_on < page.today,
        "others": [(m, m.age(page.today)) for m in card.members],
    }
