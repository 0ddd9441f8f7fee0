"""Places that a pack describes and this installation does not know yet: what an import needs of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from vatra.foundation.places.commands import define_area
from vatra.foundation.places.index import AreaIndex
from vatra.foundation.places.models import Area
from vatra.foundation.places.queries import known_codes
from vatra.kernel.actor import Actor

from .load_pack.reading import Fault, Said, read_yaml
from .load_pack.shapes import AREAS


def places_in(folder: Path) -> list[Said]:
    """The areas of the pack in a folder; none when it has no readable areas.yaml (`vatra pack check` says why)."""
    path = folder / "areas.yaml"
    if not path.is_file():
        return []
    faults: list[Fault] = []
    said = read_yaml(path, AREAS, root=folder, languages=(), faults=faults)
    return said or []


def packs_with_places(packs: Path) -> Iterator[tuple[str, list[Said]]]:
    """Every pack below a folder, with its areas."""
    for folder in sorted(packs.iterdir()) if packs.is_dir() else ():
        if said := places_in(folder):
            yield folder.name, said


def index_of_said(places: Sequence[Said]) -> AreaIndex:
    """Places as a pack says them, to be found by code and name; nothing of them is stored."""
    index = AreaIndex()
    paths: dict[str, str] = {}
    for said in places:
        code = said["code"]
        paths[code] = f"{paths.get(said.get('parent', ''), '')}{code}/"
        index.add(Area(code=code, kind=said["kind"], name=said["name"], also=said.get("also", []), path=paths[code]))
    return index


@transaction.atomic
def add_places(*, places: Sequence[Said], actor: Actor, at: datetime) -> int:
    """Those that are not known here are defined; those that are stay as they are. Returns how many were added."""
    known = known_codes()
    missing = [said for said in places if said["code"] not in known]
    for said in missing:
        degrees = {key: Decimal(said[key]) for key in ("latitude", "longitude") if key in said}
        tile = {"tile": tuple(said["tile"])} if "tile" in said else {}
        rest = {key: value for key, value in said.items() if key not in ("latitude", "longitude", "tile")}
        define_area(**rest, **degrees, **tile, actor=actor, at=at)
    return len(missing)
