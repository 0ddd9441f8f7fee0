"""Opening a case for a household, from its file or from who stands at the window."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

from vatra.foundation.access.queries import require
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.rooms.benefits.models import Application
from vatra.rooms.cases.commands import open_case
from vatra.rooms.cases.models import Case
from vatra.rooms.cases.queries import case_types, supervisors_for, workers_for
from vatra.rooms.intake.models import Contact
from vatra.rooms.intake.queries import open_contacts
from vatra.rooms.people.models import Household
from vatra.rooms.people.queries import household_card
from vatra.web.actions import needs

from ..editing import acting, edited, posted
from ..window.contact import start_of_today
from .forms import OpenForm


@needs("cases.work")
def case_open(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """`?application=` and `?person=` name what it comes from; a contact open at the window today ends with it."""
    actor, at = request.actor, timezone.now()
    require(actor, "cases.work")
    if not Household.objects.visible_to(actor, "cases.work").filter(pk=household_id).exists():
        raise Http404
    card = household_card(household_id, valid_on=day(at, zone()), known_at=at, actor=actor, kinship=False)
    types = case_types()
    form = OpenForm(
        posted(request), types=types,
        persons={m.person_id: m.name for m in card.members}, workers=workers_for(card.office.pk),
        supervisors=supervisors_for(card.office.pk),
        initial={"key": uuid4(), "risk": "medium", "worker": actor.id, "person": request.GET.get("person", "")},
    )  # fmt: skip
    return edited(
        request, form, partial(_open, request, card.id), partial(_opened, request), template="desk/cases/open.html",
        context={"card": card, "types": types},
    )  # fmt: skip


def _open(request: HttpRequest, household: UUID, said: dict[str, Any]) -> Case:
    return open_case(
        household=household, type=said["type"], person=said["person"] or None,
        contact=_contact(request, household), application=_application(request, household), worker=said["worker"],
        supervisor=said["supervisor"] or None, level=said["level"], risk=said["risk"], sealed=said["sealed"],
        reason=said["reason"], key=said["key"], **acting(request),
    )  # fmt: skip


def _contact(request: HttpRequest, household: UUID) -> Contact | None:
    found = open_contacts(actor=request.actor, since=start_of_today(timezone.now()), household=household)
    return found[0] if found else None


def _application(request: HttpRequest, household: UUID) -> Application | None:
    try:
        asked = UUID(request.GET.get("application", ""))
    except ValueError:
        return None
    seen = Application.objects.visible_to(request.actor, "benefits.view")
    return seen.filter(pk=asked, household=household).first()


def _opened(request: HttpRequest, made: Case) -> HttpResponse:
    """To the case; who does not belong to the team of a sealed one goes back to the list."""
    if Case.objects.visible_to(request.actor, "cases.view").filter(pk=made.pk).exists():
        messages.success(request, gettext("Case no. %(number)s is open.") % {"number": made.number})
        return redirect("case", case_id=made.pk)
    messages.success(request, gettext("The case is open and sealed: only its team sees it."))
    return redirect("cases")
