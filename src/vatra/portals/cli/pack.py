"""`vatra pack`: check a country's pack, and load it into this installation."""

import json
import sys
from pathlib import Path

import click

from vatra.portals.cli.start import django


@click.group()
def pack() -> None:
    """Load or check a country's pack."""


def _folder(code: str | None) -> Path:
    """A folder that was named, or the one of that code below the folder of packs."""
    from vatra.config.django import VATRA

    named = Path(code or VATRA.pack)
    return named if (named / "pack.yaml").is_file() else VATRA.packs / (code or VATRA.pack)


@pack.command()
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, alone on standard output.")
@click.option("--no-cases", is_flag=True, help="Do not decide the cases of the rules.")
def check(code: str | None, as_json: bool, no_cases: bool) -> None:
    """Check a pack (a code, or a folder) without loading it: every fault with its file, line and column."""
    django()
    from vatra.journeys.load_pack import check_pack

    files, faults = check_pack(_folder(code), cases=not no_cases)
    if as_json:
        click.echo(json.dumps({
            "pack": files.head.get("code"), "version": files.head.get("version"),
            "faults": [fault.as_json() for fault in faults],
        }, ensure_ascii=False))  # fmt: skip
    else:
        for fault in faults:
            click.echo(str(fault))
        click.echo(f"{files.head.get('code', files.folder.name)}: {len(faults)} faults", err=True)
    sys.exit(1 if faults else 0)


@pack.command()
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON, alone on standard output.")
def load(code: str | None, as_json: bool) -> None:
    """Load a pack (a code, or a folder). Loading it again changes nothing; what was changed here is kept."""
    django()
    from django.utils import timezone

    from vatra.foundation.catalogue.queries import zone
    from vatra.journeys.load_pack import PackRefused, load_pack
    from vatra.kernel.actor import system
    from vatra.kernel.days import day

    at = timezone.now()
    try:
        loaded = load_pack(_folder(code), actor=system("vatra pack load"), at=at, today=day(at, zone()))
    except PackRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(loaded.as_json(), ensure_ascii=False))
        return
    for kind, counts in loaded.counts.items():
        said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
        click.echo(f"{kind:<12} {said}")
    for kind, name in loaded.kept:
        click.echo(f"kept as changed here: {kind} {name}", err=True)
