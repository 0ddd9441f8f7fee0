"""Which determinations a change of rules with effect in the past calls for again."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from vatra.kernel.actor import Actor
from vatra.kernel.money import Money
from vatra.rooms.people.queries import names_on_records
from vatra.rooms.programmes.models import Ruleset
from vatra.rooms.programmes.queries import until

from ..models import Determination

PAGE = 50


@dataclass(frozen=True)
class AgainRow:
    """A determination made under other rules for a day that the new ones cover, and that nothing supersedes."""

    determination_id: UUID
    application_id: UUID | None
    household_id: UUID
    household: str
    beneficiary: str
    on: date
    status: str
    amount: Money | None
    version: int
    key: str


def to_take_again(ruleset: Ruleset, *, actor: Actor, after: str = "", limit: int = PAGE) -> tuple[list[AgainRow], str]:
    """The determinations to look at again that the actor may see, the earliest day first, and the key of the next page.

    Four queries, however many rows. Empty for rules that are not published.
    """
    if ruleset.effective_from is None:
        return [], ""
    rows = (
        Determination.objects.visible_to(actor, "benefits.view")
        .filter(programme=ruleset.programme, on__gte=ruleset.effective_from)
        .exclude(ruleset=ruleset)
        .exclude(Exists(Determination.objects.filter(supersedes=OuterRef("pk"))))
        .select_related("household", "ruleset")
    )
    end = until(ruleset)
    rows = rows.filter(on__lt=end) if end else rows
    if after:
        day, _, pk = after.partition("_")
        rows = rows.filter(Q(on__gt=day) | Q(on=day, pk__gt=pk))
    found = list(rows.order_by("on", "pk")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    names = names_on_records((row.beneficiary_id for row in found), actor=actor)
    listed = [_row(row, names.get(row.beneficiary_id, "")) for row in found]
    return listed, listed[-1].key if more else ""


def _row(row: Determination, name: str) -> AgainRow:
    amount = Money(row.amount, row.currency) if row.amount is not None else None
    return AgainRow(
        row.pk, row.application_id, row.household_id, row.household.number, name, row.on, row.status, amount,
        row.ruleset.number, f"{row.on.isoformat()}_{row.pk}",
    )  # fmt: skip
