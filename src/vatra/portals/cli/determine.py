"""`vatra determine`: what a household may receive on a day, as things were known at an instant, and why."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .start import django, result

SIGNS = {"entitled": "✓", "not_entitled": "✗", "unknown": "?"}
WORDS = {"entitled": "entitled", "not_entitled": "not entitled", "unknown": "not yet known"}


class Day(click.ParamType):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not a day; write it as 2026-11-21.", param, ctx)


class Instant(click.ParamType):
    name = "INSTANT"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime | date:
        try:
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not an instant; write it as 2026-11-21T10:00+02:00, or as a day.", param, ctx)


@click.command()
@click.option("--household", required=True, metavar="ID", help="The household's id, or its number (SPAS-00001).")
@click.option("--on", required=True, type=Day(), help="The day that the answer is about.")
@click.option("--known", type=Instant(), help="Answer as things were known then (a day: its end); without it, now.")
@click.option("--language", default="", help="Language of the reasons; without it, the pack's own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def determine(household: str, on: date, known: datetime | date | None, language: str, as_json: bool) -> None:
    """Say what a household may receive, and why: every programme, each clause with its figures and its law.

    Nothing is stored. Refuses a household that is not known here.
    """
    django()
    from vatra.foundation.catalogue.queries import languages, zone
    from vatra.rooms.benefits import queries

    panel = queries.what_could_help(_household(household), on=on, known_at=_instant(known, zone()))
    said = queries.as_json(panel, language=language or languages()[0])
    if as_json:
        result(said)
    else:
        _show(said)


def _household(text: str) -> UUID:
    from vatra.rooms.people.models import Household

    try:
        found = Household.objects.filter(pk=UUID(text))
    except ValueError:
        found = Household.objects.filter(number__iexact=text)
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise Refused(
            "no_such_household", gettext_noop("There is no household “%(household)s” here."),
            gettext_noop("Give its id or its number, as the desk shows it."), household=text,
        )  # fmt: skip
    return pk


def _instant(known: datetime | date | None, zone: str) -> datetime:
    if known is None:
        return datetime.now(UTC)
    if not isinstance(known, datetime):
        return datetime.combine(known, time(23, 59, 59, 999999), ZoneInfo(zone))
    return known if known.tzinfo else known.replace(tzinfo=ZoneInfo(zone))


def _show(said: dict[str, Any]) -> None:
    click.echo(f"{said['number']}  on {said['on']}, as known {said['known']}\n")
    for programme in said["programmes"]:
        amount = programme["amount"]
        money = f"  {_major(amount)}" if amount else ""
        click.echo(f"{SIGNS[programme['status']]} {programme['code']}: {WORDS[programme['status']]}{money}")
        if not programme["decided_here"]:
            click.echo(f"    decided by {programme['decided_by']}, not here")
        for clause in programme["clauses"]:
            sign = {True: "✓", False: "✗", None: "?"}[clause["holds"]]
            click.echo(f"    {sign} {clause['because']} — {clause['law']}")
        if programme["missing"]:
            click.echo(f"    to ask: {', '.join(programme['missing'])}")


def _major(amount: dict[str, Any]) -> str:
    """In major units by the pack's exponent; never a binary float."""
    from decimal import Decimal

    from vatra.foundation.catalogue.queries import currencies

    exponent = currencies().get(amount["currency"], {}).get("exponent", 2)
    return f"{Decimal(amount['minor']).scaleb(-exponent):,f} {amount['currency']}"
