"""Every state can be reached, and from none is there no way on but from those that are ends."""

import pytest

from vatra.kernel.moves import reachable
from vatra.rooms.cases import states

MACHINES = [
    (states.CaseState, states.CASE_MOVES, states.CaseState.OPENED, {states.CaseState.CLOSED}),
    (states.NeedState, states.NEED_MOVES, states.NeedState.OPEN, {states.NeedState.MET, states.NeedState.UNMET}),
    (states.PlanState, states.PLAN_MOVES, states.PlanState.DRAFT, {states.PlanState.ENDED}),
    (states.GoalState, states.GOAL_MOVES, states.GoalState.OPEN, {states.GoalState.REACHED, states.GoalState.DROPPED}),
    (states.ActionState, states.ACTION_MOVES, states.ActionState.PLANNED,
     {states.ActionState.DONE, states.ActionState.DROPPED}),
    (states.VisitState, states.VISIT_MOVES, states.VisitState.PLANNED,
     {states.VisitState.DONE, states.VisitState.MISSED, states.VisitState.CANCELLED}),
    (states.NoteState, states.NOTE_MOVES, states.NoteState.DRAFT, {states.NoteState.WRITTEN}),
    (states.ReviewState, states.REVIEW_MOVES, states.ReviewState.ASKED,
     {states.ReviewState.APPROVED, states.ReviewState.RETURNED}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("every", "moves", "start", "ends"), MACHINES, ids=lambda value: getattr(value, "__name__", "")
)
def test_every_state_is_reached_and_left(every, moves, start, ends):
    assert set(moves) == set(every)
    assert reachable(moves, start) == set(every)
    for state in every:
        assert reachable(moves, state) & ends, f"no way on from {state}"


def test_a_state_that_nobody_reaches_is_found():
    """The faulty control: without the way to review, the machine of cases is no longer whole."""
    moves = {**states.CASE_MOVES, states.CaseState.OPENED: {states.CaseState.CLOSED}}
    assert reachable(moves, states.CaseState.OPENED) != set(states.CaseState)
