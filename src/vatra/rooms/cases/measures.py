"""What can be counted of cases and needs."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Count, F, Q, Value, When

from vatra.foundation.catalogue.measures import Row, Span
from vatra.rooms.people.measures import rows

from .models import Case, Need
from .states import NeedState


def _home(prefix: str = "case__") -> dict[str, Any]:
    """Where the household lives; sealed where either the case or the household is."""
    open_ = When(**{f"{prefix}sealed_at__isnull": True, f"{prefix}household__sealed_at__isnull": True}, then=Value(0))
    return {"by_area": F(f"{prefix}household__area_id"), "is_sealed": models.Case(open_, default=Value(1))}


def open_cases(span: Span) -> Iterable[Row]:
    """Cases open at the end of the span."""
    found = Case.objects.filter(opened_at__lt=span.until).filter(Q(closed_at=None) | Q(closed_at__gte=span.until))
    return rows(found.values(**_home("")), value=Count("pk"), people=Count("household", distinct=True))


def needs_met(span: Span) -> Iterable[Row]:
    """Of the needs that were answered in the span, those that were met."""
    found = Need.objects.filter(answered_at__gte=span.since, answered_at__lt=span.until).exclude(state=NeedState.OPEN)
    met = Count("pk", filter=Q(state=NeedState.MET))
    return rows(found.values(**_home()), value=met, of=Count("pk"), people=Count("case__household", distinct=True))
