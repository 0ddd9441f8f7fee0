"""Writing organisations."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor

from .models import Body


@transaction.atomic
def recognise_bodies(*, named: Mapping[str, tuple[dict[str, str], str]], actor: Actor, at: datetime) -> dict[str, Body]:
    """The bodies of these folded names, `{name_key: (name, kind)}`; those not yet known are created.

    A body of the pack with the same folded name is the same body, and keeps its name; one that a register brought
    takes the new spelling.
    """
    known: dict[str, Body] = {}
    for body in Body.objects.filter(name_key__in=[key[:255] for key in named], retired_on=None).order_by("id"):
        known.setdefault(body.name_key, body)
    new: list[Body] = []
    respelt: list[Body] = []
    for key, (name, kind) in named.items():
        body = known.get(key[:255])
        if body is None:
            body = known[key[:255]] = Body(kind=kind, name=name, name_key=key[:255])
            new.append(body)
        elif body.code is None and body.name != body.name | name:
            body.name = body.name | name
            respelt.append(body)
    Body.objects.bulk_create(new)
    Body.objects.bulk_update(respelt, ["name"])
    if new or respelt:
        made, changed = ([str(body.pk) for body in bodies] for bodies in (new, respelt))
        record("bodies.recognised", None, actor=actor, at=at, created=made, respelt=changed)
    return {key: known[key[:255]] for key in named}
