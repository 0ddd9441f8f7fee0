"""A small demonstration town, built and served by the very commands that a stranger types."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSEHOLDS = 40
SEED = 7


@dataclass
class Town:
    """Where it is served, and who may sign in."""

    home: Path
    address: str
    environment: dict[str, str]
    users: dict[str, dict[str, str]] = field(default_factory=dict)

    def vatra(self, *arguments: str) -> str:
        """Run a command of `vatra` on the town's data; returns its standard output."""
        done = subprocess.run(
            [sys.executable, "-m", "vatra", *arguments], env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"vatra {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def round(self, *codes: str) -> None:
        """Run these rounds now, as the worker does when they are due: nobody has to wait for its clock."""
        said = (
            "import sys; from vatra.portals.cli.start import django; django(); from django.utils import timezone; "
            "from vatra.foundation.upkeep.rounds import rounds; known = {each.code: each for each in rounds()}; "
            "[known[code].run(timezone.now()) for code in sys.argv[1:]]"
        )
        done = subprocess.run(
            [sys.executable, "-c", said, *codes], env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    def first(self, role: str) -> str:
        """The user name of the first person with a role."""
        return next(name for name, user in sorted(self.users.items()) if user["role"] == role)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def served(home: Path) -> Iterator[Town]:
    """Build the town in `home` and serve it until the block ends."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VATRA_", "DJANGO_"))}
    environment = {**kept, "VATRA_HOME": str(home), "VATRA_DEMO": "1"}
    town = Town(home, f"http://127.0.0.1:{port}/", environment)
    size = ["--households", str(HOUSEHOLDS), "--seed", str(SEED)]
    built = json.loads(town.vatra("demo", *size, "--json"))
    town.users = {user["username"]: user for user in built["users"]}
    log = home / "serve.log"
    with log.open("w") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "vatra", "serve", "--port", str(port)], env=environment, stdout=said, stderr=said
        )
    try:
        _wait(town, server, log)
        yield town
    finally:
        server.terminate()
        server.wait(30)


def _wait(town: Town, server: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(town.address + "healthz", timeout=5)
            return
        time.sleep(0.2)
    raise AssertionError(f"the town is not served:\n{log.read_text()}")
