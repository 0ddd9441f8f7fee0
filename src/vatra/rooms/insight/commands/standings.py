"""Keeping up how households stand against the watched condition."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.rooms.intake.models import Contact

from .. import homes
from ..conditions import decide
from ..help import Moment, help_of
from ..models import Condition, Holds, Standing

WRITTEN = (
    "condition_id", "digest", "holds", "score_low", "score_high", "reasons", "missing", "help", "unhelped_since",
    "contact_at", "read_on", "read_at",
)  # fmt: skip


@transaction.atomic
def write_standings(*, condition: Condition, households: Sequence[UUID], at: datetime) -> int:
    """Work out anew how these households stand, as things are known at this instant. Returns how many left the list.

    Derived by the house alone, from what was announced with its trail: it takes no actor and announces nothing.
    """
    on = day(at, zone())
    before = {row.pk: row for row in Standing.objects.select_for_update().filter(pk__in=households)}
    read = homes.read(households, on=on, known_at=at)
    helped = help_of(Moment(at, on), households)
    came = dict(
        Contact.objects.filter(household__in=households, opened_at__lte=at)
        .values_list("household").annotate(last=Max("opened_at"))
    )  # fmt: skip
    rows, left = [], 0
    for household in households:
        found = decide(condition, read[household], on=on)
        old, kind = before.get(household), helped.get(household, "")
        unhelped = found.holds is Holds.YES and not kind
        left += bool(old and old.unhelped_since and not unhelped)
        since = (old.unhelped_since if old and old.unhelped_since else on) if unhelped else None
        low, high = found.score
        rows.append(
            Standing(
                household_id=household, condition=condition, digest=condition.digest, holds=found.holds,
                score_low=low, score_high=high, reasons=found.reasons, missing=found.missing, help=kind,
                unhelped_since=since, contact_at=came.get(household), read_on=on, read_at=at,
            )
        )  # fmt: skip
    Standing.objects.bulk_create(rows, update_conflicts=True, unique_fields=["household"], update_fields=WRITTEN)
    return left
