"""Defining places."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..models import Area


@transaction.atomic
def define_area(
    *, code: str, kind: str, name: dict[str, str], parent: str = "", tile: tuple[int, int] | None = None,
    latitude: Decimal | None = None, longitude: Decimal | None = None, also: Sequence[str] = (), actor: Actor,
    at: datetime,
) -> Area:  # fmt: skip
    """A place exists from now on, inside its parent; what lies below it moves with it. Files may also name it `also`.

    Refuses an unknown parent, a place inside itself, and a code with a slash (paths are made of codes).
    """
    if "/" in code or not code:
        raise Refused("bad_area_code", gettext_noop("“%(code)s” cannot be the code of a place."), code=code)
    above = Area.objects.filter(code=parent).first() if parent else None
    if parent and above is None:
        raise Refused(
            "no_such_area",
            gettext_noop("The place “%(code)s” lies in “%(parent)s”, which is not known."),
            gettext_noop("Define the larger place first."),
            code=code, parent=parent,
        )  # fmt: skip
    path = f"{above.path if above else ''}{code}/"
    before = Area.objects.filter(code=code).first()
    if above and before and above.path.startswith(before.path):
        raise Refused("area_in_itself", gettext_noop("The place “%(code)s” cannot lie within itself."), code=code)
    said = {
        "kind": kind, "name": name, "parent": above, "path": path, "hex_q": tile[0] if tile else None,
        "hex_r": tile[1] if tile else None, "latitude": latitude, "longitude": longitude, "also": list(also),
        "retired_on": None,
    }  # fmt: skip
    area, _ = Area.objects.update_or_create(code=code, defaults=said)
    if before and before.path != path:
        _move_below(before.path, path)
    record("places.area_defined", None, actor=actor, at=at, code=code)
    return area


def _move_below(old: str, new: str) -> None:
    for below in Area.objects.filter(path__startswith=old).exclude(path=new):
        below.path = new + below.path.removeprefix(old)
        below.save(update_fields=["path"])


@transaction.atomic
def retire_area(*, code: str, on: date, actor: Actor, at: datetime) -> None:
    """The place is no longer offered from this day; who lived there still did."""
    Area.objects.filter(code=code, retired_on=None).update(retired_on=on)
    record("places.area_retired", None, actor=actor, at=at, code=code, on=on.isoformat())
