"""Registering a household: one page that works without scripts and says who they perhaps are already."""

import secrets
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from vatra.foundation.access.queries import require
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.places.queries import area
from vatra.journeys.walk_in import walk_in
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.intake.models import Contact
from vatra.rooms.people.models import Household
from vatra.web.actions import needs

from ..fields import as_error
from .sheet import Sheet, blank, look_for_duplicates, posted


@needs("people.register")
def register(request: HttpRequest) -> HttpResponse:
    """Show the page; `do=register` registers, unless somebody alike has not been looked at yet."""
    actor = request.actor
    require(actor, "people.register")
    if request.method != "POST":
        return _page(request, blank(_open_contact(request)))
    sheet = posted(request.POST)
    look_for_duplicates(sheet, actor)
    if request.POST.get("do") != "register":
        return _page(request, sheet, asked=True)
    if not sheet.valid():
        return _page(request, sheet, asked=True, status=422)
    if sheet.unseen:
        return _page(request, sheet, asked=True, stopped=True, status=422)
    try:
        household = _register(sheet, actor)
    except Refused as refusal:
        sheet.household.add_error(None, as_error(refusal))
        return _page(request, sheet, asked=True, status=422)
    messages.success(request, gettext("Registered as %(number)s.") % {"number": household.number})
    request.session["draft_done"] = str(sheet.draft)
    return redirect("household", household_id=household.pk)


@needs("people.register")
def likely(request: HttpRequest) -> HttpResponse:
    """The part of the page that says who they perhaps are, while somebody types."""
    require(request.actor, "people.register")
    sheet = posted(request.POST)
    look_for_duplicates(sheet, request.actor)
    return render(request, "desk/register/likely.html", {"sheet": sheet, "asked": True})


def _page(request: HttpRequest, sheet: Sheet, *, status: int = 200, **more: bool) -> HttpResponse:
    # Drafts in the browser are encrypted with a key that lives as long as this session.
    key = request.session.setdefault("draft_key", secrets.token_urlsafe(32))
    context = {"sheet": sheet, "draft_key": key, **more}
    return render(request, "desk/register/page.html", context, status=status)


def _open_contact(request: HttpRequest) -> UUID | None:
    """The contact that is open at the window, which this registration will close."""
    try:
        asked = UUID(request.GET.get("contact", ""))
    except ValueError:
        return None
    mine = Contact.objects.visible_to(request.actor, "intake.view")
    return asked if mine.filter(pk=asked, closed_at=None, household=None).exists() else None


def _register(sheet: Sheet, actor: Actor) -> Household:
    said, at = sheet.household.cleaned_data, timezone.now()
    if actor.office is None:
        raise Refused(
            "no_office",
            gettext_noop("You hold no post today, so this household would belong to no office."),
            gettext_noop("Ask your administrator to enter your post."),
        )
    try:
        return walk_in(
            office=UUID(actor.office), area=area(UUID(said["area"])) if said["area"] else None, line=said["line"],
            since=sheet.since(day(at, zone())), members=sheet.members(), reason=said["reason"],
            consents=[(purpose, said["how"] or "spoken") for purpose in said["consents"]], contact_id=sheet.draft,
            actor=actor, at=at,
        )  # fmt: skip
    except IntegrityError:  # the same page was sent twice at the same moment: the other one registered
        contact = Contact.objects.visible_to(actor, "intake.view").filter(pk=sheet.draft).first()
        if contact is None or contact.household_id is None:
            raise
        return Household.objects.visible_to(actor, "people.view").get(pk=contact.household_id)
