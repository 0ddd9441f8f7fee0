"""Households at high risk that have no help at all: the list that the window works down to zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count as CountOf
from django.db.models import OuterRef, Q, Subquery

from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor
from vatra.rooms.benefits.reasons import sentence
from vatra.rooms.people.models import Identity, Membership

from ..conditions import said_in
from ..models import Condition, Holds, Standing

PAGE = 50


@dataclass(frozen=True, slots=True)
class Reason:
    """A factor that counts, with its points, as a sentence in each language of the pack."""

    points: int
    said: dict[str, str]


@dataclass(frozen=True)
class Unhelped:
    """A household on the list: why, since when, and when somebody last spoke with them."""

    household_id: UUID
    number: str
    head: str
    area: Area | None
    people: int
    score: int
    may_be_more: bool  # something is not known that could add points
    reasons: list[Reason]
    missing: list[str]  # codes of facts
    since: date | None
    contact_at: datetime | None
    place: str  # for the page after it


@dataclass(frozen=True, slots=True)
class Count:
    """How many households this actor sees: at high risk, of them without help, and those of whom too little is known."""

    high: int
    unhelped: int
    unknown: int


def watched() -> Condition | None:
    return Condition.objects.filter(watched=True, retired_on=None).first()


def counts(*, actor: Actor) -> Count:
    """One query, and those of the grants."""
    found = Standing.objects.visible_to(actor, "insight.view").aggregate(
        high=CountOf("pk", filter=Q(holds=Holds.YES)),
        unhelped=CountOf("pk", filter=Q(holds=Holds.YES, help="")),
        unknown=CountOf("pk", filter=Q(holds=Holds.UNKNOWN, help="")),
    )
    return Count(found["high"], found["unhelped"], found["unknown"])


def households_without_help(
    *, actor: Actor, holds: str = Holds.YES, area: str = "", after: str = "", limit: int = PAGE
) -> tuple[list[Unhelped], str]:
    """Households of the actor's reach at high risk (or of whom it is not yet known), without any help; the highest
    score first; `area` is the code of a place, with all that lies in it. Returns a page and where the next begins.
    Five queries, and those of the grants."""
    condition = watched()
    if condition is None:
        return [], ""
    rows = Standing.objects.visible_to(actor, "insight.view").filter(holds=holds, help="", condition=condition)
    if area:
        top = Area.objects.filter(code=area).values_list("path", flat=True).first()
        rows = rows.filter(household__area__path__startswith=top) if top else rows.none()
    rows = _after(rows, after, holds)
    order = "-score_low" if holds == Holds.YES else "-score_high"
    name = Identity.objects.filter(person=OuterRef("person__canonical_id")).values("display_name")
    page = list(rows.select_related("household__area").order_by(order, "household_id")[: limit + 1])
    shown = page[:limit]
    members = Membership.objects.filter(
        household__in=[row.pk for row in shown], valid_to=None, superseded_at=None
    ).order_by("id")
    heads: dict[UUID, str] = {}
    sizes: dict[UUID, int] = {}
    for household, role, called in members.values_list("household_id", "role", Subquery(name)):
        sizes[household] = sizes.get(household, 0) + 1
        if role == "head" or household not in heads:
            heads[household] = called or ""
    made = [_row(condition, row, heads.get(row.pk, ""), sizes.get(row.pk, 0), holds) for row in shown]
    return made, made[-1].place if len(page) > limit else ""


def _after(rows: Any, after: str, holds: str) -> Any:
    score, _, household = after.partition(".")
    if not household:
        return rows
    try:
        mark, beyond = int(score), UUID(household)
    except ValueError:
        return rows
    column = "score_low" if holds == Holds.YES else "score_high"
    return rows.filter(Q(**{f"{column}__lt": mark}) | Q(**{column: mark}, household_id__gt=beyond))


def _row(condition: Condition, row: Standing, head: str, people: int, holds: str) -> Unhelped:
    mark = row.score_low if holds == Holds.YES else row.score_high
    return Unhelped(
        household_id=row.pk, number=row.household.number, head=head, area=row.household.area, people=people,
        score=row.score_low, may_be_more=row.score_high > row.score_low,
        reasons=in_words(condition.text, row.reasons), missing=row.missing, since=row.unhelped_since,
        contact_at=row.contact_at, place=f"{mark}.{row.pk}",
    )  # fmt: skip


def in_words(text: str, reasons: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """Stored factors as finished sentences."""
    words = said_in(text, "x_reasons")
    return [
        Reason(
            reason["points"],
            {
                language: sentence(said, reason["values"], language)
                for language, said in words.get(reason["factor"], {"en": reason["factor"]}).items()
            },
        )
        for reason in reasons
    ]
