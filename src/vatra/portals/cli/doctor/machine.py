"""The machine: what is installed, how much room is left, what was gathered."""

import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata

from django.conf import settings

from vatra import __version__
from vatra.kernel.words import gettext_noop as _

from .finding import Finding, advice, fault, good

GIB = 1024**3
LOCK = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?:\s*;\s*(.*?))?\s*\\?$", re.M)
OLDEST_SQLITE = (3, 38)  # JSON operators


def versions(at: datetime) -> Iterator[Finding]:
    """Is installed what was locked and tested together?"""
    lock = settings.LOCKS / "base.txt"
    if not lock.exists():
        yield advice(
            "versions",
            _("The lock requirements/base.txt is not here, so versions cannot be compared."),
            _("Install from a full checkout; see docs/how-to/install.md."),
        )
        return
    wrong = []
    for name, wanted, marker in LOCK.findall(lock.read_text()):
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            if marker:  # only for other systems
                continue
            here = "–"
        if here != wanted and not marker:
            wrong.append(f"{name} {here} (≠ {wanted})")
    if wrong:
        yield fault(
            "versions",
            _("Other versions are installed than were tested: %(wrong)s."),
            _("make setup"),
            wrong=", ".join(wrong[:8]),
        )
        return
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield fault(
            "versions", _("SQLite %(here)s is too old."), _("Use a Python with SQLite 3.38 or newer, or PostgreSQL."),
            here=sqlite3.sqlite_version,
        )  # fmt: skip
        return
    yield good(
        "versions", _("Vatra %(vatra)s on Python %(python)s, as tested."), vatra=__version__,
        python=sys.version.split()[0],
    )  # fmt: skip


def disk(at: datetime) -> Iterator[Finding]:
    folder = settings.VATRA.home
    while not folder.exists():
        folder = folder.parent
    room = shutil.disk_usage(folder)
    left, mend = room.free / GIB, _("Make room on the disk of %(folder)s, or move VATRA_HOME to a larger one.")
    if room.free < GIB:
        yield fault("disk", _("Only %(left).1f GiB are left for the data."), mend, left=left, folder=folder)
    elif room.free < 0.1 * room.total:
        yield advice(
            "disk", _("Less than a tenth of the disk is left (%(left).0f GiB)."), mend, left=left, folder=folder
        )
    else:
        yield good("disk", _("%(left).0f GiB are left for the data."), left=left)


def static_files(at: datetime) -> Iterator[Finding]:
    from vatra.portals.cli.serve import static_digest

    vendor = settings.STATIC_SOURCE / "vendor" / "fonts"
    if not vendor.exists():
        yield fault("static", _("Typefaces and scripts of the pages are missing."), _("make setup"))
        return
    stamp = settings.STATIC_ROOT / ".gathered"
    if not settings.DEBUG and (not stamp.exists() or stamp.read_text() != static_digest()):
        yield advice(
            "static",
            _("The static files changed since they were last gathered."),
            _("vatra serve gathers them when it starts: start it again."),
        )
    else:
        yield good("static", _("The static files are gathered."))


def translations(at: datetime) -> Iterator[Finding]:
    stale = [
        source.parts[-3]
        for folder in settings.LOCALE_PATHS
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po"))
        if not source.with_suffix(".mo").exists() or source.with_suffix(".mo").stat().st_mtime < source.stat().st_mtime
    ]
    if stale:
        yield fault(
            "translations", _("Translations are not compiled: %(languages)s."), _("make setup"),
            languages=", ".join(stale),
        )  # fmt: skip
    else:
        yield good("translations", _("All translations are compiled."))
