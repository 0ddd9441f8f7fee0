"""What can be counted of contacts at the window."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from vatra.foundation.catalogue.measures import Row, Span
from vatra.rooms.people.measures import home, rows

from .models import Contact, Outcome, Screening

# A stranger who never became a household counts as one of their own.
WHO_CAME = Count(Coalesce("household", "pk"), distinct=True)


def _opened(span: Span) -> QuerySet[Contact]:
    return Contact.objects.filter(opened_at__gte=span.since, opened_at__lt=span.until)


def contacts(span: Span) -> Iterable[Row]:
    """Visits and calls that began in the span, by where the household lives."""
    return rows(_opened(span).values(**home()), value=Count("pk"), people=WHO_CAME)


def ended_with_something(span: Span) -> Iterable[Row]:
    """Of the contacts that began in the span and are closed: those that ended with advice, a request or a referral."""
    closed = _opened(span).exclude(closed_at=None)
    helped = Q(outcome__in=[Outcome.ADVISED, Outcome.APPLIED, Outcome.REFERRED])
    return rows(closed.values(**home()), value=Count("pk", filter=helped), of=Count("pk"), people=WHO_CAME)


def screened(span: Span) -> Iterable[Row]:
    """Households screened in the span, each once."""
    done = Screening.objects.filter(screened_at__gte=span.since, screened_at__lt=span.until)
    return rows(done.values(**home()), value=Count("household", distinct=True))
