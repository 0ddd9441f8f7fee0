"""Every way that a referral can take: no state that cannot be reached, none that cannot be left for the end."""

from datetime import timedelta

import pytest
from conftest import NOON
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from vatra.foundation.docket.models import Deadline
from vatra.kernel.moves import IllegalMove, check_move, reachable
from vatra.kernel.refused import Refused
from vatra.rooms.cases.commands import referral_steps as steps
from vatra.rooms.cases.commands import referrals as sending
from vatra.rooms.cases.models import Referral, ReferralStep
from vatra.rooms.cases.queries.received import received_page
from vatra.rooms.cases.queries.referrals import referral_page
from vatra.rooms.cases.referral_states import ENDED, REFERRAL_MOVES, ReferralState

VISITED: set[str] = set()
ANSWERS = {
    "accepted": lambda **k: steps.accept(**k),
    "waiting": lambda **k: steps.put_on_waiting_list(**k),
    "declined": lambda **k: steps.decline(reason="no_places", **k),
    "started": lambda **k: steps.start(**k),
    "delivered": lambda **k: steps.deliver(**k),
    "outcome": lambda **k: steps.give_outcome(outcome="reached", **k),
}


class Life(RuleBasedStateMachine):
    """A referral in the hands of its recipient and its worker, who press whatever buttons they have, and some they
    have not."""

    scene = None  # (town, cast) of the test

    @initialize()
    def send(self) -> None:
        town, cast = self.scene
        self.cast, self.town = cast, town
        self.at = NOON
        self.point = transaction.savepoint()
        self.id = sending.send_referral(
            case=town.case, need=town.need, person=town.person.pk, service=town.services.home_care,
            consent=town.consent.pk, request="help", fields=["name"], actor=cast.mihai, at=self.at,
        ).pk  # fmt: skip

    def teardown(self) -> None:
        if hasattr(self, "point"):
            transaction.savepoint_rollback(self.point)

    def now(self) -> Referral:
        return Referral.objects.get(pk=self.id)

    def press(self, act, target: str) -> None:
        """It happens if and only if the table allows it; what is refused leaves everything as it was."""
        before = ReferralState(self.now().state)
        self.at += timedelta(hours=5)
        sees_first = before == ReferralState.SENT and target in REFERRAL_MOVES[ReferralState.SEEN] and target in ANSWERS
        allowed = target in REFERRAL_MOVES[before] or sees_first
        try:
            with transaction.atomic():
                act()
        except (IllegalMove, Refused, Referral.DoesNotExist):
            assert not allowed, f"{before} → {target} was refused"
            assert self.now().state == before
        else:
            assert allowed or before == target, f"{before} → {target} was possible"
            assert self.now().state == target

    @rule(choices=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["petra", "mihai"])), min_size=3, max_size=7))
    def go_on(self, choices) -> None:
        """Some of the buttons that the page shows, one after another."""
        for which, by in choices:
            before = ReferralState(self.now().state)
            ways = [s.value for s in ReferralState if s in REFERRAL_MOVES[before] and s != ReferralState.WITHDRAWN]
            if ways:
                self.push(ways[which % len(ways)], by)
                self.stands_well()

    @rule(button=st.sampled_from([*sorted(ANSWERS), "closed"]), by=st.sampled_from(["petra", "mihai"]))
    def press_anything(self, button, by) -> None:
        """An old page, a second window: a button that may not be there any more."""
        self.push(button, by)

    @rule(sure=st.integers(0, 9))
    def take_back(self, sure) -> None:
        if sure >= 7:
            self.push("withdrawn", "mihai")

    def push(self, button: str, by: str) -> None:
        actor, mihai = getattr(self.cast, by), self.cast.mihai
        acts = {
            "seen": lambda: steps.see(referral=self.id, actor=actor, at=self.at),
            "closed": lambda: sending.close_referral(referral=self.id, actor=mihai, at=self.at),
            "withdrawn": lambda: sending.withdraw_referral(referral=self.id, because="moved", actor=mihai, at=self.at),
        }
        answer = ANSWERS.get(button)
        self.press(acts.get(button) or (lambda: answer(referral=self.id, actor=actor, at=self.at)), button)

    @precondition(lambda self: hasattr(self, "id"))
    @invariant()
    def stands_well(self) -> None:
        row = self.now()
        VISITED.add(row.state)
        running = Deadline.objects.filter(ref_id=self.id, met_on=None).count()
        assert running == (0 if row.state in ENDED else 1), "exactly one term runs until the end"
        assert (
            list(ReferralStep.objects.filter(referral=row).order_by("at", "id").values_list("state", flat=True))[-1]
            == row.state
        )
        page = referral_page(self.id, actor=self.cast.mihai)
        theirs = received_page(self.id, actor=self.cast.petra)
        if row.state not in ENDED:  # somebody has a button, from wherever it stands
            assert page.answers or page.closable or page.withdrawable
        assert theirs.of.shut == (row.state == "withdrawn")
        assert bool(theirs.next) <= bool(page.answers), "what the recipient can do, the worker can write down"


QUICK = settings(max_examples=25, stateful_step_count=5, deadline=None, derandomize=True,
                 phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))  # fmt: skip


def test_every_life_of_a_referral(town, cast):
    VISITED.clear()
    machine = type("LifeHere", (Life,), {"scene": (town, cast)})
    run_state_machine_as_test(machine, settings=QUICK)
    assert set(ReferralState.values) == VISITED, "every state was reached"


def test_every_state_leads_to_an_end():
    for state in ReferralState:
        assert reachable(REFERRAL_MOVES, state) & set(ENDED), f"{state} cannot be left"


@pytest.mark.parametrize("state", [ReferralState.DECLINED, ReferralState.WAITING])
def test_a_table_with_a_trap_is_caught(town, cast, monkeypatch, state):
    """The faulty control: a state from which nothing leads on, in the table that the commands obey."""
    trapped = {**REFERRAL_MOVES, state: set()}
    monkeypatch.setattr(steps, "check_move", lambda moves, **move: check_move(trapped, **move))
    machine = type("Trapped", (Life,), {"scene": (town, cast)})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=QUICK)
