"""`vatra`: the command line. Commands load when they are called, so that help is quick and rules need no database.

Exit codes: 0 done, 1 the input was refused, 2 the call was wrong.
"""

import importlib
import os
import sys

import click

from vatra import __version__
from vatra.kernel.refused import Refused

# name → (module, attribute, one line); "django" commands start Django first.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "determine": ("vatra.portals.cli.determine", "determine", "Say what a household may receive, and why."),
    "demo": ("vatra.portals.cli.demo", "demo", "Prepare the demonstration town."),
    "doctor": ("vatra.portals.cli.doctor", "doctor", "Say what is missing or unsafe in this installation."),
    "import": ("vatra.portals.cli.imports", "imports", "Bring in a register, a list, boundaries."),
    "manage": ("vatra.portals.cli.manage", "manage", "Run one of Django's own commands."),
    "match": ("vatra.portals.cli.match", "match", "Find the same person within a list, or across two."),
    "pack": ("vatra.portals.cli.pack", "pack", "Load or check a country's pack."),
    "rules": ("vatra.portals.cli.rules", "rules", "Check, test, explain and compare written rules."),
    "serve": ("vatra.portals.cli.serve", "serve", "Serve the pages and run the worker."),
    "synth": ("vatra.portals.cli.synth", "synth", "Make test populations with known truth."),
    "worker": ("vatra.portals.cli.serve", "worker", "Run the worker alone."),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[name]
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vatra.config.django")
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in self.list_commands(ctx)])


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vatra")
def cli() -> None:
    """Vatra, the information system of a social welfare service."""


def main() -> None:
    os.umask(0o077)  # what Vatra writes, only its own user may read
    try:
        cli(prog_name="vatra")
    except Refused as refusal:
        click.echo(f"{refusal} {refusal.next_step % refusal.values}".strip(), err=True)
        sys.exit(1)
