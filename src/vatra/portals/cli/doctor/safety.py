"""What is set: keys, transport, who may reach what, copies."""

import smtplib
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core import mail as django_mail

from vatra.kernel.words import gettext_noop as _

from .finding import Finding, advice, fault, good

SHORTEST_KEY = 40
OLDEST_BACKUP = timedelta(hours=36)
LOCAL = {"localhost", "127.0.0.1", "[::1]", "::1"}


def secret_key(at: datetime) -> Iterator[Finding]:
    key, kept = settings.SECRET_KEY, settings.VATRA.home / "secret_key"
    if len(key) < SHORTEST_KEY or len(set(key)) < 10:
        yield fault(
            "secret_key",
            _("The secret key is too easy to guess."),
            _("Remove VATRA_SECRET_KEY, and one is made and kept in %(file)s; or set at least %(least)d random letters."),
            file=kept, least=SHORTEST_KEY,
        )  # fmt: skip
    elif kept.exists() and kept.read_text().strip() == key and kept.stat().st_mode & 0o077:
        yield fault(
            "secret_key",
            _("Others on this machine can read the secret key in %(file)s."),
            _("chmod 600 %(file)s"),
            file=kept,
        )
    else:
        yield good("secret_key", _("The secret key is long and private."))


def debug(at: datetime) -> Iterator[Finding]:
    if settings.DEBUG:
        yield fault(
            "debug",
            _("VATRA_DEBUG is on: an error page would show code and data to whoever meets it."),
            _("Remove VATRA_DEBUG and start the server again."),
        )
    else:
        yield good("debug", _("Error pages show nothing of the inside."))


def _only_here() -> bool:
    return set(settings.ALLOWED_HOSTS) <= LOCAL


def https(at: datetime) -> Iterator[Finding]:
    if settings.VATRA.https:
        yield good("https", _("Browsers are kept to HTTPS."))
    elif _only_here():
        yield advice(
            "https",
            _("Pages travel without HTTPS. That will do while only this machine may ask for them, as now."),
            _("Before others may: put a proxy with a certificate in front, and set VATRA_HTTPS=1."),
        )
    else:
        yield fault(
            "https",
            _("Other machines may ask for pages (%(hosts)s), and these travel without HTTPS."),
            _("Put a proxy with a certificate in front, and set VATRA_HTTPS=1; see docs/how-to/install.md."),
            hosts=", ".join(settings.ALLOWED_HOSTS),
        )


def hosts(at: datetime) -> Iterator[Finding]:
    wide = [host for host in settings.ALLOWED_HOSTS if host == "*" or host.startswith(".")]
    if wide:
        yield fault(
            "hosts",
            _("VATRA_HOSTS accepts any name (%(wide)s): links could be made to lead elsewhere."),
            _("Name the server's own names only, such as VATRA_HOSTS=vatra.example.org"),
            wide=", ".join(wide),
        )
    else:
        yield good("hosts", _("The server answers to: %(hosts)s."), hosts=", ".join(settings.ALLOWED_HOSTS))


def home(at: datetime) -> Iterator[Finding]:
    """Nobody else on the machine may read the data."""
    folder: Path = settings.VATRA.home
    private = [folder / "vatra.sqlite3", folder / "files"]
    if not folder.exists():
        yield fault(
            "home", _("The home folder %(folder)s does not exist."), _("Set VATRA_HOME, then: vatra manage migrate"),
            folder=folder,
        )  # fmt: skip
        return
    closed = not folder.stat().st_mode & stat.S_IXOTH  # nobody else can step in: what lies inside is private too
    open_ = [path for path in private if path.exists() and path.stat().st_mode & 0o007]
    if open_ and not closed:
        yield (advice if settings.VATRA.demo else fault)(
            "home",
            _("Others on this machine can read %(paths)s."),
            _("chmod 700 %(folder)s"),
            paths=", ".join(map(str, open_)),
            folder=folder,
        )
    else:
        yield good("home", _("The data in %(folder)s is private."), folder=folder)


def mail(at: datetime) -> Iterator[Finding]:
    if not settings.VATRA.email_url:
        yield advice(
            "mail",
            _("No mail can be sent. Nothing depends on it."),
            _("To send mail, set VATRA_EMAIL_URL=smtp://user:password@host:587"),
        )
        return
    try:
        connection = django_mail.get_connection(fail_silently=False)
        connection.open()
        connection.close()
    except (OSError, smtplib.SMTPException) as problem:
        yield fault(
            "mail",
            _("The mail server does not let us in: %(problem)s"),
            _("Check VATRA_EMAIL_URL, and that this machine may reach the server."),
            problem=problem,
        )
    else:
        yield good("mail", _("Mail can be sent."))


def backups(at: datetime) -> Iterator[Finding]:
    grave = advice if settings.VATRA.demo else fault
    if not settings.VATRA.backups:
        yield grave(
            "backups",
            _("Nobody said where backups are kept."),
            _("Arrange them (docs/how-to/install.md), then name their folder in VATRA_BACKUPS."),
        )
        return
    folder = Path(settings.VATRA.backups).expanduser()
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    newest = max(files, key=lambda path: path.stat().st_mtime, default=None)
    if newest is None:
        yield fault("backups", _("There is no backup in %(folder)s."), _("Make one now."), folder=folder)
        return
    made = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    if at - made > OLDEST_BACKUP:
        yield fault(
            "backups",
            _("The newest backup (%(file)s) is %(hours)d hours old."),
            _("Find out why none was made since; make one now."),
            file=newest.name, hours=(at - made) // timedelta(hours=1),
        )  # fmt: skip
    elif not newest.stat().st_size:
        yield fault("backups", _("The newest backup (%(file)s) is empty."), _("Make one now."), file=newest.name)
    elif folder.resolve().is_relative_to(settings.VATRA.home):
        yield fault(
            "backups",
            _("Backups lie inside the home folder: what destroys the one destroys the other."),
            _("Keep them elsewhere, better on another machine, and name that folder in VATRA_BACKUPS."),
        )
    else:
        yield good("backups", _("The newest backup is %(file)s."), file=newest.name)


def passwords(at: datetime) -> Iterator[Finding]:
    """The demonstration's passwords are printed on the screen: none may be left where real people are."""
    from vatra.foundation.access.queries import users_with_password

    if settings.VATRA.demo:
        yield good("passwords", _("This is a demonstration: its passwords are public."))
        return
    told = settings.VATRA.home / "demo.json"
    if told.exists():
        yield fault(
            "passwords",
            _("This home holds the demonstration town, whose passwords anybody can read."),
            _("Begin in an empty VATRA_HOME; never record real people here."),
        )
        return
    yield good("passwords", _("%(count)d people may sign in."), count=users_with_password())
