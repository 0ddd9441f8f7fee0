"""Who holds what, now."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.ref import Ref
from vatra.kernel.refused import NoGrant

from .models import BrokenGlass, Role, RoleGrant, SignedLink, User

_request: ContextVar[dict[str, list[RoleGrant]] | None] = ContextVar("grants_of_this_request", default=None)


@contextmanager
def grants_read_once() -> Iterator[None]:
    """Within one request, read an actor's grants once. The next request reads them again. Inside another, nothing."""
    if _request.get() is not None:
        yield
        return
    token = _request.set({})
    try:
        yield
    finally:
        _request.reset(token)


def all_grants(actor: Actor) -> list[RoleGrant]:
    """The role grants of a user in a post that are in force now, with their roles."""
    if actor.kind is not ActorKind.POST:
        return []
    kept = _request.get()
    if kept is not None and actor.id in kept:
        return kept[actor.id]
    now = timezone.now()
    grants = list(
        RoleGrant.objects.filter(
            Q(valid_until=None) | Q(valid_until__gt=now),
            user_id=actor.id,
            user__is_active=True,
            valid_from__lte=now,
        ).select_related("role")
    )
    if kept is not None:
        kept[actor.id] = grants
    return grants


def role_grants(actor: Actor, action: str) -> list[RoleGrant]:
    return [grant for grant in all_grants(actor) if action in grant.role.actions]


def may(actor: Actor, action: str) -> bool:
    """Whether the actor holds the action anywhere by role: for menus and buttons, never instead of `visible_to`."""
    return actor.kind is ActorKind.SYSTEM or bool(role_grants(actor, action))


def _in_force(now: datetime) -> Q:
    return Q(valid_until=None) | Q(valid_until__gt=now)


def holders(action: str, *, office: UUID) -> list[tuple[UUID, str]]:
    """Users who hold an action now for an office (or everywhere), by name: whom work can be given to. One query."""
    now = timezone.now()
    grants = RoleGrant.objects.filter(
        _in_force(now), Q(office=office) | Q(office=None, area_path=""), user__is_active=True, valid_from__lte=now
    ).select_related("role", "user")
    found = {grant.user_id: grant.user.name for grant in grants if action in grant.role.actions}
    return sorted(found.items(), key=lambda each: each[1])


def holds(user: UUID, action: str, *, office: UUID) -> bool:
    """Whether a user holds an action now for an office."""
    return any(user == each for each, _name in holders(action, office=office))


def require(actor: Actor, action: str) -> None:
    """For what belongs to no record (the register form, the import): refuse with NoGrant unless held somewhere."""
    if not may(actor, action):
        raise NoGrant(action)


def described_role(code: str) -> dict[str, Any] | None:
    """A role as a pack says it; None if there is none."""
    found = Role.objects.filter(code=code).first()
    if found is None:
        return None
    return {"title": found.title, "actions": found.actions, "incompatible_with": found.incompatible_with}


def users_with_password() -> int:
    """How many people may sign in with a password."""
    return User.objects.filter(is_active=True).exclude(password="").exclude(password__startswith="!").count()


def glass_to_review(actor: Actor) -> QuerySet[BrokenGlass]:
    """Openings of sealed records by people of the offices for which the actor reviews them; the latest first.

    Raises NoGrant when the actor reviews for none.
    """
    require(actor, "access.review_glass")
    rows = BrokenGlass.objects.select_related("user", "reviewed_by").order_by("-broken_at", "pk")
    grants = role_grants(actor, "access.review_glass")
    if actor.kind is ActorKind.SYSTEM or any(grant.office_id is None and not grant.area_path for grant in grants):
        return rows
    return rows.filter(office__in=[grant.office_id for grant in grants if grant.office_id])


def live_link(id: UUID | str) -> SignedLink | None:
    """A signed link that is neither revoked nor expired."""
    return SignedLink.objects.filter(pk=id, revoked_at=None, expires_at__gt=timezone.now()).first()


def links_of(ref: Ref) -> list[SignedLink]:
    """Every link that was made for a record, latest first. The caller has checked that its reader may see the record."""
    rows = SignedLink.objects.filter(ref_kind=ref.kind, ref_id=ref.id)
    return list(rows.select_related("body").order_by("-made_at", "-id"))
