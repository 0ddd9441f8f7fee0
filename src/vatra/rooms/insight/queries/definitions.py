"""Conditions and indicators as a pack says them."""

from typing import Any

from ..models import Condition, Indicator

FIELDS = (
    "title", "about", "measure", "counted", "direction", "breakdowns", "minimum", "total_open", "sealed", "baseline",
    "target", "source", "order",
)  # fmt: skip


def described_condition(code: str) -> dict[str, Any] | None:
    found = Condition.objects.filter(pk=code, retired_on=None).first()
    if found is None:
        return None
    return {
        "title": found.title, "about": found.about, "watched": found.watched, "rules": found.text,
        "cases": found.cases,
    }  # fmt: skip


def described_indicator(code: str) -> dict[str, Any] | None:
    found = Indicator.objects.filter(code=code, retired_on=None).select_related("node__plan").first()
    if found is None:
        return None
    said = {name: getattr(found, name) for name in FIELDS}
    return {**said, "plan": found.node.plan.code, "node": found.node.code, "condition": found.condition_id or ""}
