"""Reading organisations."""

from typing import Any

from django.db.models import QuerySet

from .models import Body


def body(code: str) -> Body | None:
    """The body of the pack with this code, retired or not."""
    return Body.objects.filter(code=code).first()


def offices() -> QuerySet[Body]:
    """The offices whose people work in Vatra, and that are in use."""
    return Body.objects.filter(kind="office", retired_on=None).order_by("name_key")


def bodies_by_code() -> dict[str, Body]:
    """Every body that a pack brought."""
    return {b.code: b for b in Body.objects.filter(code__isnull=False) if b.code}


def described(code: str) -> dict[str, Any] | None:
    """A body as a pack says it; None if there is none in use."""
    found = Body.objects.filter(code=code, retired_on=None).select_related("parent", "area").first()
    if found is None:
        return None
    said: dict[str, Any] = {"kind": found.kind, "name": found.name}
    if found.parent:
        said["parent"] = found.parent.code
    if found.area:
        said["area"] = found.area.code
    return said
