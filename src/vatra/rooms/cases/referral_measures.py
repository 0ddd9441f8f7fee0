"""What can be counted of referrals: how soon they are answered, how, and whether what was wanted was reached."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, DurationField, ExpressionWrapper, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncDate

from vatra.foundation.catalogue.measures import Row, Span
from vatra.foundation.catalogue.queries import codes, zone
from vatra.rooms.people.measures import home, rows, who

from .commands.referral_steps import OUTCOME
from .models import Referral


def sent(span: Span) -> Iterable[Row]:
    """Referrals sent in the span, by whom they are about."""
    found = Referral.objects.filter(sent_at__gte=span.since, sent_at__lt=span.until)
    return rows(_by_person(found, span), value=Count("pk"))


def days_to_answer(span: Span) -> Iterable[Row]:
    """Calendar days from sending to the first yes or no, for referrals answered in the span."""
    here = ZoneInfo(zone())
    days = TruncDate("answered_at", tzinfo=here) - TruncDate("sent_at", tzinfo=here)
    found = _answered(span).annotate(days=ExpressionWrapper(days, output_field=DurationField()))
    return rows(_by_person(found, span), value=Sum("days"), of=Count("pk"))


def accepted(span: Span) -> Iterable[Row]:
    """Of the referrals answered in the span, those that were not declined."""
    return rows(_by_person(_answered(span), span), value=Count("pk", filter=Q(decline_reason="")), of=Count("pk"))


def outcome_reached(span: Span) -> Iterable[Row]:
    """Of the referrals whose outcome became known in the span, those that reached what was wanted, as the list says."""
    good = [row.code for row in codes(OUTCOME, retired=True) if row.extra.get("reached")]
    found = Referral.objects.filter(outcome_at__gte=span.since, outcome_at__lt=span.until)
    return rows(_by_person(found, span), value=Count("pk", filter=Q(outcome__in=good)), of=Count("pk"))


def _answered(span: Span) -> QuerySet[Referral]:
    return Referral.objects.filter(answered_at__gte=span.since, answered_at__lt=span.until)


def _by_person(found: QuerySet[Referral], span: Span) -> QuerySet:
    return found.values(**_home(), **who("person__", span))


def _home() -> dict[str, Any]:
    """The household's area; sealed where the case or the household is."""
    open_ = When(case__sealed_at=None, case__household__sealed_at=None, then=Value(0))
    return {**home("case__household__"), "is_sealed": Case(open_, default=Value(1))}
