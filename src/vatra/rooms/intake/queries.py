"""Contacts and screenings of a household."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from vatra.kernel.actor import Actor

from .models import Contact, Screening


def contacts_of(household: UUID, *, actor: Actor) -> QuerySet[Contact]:
    """Visits and calls of a household, latest first."""
    return Contact.objects.visible_to(actor, "intake.view").filter(household_id=household).order_by("-opened_at")


def open_contacts(*, actor: Actor, since: datetime, household: UUID | None = None) -> list[Contact]:
    """Contacts opened since an instant and not closed yet, the latest first; of one household, or at most twelve."""
    rows = Contact.objects.visible_to(actor, "intake.view").filter(closed_at=None, opened_at__gte=since)
    if household is not None:
        rows = rows.filter(household_id=household)
    return list(rows.order_by("-opened_at")[:12])


def screenings_of(household: UUID, *, actor: Actor) -> QuerySet[Screening]:
    """Screenings of a household, latest first."""
    return (
        Screening.objects.visible_to(actor, "intake.view")
        .filter(household_id=household)
        .select_related("answers__form_version__form")
        .order_by("-screened_at")
    )
