"""The one predicate for records: which of them an actor may see or act on."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.refused import NoGrant

from .actions import ActionClass, action_class
from .models import RelationshipGrant
from .queries import role_grants


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a model keeps what access is decided by: column paths, as in `filter()`.

    `kind` and `record` name the record that seals and relationship grants are written for.
    """

    kind: str
    record: str
    office: str
    area: str | None = None
    sealed: str | None = None


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
        if actor.kind is not ActorKind.POST:
            raise NoGrant(action)
        scope: Scope = self.model.SCOPE
        ties = _ties(actor, scope.kind, kind)
        grants = role_grants(actor, action)
        if not grants and (kind == "power" or not ties.exists()):
            raise NoGrant(action)
        tied = Exists(ties.filter(ref_id=OuterRef(scope.record)))
        reach = _reach(scope, grants)
        unsealed = Q(**{f"{scope.sealed}__isnull": True}) if scope.sealed else Q()
        if kind == "power":
            return self.filter(reach & (unsealed | Q(tied)))
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
