"""What can be counted of cases: how many stand on which level, how soon help came, what became of needs and reviews."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Coalesce, Least, TruncDate

from vatra.foundation.catalogue.measures import Row, Span
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.docket.models import Deadline
from vatra.rooms.benefits.models import Decision
from vatra.rooms.benefits.states import DecisionState
from vatra.rooms.intake.models import Contact
from vatra.rooms.people.measures import home, rows, who
from vatra.rooms.people.models import Household
from vatra.rooms.programmes.models import CareLevel

from .definition import REVIEW, definition_of
from .models import Action, Case, CaseType, LevelMove, Need, Visit
from .states import ActionState, NeedState, VisitState

HOUSEHOLDS = Count("household", distinct=True)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def place(prefix: str = "") -> dict[str, Any]:
    """The columns of a case by which rows are grouped; sealed where the case is, or its household."""
    open_to_all = When(
        **{f"{prefix}sealed_at__isnull": True, f"{prefix}household__sealed_at__isnull": True}, then=Value(0)
    )
    return {"by_area": F(f"{prefix}household__area_id"), "is_sealed": models.Case(open_to_all, default=Value(1))}


def open_at_end(span: Span) -> QuerySet[Case]:
    return Case.objects.filter(opened_at__lt=span.until).filter(Q(closed_at=None) | Q(closed_at__gte=span.until))


def open_cases(span: Span) -> Iterable[Row]:
    """Cases open at the end of the span."""
    return rows(open_at_end(span).values(**place()), value=Count("pk"), people=HOUSEHOLDS)


def _on_level(level: str, span: Span) -> Iterable[Row]:
    """Of those, the ones on a level of care then: of the last move before, else of the level before the first after."""
    moves = LevelMove.objects.filter(case=OuterRef("pk"))
    before = moves.filter(moved_at__lt=span.until).order_by("-moved_at").values("to_level")[:1]
    after = moves.filter(moved_at__gte=span.until).order_by("moved_at").values("from_level")[:1]
    then = Coalesce(Subquery(before), Subquery(after), F("level"), output_field=models.CharField())
    return rows(
        open_at_end(span).annotate(then=then).filter(then=level).values(**place()), value=Count("pk"), people=HOUSEHOLDS
    )


on_primary_prevention = partial(_on_level, CareLevel.PRIMARY_PREVENTION)
on_secondary_prevention = partial(_on_level, CareLevel.SECONDARY_PREVENTION)
on_case_management = partial(_on_level, CareLevel.CASE_MANAGEMENT)
on_specialised = partial(_on_level, CareLevel.SPECIALISED)
on_intensive = partial(_on_level, CareLevel.INTENSIVE)


def needs_met(span: Span) -> Iterable[Row]:
    """Of the needs that were answered in the span, those that were met."""
    answered = Need.objects.filter(answered_at__gte=span.since, answered_at__lt=span.until)
    met = Count("pk", filter=Q(state=NeedState.MET))
    people = Count("case__household", distinct=True)
    return rows(answered.values(**place("case__")), value=met, of=Count("pk"), people=people)


def reviews_on_time(span: Span) -> Iterable[Row]:
    """Of the terms for reviews that ended in the span, those that were met by then."""
    kinds = {
        step.deadline for type_ in CaseType.objects.all() for step in definition_of(type_).steps if step.done == REVIEW
    }
    ended = Deadline.objects.filter(
        ref_kind="cases.case", ref_id=OuterRef("pk"), kind__in=kinds, due_on__gte=span.start, due_on__lt=span.end
    ).order_by()
    met = ended.filter(met_on__lte=F("due_on"))
    counted = Case.objects.annotate(
        due=_count(ended, "ref_id"), kept=_count(met, "ref_id")
    ).filter(due__gt=0)  # fmt: skip
    return rows(counted.values(**place()), value=Sum("kept"), of=Sum("due"), people=HOUSEHOLDS)


def _count(of: QuerySet, key: str) -> Coalesce:
    return Coalesce(Subquery(of.values(key).annotate(n=Count("pk")).values("n")), Value(0))


def days_to_first_help(span: Span) -> Iterable[Row]:
    """Days from a household's first contact (or its registration) to the first visit made, action done or benefit
    granted, for households that were first helped in the span."""
    mine = {"case__household": OuterRef("pk")}
    firsts = [
        _first(Visit.objects.filter(**mine, state=VisitState.DONE), "case__household", "recorded_at"),
        _first(Action.objects.filter(**mine, state=ActionState.DONE), "case__household", "ended_at"),
        _first(
            Decision.objects.filter(household=OuterRef("pk"), state=DecisionState.SIGNED, grants=True),
            "household", "signed_at",
        ),
    ]  # fmt: skip
    came = Contact.objects.filter(household=OuterRef("pk")).order_by().values("household")
    first_contact = came.annotate(first=Min("opened_at")).values("first")
    helped = Household.objects.annotate(
        helped_at=Least(*(Coalesce(first, Value(NEVER)) for first in firsts)),
        came_at=Coalesce(Subquery(first_contact), F("registered_at")),
    ).filter(helped_at__gte=span.since, helped_at__lt=span.until)
    here = ZoneInfo(zone())
    days = ExpressionWrapper(
        TruncDate("helped_at", tzinfo=here) - TruncDate("came_at", tzinfo=here), output_field=DurationField()
    )
    return rows(helped.annotate(days=days).values(**home("")), value=Sum("days"), of=Count("pk"))


def _first(of: QuerySet, key: str, when: str) -> Subquery:
    return Subquery(of.order_by().values(key).annotate(first=Min(when)).values("first"))


def avoidable_separations(span: Span) -> Iterable[Row]:
    """Of the children separated from their families in cases closed in the span, those whose separation could have
    been avoided, as the outcomes of the case types count them."""
    outcomes = _outcomes()
    closed = Case.objects.filter(closed_at__gte=span.since, closed_at__lt=span.until).filter(
        outcomes["necessary"] | outcomes["avoidable"]
    )
    grouped = closed.values(**place(), **who("person__", span))
    return rows(grouped, value=Count("pk", filter=outcomes["avoidable"]), of=Count("pk"))


def prevented_separations(span: Span) -> Iterable[Row]:
    """Children who stayed with, or came home to, their families, in cases closed in the span."""
    closed = Case.objects.filter(_outcomes()["prevented"], closed_at__gte=span.since, closed_at__lt=span.until)
    return rows(closed.values(**place(), **who("person__", span)), value=Count("pk"))


def _outcomes() -> dict[str, Q]:
    """What counts as a separation prevented, necessary or avoidable: by type and outcome."""
    found = {counts: Q(pk__in=[]) for counts in ("prevented", "necessary", "avoidable")}
    for type_ in CaseType.objects.all():
        for outcome in definition_of(type_).outcomes:
            if outcome.counts:
                found[outcome.counts] |= Q(type=type_, outcome=outcome.code)
    return found
