"""A plan goes through its stages, with its papers; each step is refused where the way does not know it."""

from datetime import date

import pytest
from conftest import NOON, TODAY
from django.db import IntegrityError, transaction

from vatra.foundation.audit.models import Event
from vatra.foundation.files.queries import open_file
from vatra.kernel.actor import system
from vatra.kernel.moves import reachable
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.policy import commands, queries
from vatra.rooms.policy.commands import NewPaper
from vatra.rooms.policy.models import Stage, StagePaper
from vatra.rooms.policy.states import STAGE_MOVES, PolicyStage

BY = {"actor": system("test"), "at": NOON}


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    before = settings.VATRA.home
    object.__setattr__(settings.VATRA, "home", tmp_path)
    yield
    object.__setattr__(settings.VATRA, "home", before)


@pytest.fixture
def plan(offices):
    return commands.define_plan(
        code="p", title={"en": "Plan"}, starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1), **BY
    )


def to(stage, on=TODAY, because="", actor=None):
    return commands.move_stage(plan="p", to=stage, on=on, because=because, actor=actor or BY["actor"], at=NOON)


def test_the_whole_way_and_round_again(plan):
    for stage in ("formulation", "adoption", "implementation", "evaluation"):
        to(stage)
    to("formulation", because="what the evaluation taught")
    rows = queries.stages(plan)
    assert [row.stage.stage for row in rows] == [
        "formulation",
        "adoption",
        "implementation",
        "evaluation",
        "formulation",
    ]
    assert [row.stage.ended_on for row in rows] == [TODAY] * 4 + [None]
    assert queries.next_stages(rows) == [PolicyStage.ADOPTION]
    assert Event.objects.filter(kind="policy.stage_begun").count() == 5


def test_no_stage_is_out_of_reach_and_none_is_a_trap():
    for stage in PolicyStage:
        assert reachable(STAGE_MOVES, stage) == set(PolicyStage)


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([("adoption", {})], "stage_begins_with_formulation"),
        ([("formulation", {}), ("evaluation", {})], "illegal_move"),
        ([("formulation", {}), ("adoption", {}), ("formulation", {})], "stage_back_because"),
        ([("formulation", {"on": date(2026, 12, 1)})], "day_to_come"),
        ([("formulation", {}), ("adoption", {"on": date(2026, 1, 1)})], "stage_before_the_last"),
    ],
)
def test_a_step_that_is_not_on_the_way_is_refused(plan, steps, wrong):
    *before, (last, said) = steps
    for stage, more in before:
        to(stage, **more)
    with pytest.raises(Refused) as refusal:
        to(last, **said)
    assert refusal.value.code == wrong


def test_the_database_holds_one_stage_at_a_time(plan):
    first = to("formulation")
    with pytest.raises(IntegrityError), transaction.atomic():
        Stage.objects.create(
            plan=plan, number=2, stage="adoption", begun_on=TODAY, actor={}, recorded_at=first.recorded_at
        )


def test_a_paper_is_kept_with_its_file_and_its_number(plan, offices, cast):
    stage = to("formulation")
    paper = commands.attach_paper(
        stage=stage, actor=BY["actor"], at=NOON,
        paper=NewPaper("need", {"ro": "Nevoi"}, content=b"%PDF-1.7 x", file_name="nevoi.pdf", register_in=offices.spas.pk),
    )  # fmt: skip
    (row,) = queries.stages(plan)
    assert row.papers == (paper,) and paper.entry.number == 1
    assert open_file(paper.file_id, actor=cast.elena).name == "nevoi.pdf"  # whoever may see plans
    with pytest.raises(NoGrant):
        open_file(paper.file_id, actor=cast.vasile)
    commands.take_back_paper(paper=paper.pk, because="another plan's", **BY)
    assert queries.stages(plan)[0].papers == () and StagePaper.objects.count() == 1


def test_a_paper_that_stands_nowhere_is_refused(plan):
    stage = to("formulation")
    for paper, wrong in [
        (NewPaper("need", {"en": "x"}), "paper_nowhere"),
        (NewPaper("need", {"en": " "}), "paper_without_title"),
    ]:
        with pytest.raises(Refused) as refusal:
            commands.attach_paper(stage=stage, paper=paper, **BY)
        assert refusal.value.code == wrong


def test_who_may_only_see_plans_moves_nothing(plan, cast):
    with pytest.raises(NoGrant):
        to("formulation", actor=cast.elena)


def test_what_a_pack_tells_of_the_past_is_told_once(plan):
    said = dict(
        plan="p",
        number=1,
        stage="adoption",
        begun_on=date(2015, 3, 26),
        papers=[NewPaper("vote", {"ro": "x"}, citation="HCL")],
    )
    for _ in range(2):
        commands.define_stage(**said, **BY)
    (row,) = queries.stages(plan)
    assert len(row.papers) == 1 and row.stage.begun_on == date(2015, 3, 26)
