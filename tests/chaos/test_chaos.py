"""The short form of `make chaos`: a few kills and a few presses on the database of this run; all of it is `make chaos`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # it makes its own databases, beside those of this run


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict:
    home = tmp_path_factory.mktemp("chaos")
    short = ["--points", "4", "--rounds", "3", "--controls", "4", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *short], cwd=ROOT, env={**os.environ, "VATRA_HOME": str(home)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_a_killed_payment_run_goes_on_and_comes_out_the_same(found):
    assert found["kill"]["steps"] > 500 and len(found["kill"]["points"]) == 4
    assert all(point["killed"] for point in found["kill"]["points"])
    assert found["kill"]["differing"] == [] and found["kill"]["sound"]
    assert found["kill"]["sizes"]["instructions"] >= 40 and found["kill"]["sizes"]["files"] >= 2


@pytest.mark.parametrize("fault", ["late", "again"])
def test_a_faulty_run_is_caught_by_the_same_comparison(found, fault):
    assert found["controls"][fault]["differing"]


def test_eight_at_once_have_one_effect_and_seven_clear_answers(found):
    assert found["press"]["wrong"] == [] and found["good"]["presses have one effect"]
    assert found["press"]["answers"]["approve: done"] == 3 and found["press"]["answers"]["pay: already_paid"] == 21


def test_who_looks_first_and_writes_afterwards_is_caught(found):
    assert found["good"]["control “look_then_leap” is caught"]
    assert found["press_control"]["answers"]["approve: done"] > 3
