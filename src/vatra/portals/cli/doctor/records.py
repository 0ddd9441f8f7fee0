"""What is kept and what runs: database, pack, worker, rounds, the trail."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from vatra.kernel.words import gettext_noop as _

from .finding import Finding, advice, fault, good

OLDEST_POSTGRESQL = 150000
UNSEALED_AFTER = timedelta(minutes=10)
WAITING_AFTER = timedelta(minutes=15)


def database(at: datetime) -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        yield fault(
            "unreachable",
            _("The database cannot be reached: %(problem)s"),
            _("Check that it runs, and VATRA_DATABASE_URL."),
            problem=problem,
        )
        return
    if connection.vendor == "postgresql":
        yield from _postgresql()
    else:
        yield from _sqlite()
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield fault(
            "migrations",
            _("The database is not up to date: %(count)d changes wait."),
            _("Make a backup, then: vatra manage migrate"),
            count=len(waiting),
        )
    else:
        yield good("migrations", _("The database is up to date."))


def _postgresql() -> Iterator[Finding]:
    number = connection.pg_version
    if number < OLDEST_POSTGRESQL:
        yield fault("database", _("PostgreSQL %(here)d is too old."), _("Use 15 or newer."), here=number // 10000)
    else:
        yield good("database", _("PostgreSQL %(here)d."), here=number // 10000)


def _sqlite() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        broken = [row[0] for row in cursor.execute("PRAGMA quick_check(5)").fetchall() if row[0] != "ok"]
    if broken:
        yield fault(
            "database",
            _("The database file is damaged: %(broken)s"),
            _("Stop the server and restore the newest backup."),
            broken="; ".join(broken),
        )
    elif mode not in {"wal", "memory"}:
        yield fault(
            "database",
            _("The database file is in the mode “%(mode)s”, in which readers and writers block each other."),
            _("Keep VATRA_HOME on a local disk: network folders forbid the better mode."),
            mode=mode,
        )
    else:
        yield good("database", _("SQLite, whole and in its good mode."))


def pack(at: datetime) -> Iterator[Finding]:
    from vatra.foundation.catalogue.models import Pack

    loaded = Pack.objects.filter(code=settings.VATRA.pack).first()
    if loaded is None:
        yield fault(
            "pack",
            _("The pack %(code)s is not loaded: there are no programmes, roles and rules."),
            _("vatra pack load %(code)s"),
            code=settings.VATRA.pack,
        )
    else:
        yield good("pack", _("The pack %(code)s %(version)s is loaded."), code=loaded.code, version=loaded.version)


def worker(at: datetime) -> Iterator[Finding]:
    from vatra.foundation.upkeep.queries import health

    found = health(at=at)
    if found.worker == "ok":
        yield good("worker", _("The worker is alive."))
    else:
        yield fault(
            "worker",
            _("No worker has been heard of lately: the trail is not sealed, tasks wait."),
            _("Start it: vatra serve (pages and worker) or vatra worker (the worker alone)."),
        )


def rounds(at: datetime) -> Iterator[Finding]:
    from vatra.foundation.upkeep.queries import failing_rounds

    failing = failing_rounds()
    if not failing:
        yield good("rounds", _("Everything that comes round ended well."))
    for round_ in failing:
        yield fault(
            "rounds",
            _("%(code)s failed %(times)d times in a row: %(error)s"),
            _("Tell the developers, with this message; it is tried again by itself."),
            code=round_.code,
            times=round_.failures,
            error=round_.error.strip().splitlines()[-1] if round_.error else "",
        )


def tasks(at: datetime) -> Iterator[Finding]:
    from django_tasks_db.models import DBTaskResult

    late = DBTaskResult.objects.ready().filter(enqueued_at__lt=at - WAITING_AFTER).count()
    failed = DBTaskResult.objects.failed().filter(finished_at__gte=at - timedelta(days=1)).count()
    if late:
        yield fault(
            "tasks", _("%(count)d tasks have waited for more than a quarter of an hour."),
            _("See that the worker runs; if it does, it has too much to do: run a second one."), count=late,
        )  # fmt: skip
    elif failed:
        yield advice(
            "tasks", _("%(count)d tasks failed in the last day."), _("Look into the worker's log for the reason."),
            count=failed,
        )  # fmt: skip
    else:
        yield good("tasks", _("No task waits too long or failed."))


def trail(at: datetime) -> Iterator[Finding]:
    from vatra.foundation.audit.queries import first_broken_seal, unsealed_before

    broken = first_broken_seal()
    if broken is not None:
        yield fault(
            "trail",
            _("The trail was altered: events %(first)d to %(last)d no longer match their seal of %(at)s."),
            _("Keep this database as evidence, tell the supervisor, and compare with the backups since that day."),
            first=broken.first_position, last=broken.last_position, at=broken.sealed_at.isoformat(),
        )  # fmt: skip
        return
    waiting = unsealed_before(at - UNSEALED_AFTER)
    if waiting:
        yield fault(
            "trail",
            _("%(count)d events of the trail have waited for their seal for more than ten minutes."),
            _("See that the worker runs: it seals each minute."),
            count=waiting,
        )
    else:
        yield good("trail", _("The trail is whole."))


def references(at: datetime) -> Iterator[Finding]:
    from vatra.foundation.refs import dangling

    lost = dangling(limit=20)
    if lost:
        yield fault(
            "references",
            _("%(count)d references point at records that are not there, the first from %(model)s to %(ref)s."),
            _("Records are never deleted by Vatra: find out who wrote to the database past it."),
            count=len(lost), model=lost[0][0], ref=lost[0][1],
        )  # fmt: skip
    else:
        yield good("references", _("Every reference finds its record."))
