"""Reading places."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from .models import Area, Boundary


def areas(*, within: str = "", kind: str = "") -> QuerySet[Area]:
    """Places in use, larger before smaller; only those at or below `within` (a code), or of one kind."""
    found = Area.objects.filter(retired_on=None).order_by("path")
    if within:
        top = Area.objects.filter(code=within).values_list("path", flat=True).first()
        found = found.filter(path__startswith=top) if top else found.none()
    return found.filter(kind=kind) if kind else found


def area(id: UUID) -> Area | None:
    return Area.objects.filter(pk=id).first()


def described(code: str) -> dict[str, Any] | None:
    """A place as a pack says it; None if there is none in use."""
    found = Area.objects.filter(code=code, retired_on=None).select_related("parent").first()
    if found is None:
        return None
    said: dict[str, Any] = {"kind": found.kind, "name": found.name}
    if found.parent:
        said["parent"] = found.parent.code
    if found.hex_q is not None:
        said["tile"] = [found.hex_q, found.hex_r]
    if found.latitude is not None:
        said["latitude"], said["longitude"] = _written(found.latitude), _written(found.longitude)
    if found.also:
        said["also"] = found.also
    return said


def _written(degrees: Decimal | None) -> str:
    return format((degrees or Decimal(0)).normalize(), "f")


def known_codes() -> set[str]:
    """The codes of all places, retired ones as well."""
    return set(Area.objects.values_list("code", flat=True))


def outlines(ids: Iterable[UUID]) -> dict[UUID, list[Any]]:
    """The outlines of these places, as far as they are known: polygons → rings → [longitude, latitude] in 10⁻⁵ degrees."""
    return dict(Boundary.objects.filter(area__in=list(ids)).values_list("area_id", "rings"))


def area_coded(code: str) -> Area | None:
    """The place in use with this code."""
    return Area.objects.filter(code=code, retired_on=None).first()
