"""All the tests, phase by phase: `python tools/test.py [quick|lint|unit|postgres|walks] …`; without a name, all.

Every phase runs even if an earlier one failed; the last line counts what all of them found.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
sys.path.insert(0, str(ROOT))


class Run:
    """One run of phases: what each found, how long it took."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.lines: list[str] = []
        self.failed: list[str] = []
        self.home = Path(tempfile.mkdtemp(prefix="vatra-test-"))
        # Never the data of this checkout: tests get a home of their own.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VATRA_")}
        self.environment = {**kept, "VATRA_HOME": str(self.home / "home"), "PATH": f"{BIN}:{os.environ['PATH']}"}

    def phase(self, name: str, act: Callable[[], bool]) -> None:
        print(f"\n━━ {name}", flush=True)
        begun = time.monotonic()
        good = act()
        took = time.monotonic() - begun
        self.lines.append(f"   {'ok    ' if good else 'FAILED'}  {name}  ({took:.0f} s)")
        if not good:
            self.failed.append(name)

    def command(self, *command: str, **environment: str) -> bool:
        done = subprocess.run(command, cwd=ROOT, env={**self.environment, **environment}, stdin=subprocess.DEVNULL)
        return done.returncode == 0

    def checks(self, *commands: tuple[str, ...]) -> bool:
        """Commands without counts of their own: each is one check."""
        good = [self.command(*command) for command in commands]
        self.counts.update(passed=good.count(True), failed=good.count(False))
        return all(good)

    def pytest(self, *arguments: str, **environment: str) -> bool:
        report = self.home / "report.xml"
        report.unlink(missing_ok=True)
        cache = f"cache_dir={self.home / 'pytest'}" if not os.access(ROOT, os.W_OK) else "cache_dir=.pytest_cache"
        good = self.command(
            str(BIN / "python"), "-m", "pytest", "-o", cache, f"--junitxml={report}", *arguments, **environment
        )
        if not report.exists():
            self.counts["failed"] += 1
            return False
        for suite in ET.parse(report).iter("testsuite"):
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            self.counts.update(failed=bad, skipped=skipped, passed=int(suite.get("tests", 0)) - bad - skipped)
        return good

    def close(self) -> int:
        shutil.rmtree(self.home, ignore_errors=True)
        print("\n━━ in all")
        print("\n".join(self.lines))
        print(f"{self.counts['passed']} passed, {self.counts['failed']} failed, {self.counts['skipped']} skipped")
        return 1 if self.failed else 0


def parallel() -> list[str]:
    return ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "worksteal"]


def lint(run: Run) -> None:
    commands = [(str(BIN / "ruff"), "check", "."), (str(BIN / "lint-imports"), "--no-cache")]
    run.phase("lint: style and floors", lambda: run.checks(*commands))


def quick(run: Run) -> None:
    where = ["src/vatra/kernel", "src/vatra/engines", "tests/house"]
    run.phase("quick", lambda: run.pytest("--no-database", "-m", "not slow and not walk", *parallel(), *where))


def unit(run: Run) -> None:
    run.phase("house and rooms, on SQLite", lambda: run.pytest("-m", "not walk", *parallel()))


def postgres(run: Run) -> None:
    from tools.postgres import NoPostgres, cluster

    def act() -> bool:
        try:
            with cluster() as url:
                return run.pytest(
                    "-m",
                    "not walk and not sqlite_only and not once",
                    "--only-database",
                    *parallel(),
                    VATRA_DATABASE_URL=url,
                )
        except NoPostgres as problem:
            print(problem)
            run.counts["failed"] += 1
            return False

    run.phase("everything with a database again, on PostgreSQL", act)


def walks(run: Run) -> None:
    run.phase("walks in a browser", lambda: run.pytest("-m", "walk", "tests", DJANGO_ALLOW_ASYNC_UNSAFE="true"))


PHASES = {"lint": lint, "quick": quick, "unit": unit, "postgres": postgres, "walks": walks}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PHASES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(PHASES)}", file=sys.stderr)
        return 2
    run = Run()
    with contextlib.suppress(KeyboardInterrupt):
        for name in names or ["lint", "unit", "postgres", "walks"]:
            PHASES[name](run)
    return run.close()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
