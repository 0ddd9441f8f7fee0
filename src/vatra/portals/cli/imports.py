"""`vatra import …`: bring in what others keep."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def imports() -> None:
    """Bring in a register, a list, boundaries."""


@imports.command()
@click.argument("file", type=FILE)
@click.option(
    "--nomenclature", type=FILE,
    help="The kinds of service (JSON). Without it, the file that the pack names is looked for beside FILE.",
)  # fmt: skip
@click.option("--register", "register_code", default="", help="Which register of the pack, if it describes several.")
@click.option("--encoding", default="", help="How FILE writes its letters, if not UTF-8 (for example cp1250).")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def providers(file: Path, nomenclature: Path | None, register_code: str, encoding: str, as_json: bool) -> None:
    """Import a register of licensed services: FILE is a CSV file or a workbook.

    Every row is created, updated, found unchanged, or rejected with its number and reason. The same file again
    changes nothing. Exit code 0: imported; 1: the file was refused and nothing changed; 2: wrong call.
    """
    from vatra.portals.cli.start import django

    django()
    ready()
    from vatra.foundation.imports.queries import report
    from vatra.kernel.actor import system
    from vatra.rooms.providers.commands import import_services
    from vatra.rooms.providers.registers import load_register

    made = import_services(
        file=file, nomenclature=nomenclature, register=load_register(register_code), encoding=encoding,
        actor=system("import"), at=now(), finished=now, progress=progress,
    )  # fmt: skip
    found = report(made)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    _print(found)


@imports.command()
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, required=True, help="Which column is what, and where a line belongs (YAML).")
@click.option("--encoding", default="", help="How FILE writes its letters, if neither UTF-8 nor what the mapping says.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON, alone on standard output.")
def measurements(file: Path, mapping: Path, encoding: str, as_json: bool) -> None:
    """Import reported figures: FILE is a CSV file or a workbook with one figure in each row.

    Every row is created, updated, found unchanged, or rejected with its number and reason. The same file again
    changes nothing. Exit code 0: imported; 1: file or mapping was refused and nothing changed; 2: wrong call.
    """
    from vatra.portals.cli.start import django

    django()
    ready()
    from django.conf import settings

    from vatra.journeys.measurements import MappingRefused, import_measurements
    from vatra.kernel.actor import system

    try:
        imported = import_measurements(
            file=file, mapping=mapping, packs=settings.VATRA.packs, encoding=encoding, actor=system("import"), at=now(),
            finished=now, progress=progress,
        )  # fmt: skip
    except MappingRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault), err=True)
        sys.exit(1)
    _told(imported.run, as_json=as_json)


@imports.command()
@click.argument("file", type=FILE)
@click.option("--kind", default="", help="Which kind of area the features are; otherwise the kind most of them match.")
@click.option("--code", default="", help="The property that holds codes. Otherwise the usual ones are tried.")
@click.option("--name", default="", help="The property that holds names. Otherwise the usual ones are tried.")
@click.option(
    "--create-areas/--only-known", "create", default=None,
    help="Create areas that are not known, or never. Otherwise only when fewer than half of the features are known.",
)  # fmt: skip
@click.option("--parent", default="", help="The code of the area in which created areas lie; otherwise their country.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON, alone on standard output.")
def boundaries(file: Path, kind: str, code: str, name: str, create: bool | None, parent: str, as_json: bool) -> None:
    """Import outlines of areas: FILE is GeoJSON with polygons in degrees (WGS 84).

    Every feature becomes the outline of the area that its code or name means, or is rejected with its reason. The
    same file again changes nothing. Exit code 0: imported; 1: the file was refused and nothing changed; 2: wrong call.
    """
    from vatra.portals.cli.start import django

    django()
    ready()
    from django.conf import settings

    from vatra.journeys.boundaries import import_boundaries
    from vatra.kernel.actor import system

    made, _created = import_boundaries(
        file=file, packs=settings.VATRA.packs, kind=kind, code=code, name=name, create=create, parent=parent,
        actor=system("import"), at=now(), finished=now, progress=progress,
    )  # fmt: skip
    _told(made, as_json=as_json)


def now() -> datetime:
    return datetime.now(UTC)


def progress(done: int, all_rows: int) -> None:
    click.echo(f"\r{done}/{all_rows}", nl=done == all_rows, err=True)


def _told(made, *, as_json: bool) -> None:
    """Counts on standard output; what was noted about the file, and each row that has a reason, beside it."""
    from vatra.foundation.imports.queries import placed, told_of
    from vatra.web.middleware import translated

    for note in made.notes:
        click.echo(translated(note["sentence"], note["values"]), err=True)
    after = 0
    while rows := told_of(made.pk, after=after):
        for row in rows:
            for reason in row.reasons:
                where = f" [{reason['column']}]" if reason["column"] else ""
                said = translated(reason["sentence"], reason["values"])
                click.echo(f"row {row.number} {row.outcome}{where}: {said}", err=True)
        after = rows[-1].number
    counts = placed(made)
    click.echo(json.dumps(counts) if as_json else " · ".join(f"{name} {count}" for name, count in counts.items()))


def ready() -> None:
    """Prepare a database that holds nothing yet; refuse one that waits for changes."""
    from django.core.management import call_command
    from django.db import connection

    from .serve import check_migrated

    if not connection.introspection.table_names():
        click.echo("Preparing the database…", err=True)
        call_command("migrate", interactive=False, verbosity=0)
    check_migrated()


def _print(found: dict) -> None:
    """The report for people: counts, then the rows that were rejected or flagged."""
    from vatra.web.middleware import translated

    names = ("read", "created", "updated", "unchanged", "rejected")
    click.echo(" · ".join(f"{name} {found[name]}" for name in names))
    for row in found["rows"]:
        for reason in row["reasons"]:
            where = f" [{reason['column']}]" if reason["column"] else ""
            click.echo(f"row {row['row']} {row['outcome']}{where}: {translated(reason['sentence'], reason['values'])}")
