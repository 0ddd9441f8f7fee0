"""Everything that people and the worker can do to payments, in any order: no state that cannot be reached or left, and
a ledger that holds after every step."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from vatra.kernel.refused import Refused
from vatra.rooms.ledger.models import Account
from vatra.rooms.ledger.queries import balances, differences
from vatra.rooms.payments import commands
from vatra.rooms.payments.models import Cycle, Instruction
from vatra.rooms.payments.reconcile import differences as not_reconciled
from vatra.rooms.payments.states import CycleState, InstructionState
from vatra.rooms.payments.tasks import go_on

from .people import AT, CARMEN, HORIA, MONTH, change_account, entitle, town

BUDGET = 400_000
PICK = st.integers(0, 9)
visited: set[str] = set()


class Payments(RuleBasedStateMachine):
    """Four people, a budget that does not suffice for twice all of them, and whatever a day may bring."""

    @initialize()
    def begin(self):
        self.keeping = transaction.atomic()
        self.keeping.__enter__()
        self.at, self.number = AT, 1000
        self.here = town(budget=BUDGET)
        entitle(self.here, 3)
        entitle(self.here, 1, accounts=False)

    def teardown(self):
        if not hasattr(self, "keeping"):
            return
        try:
            self.drain()
        finally:
            transaction.set_rollback(True)
            self.keeping.__exit__(None, None, None)

    def tries(self, act, **what):
        """What is refused changes nothing; anything but a refusal is a fault."""
        self.at += timedelta(minutes=1)
        try:
            with transaction.atomic():
                return act(at=self.at, **what)
        except Refused as refused:
            assert refused.sentence and refused.code
            return None

    def cycle(self, pick):
        found = list(Cycle.objects.order_by("known_at", "pk"))
        return found[pick % len(found)] if found else None

    def payment(self, pick, *states):
        found = list(
            Instruction.objects.filter(**({"state__in": states} if states else {})).order_by("planned_at", "pk")
        )
        return found[pick % len(found)] if found else None

    # --- what may happen ---

    @rule(pick=PICK)
    @precondition(lambda self: Cycle.objects.exists())
    def as_usual(self, pick):
        self.step_as_usual(pick)

    def step_as_usual(self, pick):
        """The step that comes next on an ordinary day: without it, chance alone seldom gets far."""
        go_on(at=self.at)
        cycle = self.cycle(pick)
        usual = {
            "prepared": (commands.check_cycle, {"actor": CARMEN}),
            "checked": (commands.approve_cycle, {"actor": HORIA}),
            "approved": (commands.export_cycle, {"actor": CARMEN, "pay_on": self.at.date()}),
            "settled": (commands.close_cycle, {"actor": CARMEN}),
        }
        if cycle.state in usual:
            act, more = usual[cycle.state]
            self.tries(act, cycle=cycle, **more)
        elif cycle.state == "exported":
            row = Instruction.objects.filter(cycle=cycle, state="sent").order_by("pk").first()
            self.tries(commands.settle_by_hand, instructions=[row], on=self.at.date(), actor=CARMEN)

    @rule(pick=PICK)
    @precondition(lambda self: Cycle.objects.exists())
    def as_usual_again(self, pick):
        for _ in range(3):
            self.step_as_usual(pick)

    @rule()
    def prepare(self):
        self.tries(commands.prepare_cycle, programme=self.here.programme, period=MONTH, actor=CARMEN)

    @rule()
    def worker(self):
        go_on(at=self.at)

    @rule(pick=PICK, act=st.sampled_from(["refresh", "check", "close", "pause", "resume"]))
    @precondition(lambda self: Cycle.objects.exists())
    def press(self, pick, act):
        self.tries(getattr(commands, f"{act}_cycle"), cycle=self.cycle(pick), actor=CARMEN)

    @rule(pick=PICK, who=st.sampled_from([CARMEN, HORIA, HORIA]))
    @precondition(lambda self: Cycle.objects.exists())
    def approve(self, pick, who):
        cycle = self.cycle(pick)
        done = self.tries(commands.approve_cycle, cycle=cycle, actor=who)
        assert done is None or who is HORIA

    @rule(pick=PICK)
    @precondition(lambda self: Cycle.objects.exists())
    def export(self, pick):
        self.tries(commands.export_cycle, cycle=self.cycle(pick), pay_on=self.at.date(), actor=CARMEN)

    @rule(pick=PICK)
    @precondition(lambda self: Cycle.objects.exists())
    def give_up(self, pick):
        self.tries(commands.cancel_cycle, cycle=self.cycle(pick), because="greșit", actor=CARMEN)

    @rule(pick=PICK, act=st.sampled_from(["exclude", "include", "cancel"]))
    @precondition(lambda self: Instruction.objects.exists())
    def edit(self, pick, act):
        more = {} if act == "include" else {"because": "motiv"}
        self.tries(getattr(commands, f"{act}_instruction"), instruction=self.payment(pick), actor=CARMEN, **more)

    @rule(pick=PICK)
    @precondition(lambda self: Instruction.objects.exists())
    def arrives(self, pick):
        found = self.payment(pick, "sent", "returned") or self.payment(pick)
        self.tries(commands.settle_by_hand, instructions=[found], on=self.at.date(), actor=CARMEN)

    @rule(pick=PICK, reason=st.sampled_from(["AC04", "MS03", "not_collected"]))
    @precondition(lambda self: Instruction.objects.exists())
    def comes_back(self, pick, reason):
        self.return_one(pick, reason)

    def return_one(self, pick, reason):
        found = self.payment(pick, "sent", "paid") or self.payment(pick)
        self.tries(commands.return_instruction, instruction=found, on=self.at.date(), reason=reason, actor=CARMEN)

    @rule(pick=PICK)
    @precondition(lambda self: Instruction.objects.filter(state__in=["sent", "paid"]).exists())
    def comes_back_and_is_corrected(self, pick):
        self.return_one(pick, "AC04")
        if Instruction.objects.filter(state="returned").exists():
            self.correct_one(pick, mended=True)

    @rule(pick=PICK, mended=st.booleans())
    @precondition(lambda self: Instruction.objects.filter(state="returned").exists())
    def correct(self, pick, mended):
        self.correct_one(pick, mended=mended)

    def correct_one(self, pick, *, mended):
        found = self.payment(pick, "returned")
        if mended:
            self.number += 1
            change_account(found.person_id, self.number)
        self.tries(commands.correct_and_resend, instruction=found, actor=CARMEN)

    # --- what always holds ---

    @invariant()
    def books_hold(self):
        if not hasattr(self, "here"):
            return
        visited.update(f"cycle {state}" for state in Cycle.objects.values_list("state", flat=True))
        visited.update(f"payment {state}" for state in Instruction.objects.values_list("state", flat=True))
        assert sum(Account.objects.values_list("balance", flat=True)) == 0
        assert differences(self.here.fund, 2026) == {}
        left = balances(self.here.fund, 2026)
        assert left.adopted == BUDGET == left.available + left.reserved + left.sent + left.paid + left.returned
        live = list(Instruction.objects.exclude(live_key=None).values_list("person_id", "period"))
        assert len(live) == len(set(live))
        for cycle in Cycle.objects.all():
            assert not_reconciled(cycle) == [], cycle.state

    # --- and every way leads out ---

    def drain(self):
        """From wherever things stand, people can bring everything to its end."""
        for _ in range(80):
            go_on(at=self.at)
            before = list(Cycle.objects.values_list("state", "paused_at")) + list(
                Instruction.objects.order_by("pk").values_list("state", flat=True)
            )
            for cycle in Cycle.objects.all():
                self.out(cycle)
            self.books_hold()
            now = list(Cycle.objects.values_list("state", "paused_at")) + list(
                Instruction.objects.order_by("pk").values_list("state", flat=True)
            )
            if now == before:
                break
        assert set(Cycle.objects.values_list("state", flat=True)) <= {"closed", "cancelled"}
        left = balances(self.here.fund, 2026)
        assert (left.reserved, left.sent, left.returned) == (0, 0, 0)

    def out(self, cycle):
        if cycle.paused_at:
            self.tries(commands.resume_cycle, cycle=cycle, actor=CARMEN)
        elif cycle.state in ("preparing", "prepared", "checked", "approved"):
            self.tries(commands.cancel_cycle, cycle=cycle, because="gata", actor=CARMEN)
        elif cycle.state == "exported":
            rows = list(Instruction.objects.filter(cycle=cycle, state="sent"))
            self.tries(commands.settle_by_hand, instructions=rows, on=self.at.date(), actor=CARMEN)
        elif cycle.state == "settled":
            for row in Instruction.objects.filter(cycle=cycle, state="returned"):
                self.tries(commands.cancel_instruction, instruction=row, because="gata", actor=CARMEN)
            self.tries(commands.close_cycle, cycle=cycle, actor=CARMEN)


@pytest.mark.django_db
@pytest.mark.slow
def test_no_state_is_out_of_reach_or_without_a_way_out():
    visited.clear()
    run_state_machine_as_test(
        Payments,
        settings=settings(
            max_examples=25, stateful_step_count=50, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    everything = {f"cycle {state}" for state in CycleState} | {f"payment {state}" for state in InstructionState}
    assert everything - visited == set()


@pytest.mark.django_db
def test_a_wrong_posting_is_found_by_the_invariant(monkeypatch):
    """A faulty control: a return that forgets to post is found at once, though every sum is still nothing."""
    from vatra.rooms.payments.commands import settling

    from .people import exported

    entitle(here := town(budget=BUDGET), 1)
    cycle = exported(here)
    monkeypatch.setattr(settling, "post", lambda **_: [])
    row = Instruction.objects.get()
    commands.return_instruction(instruction=row, on=AT.date(), reason="AC04", actor=CARMEN, at=AT)
    assert sum(Account.objects.values_list("balance", flat=True)) == 0 and differences(here.fund, 2026) == {}
    assert {each.what for each in not_reconciled(cycle)} == {"sent", "returned"}
