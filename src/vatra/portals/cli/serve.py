"""`vatra serve`: the pages and the worker, in one foreground process that stops cleanly."""

import contextlib
import ctypes
import hashlib
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .start import django, say

STOP_WITHIN = 25.0  # seconds that a child has for ending its work
ANSWER_WITHIN = 60.0


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Where to listen.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Which address to listen on.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads of each.")
@click.option("--no-worker", is_flag=True, help="Serve the pages only; `vatra worker` runs elsewhere.")
def serve(port: int, host: str, processes: int, threads: int, no_worker: bool) -> None:
    """Serve the pages and run the worker, until Ctrl-C.

    Refuses when the database is not up to date or the port is taken.
    """
    django()
    check_migrated()
    prepare_static()
    run(port=port, host=host, processes=processes, threads=threads, with_worker=not no_worker)


@click.command()
def worker() -> None:
    """Run the worker alone: tasks from the queue, and what comes round."""
    django()
    check_migrated()
    from . import worker as process

    process.run()


def check_migrated() -> None:
    """Refuse to run on a database that this version does not know."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise Refused(
            "not_migrated",
            gettext_noop("The database is not up to date: %(count)d changes wait."),
            gettext_noop("Back it up, then run: vatra manage migrate"),
            count=len(waiting),
        )


def static_digest() -> str:
    """A digest of every static file's name, size and time: cheap, and different when one of them changed."""
    from django.contrib.staticfiles.finders import get_finders

    lines = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            about = Path(storage.path(name)).stat()
            lines.append(f"{name}\t{about.st_size}\t{about.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def prepare_static() -> None:
    """Gather the static files into the home folder, unless they are there already."""
    from django.conf import settings
    from django.core.management import call_command

    if settings.DEBUG:
        return
    stamp, wanted = Path(settings.STATIC_ROOT) / ".gathered", static_digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("── gathering static files …")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted)


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise Refused(
                "port_taken",
                gettext_noop("Cannot listen on %(host)s, port %(port)d: %(problem)s."),
                gettext_noop("Choose another: --port 8001, or PORT=8001 with make."),
                host=host, port=port, problem=problem.strerror,
            ) from problem  # fmt: skip


def _die_with_parent() -> None:
    """On Linux: when the supervisor is killed without a word, its children are told to end."""
    with contextlib.suppress(OSError, AttributeError):  # elsewhere the worker notices that its parent changed
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Child:
    """One process that the supervisor starts, watches and stops."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.process: subprocess.Popen | None = None
        self.starts = 0
        self.again_at = 0.0

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, which then stops each child once.
        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=_die_with_parent)
        self.starts += 1

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        if not self.process:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{self.name} did not end in time; it is killed")
            self.process.kill()
            self.process.wait()


class Stopped(Exception):
    """Somebody asked us to stop."""


def _stop(signum: int, frame: object) -> None:
    raise Stopped


def run(
    *, port: int, host: str, processes: int = 2, threads: int = 4, with_worker: bool = True,
    announce: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Run web and worker until a signal; `announce` is called with the address once it answers."""
    check_port(host, port)
    web = Child("web", _gunicorn(host, port, processes, threads))
    helper = Child("worker", [sys.executable, "-m", "vatra", "worker"])
    children = [web, helper] if with_worker else [web]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    failed = False
    try:
        for child in children:
            child.start()
        address = _address(host, port)
        answers(host, port, web, with_worker=with_worker)
        (announce or (lambda where: say(f"Vatra is served at {where}   (Ctrl-C stops it)")))(address)
        failed = watch(web, helper if with_worker else None)
    except Stopped:
        say("\nstopping …")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        until = time.monotonic() + STOP_WITHIN
        for child in children:
            child.stop()
        for child in children:
            child.wait(until)
    if failed:
        raise SystemExit(1)


def watch(web: Child, helper: Child | None) -> bool:
    """Return True when the web process ended by itself. A worker that ends is started again, ever more slowly."""
    while True:
        if web.ended():
            say("the web process ended; stopping")
            return True
        if helper and helper.ended():
            now = time.monotonic()
            if not helper.again_at:
                pause = min(60, 2 ** min(helper.starts, 6))
                say(f"the worker ended; starting it again in {pause} s")
                helper.again_at = now + pause
            elif now >= helper.again_at:
                helper.again_at = 0.0
                helper.start()
        time.sleep(0.5)


def _gunicorn(host: str, port: int, processes: int, threads: int) -> list[str]:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        sys.executable, "-m", "gunicorn", "vatra.config.wsgi:application", "--bind", where, "--preload",
        "--worker-class", "gthread", "--workers", str(processes), "--threads", str(threads),
        "--timeout", "60", "--graceful-timeout", "20", "--max-requests", "20000", "--max-requests-jitter", "2000",
        "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip


def _address(host: str, port: int) -> str:
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host
    return f"http://{shown}:{port}/"


def answers(host: str, port: int, web: Child, *, with_worker: bool) -> None:
    """Wait until the health page says that all is well; Refused when it does not within a minute."""
    until, last = time.monotonic() + ANSWER_WITHIN, ""
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    while time.monotonic() < until and not web.ended():
        try:
            connection = http.client.HTTPConnection(asked, port, timeout=5)
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            found = json.loads(connection.getresponse().read())
            connection.close()
            if found["status"] == "ok" or (found["database"] == "ok" and not with_worker):
                return
            last = f"database {found['database']}, worker {found['worker']}"
        except (OSError, ValueError, http.client.HTTPException):
            last = "no answer"
        time.sleep(0.15)
    raise Refused(
        "not_healthy",
        gettext_noop("The server did not become healthy: %(last)s."),
        gettext_noop("Run `vatra doctor` to see what is wrong."),
        last=last,
    )
