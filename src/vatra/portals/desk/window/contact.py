"""Who came today and what brought them: opened at the window, closed with what came of it."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.intake.commands import close_contact, open_contact
from vatra.rooms.intake.models import Channel, Contact, Outcome
from vatra.rooms.intake.queries import open_contacts
from vatra.rooms.people.models import Household, Person
from vatra.web.actions import needs

DANGERS = {
    "child": gettext_lazy("A child is in danger"),
    "violence": gettext_lazy("Violence"),
    "eviction": gettext_lazy("Losing the home"),
    "no_heat": gettext_lazy("No heating"),
}
CHANNELS = {
    Channel.WINDOW: gettext_lazy("At the window"),
    Channel.PHONE: gettext_lazy("By telephone"),
    Channel.VISIT: gettext_lazy("Visited at home"),
    Channel.LETTER: gettext_lazy("By letter"),
    Channel.ONLINE: gettext_lazy("Online"),
}
OUTCOMES = {
    Outcome.ADVISED: gettext_lazy("Advice given, nothing more needed"),
    Outcome.REGISTERED: gettext_lazy("Registered"),
    Outcome.APPLIED: gettext_lazy("Applied"),
    Outcome.REFERRED: gettext_lazy("Referred"),
    Outcome.CASE: gettext_lazy("A social worker goes on with them"),
}


def start_of_today(at: datetime) -> datetime:
    there = ZoneInfo(zone())
    return datetime.combine(day(at, zone()), time.min, tzinfo=there)


def contacts_today(*, actor: Actor, at: datetime, household: UUID | None = None) -> list[Contact]:
    """Today's open contacts, with their dangers in words; none for whoever may not see contacts."""
    if not may(actor, "intake.view"):
        return []
    found = open_contacts(actor=actor, since=start_of_today(at), household=household)
    for contact in found:
        contact.danger_words = [DANGERS.get(code, code) for code in contact.danger]  # type: ignore[attr-defined]
    return found


def ticket_context(actor: Actor, contact: Contact | None) -> dict[str, object]:
    """What the ticket in the bar needs."""
    return {
        "may_contact": may(actor, "intake.screen") and may(actor, "intake.view"), "contact": contact,
        "dangers": DANGERS.items(), "channels": CHANNELS.items(), "outcomes": OUTCOMES.items(),
    }  # fmt: skip


@require_POST
@needs("intake.screen")
def contact_open(request: HttpRequest) -> HttpResponse:
    """Keep who came and what brought them; with a household when one is open."""
    actor, post = request.actor, request.POST
    household = person = None
    if post.get("household"):
        mine = Household.objects.visible_to(actor, "intake.screen")
        household = get_object_or_404(mine, pk=_uuid(post["household"]))
    if post.get("person"):
        person = get_object_or_404(Person.objects.visible_to(actor, "people.view"), pk=_uuid(post["person"]))
    if actor.office is None:
        raise Refused(
            "no_office",
            gettext_noop("You hold no post today, so this contact would belong to no office."),
            gettext_noop("Ask your administrator to enter your post."),
        )
    open_contact(
        office=UUID(actor.office), channel=Channel(post.get("channel", Channel.WINDOW)).value,
        reason=post.get("reason", "").strip()[:2000], danger=[d for d in post.getlist("danger") if d in DANGERS],
        ticket=post.get("ticket", "").strip()[:16], household=household, person=person, actor=actor,
        at=timezone.now(),
    )  # fmt: skip
    if household is None:
        return redirect("window")
    return redirect("household_window", household_id=household.pk)


@require_POST
@needs("intake.screen")
def contact_close(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    if outcome not in OUTCOMES:
        raise Refused("no_outcome", gettext_noop("Say what came of this contact."))
    try:
        contact = close_contact(
            contact_id, outcome=outcome, advice=request.POST.get("advice", "")[:2000], actor=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except Contact.DoesNotExist:
        raise Http404 from None
    messages.success(request, gettext("The contact is closed."))
    if contact.household_id is None:
        return redirect("window")
    return redirect("household_window", household_id=contact.household_id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(
            "not_understood",
            gettext_noop("The page could not read what was sent."),
            gettext_noop("Go back, load the page again and send it once more."),
        ) from None
