"""Finding forms and answers."""

from uuid import UUID

from django.db.models import QuerySet

from .models import Answers, FormVersion


def current_version(purpose: str) -> FormVersion | None:
    """The version to fill now for a purpose ("screening")."""
    return (
        FormVersion.objects.filter(form__purpose=purpose, retired_at=None)
        .select_related("form")
        .order_by("form__code")
        .first()
    )


def answers_about(kind: str, id: UUID) -> QuerySet[Answers]:
    """Filled forms on a record, latest first. The caller has checked that its reader may see the record."""
    return (
        Answers.objects.filter(ref_kind=kind, ref_id=id).select_related("form_version__form").order_by("-answered_at")
    )
