"""Harm payment runs on SQLite and on a throw-away PostgreSQL: `make chaos`, or with other numbers,
`python tools/chaos.py --points 200 --seed 11`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main(arguments: list[str]) -> int:
    from tools.postgres import cluster

    kept = {name: value for name, value in os.environ.items() if not name.startswith("VATRA_")}
    failed = 0
    with tempfile.TemporaryDirectory(prefix="vatra-chaos-") as home, cluster() as url:
        for database in ({}, {"VATRA_DATABASE_URL": url}):
            environment = {**kept, "VATRA_HOME": home, **database}
            command = [sys.executable, "-m", "tests.chaos", *arguments]
            failed |= subprocess.run(command, cwd=ROOT, env=environment).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
