"""All that the doctor looks at, in order: what is set, what runs, what is kept."""

from collections.abc import Callable, Iterator

from django.db import DatabaseError
from django.utils import timezone

from vatra.kernel.words import gettext_noop as _

from . import machine, records, safety
from .finding import Finding, fault

Check = Callable[..., Iterator[Finding]]

# Those of the second group need a database that is up to date; without one they would only repeat each other.
ALWAYS: list[Check] = [
    safety.secret_key, safety.debug, safety.https, safety.hosts, safety.home, safety.mail, safety.backups,
    machine.versions, machine.disk, machine.static_files, machine.translations,
]  # fmt: skip
WITH_DATABASE: list[Check] = [
    records.pack, records.worker, records.rounds, records.tasks, records.trail, records.references,
    safety.passwords,
]  # fmt: skip


def examine() -> list[Finding]:
    """Run every check. One that breaks is itself a finding."""
    at = timezone.now()
    findings = [finding for check in ALWAYS for finding in _guarded(check, at)]
    database = list(_guarded(records.database, at))
    findings += database
    if not any(finding.level == "fault" and finding.code in {"unreachable", "migrations"} for finding in database):
        findings += [finding for check in WITH_DATABASE for finding in _guarded(check, at)]
    return findings


def _guarded(check: Check, at: object) -> list[Finding]:
    try:
        return list(check(at))
    except (DatabaseError, OSError) as problem:
        return [
            fault(
                check.__name__,
                _("This could not be looked at (%(check)s): %(problem)s"),
                _("Mend what the message says, then run the doctor again."),
                check=check.__name__,
                problem=problem,
            )
        ]
