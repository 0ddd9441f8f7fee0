"""Which households have some form of help at an instant: what they are given, asked for, or are being accompanied in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from vatra.kernel.words import gettext_noop
from vatra.rooms.benefits.models import Application, Decision, Entitlement
from vatra.rooms.benefits.states import ApplicationState, DecisionState
from vatra.rooms.cases.models import Case, Referral
from vatra.rooms.cases.referral_states import ReferralState

# Help given once helps for a while; whoever decides elsewhere is trusted with a request for a year.
ONCE, ELSEWHERE = timedelta(days=183), timedelta(days=365)

KINDS = {
    "entitlement": gettext_noop("receives a benefit"),
    "grant": gettext_noop("was granted a service"),
    "case": gettext_noop("has a case worker"),
    "referral": gettext_noop("is served by a provider"),
    "application": gettext_noop("a request is being decided here"),
    "forwarded": gettext_noop("a request was sent to those who decide it"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, with its day where the pack lives."""

    at: datetime
    on: date


def help_of(moment: Moment, households: Collection[UUID] | None = None) -> dict[UUID, str]:
    """For each of these households (or of all) that has help, the first kind of KINDS that it has. Six queries."""
    found: dict[UUID, str] = {}
    for kind in reversed(KINDS):
        rows: QuerySet = _SOURCES[kind](moment)
        if households is not None:
            rows = rows.filter(**{f"{_HOUSEHOLD.get(kind, 'household')}__in": households})
        for household in rows.values_list(_HOUSEHOLD.get(kind, "household"), flat=True).order_by().distinct():
            found[household] = kind
    return found


_HOUSEHOLD = {"referral": "case__household"}


def _entitled(m: Moment) -> QuerySet:
    """In force on the day, as the books stood: not ended by then, not suspended; a single payment for half a year."""
    begun = Entitlement.objects.filter(granted_at__lt=m.at)
    ended = Q(ended_at__isnull=True) | Q(ended_at__gte=m.at) | Q(ends_on__gte=m.on)
    running = (Q(ends_on=None) | Q(ends_on__gte=m.on)) & (Q(suspended_from=None) | Q(suspended_from__gt=m.on))
    return begun.filter(ended & ((~Q(period="once") & running) | Q(period="once", starts_on__gt=m.on - ONCE)))


def _granted(m: Moment) -> QuerySet:
    """Decisions that grant and give no money: services. One with an entitlement is told by that."""
    signed = Decision.objects.filter(state=DecisionState.SIGNED, grants=True, signed_at__lt=m.at)
    paid = Entitlement.objects.values("decision_id")
    running = Q(determination__ends_on=None) | Q(determination__ends_on__gte=m.on)
    return signed.exclude(pk__in=paid).filter(running)


def _accompanied(m: Moment) -> QuerySet:
    return Case.objects.filter(opened_at__lt=m.at).filter(Q(closed_at=None) | Q(closed_at__gte=m.at))


def _served(m: Moment) -> QuerySet:
    """Accepted, and neither ended nor declined afterwards."""
    accepted = Referral.objects.filter(answered_at__lt=m.at).exclude(state=ReferralState.DECLINED)
    return accepted.filter(Q(ended_at=None) | Q(ended_at__gte=m.at))


def _applied(m: Moment) -> QuerySet:
    return Application.objects.filter(registered_at__lt=m.at).filter(Q(closed_at=None) | Q(closed_at__gte=m.at))


def _forwarded(m: Moment) -> QuerySet:
    return Application.objects.filter(
        state=ApplicationState.FORWARDED, closed_at__lt=m.at, closed_at__gte=m.at - ELSEWHERE
    )


_SOURCES = {
    "entitlement": _entitled,
    "grant": _granted,
    "case": _accompanied,
    "referral": _served,
    "application": _applied,
    "forwarded": _forwarded,
}
