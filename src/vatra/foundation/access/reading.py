"""May an actor read a record that is known only by its Ref? For what hangs on records: files, letters, work items.

The action asked is the room's own `view` (`benefits.application` → `benefits.view`).
"""

from collections.abc import Iterable
from uuid import UUID

from vatra.foundation.refs import model_of
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref
from vatra.kernel.refused import NoGrant


def reading_action(kind: str) -> str:
    return f"{kind.split('.', 1)[0]}.view"


def readable(ref: Ref, *, actor: Actor) -> bool:
    """Raises NoGrant when the actor may see no record of the kind at all. A kind without a SCOPE is read by nobody."""
    records = model_of(ref.kind)._default_manager
    if not hasattr(records, "visible_to"):
        return False
    return bool(records.visible_to(actor, reading_action(ref.kind)).filter(pk=ref.id).exists())


def readable_among(kind: str, ids: Iterable[UUID], *, actor: Actor) -> set[UUID]:
    """Those of the records that the actor may see; none where they hold no grant. One query, and that of the ties."""
    records = model_of(kind)._default_manager
    if not hasattr(records, "visible_to"):
        return set()
    try:
        visible = records.visible_to(actor, reading_action(kind))
    except NoGrant:
        return set()
    return set(visible.filter(pk__in=list(ids)).values_list("pk", flat=True))
