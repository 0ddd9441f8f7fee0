"""The stages of a pack's plans, its conditions on households and its indicators, as items to load."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from vatra.rooms.insight import commands as insight
from vatra.rooms.insight import queries as insight_queries
from vatra.rooms.policy import commands as policy
from vatra.rooms.policy import queries as policy_queries

from .files import PackFiles, ProgrammeFiles
from .items import Item, without


def measured_items(pack: PackFiles, by: dict[str, Any]) -> Iterator[Item]:
    for plan in pack.plans:
        if plan.get("stages"):
            yield _stages(plan, by)
    for found in pack.conditions:
        yield _condition(found, by)
    order = 0
    for file in pack.indicators:
        for said in file["indicators"]:
            order += 1
            yield _indicator(said, file["plan"], order, by)


def _stages(plan: dict[str, Any], by: dict[str, Any]) -> Item:
    """Stages that were told stay as they are; what happened here since stands after them."""
    code, told = plan["code"], plan["stages"]
    brief = [{"stage": said["stage"], "from": said["from"]} for said in told]

    def stands() -> dict[str, Any] | None:
        here = policy_queries.described_stages(code)
        return {"stages": here[: len(brief)]} if here else None

    def write() -> None:
        for number, said in enumerate(told, start=1):
            policy.define_stage(
                plan=code, number=number, stage=said["stage"], begun_on=date.fromisoformat(said["from"]),
                ended_on=date.fromisoformat(said["to"]) if "to" in said else None, because=said.get("because", ""),
                papers=[_paper(paper) for paper in said.get("papers", ())], **by,
            )  # fmt: skip

    return Item("plan_stages", code, {"stages": brief}, stands, write)


def _paper(said: dict[str, Any]) -> policy.NewPaper:
    on = date.fromisoformat(said["on"]) if "on" in said else None
    return policy.NewPaper(said["kind"], said["title"], on=on, citation=said["citation"], note=said.get("note", ""))


def _condition(found: ProgrammeFiles, by: dict[str, Any]) -> Item:
    code = found.said["code"]
    rest = {**without(found.said, "code"), "rules": found.rules, "cases": found.cases}
    return Item(
        "condition", code, rest, lambda: insight_queries.described_condition(code),
        lambda: insight.define_condition(code=code, **rest, **by),
    )  # fmt: skip


def _indicator(said: dict[str, Any], plan: str, order: int, by: dict[str, Any]) -> Item:
    code = said["code"]
    rest = {"minimum": 5, "sealed": "total", **without(said, "code"), "plan": plan, "order": order}
    return Item(
        "indicator", code, rest, lambda: insight_queries.described_indicator(code),
        lambda: insight.define_indicator(code=code, **rest, **by),
    )  # fmt: skip
