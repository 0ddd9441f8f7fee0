"""Reading plans."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from .models import Node, Plan, Stage, StagePaper
from .states import STAGE_MOVES, PolicyStage


@dataclass(frozen=True)
class Branch:
    """A node of a plan with what hangs below it."""

    id: UUID
    code: str
    kind: str
    title: dict[str, str]
    extra: dict[str, Any]
    below: tuple["Branch", ...]


def plans() -> list[Plan]:
    """Every plan, the latest period first."""
    return list(Plan.objects.select_related("adopted_by").order_by("-starts_on", "code"))


def foremost(known: list[Plan]) -> Plan | None:
    """Of plans in this order, the one that a reader wants first: the latest that was adopted here, else the latest."""
    return next((one for one in known if one.adopted_on), known[0] if known else None)


def plan(code: str) -> Plan | None:
    return Plan.objects.select_related("adopted_by").filter(code=code).first()


def tree(plan: Plan) -> tuple[Branch, ...]:
    """The aims of a plan with all that hangs below them, in order. One query."""
    below: dict[UUID | None, list[Node]] = {}
    for node in Node.objects.filter(plan=plan).order_by("order", "code"):
        below.setdefault(node.parent_id, []).append(node)

    def grow(parent: UUID | None) -> tuple[Branch, ...]:
        return tuple(Branch(n.pk, n.code, n.kind, n.title, n.extra, grow(n.pk)) for n in below.get(parent, ()))

    return grow(None)


def node(plan_code: str, code: str) -> Node | None:
    return Node.objects.filter(plan__code=plan_code, code=code).first()


def described_plan(code: str) -> dict[str, Any] | None:
    """A plan as a pack says it."""
    found = plan(code)
    if found is None:
        return None
    said: dict[str, Any] = {
        "title": found.title, "starts_on": found.starts_on.isoformat(), "ends_on": found.ends_on.isoformat(),
    }  # fmt: skip
    if found.adopted_on and found.adopted_by:
        said["adopted_on"], said["adopted_by"] = found.adopted_on.isoformat(), found.adopted_by.code
    if found.source:
        said["source"] = found.source
    return said


def described_node(plan_code: str, code: str) -> dict[str, Any] | None:
    """A node as a pack says it."""
    found = Node.objects.filter(plan__code=plan_code, code=code).select_related("parent").first()
    if found is None:
        return None
    said: dict[str, Any] = {"kind": found.kind, "title": found.title, "order": found.order}
    if found.parent:
        said["parent"] = found.parent.code
    if found.extra:
        said["extra"] = found.extra
    return said


@dataclass(frozen=True)
class StageRow:
    """A stage of a plan with the papers that stand with it, in the order of their days."""

    stage: Stage
    papers: tuple[StagePaper, ...]


def stages(plan: Plan) -> list[StageRow]:
    """The way of a plan so far, the first stage first. Two queries."""
    rows = list(Stage.objects.filter(plan=plan).order_by("number"))
    papers: dict[UUID, list[StagePaper]] = {}
    found = StagePaper.objects.filter(stage__in=rows, taken_back_at=None).select_related("entry__register", "file")
    for paper in found.order_by("on", "recorded_at"):
        papers.setdefault(paper.stage_id, []).append(paper)
    return [StageRow(row, tuple(papers.get(row.pk, ()))) for row in rows]


def next_stages(rows: list[StageRow]) -> list[PolicyStage]:
    """Where a plan may go from here."""
    if not rows:
        return [PolicyStage.FORMULATION]
    ways = STAGE_MOVES[PolicyStage(rows[-1].stage.stage)]
    return [stage for stage in PolicyStage if stage in ways]


def described_stages(plan_code: str) -> list[dict[str, Any]]:
    """How far the stages that a pack tells stand here: number, stage and first day of each."""
    rows = Stage.objects.filter(plan__code=plan_code).order_by("number")
    return [{"stage": row.stage, "from": row.begun_on.isoformat()} for row in rows]
