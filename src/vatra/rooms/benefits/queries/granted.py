"""Which programmes a household already has by a signed decision."""

from datetime import date
from uuid import UUID

from django.db.models import Q

from ..models import Decision
from ..states import DecisionState


def granted_to(household: UUID, *, on: date) -> frozenset[str]:
    """Codes of programmes granted by decisions in force on a day. What other authorities decided is not among them."""
    rows = Decision.objects.filter(
        Q(determination__ends_on=None) | Q(determination__ends_on__gte=on), household=household,
        state=DecisionState.SIGNED, grants=True,
    )  # fmt: skip
    return frozenset(rows.values_list("application__programme__code", flat=True))
