"""Setting down plans: their period, who adopted them, and the tree of aims below them."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from vatra.foundation.audit.commands import record
from vatra.foundation.bodies.models import Body
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..models import Node, NodeKind, Plan

# What may hang below what: programmes serve objectives, and are themselves made of activities.
BELOW: dict[str, set[str]] = {
    "": {NodeKind.AIM},
    NodeKind.AIM: {NodeKind.OBJECTIVE, NodeKind.INDICATOR},
    NodeKind.OBJECTIVE: {NodeKind.OBJECTIVE, NodeKind.PROGRAMME, NodeKind.ACTIVITY, NodeKind.INDICATOR},
    NodeKind.PROGRAMME: {NodeKind.ACTIVITY, NodeKind.INDICATOR},
    NodeKind.ACTIVITY: {NodeKind.INDICATOR},
    NodeKind.INDICATOR: set(),
}


@transaction.atomic
def define_plan(
    *, code: str, title: dict[str, str], starts_on: date, ends_on: date, adopted_on: date | None = None,
    adopted_by: str = "", source: dict[str, Any] | None = None, actor: Actor, at: datetime,
) -> Plan:  # fmt: skip
    """A plan is known, for a period; with `adopted_on` it is in force. Refuses a period that ends before it begins
    and an adoption by a body that is not known."""
    if ends_on <= starts_on:
        raise Refused("plan_ends_first", gettext_noop("The plan “%(plan)s” ends before it begins."), plan=code)
    body = Body.objects.filter(code=adopted_by).first() if adopted_by else None
    if bool(adopted_by) != bool(body) or bool(adopted_on) != bool(body):
        raise Refused(
            "plan_adopted_by_whom",
            gettext_noop("The plan “%(plan)s”: an adoption has a day and a body that is known."),
            gettext_noop("Give both “adopted_on” and “adopted_by”, or neither."),
            plan=code,
        )
    said = {
        "title": title, "starts_on": starts_on, "ends_on": ends_on, "adopted_on": adopted_on, "adopted_by": body,
        "source": source or {},
    }  # fmt: skip
    plan, _ = Plan.objects.update_or_create(code=code, defaults=said)
    record("policy.plan_defined", plan, actor=actor, at=at, code=code)
    return plan


@transaction.atomic
def define_node(
    *, plan: str, code: str, kind: str, title: dict[str, str], parent: str = "", order: int = 0,
    extra: dict[str, Any] | None = None, actor: Actor, at: datetime,
) -> Node:  # fmt: skip
    """An aim, objective, programme, activity or indicator stands in a plan's tree.

    Refuses a parent that is not in the plan, and a kind that cannot hang there (an aim below an objective).
    """
    of = Plan.objects.get(code=plan)
    above = Node.objects.filter(plan=of, code=parent).first() if parent else None
    if parent and above is None:
        raise Refused(
            "no_such_node",
            gettext_noop("“%(code)s” hangs below “%(parent)s”, which is not in the plan “%(plan)s”."),
            gettext_noop("Define what is above it first."),
            code=code, parent=parent, plan=plan,
        )  # fmt: skip
    if kind not in BELOW[above.kind if above else ""]:
        raise Refused(
            "node_out_of_place",
            gettext_noop("“%(code)s” is of the kind “%(kind)s”, which cannot stand there."),
            gettext_noop("Below a plan stand aims; below an aim, objectives; below an objective, programmes."),
            code=code, kind=kind,
        )  # fmt: skip
    said = {"kind": kind, "title": title, "parent": above, "order": order, "extra": extra or {}}
    node, _ = Node.objects.update_or_create(plan=of, code=code, defaults=said)
    record("policy.node_defined", node, actor=actor, at=at, plan=plan, code=code)
    return node
