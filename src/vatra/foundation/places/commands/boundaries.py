"""Drawing areas."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor

from ..models import Area, Boundary
from ..outlines import Polygons, box


@transaction.atomic
def set_boundaries(
    *, drawn: Sequence[tuple[Area, Polygons]], source: str, actor: Actor, at: datetime
) -> dict[str, str]:
    """Areas have these outlines from now on. Returns for each code whether it was created, updated or unchanged."""
    stand = {found.area_id: found for found in Boundary.objects.filter(area__in=[area.pk for area, _ in drawn])}
    outcomes: dict[str, str] = {}
    new, changed = [], []
    for area, polygons in drawn:
        made = _boundary(area, polygons, source=source, at=at)
        before = stand.get(area.pk)
        if before is None:
            new.append(made)
            outcomes[area.code] = "created"
        elif before.digest == made.digest:
            outcomes[area.code] = "unchanged"
        else:
            changed.append(made)
            outcomes[area.code] = "updated"
    Boundary.objects.bulk_create(new)
    fields = ["rings", "west", "south", "east", "north", "source", "digest", "recorded_at"]
    Boundary.objects.bulk_update(changed, fields)
    if new or changed:
        codes = sorted(code for code, outcome in outcomes.items() if outcome != "unchanged")
        record("places.boundaries_set", None, actor=actor, at=at, source=source, areas=codes)
    return outcomes


def _boundary(area: Area, polygons: Polygons, *, source: str, at: datetime) -> Boundary:
    rings = [[[list(point) for point in ring] for ring in polygon] for polygon in polygons]
    west, south, east, north = box([ring for polygon in polygons for ring in polygon])
    digest = hashlib.sha256(json.dumps(rings, separators=(",", ":")).encode()).hexdigest()
    return Boundary(
        area=area, rings=rings, west=west, south=south, east=east, north=north, source=source[:255], digest=digest,
        recorded_at=at,
    )  # fmt: skip
