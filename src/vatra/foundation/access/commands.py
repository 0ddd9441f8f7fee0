"""Granting, sealing, breaking the glass."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .actions import action_class
from .models import RelationshipGrant, Role, RoleGrant, User

GLASS_HOURS = 4


@transaction.atomic
def define_role(
    *, code: str, title: dict, actions: list[str], incompatible_with: list[str], actor: Actor, at: datetime
) -> Role:
    """Declare or change a role as the pack says. Raises UnknownAction for an action that no room declares."""
    for action in actions:
        action_class(action)
    role, _ = Role.objects.update_or_create(
        code=code, defaults={"title": title, "actions": actions, "incompatible_with": incompatible_with}
    )
    return role


@transaction.atomic
def create_user(
    *, username: str, name: str, password: str | None, language: str = "", actor: Actor, at: datetime
) -> User:
    """A person may sign in from now on. Refuses a name that is taken."""
    if User.objects.filter(username=username).exists():
        raise Refused("username_taken", gettext_noop("The user name %(username)s is taken."), username=username)
    user = User.objects.create_user(username, password, name=name, language=language)
    record("access.user_created", Ref("access.user", user.pk), actor=actor, at=at)
    return user


@transaction.atomic
def grant_role(
    *, user: User, role: str, office: UUID | None = None, area_path: str = "", because: str, actor: Actor, at: datetime,
    until: datetime | None = None,
) -> RoleGrant:  # fmt: skip
    """Give a role, for an office, an area or everywhere. Refuses roles that one person may not hold together."""
    wanted = Role.objects.get(code=role)
    held = RoleGrant.objects.filter(user=user, valid_until=None).select_related("role")
    for grant in held:
        if grant.role_id in wanted.incompatible_with or wanted.code in grant.role.incompatible_with:
            raise Refused(
                "incompatible_roles",
                gettext_noop("%(name)s already holds “%(held)s”, which cannot go together with “%(wanted)s”."),
                gettext_noop("End the first grant, or choose another person."),
                name=user.name, held=grant.role_id, wanted=wanted.code,
            )  # fmt: skip
    made = RoleGrant.objects.create(
        user=user,
        role=wanted,
        office_id=office,
        area_path=area_path,
        valid_from=at,
        valid_until=until,
        because=because,
    )
    record("access.role_granted", Ref("access.user", user.pk), actor=actor, at=at, role=role, because=because)
    return made


@transaction.atomic
def tie(
    *, ref: Ref, user: UUID, action_class: str, because: str, actor: Actor, at: datetime, until: datetime | None = None,
    breaks_glass: bool = False,
) -> RelationshipGrant:  # fmt: skip
    """Let a user see ('view') or work on ('work') one record, sealed or not, because of what ties them to it."""
    made = RelationshipGrant.objects.create(
        ref_kind=ref.kind, ref_id=ref.id, user_id=user, action_class=action_class, valid_from=at, valid_until=until,
        because=because, breaks_glass=breaks_glass,
    )  # fmt: skip
    record(
        "access.tied",
        ref,
        actor=actor,
        at=at,
        user=str(user),
        because=because,
        until=until and until.isoformat(),
    )
    return made


@transaction.atomic
def untie(*, ref: Ref, user: UUID, actor: Actor, at: datetime) -> None:
    """End every tie of a user to a record, from now."""
    RelationshipGrant.objects.filter(ref_kind=ref.kind, ref_id=ref.id, user_id=user, valid_until=None).update(
        valid_until=at
    )
    record("access.untied", ref, actor=actor, at=at, user=str(user))


@transaction.atomic
def break_glass(*, ref: Ref, because: str, actor: Actor, at: datetime, hours: int = GLASS_HOURS) -> RelationshipGrant:
    """Open a sealed record in an emergency: for a few hours, with a reason that a supervisor will review."""
    if len(because.strip()) < 10:
        raise Refused("reason_needed", gettext_noop("Say why this record must be opened now; it will be reviewed."))
    made = tie(
        ref=ref, user=UUID(actor.id), action_class="view", because=because, actor=actor, at=at,
        until=at + timedelta(hours=min(hours, GLASS_HOURS)), breaks_glass=True,
    )  # fmt: skip
    record("access.glass_broken", ref, actor=actor, at=at, because=because)
    return made
