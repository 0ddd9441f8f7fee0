"""Numbers stay gapless when many ask at once and some fail; on the database this test run uses."""

import sqlite3
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from conftest import NOON
from django.db import connection, connections, transaction
from django.db.models import F

from vatra.foundation.docket.commands import register_entry
from vatra.foundation.docket.models import Entry, Register
from vatra.foundation.docket.queries import gaps
from vatra.kernel.actor import system
from vatra.kernel.ids import uuid7
from vatra.kernel.ref import Ref

THREADS, PAPERS = 6, 8


class Dropped(Exception):
    """A command that fails after it took its number."""


@pytest.fixture
def shared_database(transactional_db, tmp_path):
    """Names the database to threads. An in-memory SQLite cannot be shared in earnest: they get a copy on disk."""
    if connection.vendor != "sqlite":
        yield dict(connections["default"].settings_dict)
        return
    path = tmp_path / "docket.sqlite3"

    def begin() -> dict:
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=WAL")
        return {**connections["default"].settings_dict, "NAME": str(path)}

    yield begin


def _ask(settings: dict, office: UUID, work, thread: int, faults: list) -> None:
    mine = connections["default"]
    mine.settings_dict = settings
    try:
        for paper in range(PAPERS):
            with suppress(Dropped):
                work(office, fails=(thread + paper) % 3 == 0)
    except Exception as fault:  # a thread's exception is nobody's unless it is carried out
        faults.append(fault)
    finally:
        mine.close()


def _race(database, office: UUID, work) -> tuple[list[Exception], list[int]]:
    settings = database() if callable(database) else database
    faults: list[Exception] = []
    threads = [threading.Thread(target=_ask, args=(settings, office, work, n, faults)) for n in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return faults, _numbers(settings)


def _numbers(settings: dict) -> list[int]:
    if connection.vendor != "sqlite":
        return sorted(Entry.objects.values_list("number", flat=True))
    with sqlite3.connect(Path(settings["NAME"])) as copy:
        return [n for (n,) in copy.execute("SELECT number FROM docket_entry ORDER BY number")]


def one_paper(office: UUID, *, fails: bool) -> None:
    with transaction.atomic():
        register_entry(
            office=office, direction="in", subject="application", ref=Ref("benefits.application", uuid7()),
            actor=system("race"), at=NOON,
        )  # fmt: skip
        if fails:
            raise Dropped


def careless_paper(office: UUID, *, fails: bool) -> None:
    """The faulty control: the number is taken in a transaction of its own, as a sequence would."""
    with transaction.atomic():
        row, _ = Register.objects.get_or_create(office_id=office, code="entry", year=2026)
        Register.objects.filter(pk=row.pk).update(last_number=F("last_number") + 1)
        number = Register.objects.get(pk=row.pk).last_number
    if fails:
        raise Dropped
    Entry.objects.create(
        register=row, number=number, direction="in", subject="application", ref_kind="benefits.application",
        ref_id=uuid7(), registered_at=NOON, actor=system("race").as_json(),
    )  # fmt: skip


def test_nothing_is_missing_and_nothing_comes_twice(shared_database, office):
    faults, numbers = _race(shared_database, office, one_paper)
    assert faults == []
    kept = THREADS * PAPERS - sum((t + p) % 3 == 0 for t in range(THREADS) for p in range(PAPERS))
    assert numbers == list(range(1, kept + 1))


def test_a_sequence_outside_the_transaction_leaves_gaps(shared_database, office):
    _, numbers = _race(shared_database, office, careless_paper)
    assert numbers != list(range(1, len(numbers) + 1))


@pytest.fixture
def office(transactional_db):
    from vatra.foundation.bodies.models import Body

    return Body.objects.create(code="spas", kind="office", name={"ro": "SPAS"}, name_key="spas").pk


def test_registers_years_and_offices_count_for_themselves(offices):
    def number(office, register, at):
        return register_entry(
            office=office.pk, register=register, direction="out", subject="decision",
            ref=Ref("benefits.decision", uuid7()), actor=system("t"), at=at,
        ).number  # fmt: skip

    assert [number(offices.spas, "entry", NOON) for _ in range(3)] == [1, 2, 3]
    assert number(offices.spas, "decision", NOON) == 1
    assert number(offices.elsewhere, "entry", NOON) == 1
    assert number(offices.spas, "entry", NOON + timedelta(days=60)) == 1
    assert number(offices.spas, "entry", NOON) == 4
    assert gaps(office=offices.spas.pk, register="entry", year=2026) == []


def test_the_year_turns_by_the_clock_of_the_pack(offices, town_pack):
    """At 22:30 UTC on 31 December it is already the next year in Târnăveni."""
    at = NOON.replace(month=12, day=31, hour=22, minute=30)
    entry = register_entry(
        office=offices.spas.pk, direction="in", subject="application", ref=Ref("benefits.application", uuid7()),
        actor=system("t"), at=at,
    )  # fmt: skip
    assert entry.register.year == 2027
