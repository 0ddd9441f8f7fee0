"""The machines of this room can reach every state they name."""

import pytest

from vatra.kernel.moves import reachable
from vatra.rooms.benefits.states import APPLICATION_MOVES, DECISION_MOVES, ApplicationState, DecisionState


@pytest.mark.parametrize(
    ("moves", "start", "states"),
    [
        (APPLICATION_MOVES, ApplicationState.REGISTERED, ApplicationState),
        (DECISION_MOVES, DecisionState.DRAFT, DecisionState),
    ],
)
def test_every_state_can_be_reached(moves, start, states):
    assert reachable(moves, start) == set(states)
