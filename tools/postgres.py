"""A throw-away PostgreSQL for tests: `python tools/postgres.py COMMAND …` runs a command beside it.

The command finds the cluster in VATRA_DATABASE_URL. The programs come from PG_BINDIR, else from
/usr/lib/postgresql/*/bin, else from apt (as root), else from a package downloaded and unpacked without root.
It listens on a Unix socket in a temporary folder only, and is gone when the command ends.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

CACHE = Path(__file__).resolve().parents[1] / "build" / "postgresql"
# It lives for one test run: nothing in it has to survive a power cut.
HURRY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=128MB"]


class NoPostgres(Exception):
    """There are no PostgreSQL programs here and none could be had."""


def _installed() -> Path | None:
    named = os.environ.get("PG_BINDIR")
    if named:
        if not (Path(named) / "initdb").exists():
            raise NoPostgres(f"PG_BINDIR={named} holds no initdb.")
        return Path(named)
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), *CACHE.glob("usr/lib/postgresql/*/bin/initdb")]
    newest = max(found, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


def _quietly(command: list[str], **more: object) -> bool:
    return subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL, **more).returncode == 0


def _unpacked() -> None:
    """Without root: fetch the packages and unpack them beside the build."""
    CACHE.mkdir(parents=True, exist_ok=True)
    policy = subprocess.run(["apt-cache", "depends", "postgresql"], capture_output=True, text=True).stdout
    server = next((word for word in policy.split() if word.startswith("postgresql-")), "postgresql-15")
    for package in (server, "libpq5", "libllvm14"):
        if _quietly(["apt-get", "download", "-q", package], cwd=CACHE):
            for archive in CACHE.glob(f"{package}_*.deb"):
                _quietly(["dpkg", "-x", str(archive), str(CACHE)])


def programs() -> Path:
    """The folder of initdb and postgres; installs them if need be."""
    found = _installed()
    if not found and shutil.which("apt-get"):
        print("PostgreSQL is not here; fetching it …", file=sys.stderr, flush=True)
        if os.geteuid() == 0:
            quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
            _quietly(["apt-get", "update", "-q"], **quiet)
            _quietly(["apt-get", "install", "-y", "-q", "--no-install-recommends", "postgresql"], **quiet)
        else:
            _unpacked()
        found = _installed()
    if not found:
        raise NoPostgres("No PostgreSQL here. Install it (apt install postgresql), or name its programs in PG_BINDIR.")
    return found


def _owner() -> dict[str, object]:
    """PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgres("There is neither a user postgres nor a user nobody to run PostgreSQL as.")


def _environment(bin: Path) -> dict[str, str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": tempfile.gettempdir()}
    if bin.is_relative_to(CACHE):
        libraries = sorted({str(path.parent) for path in CACHE.glob("usr/lib/*/lib*.so*")})
        environment["LD_LIBRARY_PATH"] = ":".join(libraries)
    return environment


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """A fresh cluster; yields the URL of its database `vatra`."""
    bin, owner = programs(), _owner()
    environment = _environment(bin)
    home = Path(tempfile.mkdtemp(prefix="vatra-pg-", dir="/tmp"))  # short: a socket's path has 107 bytes
    common = {"env": environment, "cwd": "/", **owner}
    server = None
    try:
        if owner:
            os.chown(home, owner["user"], owner["group"])  # type: ignore[arg-type]
        home.chmod(0o711)
        data, log = home / "data", home / "log"
        made = subprocess.run(
            [bin / "initdb", "-D", data, "-U", "vatra", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            capture_output=True, text=True, **common,
        )  # fmt: skip
        if made.returncode:
            raise NoPostgres(f"initdb failed:\n{made.stdout}{made.stderr}")
        options = [part for setting in HURRY for part in ("-c", setting)]
        with log.open("w") as said:
            server = subprocess.Popen(
                [bin / "postgres", "-D", data, "-k", home, "-c", "listen_addresses=", *options],
                stdout=said, stderr=said, start_new_session=True, **common,
            )  # fmt: skip
        _wait(server, home, log)
        yield f"postgresql://vatra@/vatra?host={home}"
    finally:
        if server and server.poll() is None:
            server.send_signal(signal.SIGINT)  # "fast": ends sessions, then stops
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(home, ignore_errors=True)


def _wait(server: subprocess.Popen, home: Path, log: Path) -> None:
    import psycopg

    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            with psycopg.connect(host=str(home), user="vatra", dbname="postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE vatra")
                return
        except psycopg.OperationalError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(0.1)
    raise NoPostgres(f"PostgreSQL did not start:\n{log.read_text()}")


def _stop(signum: int, frame: object) -> None:
    raise SystemExit(128 + signum)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    try:
        with cluster() as url:
            done = subprocess.run(sys.argv[1:], env={**os.environ, "VATRA_DATABASE_URL": url})
        raise SystemExit(done.returncode)
    except NoPostgres as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(1) from None
