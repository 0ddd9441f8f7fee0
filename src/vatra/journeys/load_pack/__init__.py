"""From a folder of files to the definitions of every room: a pack, read whole, checked, then loaded."""

from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from vatra.kernel.actor import Actor
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .checking import cross_check
from .files import PackFiles, read_pack
from .loading import Loaded, Loader
from .reading import Fault
from .rules import check_rules

__all__ = ["Fault", "Loaded", "PackFiles", "PackRefused", "check_pack", "load_pack", "read_pack"]


class PackRefused(Refused):
    """`faults` has everything that must be mended, with file, line and column. Nothing was loaded."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(
            "pack_refused",
            gettext_noop("The pack has %(count)s faults; the first is %(first)s"),
            gettext_noop("Run “vatra pack check” to see all of them."),
            count=len(faults), first=str(faults[0]),
        )  # fmt: skip
        self.faults = faults


def check_pack(folder: Path, *, cases: bool = True) -> tuple[PackFiles, list[Fault]]:
    """Read a pack and everything that must agree in it; with `cases`, decide every case of its rules.

    Asks no database. Refuses only a folder that is no pack.
    """
    pack = read_pack(folder)
    faults = list(pack.faults)
    if not faults:
        faults = cross_check(pack)
    if not faults:
        faults = check_rules(pack, cases=cases)
    return pack, sorted(faults, key=lambda f: (f.file, f.line, f.column))


@transaction.atomic
def load_pack(folder: Path, *, actor: Actor, at: datetime, today: date) -> Loaded:
    """The installation knows what the pack says, from now on. Loading again changes nothing.

    What was changed here since is kept, and the difference waits on the worklist. Raises PackRefused, with every
    fault, before anything is written.
    """
    pack, faults = check_pack(folder, cases=False)  # publishing the rules tries their cases
    if faults:
        raise PackRefused(faults)
    return Loader(pack, actor, at, today).run()
