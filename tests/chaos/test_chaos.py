"""The short form of `make chaos`: a few kills and a few presses on the database of this run; all of it is `make chaos`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHORT = ["--points", "4", "--rounds", "3", "--controls", "4", "--json"]


@pytest.mark.django_db  # it makes its own databases, beside those of this run
@pytest.mark.slow
def test_killed_runs_go_on_and_buttons_have_one_effect(tmp_path: Path):
    """One test, not five: the databases that it harms are made once."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *SHORT], cwd=ROOT, env={**os.environ, "VATRA_HOME": str(tmp_path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout, done.stderr[-3000:]
    found = json.loads(done.stdout)
    kill, press = found["kill"], found["press"]
    # killed and taken up again: the same keys and counts as a run that nobody killed
    assert kill["steps"] > 500 and [point["killed"] for point in kill["points"]] == [True] * 4
    assert kill["differing"] == [] and kill["sound"]
    assert kill["sizes"]["instructions"] >= 40 and kill["sizes"]["files"] >= 2
    # the same comparison finds a run that posts late, and one that posts again
    assert found["controls"]["late"]["differing"] and found["controls"]["again"]["differing"]
    # eight at once: one effect, seven clear answers
    assert press["wrong"] == [] and found["good"]["presses have one effect"]
    assert press["answers"]["approve: done"] == 3 and press["answers"]["pay: already_paid"] == 21
    # and whoever looks first and writes afterwards is found
    assert found["press_control"]["answers"]["approve: done"] > 3
    assert all(found["good"].values()), found["good"]
    assert done.returncode == 0
