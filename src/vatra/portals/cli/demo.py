"""`vatra demo`: the demonstration town, in a home folder of its own."""

import json
from pathlib import Path

import click

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .start import django, result, say, step

HOUSEHOLDS = 1500
SEED = 1716  # the same seed gives the same town, to the last letter


@click.command()
@click.option("--households", default=HOUSEHOLDS, show_default=True, type=click.IntRange(20, 20000))
@click.option("--seed", default=SEED, show_default=True, help="The same seed gives the same town.")
@click.option("--serve", "and_serve", is_flag=True, help="Then serve it, until Ctrl-C.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--json", "as_json", is_flag=True, help="Print what was built as JSON.")
def demo(households: int, seed: int, and_serve: bool, port: int, as_json: bool) -> None:
    """Prepare the demonstration town: an invented population in a real municipality.

    Built once per home folder; called again, it only brings the database up to date. Refuses a home folder that
    already holds people: invented ones must never mix with them.
    """
    django()
    from django.conf import settings

    from . import serve

    home: Path = settings.VATRA.home
    if and_serve:
        serve.check_port("127.0.0.1", port)  # better now than after three minutes of building
    begin(home)
    migrate()
    built = build(home, households=households, seed=seed)
    if as_json:
        result(built)
    if and_serve:
        serve.prepare_static()
        serve.run(port=port, host="127.0.0.1", announce=lambda address: announce(address, built))


def begin(home: Path) -> None:
    """Clear away a town whose building was interrupted; refuse a home that holds anything else."""
    from django.conf import settings
    from django.db import connection

    home.mkdir(parents=True, exist_ok=True)
    if (home / "demo.json").exists():
        return
    on_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if (home / "demo.building").exists() and on_sqlite:
        say("The last building of the town was interrupted; it begins anew.")
        connection.close()
        for left in home.glob("vatra.sqlite3*"):
            left.unlink()
        return
    if "people_person" in connection.introspection.table_names():
        from vatra.rooms.people.models import Person

        if Person.objects.exists():
            raise Refused(
                "home_in_use",
                gettext_noop("%(home)s already holds people; a demonstration must not mix with them."),
                gettext_noop("Name an empty folder in VATRA_HOME."),
                home=str(home),
            )


def migrate() -> None:
    from django.core.management import call_command

    from .serve import check_migrated

    try:
        check_migrated()
    except Refused:
        with step("preparing the database"):
            call_command("migrate", interactive=False, verbosity=0)


def build(home: Path, *, households: int, seed: int) -> dict[str, object]:
    """Build the town unless this home has it; returns what demo.json says of it."""
    kept = home / "demo.json"
    if kept.exists():
        return json.loads(kept.read_text())
    from vatra.journeys import demo_town

    building = home / "demo.building"
    building.touch()
    with step(f"the demonstration town: {households} households and the work of some months"):
        users = demo_town.build(households=households, seed=seed, say=say)
    about: dict[str, object] = {"households": households, "seed": seed, "users": users}
    kept.write_text(json.dumps(about, ensure_ascii=False, indent=2))
    building.unlink()
    return about


def announce(address: str, built: dict[str, object]) -> None:
    """The last thing on the screen: where to go, and as whom."""
    from vatra import __version__

    users: list[dict[str, str]] = built["users"]  # type: ignore[assignment]
    say(f"\nVatra {__version__} is ready:  {address}\n")
    if users:
        width = max(len(user["username"]) for user in users)
        say(f"  {'user'.ljust(width)}  password        who")
        for user in users:
            say(f"  {user['username'].ljust(width)}  {user['password'].ljust(14)}  {user['name']}, {user['title']}")
        say("")
    say("Everybody in this town is invented. Ctrl-C stops it.")
