"""Plan actions and terms of a case, reviews among them, are said once on each rung, to the worker and the supervisor."""

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from conftest import LONG_AGO, NOON

from vatra.foundation.access.models import RelationshipGrant, RoleGrant
from vatra.foundation.docket.queries import running
from vatra.foundation.worklist.models import Item
from vatra.foundation.worklist.queries import waiting_for
from vatra.rooms.cases import reminders
from vatra.rooms.cases.commands import (
    add_action,
    add_goal,
    approve_review,
    ask_review,
    assign_worker,
    complete_action,
    end_goal,
    record_visit,
    weigh_risk,
    write_note,
    write_plan,
)
from vatra.rooms.cases.models import Case
from vatra.rooms.cases.reminders import Rung, remind

from .referrals.test_reminders import given, noon, open_items

# The action is due on Wednesday the 25th, the first visit on Friday the 27th. The 30th of November and the 1st of
# December are holidays: three working days after them end on the 2nd and on the 4th.
MONDAY, DUE, LATE, TOLD, ALL_TOLD = (date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 26), date(2026, 12, 3),
                                     date(2026, 12, 5))  # fmt: skip


def kinds(actor) -> list[str]:
    return sorted(item.kind for item in waiting_for(actor))


def test_each_rung_comes_on_its_day(in_force):
    assert remind(at=noon(date(2026, 11, 22))) == 0
    assert remind(at=noon(MONDAY)) == 1 and open_items() == ["remind.soon:case.action"]
    assert remind(at=noon(DUE)) == 1 and "remind.soon:case.term" in open_items()
    assert remind(at=noon(LATE)) == 1 and open_items() == ["remind.late:case.action", "remind.soon:case.term"]
    assert remind(at=noon(date(2026, 12, 2))) == 1, "the visit is late; nobody is told of the action yet"
    assert remind(at=noon(TOLD)) == 1
    assert remind(at=noon(ALL_TOLD)) == 1
    assert given() == {(kind, rung.value): 1 for kind in ("case.action", "case.term") for rung in Rung}


def what_downtime_must_give(run) -> Counter:
    """The worker runs on Monday, is down for more than two days, comes back late in the day, and runs twice."""
    run(at=noon(MONDAY))
    for hours in (0, 3):
        run(at=noon(date(2026, 11, 28)) + timedelta(hours=hours))
    return given()


@pytest.fixture
def two_on_a_day(in_force, town) -> SimpleNamespace:
    """A second action of the same case, due on the same day."""
    by = {"actor": town.mihai, "at": NOON}
    in_force.second = add_action(goal=in_force.goal, text="Carry it in", owner="family", due_on=DUE, **by)
    return in_force


WANTED = {("case.action", "soon"): 2, ("case.action", "late"): 2, ("case.term", "late"): 1}


def test_two_days_without_a_worker_lose_nothing_and_repeat_nothing(two_on_a_day):
    assert what_downtime_must_give(remind) == WANTED


def test_a_clock_that_only_looks_at_today_is_caught(two_on_a_day, monkeypatch):
    """A faulty control: what fell due while the worker was down is never said."""

    def only_today(due_on, on, steps, working):
        return [Rung.LATE] if on == due_on + timedelta(days=1) else [Rung.SOON] if on == MONDAY else []

    monkeypatch.setattr(reminders, "reached", only_today)
    assert what_downtime_must_give(remind) != WANTED


def test_a_key_that_forgets_the_part_is_caught(two_on_a_day, monkeypatch):
    """A faulty control: of two actions of one case, due on one day, only one is said."""
    honest = reminders.begin_of_key
    monkeypatch.setattr(reminders, "begin_of_key", lambda kind, rung, of: honest(kind, rung, two_on_a_day.case.pk))
    assert what_downtime_must_give(remind) != WANTED


def test_a_key_that_is_new_at_every_run_is_caught(two_on_a_day, monkeypatch):
    """A faulty control: keys that do not follow from the duty say it again at every run."""
    runs, honest = [0], reminders.Duty.key

    def run(*, at) -> None:
        runs[0] += 1
        remind(at=at)

    monkeypatch.setattr(reminders.Duty, "key", lambda duty, rung: f"{honest(duty, rung)}:{runs[0]}")
    assert max(what_downtime_must_give(run).values()) > 2


def test_what_is_done_is_not_reminded_of_and_the_rest_is(two_on_a_day, town):
    remind(at=noon(LATE))
    complete_action(action=two_on_a_day.action, actor=town.mihai, at=noon(LATE))
    left = Item.objects.get(kind="remind.late:case.action", done_at=None)
    assert left.values["of"] == str(two_on_a_day.second.pk), "at once, and only what was done"
    end_goal(goal=two_on_a_day.goal, state="reached", actor=town.mihai, at=noon(LATE))
    record_visit(case=two_on_a_day.case, findings="Warm", actor=town.mihai, at=noon(LATE))
    assert open_items() == []
    assert remind(at=noon(ALL_TOLD)) == 0


def test_another_day_is_another_duty(in_force, town):
    remind(at=noon(DUE))
    weigh_risk(case=in_force.case, risk="high", because="The stove is broken", actor=town.mihai, at=noon(DUE))
    assert open_items() == ["remind.soon:case.action"], "the old day of the visit counts no more"
    remind(at=noon(DUE))
    assert "remind.late:case.term" in open_items(), "it should have been on Monday"


def test_the_office_is_told_where_no_supervisor_is_named(in_force, town):
    remind(at=noon(ALL_TOLD))
    assert kinds(town.mihai) == ["remind.late:case.action", "remind.late:case.term"]
    for head in (town.doina, town.aurel):
        assert kinds(head) == ["remind.head:case.action", "remind.head:case.term"]
    assert waiting_for(town.ligia) == [] and waiting_for(town.dan) == []


def test_the_supervisor_is_told_by_name_as_long_as_they_may_approve(in_force, town):
    Case.objects.update(supervisor=town.doina.id)
    remind(at=noon(TOLD))
    assert "remind.head:case.action" in kinds(town.doina) and kinds(town.aurel) == []
    RoleGrant.objects.filter(user=town.doina.id).update(valid_until=LONG_AGO)
    remind(at=noon(ALL_TOLD))
    assert kinds(town.aurel) == ["remind.head:case.term"], "a duty reaches somebody who can do something"


def test_a_new_worker_is_reminded_in_the_place_of_the_old(in_force, town):
    remind(at=noon(LATE))
    assign_worker(case=in_force.case, worker=town.ligia.id, because="Leave", actor=town.doina, at=noon(LATE))
    remind(at=noon(LATE))
    assert waiting_for(town.mihai) == []
    assert "remind.late:case.action" in kinds(town.ligia)


def test_reviews_that_come_round_are_duties_each_time(in_force, town):
    complete_action(action=in_force.action, actor=town.mihai, at=NOON)
    record_visit(case=in_force.case, findings="Warm", actor=town.mihai, at=NOON)
    for _ in range(2):
        term = running("cases.case", in_force.case.pk, "case.review")
        late = noon(term.due_on + timedelta(days=1))
        assert remind(at=late) == 1 and open_items() == ["remind.late:case.term"]
        review = ask_review(case=in_force.case, kind="periodic", summary="Going well", actor=town.mihai, at=late)
        asked = next(item for item in waiting_for(town.doina) if item.kind == "cases.review")
        assert asked.due_on == term.due_on, "the supervisor sees that it is late"
        approve_review(review=review, actor=town.doina, at=late)
        assert open_items() == []


def test_a_closed_case_asks_for_nothing(in_force, town):
    remind(at=noon(LATE))
    closed = {"state": "closed", "outcome": "manages", "closed_at": NOON, "closed_by": town.mihai.as_json()}
    Case.objects.filter(pk=in_force.case.pk).update(**closed)
    assert remind(at=noon(ALL_TOLD)) == 0 and open_items() == []


def test_of_a_sealed_case_only_its_team_is_reminded(sealed, town):
    RelationshipGrant.objects.update(valid_from=LONG_AGO)  # who is tied is asked of the real clock
    by = {"actor": town.mihai, "at": NOON}
    write_note(case=sealed, text="Safe tonight", **by)
    write_plan(case=sealed, strengths="A sister", safety="To the neighbour", **by)
    goal = add_goal(case=sealed, text="A safe place", **by)
    add_action(goal=goal, text="Ask the shelter", owner="worker", due_on=DUE, **by)
    remind(at=noon(TOLD))
    assert "remind.late:case.action" in kinds(town.mihai) and "remind.head:case.action" in kinds(town.doina)
    for other in (town.ligia, town.aurel):
        assert waiting_for(other) == []
