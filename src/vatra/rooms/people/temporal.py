"""Rows that hold from a day to a day, as far as they were known at an instant. Nothing in them is edited."""

from datetime import date, datetime

from django.db.models import Q

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop


def known(known_at: datetime, prefix: str = "") -> Q:
    """Rows that stood in the books at an instant."""
    superseded = f"{prefix}superseded_at"
    return Q(**{f"{prefix}recorded_at__lte": known_at}) & (
        Q(**{f"{superseded}__isnull": True}) | Q(**{f"{superseded}__gt": known_at})
    )


def valid(on: date, prefix: str = "") -> Q:
    """Rows that hold on a day; a row without a first day always did."""
    start, end = f"{prefix}valid_from", f"{prefix}valid_to"
    return (Q(**{f"{start}__lte": on}) | Q(**{f"{start}__isnull": True})) & (
        Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": on})
    )


def check_period(valid_from: date | None, valid_to: date | None) -> None:
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        raise Refused(
            "period_not_in_order",
            gettext_noop("The period ends (%(end)s) before it begins (%(start)s)."),
            gettext_noop("Correct one of the two days."),
            start=valid_from, end=valid_to,
        )  # fmt: skip
