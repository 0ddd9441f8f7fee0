"""From a GeoJSON file to outlines of areas: which feature is which area, and what to do with those that are none."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from vatra.foundation.access.queries import require
from vatra.foundation.imports.commands import Handled, Progress, Reason, run
from vatra.foundation.imports.models import Import, Outcome
from vatra.foundation.imports.tables import Table, TableRow
from vatra.foundation.places.commands import set_boundaries
from vatra.foundation.places.geojson import Feature, read_features
from vatra.foundation.places.index import index_of
from vatra.foundation.places.models import Area
from vatra.foundation.places.outlines import Polygons, simplified
from vatra.foundation.places.queries import area_coded
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .creating import create_areas, from_a_pack
from .matching import Matcher, Plan

__all__ = ["import_boundaries"]


def import_boundaries(
    *, file: Path, packs: Path, kind: str = "", parent: str = "", code: str = "", name: str = "",
    create: bool | None = None, actor: Actor, at: datetime, finished: Callable[[], datetime],
    progress: Progress | None = None,
) -> tuple[Import, int]:  # fmt: skip
    """Each polygon becomes the outline of the area that its code or name means, or is rejected with its reason.

    With `create`, areas that are not known are created (of `kind`, below `parent`); without a word, they are only
    when fewer than half of the features are known: then this is a country that the installation does not have yet.
    Where a pack at hand describes that country's places, they are taken from there.
    Returns the run and how many areas were created. Refuses what is no GeoJSON; then nothing has changed.
    """
    require(actor, "insight.import")
    features = read_features(file)
    _check_parent(parent)
    matcher = Matcher(features, index_of(), kind=kind, code=code, name=name)
    plan = _planned(matcher, create=create, parent=parent, packs=packs, actor=actor, at=at)
    drawn = [(feature, plan.areas[feature.number]) for feature in features if feature.number in plan.areas]
    shapes = simplified([feature.polygons for feature, _ in drawn])
    outlines = {feature.number: (area, shape) for (feature, area), shape in zip(drawn, shapes, strict=True)}
    remarks = {
        feature.number: tuple(Reason(*said[:2], values=said[2]) for said in feature.remarks) for feature, _ in drawn
    }
    made = run(
        kind="boundaries", table=_table(file, features), handle=_handler(plan, outlines, remarks, file.name, actor, at),
        actor=actor, at=at, finished=finished, progress=progress, notes=_notes(plan, matcher),
    )  # fmt: skip
    return made, plan.created


_NONE = Reason("", "")


def _planned(matcher: Matcher, *, create: bool | None, parent: str, packs: Path, actor: Actor, at: datetime) -> Plan:
    plan = matcher.plan()
    unknown = _unknown(plan, matcher.features)
    mostly_new = 2 * len(plan.areas) < len(plan.areas) + len(unknown)
    if not unknown or create is False or (create is None and not mostly_new):
        return plan
    added = 0 if parent else from_a_pack(matcher, packs, actor=actor, at=at)
    if added:
        matcher.look_in(index_of())
        plan = matcher.plan()
        plan.created, unknown = added, _unknown(plan, matcher.features)
    if unknown and (create or not added):
        create_areas(plan, unknown, matcher, parent=parent, actor=actor, at=at)
    return plan


def _unknown(plan: Plan, features: Sequence[Feature]) -> list[Feature]:
    return [feature for feature in features if plan.reasons.get(feature.number, _NONE).code == "area_unknown"]


def _notes(plan: Plan, matcher: Matcher) -> list[Reason]:
    notes = []
    if plan.created:
        sentence = gettext_noop("%(count)s areas were not known here and were created.")
        notes.append(Reason("areas_created", sentence, values={"count": plan.created}))
    if matcher.guessed:
        sentence = gettext_noop("No usual property holds names; they were taken from “%(name)s”.")
        notes.append(Reason("names_guessed", sentence, values={"name": matcher.guessed}))
    return notes


def _handler(
    plan: Plan, outlines: dict[int, tuple[Area, Polygons]], remarks: dict[int, tuple[Reason, ...]], source: str,
    actor: Actor, at: datetime,
):  # fmt: skip
    def handle(rows: Sequence[TableRow]) -> list[Handled]:
        drawn = [outlines[row.number] for row in rows if row.number in outlines]
        outcomes = set_boundaries(drawn=drawn, source=source, actor=actor, at=at)
        return [
            Handled(Outcome(outcomes[outlines[row.number][0].code]), reasons=remarks[row.number])
            if row.number in outlines
            else Handled(Outcome.REJECTED, reasons=(plan.reasons[row.number],))
            for row in rows
        ]

    return handle


def _table(file: Path, features: Sequence[Feature]) -> Table:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Table(file.name, digest, "utf-8", [], [TableRow(feature.number, {}) for feature in features])


def _check_parent(parent: str) -> None:
    """Refuses a place that is not known."""
    if parent and area_coded(parent) is None:
        raise Refused("no_such_area", gettext_noop("The place “%(code)s” is not known."), code=parent)
