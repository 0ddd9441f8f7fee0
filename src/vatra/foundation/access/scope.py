"""The one predicate for records: which of them an actor may see or act on."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from vatra.foundation.refs import model_of
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.refused import NoGrant

from .actions import ActionClass, action_class
from .models import RelationshipGrant
from .queries import live_link, role_grants


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a model keeps what access is decided by: column paths, as in `filter()`.

    `kind` and `record` name the record that seals and relationship grants are written for. `recipient` is the body to
    which the record was addressed, and `received` the actions that its people, and a signed link, may hold on it:
    they reach what was addressed to them and nothing else, whatever seals the file that it came from.
    """

    kind: str
    record: str
    office: str
    area: str | None = None
    sealed: str | None = None
    recipient: str | None = None
    received: frozenset[str] = frozenset()


class ScopedQuerySet(models.QuerySet):
    """Records of a model that has a SCOPE."""

    def visible_to(self, actor: Actor, action: str) -> "ScopedQuerySet":
        """Only the records on which `actor` may do `action`.

        Raises NoGrant (403) when the actor holds the action nowhere; otherwise filters, so that a record of
        another office, or a sealed one, is simply not there (404). An act with legal effect on a sealed record
        needs both the role and the tie to the record; seeing and working need only the tie.
        """
        kind = action_class(action)
        if actor.kind is ActorKind.SYSTEM:
            return self.all()
        scope: Scope = self.model.SCOPE
        if action in scope.received:
            return self.filter(_addressed(self.model, scope, actor, action))
        if actor.kind is not ActorKind.POST:
            raise NoGrant(action)
        ties = _ties(actor, scope.kind, kind)
        grants = role_grants(actor, action)
        if not grants and (kind == "power" or not ties.exists()):
            raise NoGrant(action)
        tied = Exists(ties.filter(ref_id=OuterRef(scope.record)))
        reach = _reach(scope, grants)
        unsealed = Q(**{f"{scope.sealed}__isnull": True}) if scope.sealed else Q()
        if kind == "power":
            # An empty Q means everything, except beside `|`, where it means nothing.
            return self.filter(reach & (unsealed | Q(tied)) if scope.sealed else reach)
        return self.filter((reach & unsealed) | Q(tied))


def _reach(scope: Scope, grants: list) -> Q:
    """The offices and areas that the grants cover."""
    reach = Q(pk__in=[])
    for grant in grants:
        if grant.office_id is None and not grant.area_path:
            return Q()
        if grant.office_id:
            reach |= Q(**{scope.office: grant.office_id})
        elif scope.area:
            reach |= Q(**{f"{scope.area}__startswith": grant.area_path})
    return reach


def _addressed(model: type[models.Model], scope: Scope, actor: Actor, action: str) -> Q:
    """What was addressed to the bodies at which the actor holds the action; of a link, the one record it was made for.

    Only a grant that names a body counts: one for an area or for everywhere says nothing of whose letters it opens.
    """
    if actor.kind is ActorKind.LINK:
        link = live_link(actor.id)
        if link is None or action not in link.actions or model_of(link.ref_kind) is not model:
            raise NoGrant(action)
        return Q(pk=link.ref_id, **{scope.recipient: link.body_id})
    bodies = [grant.office_id for grant in role_grants(actor, action) if grant.office_id is not None]
    if not bodies:
        raise NoGrant(action)
    return Q(**{f"{scope.recipient}__in": bodies})


def _ties(actor: Actor, kind: str, needed: ActionClass) -> QuerySet[RelationshipGrant]:
    now = timezone.now()
    return RelationshipGrant.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=now),
        user_id=actor.id,
        ref_kind=kind,
        action_class__in=["view", "work"] if needed == "view" else ["work"],
        valid_from__lte=now,
    )


def tied(actor: Actor, kind: str, needed: ActionClass, ref: OuterRef) -> Exists:
    """Whether the actor is tied to the record that `ref` names, for models whose seal lies in more than one place."""
    return Exists(_ties(actor, kind, needed).filter(ref_id=ref))


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)
