"""Defining conditions and indicators, as packs bring them or somebody changes them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from vatra.engines.rules import load_ruleset
from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.measures import measures
from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.policy.models import Node
from vatra.rooms.programmes.cases import try_cases
from vatra.rooms.programmes.commands import digest_of
from vatra.rooms.programmes.queries import rules_catalogue

from ..models import Condition, Direction, Indicator, SealedLevel

BREAKDOWNS = ("area", "sex", "age")


@transaction.atomic
def define_condition(
    *, code: str, title: dict[str, str], rules: str, cases: str, about: dict[str, str] | None = None,
    watched: bool = False, actor: Actor, at: datetime,
) -> Condition:  # fmt: skip
    """Households can be told by this condition from now on. Refuses a text that is not about households, and one
    whose own cases do not come out; a second watched condition beside another."""
    ruleset = load_ruleset(rules, rules_catalogue())
    if ruleset.unit != "household":
        raise Refused(
            "condition_not_on_households",
            gettext_noop("The condition “%(code)s” is not about households."),
            gettext_noop("Write “unit: household”."), code=code,
        )  # fmt: skip
    try_cases(rules, cases, rules_catalogue())
    if watched and Condition.objects.filter(watched=True, retired_on=None).exclude(code=code).exists():
        raise Refused(
            "one_watched_condition", gettext_noop("Another condition is worked down as a list already."),
            gettext_noop("Let only one of them be watched."),
        )  # fmt: skip
    said = {
        "title": title, "about": about or {}, "text": rules, "cases": cases, "digest": digest_of(rules),
        "watched": watched, "retired_on": None,
    }  # fmt: skip
    made, _ = Condition.objects.update_or_create(code=code, defaults=said)
    record("insight.condition_defined", None, actor=actor, at=at, code=code, digest=made.digest)
    return made


@transaction.atomic
def define_indicator(
    *, code: str, plan: str, node: str, title: dict[str, str], about: dict[str, str] | None = None, measure: str = "",
    condition: str = "", counted: Mapping[str, Any] | None = None, direction: str = Direction.NONE,
    breakdowns: list[str] | None = None, minimum: int = 5, total_open: bool = False,
    sealed: str = SealedLevel.TOTAL, baseline: Mapping[str, Any] | None = None,
    target: Mapping[str, Any] | None = None, source: Mapping[str, Any] | None = None, order: int = 0, actor: Actor,
    at: datetime,
) -> Indicator:  # fmt: skip
    """A plan is held to this figure from now on. Refuses a node, measure or condition that is not known, and a
    breakdown that the measure does not carry."""
    of = Node.objects.filter(plan__code=plan, code=node).first()
    if of is None:
        raise Refused("no_such_node", gettext_noop("“%(node)s” is not in the plan “%(plan)s”."), node=node, plan=plan)
    by = list(breakdowns or ())
    _check_source(code, measure, condition, by, dict(counted or {}))
    said = {
        "node": of, "title": title, "about": about or {}, "measure": measure, "condition_id": condition or None,
        "counted": dict(counted or {}), "direction": Direction(direction), "breakdowns": by, "minimum": minimum,
        "total_open": total_open, "sealed": SealedLevel(sealed), "baseline": dict(baseline or {}),
        "target": dict(target or {}), "source": dict(source or {}), "order": order, "retired_on": None,
    }  # fmt: skip
    made, _ = Indicator.objects.update_or_create(code=code, defaults=said)
    record("insight.indicator_defined", made, actor=actor, at=at, code=code)
    return made


def _check_source(code: str, measure: str, condition: str, by: list[str], counted: dict[str, Any]) -> None:
    if bool(measure) == bool(condition):
        raise Refused(
            "measure_or_condition", gettext_noop("The indicator “%(code)s” needs a measure or a condition, not both."),
            code=code,
        )  # fmt: skip
    if measure and measure not in measures():
        raise Refused(
            "no_such_measure", gettext_noop("No room declares the measure “%(measure)s”."),
            gettext_noop("Choose one of: %(known)s."), measure=measure, known=", ".join(sorted(measures())),
        )  # fmt: skip
    if condition and not Condition.objects.filter(pk=condition, retired_on=None).exists():
        raise Refused("no_such_condition", gettext_noop("The condition “%(code)s” is not known."), code=condition)
    carried = breakdowns_of(measure, counted)
    if wrong := [one for one in by if one not in carried]:
        raise Refused(
            "breakdown_not_carried", gettext_noop("“%(code)s” cannot be broken down by %(by)s."), code=code, by=wrong[0]
        )


def breakdowns_of(measure: str, counted: Mapping[str, Any]) -> tuple[str, ...]:
    """What a figure can be broken down by: households lie in areas, people also have a sex and an age."""
    if measure:
        return measures()[measure].breakdowns
    return BREAKDOWNS if counted.get("counts") == "people" else ("area",)


@transaction.atomic
def retire_indicator(*, code: str, on: date, actor: Actor, at: datetime) -> None:
    """The plan is no longer held to this figure; what was published stays."""
    Indicator.objects.filter(code=code, retired_on=None).update(retired_on=on)
    record("insight.indicator_retired", None, actor=actor, at=at, code=code)


@transaction.atomic
def retire_condition(*, code: str, on: date, actor: Actor, at: datetime) -> None:
    Condition.objects.filter(pk=code, retired_on=None).update(retired_on=on, watched=False)
    record("insight.condition_retired", None, actor=actor, at=at, code=code)
