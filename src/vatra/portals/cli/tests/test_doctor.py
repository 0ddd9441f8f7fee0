"""The doctor finds what is wrong, and says how to mend it. Each check is shown a sound and an unsound installation."""

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import NOON

from vatra.foundation.audit.commands import record, seal
from vatra.foundation.audit.models import Event
from vatra.foundation.upkeep.commands import beat
from vatra.foundation.upkeep.models import Round
from vatra.kernel.actor import system
from vatra.portals.cli.doctor import checks, doctor, machine, records, safety

LONG_KEY = "k3Yq9-ZbTz7wQ2rV8pLm5sNc1xHd4gFj6aRe0uTo"


def levels(check, at=NOON) -> list[str]:
    return [finding.level for finding in check(at)]


@pytest.fixture
def installed(settings, tmp_path):
    """Settings of a sound installation; `installed(https=False)` changes one."""

    def change(**values):
        settings.VATRA = replace(
            settings.VATRA, **{"home": tmp_path, "https": True, "demo": False, "backups": "", "email_url": "", **values}
        )
        return settings

    change()
    settings.SECRET_KEY, settings.DEBUG, settings.ALLOWED_HOSTS = LONG_KEY, False, ["vatra.example.org"]
    return change


@pytest.mark.parametrize(("key", "expected"), [(LONG_KEY, "ok"), ("short", "fault"), ("a" * 60, "fault")])
def test_a_secret_key_is_long_and_varied(installed, settings, key, expected):
    settings.SECRET_KEY = key
    assert levels(safety.secret_key) == [expected]


def test_a_secret_key_is_private(installed, settings, tmp_path: Path):
    kept = tmp_path / "secret_key"
    kept.write_text(LONG_KEY)
    kept.chmod(0o644)
    assert levels(safety.secret_key) == ["fault"]
    kept.chmod(0o600)
    assert levels(safety.secret_key) == ["ok"]


def test_debug_is_off(installed, settings):
    assert levels(safety.debug) == ["ok"]
    settings.DEBUG = True
    assert levels(safety.debug) == ["fault"]


def test_https_is_needed_as_soon_as_others_may_ask(installed, settings):
    assert levels(safety.https) == ["ok"]
    installed(https=False)
    assert levels(safety.https) == ["fault"]
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert levels(safety.https) == ["advice"]


def test_hosts_are_named(installed, settings):
    assert levels(safety.hosts) == ["ok"]
    settings.ALLOWED_HOSTS = ["*"]
    assert levels(safety.hosts) == ["fault"]


def test_the_data_is_private(installed, tmp_path: Path):
    tmp_path.chmod(0o755)
    data = tmp_path / "vatra.sqlite3"
    data.write_text("")
    data.chmod(0o644)
    assert levels(safety.home) == ["fault"]
    data.chmod(0o600)
    assert levels(safety.home) == ["ok"]
    data.chmod(0o644)
    tmp_path.chmod(0o700)
    assert levels(safety.home) == ["ok"]


def test_mail_that_cannot_leave_is_found(installed, settings):
    assert levels(safety.mail) == ["advice"]
    installed(email_url="smtp://127.0.0.1:9")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    assert levels(safety.mail) == ["fault"]


def test_backups_are_named_fresh_whole_and_elsewhere(installed, tmp_path_factory, tmp_path):
    assert levels(safety.backups) == ["fault"]
    elsewhere = tmp_path_factory.mktemp("backups")
    installed(backups=str(elsewhere))
    assert levels(safety.backups) == ["fault"]  # none there
    copy = elsewhere / "monday.sqlite3"
    copy.write_text("data")
    moment = (NOON - timedelta(hours=10)).timestamp()
    os.utime(copy, (moment, moment))
    assert levels(safety.backups) == ["ok"]
    assert levels(safety.backups, NOON + timedelta(hours=30)) == ["fault"]  # too old
    copy.write_text("")
    os.utime(copy, (moment, moment))
    assert levels(safety.backups) == ["fault"]  # empty
    inside = tmp_path / "backups"
    inside.mkdir()
    (inside / "x").write_text("data")
    installed(backups=str(inside))
    assert levels(safety.backups, NOON - timedelta(days=3650)) == ["fault"]


def test_the_demonstrations_passwords_are_not_left_behind(installed, tmp_path, db):
    assert levels(safety.passwords) == ["ok"]
    (tmp_path / "demo.json").write_text("{}")
    assert levels(safety.passwords) == ["fault"]


def test_versions_are_those_that_were_tested(installed, settings, tmp_path):
    assert levels(machine.versions) == ["ok"]
    settings.LOCKS = tmp_path
    assert levels(machine.versions) == ["advice"]
    (tmp_path / "base.txt").write_text("django==1.0 \\\n    --hash=sha256:00\n")
    (found,) = machine.versions(NOON)
    assert found.level == "fault" and "django" in found.found


def test_a_full_disk_is_found(installed, monkeypatch):
    def room(free):
        usage = machine.shutil._ntuple_diskusage(total=100 * machine.GIB, used=0, free=free)
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: usage)

    room(50 * machine.GIB)
    assert levels(machine.disk) == ["ok"]
    room(5 * machine.GIB)
    assert levels(machine.disk) == ["advice"]
    room(machine.GIB // 2)
    assert levels(machine.disk) == ["fault"]


def test_waiting_migrations_are_found(installed, db, monkeypatch):
    assert "fault" not in levels(records.database)
    monkeypatch.setattr(records.MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])
    assert [f.code for f in records.database(NOON) if f.level == "fault"] == ["migrations"]


def test_a_pack_is_loaded(installed, settings, db):
    from vatra.foundation.catalogue.models import Pack

    assert levels(records.pack) == ["fault"]
    Pack.objects.create(code=settings.VATRA.pack, version="1", title={}, settings={}, digest="x", loaded_at=NOON)
    assert levels(records.pack) == ["ok"]


def test_a_dead_worker_and_failing_rounds_are_found(installed, db):
    assert levels(records.worker) == ["fault"]
    beat(worker="here:1", started_at=NOON, at=NOON)
    assert levels(records.worker) == ["ok"]
    assert levels(records.rounds) == ["ok"]
    Round.objects.create(code="audit.seal", failures=2, error="Traceback\nRuntimeError: the roof leaks")
    (found,) = records.rounds(NOON)
    assert found.level == "fault" and "the roof leaks" in found.found


def test_tasks_that_wait_or_fail_are_found(installed, db):
    from django_tasks_db.models import DBTaskResult

    assert levels(records.tasks) == ["ok"]
    task = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}}, task_path="x", backend_name="default", queue_name="default"
    )
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=NOON - timedelta(hours=1))
    assert levels(records.tasks) == ["fault"]
    DBTaskResult.objects.filter(pk=task.pk).update(status="FAILED", finished_at=NOON)
    assert levels(records.tasks) == ["advice"]


def test_an_altered_trail_is_found(installed, db):
    record("test.x", None, actor=system("test"), at=NOON, amount=1)
    assert levels(records.trail) == ["ok"]
    assert levels(records.trail, NOON + timedelta(minutes=11)) == ["fault"]  # nobody seals
    seal(at=NOON)
    assert levels(records.trail, NOON + timedelta(minutes=11)) == ["ok"]
    Event.objects.update(payload={"amount": 1000})
    (found,) = records.trail(NOON)
    assert found.level == "fault" and "altered" in found.found


def test_a_lost_reference_is_found(installed, db):
    from uuid import uuid4

    from vatra.kernel.ref import Ref

    assert levels(records.references) == ["ok"]
    record("test.x", Ref("people.person", uuid4()), actor=system("test"), at=NOON)
    assert levels(records.references) == ["fault"]


def test_a_check_that_breaks_is_a_finding(installed):
    def broken(at):
        raise OSError("no such disk")
        yield

    (found,) = checks._guarded(broken, NOON)
    assert found.level == "fault" and "no such disk" in found.found


def test_the_command_prints_json_alone_and_exits_by_fault(installed, settings, db):
    settings.DEBUG = True
    done = CliRunner().invoke(doctor, ["--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 1 and told["ok"] is False
    assert {"secret_key", "debug", "https", "backups", "mail", "worker", "disk", "versions"} <= {
        finding["code"] for finding in told["findings"]
    }
    assert all(finding["mend"] for finding in told["findings"] if finding["level"] != "ok")


def test_the_command_exits_with_0_when_only_advice_remains(installed, monkeypatch, db):
    monkeypatch.setattr(checks, "ALWAYS", [safety.mail])
    monkeypatch.setattr(checks, "WITH_DATABASE", [])
    done = CliRunner().invoke(doctor, ["--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["ok"] is True
