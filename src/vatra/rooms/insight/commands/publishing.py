"""Publishing the months of indicators: computed by the house, protected, written once."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from vatra.engines.disclosure.tables import ALL
from vatra.foundation.access.queries import require
from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.measures import Span, age_groups, month, span
from vatra.foundation.catalogue.queries import codes, definitions, zone
from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor, system
from vatra.kernel.days import add_months, day
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.models import Household

from ..computing import Computer, kind_of
from ..models import By, Figure, Indicator, Published
from ..protecting import Manner, Tables, placed, tables

BACK = 36  # months for which a new indicator is worked out
AT_ONCE = 60  # months published in one round; the rest comes with the next
PUBLISHER = "insight.publish"


def publish_due(*, at: datetime, at_once: int = AT_ONCE) -> int:
    """Publish what is due: the running month's whole, then months that have ended, the latest first. Returns how many
    were written or changed. Idempotent; a final month is never touched again."""
    computer, written = Computer(), 0
    indicators = list(Indicator.objects.filter(retired_on=None).select_related("condition").order_by("order", "code"))
    running = month(day(at, zone()))
    for indicator in _of_today(indicators, running, at):
        made = compute(indicator, _until_now(running, at), computer, whole_only=True)
        written += publish(indicator=indicator, over=running, made=made, final=False, at=at)
    for indicator, over in islice(_due(indicators, at), at_once):
        made = compute(indicator, over, computer)
        written += publish(indicator=indicator, over=over, made=made, final=True, at=at)
    return written


def _until_now(over: Span, at: datetime) -> Span:
    """The running month up to tonight: things stand as they stand now, days of the future have not happened."""
    return span(over.start, day(at, zone()) + timedelta(days=1))


def _of_today(indicators: list[Indicator], running: Span, at: datetime) -> list[Indicator]:
    """Those whose running whole costs little; the others once a day (they read every household)."""
    today = span(day(at, zone()), day(at, zone()) + timedelta(days=1))
    rows = Published.objects.filter(
        indicator__in=indicators, month=running.start, superseded_at=None, computed_at__gte=today.since
    )
    done = set(rows.values_list("indicator_id", flat=True))
    return [
        indicator
        for indicator in indicators
        if indicator.condition is None or indicator.condition.watched or indicator.pk not in done
    ]


def _due(indicators: list[Indicator], at: datetime) -> Iterator[tuple[Indicator, Span]]:
    begun = Household.objects.aggregate(first=Min("registered_at"))["first"]
    if begun is None:
        return
    running = day(at, zone()).replace(day=1)
    first = max(day(begun, zone()).replace(day=1), add_months(running, -BACK))
    rows = Published.objects.filter(indicator__in=indicators, final=True, superseded_at=None)
    done = set(rows.values_list("indicator_id", "month"))
    on = add_months(running, -1)
    while on >= first:
        for indicator in indicators:
            if (indicator.pk, on) not in done:
                yield indicator, month(on)
        on = add_months(on, -1)


def compute(indicator: Indicator, over: Span, computer: Computer, *, whole_only: bool = False) -> Tables:
    """The tables of one month, protected. Reads only."""
    rows = placed(computer.rows(indicator, over, now=whole_only), indicator.sealed)
    manner = Manner(kind_of(indicator), indicator.minimum, indicator.total_open)
    by = [] if whole_only else indicator.breakdowns
    parents = _parents() if "area" in by else {}
    return tables(
        rows, manner, by=by, parents=parents, sexes=[c.code for c in codes("sex")],
        ages=[group.code for group in age_groups()],
    )  # fmt: skip


def _parents() -> dict[UUID, UUID | None]:
    """Each place with the larger one it lies in; what is larger than the pack's own area says nothing of it."""
    rows = list(Area.objects.filter(retired_on=None).values_list("pk", "parent_id", "path", "code"))
    own = definitions().pack.settings.get("area") if definitions().pack else None
    top = next((path for _, _, path, code in rows if code == own), "")
    kept = {pk: parent for pk, parent, path, _ in rows if path == top or not top.startswith(path)}
    return {pk: parent if parent in kept else None for pk, parent in kept.items()}


def digest_of(indicator: Indicator) -> str:
    """Of whatever decides the figures."""
    said = [
        indicator.measure, indicator.condition.digest if indicator.condition else "", indicator.counted,
        indicator.breakdowns, indicator.minimum, indicator.total_open, indicator.sealed,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def publish(*, indicator: Indicator, over: Span, made: Tables, final: bool, at: datetime) -> bool:
    """The month of an indicator is public from now on. False when nothing changed; final months never do.

    The house does it, for every reader alike: `system(PUBLISHER)` stands in the trail of final months.
    """
    row = Published.objects.select_for_update().filter(
        indicator=indicator, month=over.start, superseded_at=None
    ).first()  # fmt: skip
    told = (made.total.value, made.total.of, made.total.hidden, final)
    if row is not None and row.final:
        return False
    same = row is not None and (row.value, row.of, row.hidden, row.final) == told
    row = row or Published(indicator=indicator, month=over.start)
    row.value, row.of, row.hidden, row.final = told
    row.digest, row.computed_at = digest_of(indicator), at
    row.save()
    if final:
        Figure.objects.bulk_create(_figures(row, made))
        record(
            "insight.published", indicator, actor=system(PUBLISHER), at=at, month=over.start.isoformat(),
            digest=row.digest,
        )  # fmt: skip
    return not same


def _figures(row: Published, made: Tables) -> Iterator[Figure]:
    for key, told in made.areas.items():
        if key == ALL:
            continue
        own = isinstance(key, tuple)
        area = key[0] if isinstance(key, tuple) else key
        if (own or key is None) and told.value == 0:
            continue  # nobody is placed no closer: not worth a line
        yield Figure(published=row, by=By.AREA, area_id=area, own=own, value=told.value, of=told.of, hidden=told.hidden)
    for (sex, age), told in made.sex_age.items():
        if (sex, age) == (ALL, ALL):
            continue
        by = By.AGE if sex == ALL else By.SEX if age == ALL else By.SEX_AGE
        yield Figure(
            published=row, by=by, sex="" if sex == ALL else sex, age="" if age == ALL else age, value=told.value,
            of=told.of, hidden=told.hidden,
        )  # fmt: skip


@transaction.atomic
def publish_again(*, indicator: Indicator | str, because: str, actor: Actor, at: datetime) -> int:
    """Its months are worked out anew, by the definition and the facts as they are now; what was published stays on
    record as superseded. Returns how many months. Says why: two versions of a figure can tell more than one."""
    require(actor, "policy.edit")
    if len(because.strip()) < 10:
        raise Refused(
            "reason_needed", gettext_noop("Say why the figures are worked out again; readers have seen the others.")
        )
    code = indicator if isinstance(indicator, str) else indicator.code
    found = Indicator.objects.select_for_update().get(code=code)
    live = Published.objects.filter(indicator=found, superseded_at=None)
    count = live.update(superseded_at=at)
    record("insight.published_again", found, actor=actor, at=at, because=because, months=count)
    return count
