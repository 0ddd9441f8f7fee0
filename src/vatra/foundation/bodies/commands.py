"""Defining and recognising organisations."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from vatra.engines.names import fold
from vatra.foundation.audit.commands import record
from vatra.foundation.places.models import Area
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .models import Body, BodyKind


def name_key(name: dict[str, str]) -> str:
    """The folded first name, by which a register's spelling of a body is recognised."""
    return fold(next(iter(name.values()), ""))[:255]


@transaction.atomic
def define_body(
    *, code: str, kind: str, name: dict[str, str], parent: str = "", area: str = "", actor: Actor, at: datetime
) -> Body:
    """An organisation of the pack exists from now on, or is changed. Refuses an unknown kind, parent or place."""
    if kind not in BodyKind.values:
        raise Refused(
            "bad_body_kind",
            gettext_noop("“%(kind)s” is not a kind of organisation (%(body)s)."),
            gettext_noop("Kinds: authority, office, public, nonprofit, company, religious."),
            kind=kind, body=code,
        )  # fmt: skip
    above = Body.objects.filter(code=parent).first() if parent else None
    if parent and above is None:
        raise Refused("no_such_body", gettext_noop("The organisation “%(code)s” is not known."), code=parent)
    place = Area.objects.filter(code=area).first() if area else None
    if area and place is None:
        raise Refused("no_such_area", gettext_noop("The place “%(code)s” is not known."), code=area)
    said = {"kind": kind, "name": name, "name_key": name_key(name), "parent": above, "area": place, "retired_on": None}
    body, _ = Body.objects.update_or_create(code=code, defaults=said)
    record("bodies.defined", body, actor=actor, at=at, code=code)
    return body


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


@transaction.atomic
def retire_body(*, code: str, on: date, actor: Actor, at: datetime) -> None:
    """The organisation is no longer named for new work from this day; what it did stays its own."""
    body = Body.objects.get(code=code)
    Body.objects.filter(pk=body.pk, retired_on=None).update(retired_on=on)
    record("bodies.retired", body, actor=actor, at=at, on=on.isoformat())
