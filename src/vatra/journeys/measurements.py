"""From a file of reports and a mapping to figures in a plan's tree: what is checked before, and the places it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vatra.foundation.access.queries import require
from vatra.foundation.imports.commands import Progress, Reason
from vatra.foundation.imports.models import Import
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.insight.commands.measurements import import_measurements as bring_in
from vatra.rooms.insight.mapping import MeasurementMap, mapping_of
from vatra.rooms.insight.reports import read_reports

from .load_pack.mapping_shapes import MEASUREMENTS, faults_of
from .load_pack.reading import Fault, Said, read_yaml
from .pack_places import add_places, places_in


class MappingRefused(Refused):
    """`faults` has everything that must be mended, with file, line and column. Nothing was imported."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(
            "mapping_refused",
            gettext_noop("The mapping has %(count)s faults; the first is %(first)s"),
            gettext_noop("Mend it as docs/how-to/import-measurements.md shows, then import again."),
            count=len(faults), first=str(faults[0]),
        )  # fmt: skip
        self.faults = faults


def read_mapping(path: Path) -> MeasurementMap:
    """The mapping in a file. Raises MappingRefused with every fault."""
    faults: list[Fault] = []
    said = read_yaml(path, MEASUREMENTS, root=path.parent, languages=(), faults=faults)
    if said is not None:
        faults = faults_of(said)
    if faults:
        raise MappingRefused(faults)
    said["columns"] = {
        name: [headings] if isinstance(headings, str) else headings for name, headings in said["columns"].items()
    }
    return mapping_of(said)


@dataclass(frozen=True)
class Imported:
    """The run, and how many places of the mapping's pack had to be added."""

    run: Import
    places_added: int


def import_measurements(
    *, file: Path, mapping: Path, packs: Path, encoding: str = "", actor: Actor, at: datetime,
    finished: Callable[[], datetime], progress: Progress | None = None,
) -> Imported:  # fmt: skip
    """Read mapping and file, add the places of the mapping's pack that are not known yet, and bring in the lines.

    A mapping with faults, or a file that cannot be read by it, is refused before anything has changed.
    """
    require(actor, "insight.import")
    read = read_mapping(mapping)
    reports = read_reports(file, read, encoding=encoding)
    added = add_places(places=_places(read, mapping, packs), actor=actor, at=at)
    notes = []
    if added:
        sentence = gettext_noop("%(count)s places of the pack “%(pack)s” were not known here and were added.")
        notes.append(Reason("places_added", sentence, values={"count": added, "pack": read.area_pack}))
    run = bring_in(
        reports=reports, mapping=read, notes=notes, actor=actor, at=at, finished=finished, progress=progress,
    )  # fmt: skip
    return Imported(run, added)


def _places(mapping: MeasurementMap, beside: Path, packs: Path) -> list[Said]:
    """The areas of the mapping's pack: the pack in whose folder the mapping lies, else the one below `packs`.

    Without the pack's files nothing is added: places that are known already are enough.
    """
    for folder in (beside.resolve().parent.parent, packs / mapping.area_pack):
        if mapping.area_pack and folder.name == mapping.area_pack and (places := places_in(folder)):
            return places
    return []
