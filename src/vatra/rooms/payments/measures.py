"""What can be counted of payments: how much arrived, how soon, how much of it on its day, how much came back."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from vatra.foundation.catalogue.measures import Row, Span
from vatra.foundation.catalogue.queries import zone
from vatra.rooms.people.measures import home, rows, who

from .models import Instruction


def _paid(span: Span) -> QuerySet[Instruction]:
    """What arrived within the span and stayed."""
    return Instruction.objects.filter(state="paid", paid_on__gte=span.start, paid_on__lt=span.end)


def _by_person(found: QuerySet[Instruction], span: Span) -> QuerySet:
    return found.values(**home(), **who("beneficiary__", span))


def paid(span: Span) -> Iterable[Row]:
    """Minor units that arrived within the span, by whom they are for."""
    people = Count("person_id", distinct=True)
    return rows(_by_person(_paid(span), span), value=Sum("amount"), people=people)


def people_paid(span: Span) -> Iterable[Row]:
    """People to whom something arrived within the span, once each."""
    return rows(_by_person(_paid(span), span), value=Count("person_id", distinct=True))


def days_to_payment(span: Span) -> Iterable[Row]:
    """Calendar days from the signature of the decision to the first payment under it, where that arrived in the span."""
    signed = TruncDate("entitlement__decision__signed_at", tzinfo=ZoneInfo(zone()))
    first = _paid(span).exclude(entitlement__in=_earlier(span))
    days = ExpressionWrapper(F("paid_on") - signed, output_field=DurationField())
    return rows(_by_person(first.annotate(days=days), span), value=Sum("days"), of=Count("pk"))


def _earlier(span: Span) -> QuerySet:
    return Instruction.objects.filter(state="paid", paid_on__lt=span.start).values("entitlement")


def on_time(span: Span) -> Iterable[Row]:
    """Of what arrived within the span, what did so at the first attempt, by the day for which it was ordered."""
    soon = Q(paid_on__lte=F("cycle__pay_on"), replaces=None)
    return rows(_by_person(_paid(span), span), value=Count("pk", filter=soon), of=Count("pk"))


def returned(span: Span) -> Iterable[Row]:
    """Of what the bank answered within the span, what came back."""
    back = Q(returned_on__gte=span.start, returned_on__lt=span.end)
    here = Q(state="paid", paid_on__gte=span.start, paid_on__lt=span.end)
    found = Instruction.objects.filter(back | here)
    return rows(_by_person(found, span), value=Count("pk", filter=back), of=Count("pk"))
