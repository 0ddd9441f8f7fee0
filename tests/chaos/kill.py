"""Kill a payment run at points that a seed chooses, let it go on, and compare with a run that was never killed.

A point is a step of the process: a statement to the database, a commit (before and after it), a file brought to the
disk or renamed. No clock, no waiting: the n-th step is the last.
"""

import logging
import os
import random
import signal
from collections.abc import Callable
from typing import Any

from . import payment_run
from .stages import Died, Stage, in_fork

BATCH = 7  # small, so that a run has many steps
LABEL = 60


class Steps:
    """Counts the steps of this process, and ends it with SIGKILL before the n-th."""

    def __init__(self, last: int = 0) -> None:
        self.last, self.labels = last, []

    def step(self, label: str) -> None:
        self.labels.append(label[:LABEL])
        if len(self.labels) == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        from django.db import connections

        connection = connections["default"]

        def statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            self.step(str(sql))
            return execute(sql, params, many, context)

        connection.execute_wrappers.append(statement)
        self._around(type(connection), "_commit")
        for name in ("replace", "fsync"):
            self._before(os, name)

    def _around(self, owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.step(f"before {name}")
            done = real(*args, **kwargs)
            self.step(f"after {name}")
            return done

        setattr(owner, name, counted)

    def _before(self, owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.step(name)
            return real(*args, **kwargs)

        setattr(owner, name, counted)


# --- faulty controls --------------------------------------------------------------------------------------------------


def post_late() -> None:
    """A fault: entries are posted after the commit, in a transaction of their own. Killed between, they are lost."""
    from django.db import transaction

    from vatra.rooms.payments.commands import exporting

    real = exporting.post
    exporting.post = lambda **what: transaction.on_commit(lambda: real(**what))  # type: ignore[assignment]


def post_again() -> None:
    """A fault: entries are posted first, in a transaction of their own, under ids of chance. Killed between, and
    taken up again, they stand there twice; the sum of all accounts is still nothing."""
    import uuid

    from django.db import transaction

    from vatra.rooms.ledger.commands import Line
    from vatra.rooms.payments.commands import exporting
    from vatra.rooms.payments.models import Instruction

    Line.id = lambda self: uuid.uuid4()  # type: ignore[method-assign]
    real_post = exporting.post
    real_send = exporting._send_some.__wrapped__  # without its transaction

    def send(cycle: Any) -> Any:
        with transaction.atomic():
            found = exporting.working(cycle, exporting.CycleState.EXPORTING)
            rows = list(Instruction.objects.filter(cycle=cycle, state="approved").order_by("pk")[:BATCH])
            if found is not None and rows:
                sent, held = exporting.AccountKind.SENT, exporting.AccountKind.RESERVED
                lines = [exporting.line(row, "sent", to=sent, of=held) for row in rows]
                real_post(
                    fund=found.fund, year=found.budget_year, lines=lines, actor=payment_run.CARMEN, at=payment_run.NEXT
                )
        exporting.post = lambda **what: []  # type: ignore[assignment]
        with transaction.atomic():
            return real_send(cycle)

    exporting._send_some = send


FAULTS: dict[str, tuple[Callable[[], None], str]] = {
    "late": (post_late, 'INSERT INTO "ledger_entry"'),
    "again": (post_again, 'UPDATE "payments_instruction" SET "state" = '),
}


# --- the comparison ---------------------------------------------------------------------------------------------------


def run(last: int, fault: str) -> list[str]:
    """In a fork: the run, until it ends or the `last` step ends it. Returns its steps."""
    from vatra.rooms.payments.commands import common

    logging.disable(logging.CRITICAL)  # a faulty run has much to say
    common.BATCH = BATCH
    if fault:
        FAULTS[fault][0]()
    steps = Steps(last)
    steps.watch()
    payment_run.drive()
    return steps.labels


def after(made: Stage, name: str) -> dict[str, Any]:
    return in_fork(made, name, payment_run.snapshot)


def differences(found: dict[str, Any], expected: dict[str, Any], *, counts_only: bool) -> list[str]:
    """Which parts of what stands differ: keys and counts of ledger, instructions and files, and anybody live twice."""
    wrong = [part for part in expected if (_count(found[part]) if counts_only else found[part]) != (
        _count(expected[part]) if counts_only else expected[part])]  # fmt: skip
    return wrong + [part for part in ("twice", "unbalanced") if found[part] and part not in wrong]


def _count(part: Any) -> Any:
    return len(part) if isinstance(part, list) else part


def kills(made: Stage, base: str, points: int, seed: int, fault: str = "") -> dict[str, Any]:
    """A run that nobody kills, and as many that are killed at points of the seed's choice. `differing` names those
    that left something else behind."""
    whole = made.fresh(base)
    labels = in_fork(made, whole, lambda: run(0, fault))
    expected = after(made, whole)
    made.drop(whole)
    where = list(range(1, len(labels) + 1))
    if fault:  # where the fault can be seen at all; the sound run is killed everywhere
        where = [n for n in where if labels[n - 1].startswith(FAULTS[fault][1])]
    chosen = sorted(random.Random(seed).sample(where, min(points, len(where))))
    report = [_killed_at(made, base, n, labels[n - 1], fault, expected) for n in chosen]
    return {
        "fault": fault, "seed": seed, "steps": len(labels), "points": report,
        "sizes": {part: len(rows) for part, rows in expected.items() if isinstance(rows, list)},
        "differing": [point for point in report if point["differs"]],
        "sound": not expected["twice"] and not expected["unbalanced"] and expected["sum"] == 0,
    }  # fmt: skip


def _killed_at(
    made: Stage, base: str, n: int, label: str, fault: str, expected: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    name = made.fresh(base)
    killed = False
    try:
        in_fork(made, name, lambda: run(n, fault))
    except Died:
        killed = True
    problem = ""
    try:
        in_fork(made, name, lambda: run(0, fault))
    except RuntimeError as failed:
        problem = str(failed).strip().splitlines()[-1]
    found = after(made, name)
    made.drop(name)
    differs = differences(found, expected, counts_only=fault == "again") + ([problem] if problem else [])
    return {"step": n, "at": label, "killed": killed, "differs": differs, "sum": found["sum"]}
