"""What can be counted of applications, of decisions, and of the way from the door to help."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate

from vatra.foundation.catalogue.measures import Row, Span
from vatra.foundation.catalogue.queries import zone
from vatra.rooms.intake.models import Contact
from vatra.rooms.people.measures import home, rows, who
from vatra.rooms.people.models import Household

from .models import Application, Decision
from .states import DecisionState


def applications(span: Span) -> Iterable[Row]:
    """Requests registered in the span, by whom they are for."""
    found = Application.objects.filter(registered_at__gte=span.since, registered_at__lt=span.until)
    return rows(found.values(**home(), **who("beneficiary__", span)), value=Count("pk"))


def _signed(span: Span) -> QuerySet[Decision]:
    return Decision.objects.filter(state=DecisionState.SIGNED, signed_at__gte=span.since, signed_at__lt=span.until)


def _by_beneficiary(found: QuerySet[Decision], span: Span) -> QuerySet:
    return found.values(**home(), **who("application__beneficiary__", span))


def granted(span: Span) -> Iterable[Row]:
    """Of the decisions signed in the span, those that grant."""
    found = _by_beneficiary(_signed(span), span)
    return rows(found, value=Count("pk", filter=Q(grants=True)), of=Count("pk"))


def days_to_decision(span: Span) -> Iterable[Row]:
    """Calendar days from the request's registration to the signature, for decisions signed in the span."""
    days = _days_between("application__registered_at", "signed_at")
    return rows(_by_beneficiary(_signed(span).annotate(days=days), span), value=Sum("days"), of=Count("pk"))


def days_to_first_help(span: Span) -> Iterable[Row]:
    """Calendar days from a household's first contact (or, without one, its registration) to its first granting
    decision, for households whose first one was signed in the span."""
    grants = Decision.objects.filter(household=OuterRef("pk"), state=DecisionState.SIGNED, grants=True)
    first_grant = grants.order_by().values("household").annotate(first=Min("signed_at")).values("first")
    came = Contact.objects.filter(household=OuterRef("pk")).order_by().values("household")
    first_contact = came.annotate(first=Min("opened_at")).values("first")
    helped = Household.objects.annotate(
        helped_at=Subquery(first_grant), came_at=Coalesce(Subquery(first_contact), F("registered_at"))
    ).filter(helped_at__gte=span.since, helped_at__lt=span.until)
    found = helped.annotate(days=_days_between("came_at", "helped_at"))
    return rows(found.values(**home("")), value=Sum("days"), of=Count("pk"))


def _days_between(start: str, end: str) -> ExpressionWrapper:
    here = ZoneInfo(zone())
    days = TruncDate(end, tzinfo=here) - TruncDate(start, tzinfo=here)
    return ExpressionWrapper(days, output_field=DurationField())
