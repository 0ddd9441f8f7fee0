"""Carrying a plan from one stage to the next, and keeping the papers of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from vatra.foundation.access.queries import require
from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.docket import commands as docket
from vatra.foundation.docket.models import Direction
from vatra.foundation.files import commands as files
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.kernel.ids import uuid7
from vatra.kernel.moves import check_move
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..models import PaperKind, Plan, Stage, StagePaper
from ..states import STAGE_MOVES, PolicyStage


@dataclass(frozen=True)
class NewPaper:
    """A paper as it is handed in. It stands somewhere: a file, a citation, or a number that it gets here."""

    kind: str
    title: dict[str, str]
    on: date | None = None
    citation: str = ""
    content: bytes = b""
    file_name: str = ""
    register_in: UUID | None = None  # the office whose entry register numbers it
    note: str = ""


@transaction.atomic
def move_stage(*, plan: Plan | str, to: str, on: date, because: str = "", actor: Actor, at: datetime) -> Stage:
    """The plan is in another stage from this day on. Refuses a step that the way of a policy does not know, a day
    before the stage now running began, and one that has not come yet; a step back says why."""
    require(actor, "policy.edit")
    of = _locked(plan)
    target = PolicyStage(to)
    now = Stage.objects.filter(plan=of, ended_on=None).first()
    if now is None:
        if target is not PolicyStage.FORMULATION:
            raise Refused(
                "stage_begins_with_formulation", gettext_noop("A plan begins with its formulation."),
                gettext_noop("Begin with the formulation; the next stages follow it."),
            )  # fmt: skip
    else:
        check_move(STAGE_MOVES, source=PolicyStage(now.stage), target=target)
        if target is PolicyStage.FORMULATION and not because.strip():
            raise Refused("stage_back_because", gettext_noop("Say why the plan goes back to its formulation."))
    return _begin(of, now, target, on, because.strip(), actor, at)


def _locked(plan: Plan | str) -> Plan:
    code = plan if isinstance(plan, str) else plan.code
    return Plan.objects.select_for_update().get(code=code)


def _begin(
    plan: Plan, now: Stage | None, target: PolicyStage, on: date, because: str, actor: Actor, at: datetime
) -> Stage:
    if on > day(at, zone()):
        raise Refused("day_to_come", gettext_noop("%(day)s has not come yet."), day=on)
    if now is not None and on < now.begun_on:
        raise Refused(
            "stage_before_the_last", gettext_noop("The stage now running began later, on %(day)s."),
            gettext_noop("Write that day or a later one."), day=now.begun_on,
        )  # fmt: skip
    if now is not None:
        now.ended_on = on
        now.save(update_fields=["ended_on"])
    made = Stage.objects.create(
        plan=plan, number=now.number + 1 if now else 1, stage=target, begun_on=on, because=because,
        actor=actor.as_json(), recorded_at=at,
    )  # fmt: skip
    record("policy.stage_begun", made, actor=actor, at=at, plan=plan.code, stage=target.value, on=on.isoformat())
    return made


@transaction.atomic
def attach_paper(*, stage: Stage | UUID, paper: NewPaper, actor: Actor, at: datetime) -> StagePaper:
    """The stage keeps this paper. Refuses one without a title, and one that stands nowhere."""
    require(actor, "policy.edit")
    of = Stage.objects.select_for_update().get(pk=stage.pk if isinstance(stage, Stage) else stage)
    if not any(text.strip() for text in paper.title.values()):
        raise Refused("paper_without_title", gettext_noop("Write what the paper is called."))
    if not (paper.citation.strip() or paper.content or paper.register_in):
        raise Refused(
            "paper_nowhere", gettext_noop("The paper “%(title)s” stands nowhere yet."),
            gettext_noop("Add the file, or where it can be found: the number of the act, a page, an address."),
            title=next(iter(paper.title.values())),
        )  # fmt: skip
    made = StagePaper(
        pk=uuid7(at), stage=of, kind=PaperKind(paper.kind), title=paper.title, on=paper.on,
        citation=paper.citation.strip(), note=paper.note.strip(), actor=actor.as_json(), recorded_at=at,
    )  # fmt: skip
    ref = Ref("policy.paper", made.pk)
    if paper.content:
        made.file = files.store(content=paper.content, name=paper.file_name or "paper", ref=ref, actor=actor, at=at)
    if paper.register_in:
        made.entry = docket.register_entry(
            office=paper.register_in, direction=Direction.INTERNAL, subject="policy_paper", ref=ref, actor=actor, at=at
        )
    made.save(force_insert=True)
    record("policy.paper_attached", made, actor=actor, at=at, stage=str(of.pk), paper_kind=paper.kind)
    return made


@transaction.atomic
def take_back_paper(*, paper: UUID, because: str, actor: Actor, at: datetime) -> StagePaper:
    """The paper was attached by mistake: it no longer stands with the stage, and stays on record. Says why."""
    require(actor, "policy.edit")
    found = StagePaper.objects.select_for_update().get(pk=paper, taken_back_at=None)
    if not because.strip():
        raise Refused("reason_needed", gettext_noop("Say why the paper is taken back."))
    found.taken_back_at = at
    found.save(update_fields=["taken_back_at"])
    record("policy.paper_taken_back", found, actor=actor, at=at, because=because)
    return found


@transaction.atomic
def define_stage(
    *, plan: str, number: int, stage: str, begun_on: date, ended_on: date | None = None,
    because: str = "", papers: Iterable[NewPaper] = (), actor: Actor, at: datetime,
) -> Stage:  # fmt: skip
    """A stage of the past, as a pack tells it: begun, ended, with its papers. Stages that were told already stay."""
    require(actor, "policy.edit")
    of = _locked(plan)
    found = Stage.objects.filter(plan=of, number=number).first()
    if found is None:
        before = Stage.objects.filter(plan=of, number=number - 1).first()
        if before is not None:
            check_move(STAGE_MOVES, source=PolicyStage(before.stage), target=PolicyStage(stage))
        found = Stage.objects.create(
            plan=of, number=number, stage=PolicyStage(stage), begun_on=begun_on, ended_on=ended_on, because=because,
            actor=actor.as_json(), recorded_at=at,
        )  # fmt: skip
        record("policy.stage_begun", found, actor=actor, at=at, plan=plan, stage=stage, on=begun_on.isoformat())
    known = set(StagePaper.objects.filter(stage=found).values_list("citation", "kind"))
    for paper in papers:
        if (paper.citation, paper.kind) not in known:
            attach_paper(stage=found, paper=paper, actor=actor, at=at)
    return found
