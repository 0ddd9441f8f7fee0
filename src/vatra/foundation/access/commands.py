"""Granting, sealing, breaking the glass; links that open one record for somebody without an account."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from vatra.foundation.audit.commands import record
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .actions import action_class
from .models import BrokenGlass, LinkTry, RelationshipGrant, Role, RoleGrant, SignedLink, User
from .queries import glass_to_review

GLASS_HOURS = 4
LEAST_REASON = 10  # characters
LINK_DAYS = 60  # no link lives longer
WRONG_TRIES, WRONG_WITHIN = 20, timedelta(minutes=15)  # of one origin
OPENINGS, OPENINGS_WITHIN = 120, timedelta(hours=1)  # of one link


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
    """Give a role, for an office, an area or everywhere. Refuses roles that one person may not hold at the same time."""
    wanted = Role.objects.get(code=role)
    begun = Q(valid_from__lt=until) if until else Q()
    ahead = Q(valid_until=None) | Q(valid_until__gt=at)
    for grant in RoleGrant.objects.filter(begun, ahead, user=user).select_related("role"):
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
def untie(*, ref: Ref, user: UUID, because: str = "", actor: Actor, at: datetime) -> None:
    """End every tie of a user to a record, from now; with `because`, only those that were made for this reason."""
    ties = RelationshipGrant.objects.filter(ref_kind=ref.kind, ref_id=ref.id, user_id=user, valid_until=None)
    (ties.filter(because=because) if because else ties).update(valid_until=at)
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


@transaction.atomic
def make_link(
    *, ref: Ref, body: UUID, actions: Iterable[str], expires_at: datetime, actor: Actor, at: datetime
) -> tuple[SignedLink, str]:
    """Whoever holds this link may do these actions on this one record, as the body. Returns it, and the secret once.

    The caller has checked that the actor may hand the record to that body. Refuses a day that is past or too far off.
    """
    for action in actions:
        action_class(action)
    if not at < expires_at <= at + timedelta(days=LINK_DAYS):
        raise Refused(
            "link_days", gettext_noop("A link opens for %(days)s days at most, and its last day has not passed."),
            gettext_noop("Choose another day; a new link can be made at any time."), days=LINK_DAYS,
        )  # fmt: skip
    token = secrets.token_urlsafe(32)
    made = SignedLink.objects.create(
        token_hash=_hash(token), ref_kind=ref.kind, ref_id=ref.id, body_id=body, actions=sorted(actions), made_at=at,
        made_by=actor.as_json(), expires_at=expires_at,
    )  # fmt: skip
    record("access.link_made", ref, actor=actor, at=at, link=str(made.pk), body=str(body), until=expires_at.isoformat())
    return made, token


@transaction.atomic
def revoke_link(*, link: UUID, actor: Actor, at: datetime) -> SignedLink:
    """The link opens nothing from now on; saying so twice changes nothing."""
    found = SignedLink.objects.select_for_update().get(pk=link)
    if found.revoked_at is None:
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
        record("access.link_revoked", Ref(found.ref_kind, found.ref_id), actor=actor, at=at, link=str(found.pk))
    return found


@transaction.atomic
def revoke_links(*, ref: Ref, actor: Actor, at: datetime) -> int:
    """No link opens this record any more. Returns how many did until now."""
    live = SignedLink.objects.filter(ref_kind=ref.kind, ref_id=ref.id, revoked_at=None, expires_at__gt=at)
    links = list(live.values_list("pk", flat=True))
    for link in links:
        revoke_link(link=link, actor=actor, at=at)
    return len(links)


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a link that somebody came with. `link` is None where there never was such a one."""

    outcome: str  # open, unknown, expired, revoked, too_many
    link: SignedLink | None = None
    actor: Actor | None = None


@transaction.atomic
def open_link(*, token: str, origin: str, at: datetime) -> Opened:
    """Somebody comes with a link. Whoever tries many wrong ones, or one too often, is asked to come back later.

    Every coming is counted, and a right one is in the trail of the record. It opens however many wrong ones came from
    the same place: behind one address there may be a whole town, and a link of 256 random bits is not guessed.
    """
    origin = hmac.new(settings.SECRET_KEY.encode(), origin.encode(), hashlib.sha256).hexdigest()
    found = SignedLink.objects.select_related("body").filter(token_hash=_hash(token)).first()
    wrong = LinkTry.objects.filter(origin=origin, link=None, at__gt=at - WRONG_WITHIN)
    if found is None and wrong.count() >= WRONG_TRIES:
        return Opened("too_many")
    if found and LinkTry.objects.filter(link=found, at__gt=at - OPENINGS_WITHIN).count() >= OPENINGS:
        return Opened("too_many", found)
    LinkTry.objects.create(link=found, origin=origin, at=at)
    if found is None:
        return Opened("unknown")
    if found.revoked_at is not None:
        return Opened("revoked", found)
    if found.expires_at <= at:
        return Opened("expired", found)
    holder = Actor(ActorKind.LINK, str(found.pk), office=str(found.body_id), name=next(iter(found.body.name.values())))
    record("access.link_opened", Ref(found.ref_kind, found.ref_id), actor=holder, at=at, link=str(found.pk))
    return Opened("open", found, holder)


def _hash(token: str) -> str:
    """Of 256 random bits a plain hash gives nothing away."""
    return hashlib.sha256(token.encode()).hexdigest()


def forget_tries(*, at: datetime) -> None:
    """Comings of more than a day ago count no more."""
    LinkTry.objects.filter(at__lt=at - timedelta(days=1)).delete()
