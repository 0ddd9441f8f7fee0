"""Granting, sealing, breaking the glass."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .actions import action_class
from .models import BrokenGlass, RelationshipGrant, Role, RoleGrant, User
from .queries import glass_to_review

GLASS_HOURS = 4
LEAST_REASON = 10  # characters


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
def break_glass(
    *, ref: Ref, label: str, because: str, with_it: Iterable[Ref] = (), actor: Actor, at: datetime,
    hours: int = GLASS_HOURS,
) -> BrokenGlass:  # fmt: skip
    """Open a sealed record in an emergency: for a few hours, with a reason that a supervisor will review.

    `with_it` are the records without which it cannot be read (the persons of a household); `label` is its number.
    Refuses a reason of less than ten characters.
    """
    because = because.strip()
    if len(because) < LEAST_REASON:
        raise Refused(
            "reason_needed",
            gettext_noop("Say why this record must be opened now, in ten characters at least."),
            gettext_noop("A supervisor will read your reason."),
        )
    until = at + timedelta(hours=min(hours, GLASS_HOURS))
    for each in dict.fromkeys((ref, *with_it)):
        tie(
            ref=each, user=UUID(actor.id), action_class="view", because=because[:500], actor=actor, at=at,
            until=until, breaks_glass=True,
        )  # fmt: skip
    broken = BrokenGlass.objects.create(
        user_id=UUID(actor.id), ref_kind=ref.kind, ref_id=ref.id, label=label, because=because[:500], broken_at=at,
        until=until, office_id=UUID(actor.office) if actor.office else None,
    )  # fmt: skip
    record("access.glass_broken", ref, actor=actor, at=at, because=because[:500], broken=str(broken.pk))
    return broken


@transaction.atomic
def review_glass(*, broken: UUID, justified: bool, remark: str, actor: Actor, at: datetime) -> BrokenGlass:
    """A second person says whether a sealed record had to be opened.

    Refuses whoever opened it, what was reviewed already, and a "no" without a word. Raises BrokenGlass.DoesNotExist
    where the actor may not review it.
    """
    row = glass_to_review(actor).select_for_update(of=("self",)).get(pk=broken)
    if str(row.user_id) == actor.id:
        raise Refused(
            "own_glass",
            gettext_noop("You opened this record yourself."),
            gettext_noop("Another supervisor says whether it had to be opened."),
        )
    if row.reviewed_at is not None:
        raise Refused("glass_reviewed", gettext_noop("This opening was reviewed already."))
    if not justified and not remark.strip():
        raise Refused("reason_needed", gettext_noop("Say why the record should not have been opened."))
    row.verdict = "justified" if justified else "not_justified"
    row.remark, row.reviewed_by_id, row.reviewed_at = remark.strip()[:500], UUID(actor.id), at
    row.save()
    record("access.glass_reviewed", Ref("access.broken_glass", row.pk), actor=actor, at=at, verdict=row.verdict)
    return row
