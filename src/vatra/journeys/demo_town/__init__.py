"""The demonstration town: a real municipality, invented people, and months of a service's work on them."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from vatra.kernel.actor import system

__all__ = ["build"]


def build(*, households: int, seed: int, say: Callable[[str], None], today: date | None = None) -> list[dict[str, str]]:
    """Load the pack, employ its people, and let the service work until the day before `today`; returns who can sign in.

    The same number, seed and day give the same town. Needs a prepared database without people in it. Everything goes
    through the commands that the screens call; letters are rendered when somebody opens them.
    """
    from django.conf import settings

    from vatra.foundation.catalogue.queries import code, languages, zone
    from vatra.journeys.load_pack import load_pack
    from vatra.kernel.days import day

    from .lists import look_back
    from .service import Service, Tally
    from .staff import employ
    from .town import Builder

    folder: Path = settings.VATRA.packs / settings.VATRA.pack
    sheet: dict[str, Any] = yaml.safe_load((folder / "demo.yaml").read_text(encoding="utf-8"))
    now = datetime.now().astimezone()
    today = today or day(now, zone())
    first = today - timedelta(days=int(sheet["months"] * 30.4))
    opening = now.replace(year=first.year, month=first.month, day=first.day) - timedelta(days=20)
    load_pack(folder, actor=system("demo"), at=opening, today=opening.date())
    say(f"   pack {settings.VATRA.pack} loaded")
    _providers(folder, at=opening, say=say)  # before the staff: some of it works for them
    staff = employ(sheet, since=opening.date(), at=opening, language=languages()[0])
    known = code("identifier_kind", sheet["identifier"]["kind"])
    homes = Builder(sheet, known.extra if known else None, today, seed).homes(households)
    people = sum(len(home.members) for home in homes)
    say(f"   {len(homes)} households, {people} people; the service opens on {first}")
    # Until yesterday: nothing in the books may lie ahead of whoever opens them.
    service = Service(staff, homes, sheet=sheet, first=first, last=today - timedelta(days=1), seed=seed)
    told = [time.monotonic()]

    def progress(at: datetime, tally: Tally) -> None:
        if time.monotonic() - told[0] >= 5:
            told[0] = time.monotonic()
            say(f"   {at:%Y-%m-%d}: {tally.events} things done")

    tally = service.run(progress)
    look_back(at=datetime.combine(today, datetime.min.time(), service.hours.zone))
    say(f"   {tally.events} things done; {sum(tally.refused.values())} refused {dict(sorted(tally.refused.items()))}")
    return staff.users


def _providers(folder: Path, *, at: datetime, say: Callable[[str], None]) -> None:
    """The directory of the surroundings, from the register that the pack carries."""
    from vatra.rooms.providers.commands import import_services

    for register in sorted((folder / "registers").glob("*.csv")):
        made = import_services(file=register, actor=system("demo"), at=at, finished=lambda: at)
        say(f"   {made.counts['created']} services of providers in the directory")
