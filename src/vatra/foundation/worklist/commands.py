"""Putting work before somebody, and taking it away when it is done."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from vatra.kernel.ref import Ref

from .models import Item


@transaction.atomic
def open_item(
    *, key: str, kind: str, ref: Ref, office: UUID, action: str = "", user: UUID | None = None,
    due_on: date | None = None, values: dict | None = None, at: datetime,
) -> Item:  # fmt: skip
    """Work waits for whoever holds `action` in the office, or for one user. The same `key` never comes twice while open.

    An item that was done and comes again under its key is opened again; an open one takes the new day and values.
    """
    what = {
        "kind": kind, "ref_kind": ref.kind, "ref_id": ref.id, "office_id": office, "action": action, "user_id": user,
        "due_on": due_on, "values": values or {},
    }  # fmt: skip
    item, made = Item.objects.select_for_update().get_or_create(key=key, defaults={**what, "opened_at": at})
    if made:
        return item
    if item.done_at is not None:
        item.opened_at, item.done_at = at, None
    for name, value in what.items():
        setattr(item, name, value)
    item.save()
    return item


@transaction.atomic
def open_once(
    *, key: str, kind: str, ref: Ref, office: UUID, action: str = "", user: UUID | None = None,
    due_on: date | None = None, values: dict | None = None, at: datetime,
) -> bool:  # fmt: skip
    """Work that comes once in the life of its `key`: where it was ever opened, done or not, nothing happens.

    Returns whether it was opened now; of two workers at once, one is told so.
    """
    _, made = Item.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind, "ref_kind": ref.kind, "ref_id": ref.id, "office_id": office, "action": action,
            "user_id": user, "due_on": due_on, "values": values or {}, "opened_at": at,
        },
    )  # fmt: skip
    return made


@transaction.atomic
def done(*, key: str, at: datetime) -> bool:
    """The work is done; saying so twice changes nothing. Returns whether it was open."""
    return bool(Item.objects.filter(key=key, done_at=None).update(done_at=at))


@transaction.atomic
def done_for(*, ref: Ref, at: datetime, kinds: list[str] | None = None) -> int:
    """Everything that waited on a record (or work of some kinds) is done."""
    items = Item.objects.filter(ref_kind=ref.kind, ref_id=ref.id, done_at=None)
    return (items.filter(kind__in=kinds) if kinds else items).update(done_at=at)


@transaction.atomic
def done_under(*, ref: Ref, keys: Iterable[str], at: datetime) -> int:
    """What waited on a record under keys that begin in one of these ways is done."""
    begins = Q(pk__in=[])
    for key in keys:
        begins |= Q(key__startswith=key)
    return Item.objects.filter(begins, ref_kind=ref.kind, ref_id=ref.id, done_at=None).update(done_at=at)


@transaction.atomic
def pass_on(*, refs: Iterable[Ref], kinds: Iterable[str], before: UUID, after: UUID) -> int:
    """Work of these kinds on these records, which waited for one user by name, waits for another."""
    waits = Item.objects.filter(ref_id__in=[ref.id for ref in refs], kind__in=list(kinds), user=before, done_at=None)
    return waits.update(user=after)
