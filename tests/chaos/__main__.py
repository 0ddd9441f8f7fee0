"""Harm a payment run on purpose, and see that it comes out the same: `python -m tests.chaos`, or `make chaos`.

VATRA_DATABASE_URL names a PostgreSQL cluster; without it, the databases are SQLite files. Prints what it found, or
with --json the whole of it; ends with 1 when a sound run differed, or a faulty control was not caught.
"""

import argparse
import json
import os
import sys
from typing import Any

from . import kill, payment_run, press
from .stages import in_fork, migrate, stage


def main(points: int, rounds: int, seed: int, controls: int) -> dict[str, Any]:
    with stage() as made:
        in_fork(made, "base", migrate)
        made.copy("base", "base_press")
        in_fork(made, "base", payment_run.seed)
        in_fork(made, "base_press", press.seed)
        found: dict[str, Any] = {
            "database": "postgresql" if os.environ.get("VATRA_DATABASE_URL", "").startswith("postgres") else "sqlite",
            "kill": kill.kills(made, "base", points, seed),
            "controls": {fault: kill.kills(made, "base", controls, seed, fault) for fault in kill.FAULTS},
            "press": press.presses(made, "base_press", rounds),
            "press_control": press.presses(made, "base_press", min(rounds, 2), fault=True),
        }
    found["good"] = {
        "killed runs are equal": found["kill"]["sound"] and not found["kill"]["differing"],
        "every point killed": all(point["killed"] for point in found["kill"]["points"]),
        "presses have one effect": press.good(found["press"]),
        **{f"control “{name}” is caught": bool(of["differing"]) for name, of in found["controls"].items()},
        "control “look_then_leap” is caught": not press.good(found["press_control"]),
    }
    return found


def tell(found: dict[str, Any]) -> None:
    """In lines, for whoever runs it by hand."""
    of = found["kill"]
    killed = sum(point["killed"] for point in of["points"])
    print(f"── {found['database']}")
    print(
        f"   a payment run of {of['steps']} steps, killed at {killed} of {len(of['points'])} points (seed {of['seed']})"
    )
    print(f"   left behind: {', '.join(f'{count} {part}' for part, count in of['sizes'].items())}")
    print(f"   differing from the run that was never killed: {len(of['differing'])}")
    for name, control in found["controls"].items():
        blind = sum(point["sum"] == 0 for point in control["differing"])
        print(f"   control “{name}”: {len(control['differing'])} of {len(control['points'])} kills caught; "
              f"the sum of accounts alone would have missed {blind}")  # fmt: skip
    print(f"   {found['press']['rounds']} rounds of {press.OPERATORS} at once: {found['press']['answers']}")
    print(f"   control “look_then_leap”: {found['press_control']['answers']}")
    for said, holds in found["good"].items():
        print(f"   {'ok    ' if holds else 'FAILED'} {said}")
    for point in of["differing"]:
        print(f"      {point}")
    for fault in found["press"]["wrong"]:
        print(f"      {fault}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--points", type=int, default=50)
    arguments.add_argument("--rounds", type=int, default=100)
    arguments.add_argument("--controls", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    result = main(given.points, given.rounds, given.seed, given.controls)
    json.dump(result, sys.stdout, indent=1) if given.json else tell(result)
    raise SystemExit(0 if all(result["good"].values()) else 1)
