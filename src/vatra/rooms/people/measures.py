"""What can be counted of people and households; and how other rooms break their own figures down by area, sex, age."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from vatra.foundation.catalogue.measures import Row, Span, age_group

from .models import Household


def home(prefix: str = "household__") -> dict[str, Any]:
    """The columns of a household by which rows are grouped: for `.values(**home(), …)`."""
    sealed = Case(When(**{f"{prefix}sealed_at__isnull": True}, then=Value(0)), default=Value(1))
    return {"by_area": F(f"{prefix}area_id"), "is_sealed": sealed}


def who(prefix: str, span: Span) -> dict[str, Any]:
    """Sex and age group (on the span's last day) of a person at `prefix` ("beneficiary__"), likewise."""
    identity = f"{prefix}identity__"
    sex = Coalesce(F(f"{identity}sex"), Value(""), output_field=CharField())
    return {"by_sex": sex, "by_age": age_group(f"{identity}birth_date", f"{identity}birth_year", span.last)}


def rows(grouped: QuerySet, **aggregates: Any) -> Iterable[Row]:
    """Rows of a queryset grouped with `home()` and `who()`: `value`, and where they apply `of` and `people`.

    A sum of durations becomes whole days.
    """
    for cell in grouped.annotate(**{f"n_{name}": what for name, what in aggregates.items()}).order_by():
        yield Row(
            value=_whole(cell["n_value"]), of=int(cell.get("n_of") or 0), people=cell.get("n_people"),
            area=cell.get("by_area"), sex=cell.get("by_sex", ""), age=cell.get("by_age", ""),
            sealed=bool(cell.get("is_sealed")),
        )  # fmt: skip


def _whole(value: int | timedelta | None) -> int:
    return value.days if isinstance(value, timedelta) else int(value or 0)


def households(span: Span) -> Iterable[Row]:
    """Households on the books at the end of the span."""
    standing = Household.objects.filter(registered_at__lt=span.until).filter(
        Q(closed_at=None) | Q(closed_at__gte=span.until)
    )
    return rows(standing.values(**home("")), value=Count("pk"))
