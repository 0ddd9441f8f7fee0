"""Contacts and screenings of a household."""

from uuid import UUID

from django.db.models import QuerySet

from vatra.kernel.actor import Actor

from .models import Contact, Screening


def contacts_of(household: UUID, *, actor: Actor) -> QuerySet[Contact]:
    """Visits and calls of a household, latest first."""
    return Contact.objects.visible_to(actor, "intake.view").filter(household_id=household).order_by("-opened_at")


def screenings_of(household: UUID, *, actor: Actor) -> QuerySet[Screening]:
    """Screenings of a household, latest first."""
    return (
        Screening.objects.visible_to(actor, "intake.view")
        .filter(household_id=household)
        .select_related("answers__form_version__form")
        .order_by("-screened_at")
    )
