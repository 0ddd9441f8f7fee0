"""Signs of life and rounds."""

from datetime import UTC, datetime, timedelta

import pytest

from vatra.foundation.upkeep import commands, queries, rounds
from vatra.foundation.upkeep.models import Beat, Round

NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
calls: list[datetime] = []


def counted(*, at: datetime) -> None:
    calls.append(at)


def broken(*, at: datetime) -> None:
    raise RuntimeError("the roof leaks")


@pytest.fixture
def only(monkeypatch):
    """Declare rounds for one test, instead of the rooms' own."""
    calls.clear()
    monkeypatch.setattr(rounds, "_ROUNDS", {})

    def declare(code, call, every=timedelta(minutes=1)):
        rounds.register_round(code, every=every, call=f"{__name__}.{call}")

    return declare


def test_a_round_runs_when_due_and_not_before(db, only):
    only("count", "counted")
    commands.run_due_rounds(now=lambda: NOON)
    commands.run_due_rounds(now=lambda: NOON + timedelta(seconds=59))
    assert calls == [NOON]
    commands.run_due_rounds(now=lambda: NOON + timedelta(seconds=60))
    assert len(calls) == 2


def test_a_restart_neither_forgets_nor_repeats(db, only):
    Round.objects.create(code="count", begun_at=NOON - timedelta(seconds=30))  # by the worker before
    only("count", "counted")
    assert commands.run_due_rounds(now=lambda: NOON) == []


def test_two_workers_share_a_round(db, only):
    only("count", "counted")
    (declared,) = rounds.rounds()
    assert commands.begin_round(declared, at=NOON)
    assert not commands.begin_round(declared, at=NOON)


def test_a_failing_round_is_noted_and_the_next_one_runs(db, only):
    only("broken", "broken")
    only("count", "counted")
    assert commands.run_due_rounds(now=lambda: NOON) == ["broken", "count"]
    (failed,) = queries.failing_rounds()
    assert failed.code == "broken" and "the roof leaks" in failed.error and failed.failures == 1
    commands.run_due_rounds(now=lambda: NOON + timedelta(minutes=2))
    assert queries.failing_rounds()[0].failures == 2


def test_a_round_is_declared_once(only):
    only("count", "counted")
    with pytest.raises(ValueError, match="count"):
        only("count", "broken")


def test_health_knows_a_living_worker_from_a_silent_one(db):
    assert queries.health(at=NOON).worker == "silent"
    commands.beat(worker="here:1", started_at=NOON, at=NOON)
    assert queries.health(at=NOON + timedelta(seconds=44)).ok
    assert queries.health(at=NOON + timedelta(seconds=46)).worker == "silent"


def test_a_worker_that_leaves_is_gone_at_once(db):
    commands.beat(worker="here:1", started_at=NOON, at=NOON)
    commands.leave(worker="here:1")
    assert not queries.health(at=NOON).ok


def test_the_daily_round_forgets_old_workers(db):
    commands.beat(worker="here:1", started_at=NOON, at=NOON)
    commands.clear(at=NOON + timedelta(days=6))
    assert Beat.objects.count() == 1
    commands.clear(at=NOON + timedelta(days=8))
    assert Beat.objects.count() == 0


def test_the_health_page_says_which_part_fails(client, db):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["worker"], answer.json()["database"]) == (503, "silent", "ok")
    from django.utils import timezone

    commands.beat(worker="here:1", started_at=timezone.now(), at=timezone.now())
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


def test_every_declared_round_can_be_called():
    for declared in rounds.rounds():
        assert callable(declared.function()), declared.code
    assert "audit.seal" in {declared.code for declared in rounds.rounds()}
