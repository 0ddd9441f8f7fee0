"""The worker process: tasks from the queue, the rounds, and its sign of life."""

import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker

from vatra.foundation.upkeep import commands
from vatra.foundation.upkeep.queries import BEAT_EVERY

log = logging.getLogger("vatra.worker")
LOOK_FOR_ROUNDS = 5.0  # seconds


class Keeper(threading.Thread):
    """Calls one function again and again beside the queue; a database that is away for a while does not end it."""

    def __init__(self, act: Callable[[], object], every: float, stopping: threading.Event) -> None:
        super().__init__(daemon=True, name=getattr(act, "__name__", "keeper"))
        self.act, self.every, self.stopping = act, every, stopping

    def run(self) -> None:
        while not self.stopping.is_set():
            close_old_connections()
            try:
                self.act()
            except DatabaseError as problem:
                log.warning("%s: %s", self.name, problem)
                with contextlib.suppress(DatabaseError):
                    connection.close()
            self.stopping.wait(self.every)
        connection.close()


def run() -> None:
    """Work until told to stop (SIGTERM, SIGINT); a task that has begun is finished first."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    started, parent = timezone.now(), os.getppid()
    stopping = threading.Event()

    def sign_of_life() -> None:
        if os.getppid() != parent:  # whoever started us was killed without a word
            os.kill(os.getpid(), signal.SIGTERM)
        commands.beat(worker=name, started_at=started, at=timezone.now())

    def rounds() -> None:
        commands.run_due_rounds(now=timezone.now)

    keepers = [
        Keeper(sign_of_life, BEAT_EVERY.total_seconds(), stopping),
        Keeper(rounds, LOOK_FOR_ROUNDS, stopping),
    ]
    for keeper in keepers:
        keeper.start()
    worker = Worker(
        queue_names=["*"], interval=1.0, batch=False, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=name[:64], excluded_queue_names=[],
    )  # fmt: skip
    logging.getLogger("django_tasks_db").setLevel(logging.ERROR)  # it says good-bye as a warning
    worker.configure_signals()
    try:
        worker.run()
    finally:
        stopping.set()
        for keeper in keepers:
            keeper.join(5)
        with contextlib.suppress(DatabaseError):
            commands.leave(worker=name)
