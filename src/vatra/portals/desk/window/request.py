"""Registering what a family asks for: one programme or several, each with its number."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from vatra.foundation.access.queries import require
from vatra.foundation.catalogue.queries import zone
from vatra.journeys.register_requests import register_requests
from vatra.kernel.days import day
from vatra.rooms.benefits.queries import number_of, open_wishes, what_could_help
from vatra.rooms.people.models import Household, Person
from vatra.web.actions import needs

from .household import address, known_id
from .panel import offers


@needs("benefits.apply")
def household_apply(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Choose what to ask for, those entitled to chosen already; then register it."""
    require(request.actor, "benefits.apply")
    if request.method == "POST":
        return _register(request, household_id)
    now = timezone.now()
    try:
        panel = what_could_help(household_id, on=day(now, zone()), known_at=now, actor=request.actor)
    except Household.DoesNotExist:
        raise Http404 from None
    page = {
        "household_id": household_id, "person_id": known_id(request.GET.get("person", "")) or _first(panel),
        "offers": offers(panel, open_wishes(household_id, actor=request.actor)),
        "back": address(household_id, request.GET.get("person", "")),
    }  # fmt: skip
    return render(request, "desk/window/apply.html", page)


def _first(panel) -> UUID | None:  # type: ignore[no-untyped-def]
    """Who asks when nobody was said: whoever may ask for the first programme."""
    return next((a.applicant_id or a.beneficiary_id for a in panel.every), None)


def _register(request: HttpRequest, household_id: UUID) -> HttpResponse:
    applicant = known_id(request.POST.get("person", ""))
    if applicant is None:
        raise Http404
    wishes = [_wish(chosen) for chosen in request.POST.getlist("offer")]
    try:
        made = register_requests(
            household=household_id, wishes=wishes, applicant=applicant, actor=request.actor, at=timezone.now()
        )
    except (Household.DoesNotExist, Person.DoesNotExist):
        raise Http404 from None
    numbers = " · ".join(number_of(application.entry) for application in made)
    messages.success(request, gettext("Registered under no. %(numbers)s.") % {"numbers": numbers})
    return redirect(address(household_id, str(applicant)))


def _wish(chosen: str) -> tuple[str, UUID]:
    code, _, person = chosen.rpartition(":")
    beneficiary = known_id(person)
    if not code or beneficiary is None:
        raise Http404
    return code, beneficiary
