"""`vatra synth`: test data with truth. No Django here."""

from __future__ import annotations

import time
from pathlib import Path

import click


@click.group()
def synth() -> None:
    """Make synthetic test data, with the truth beside it."""


@synth.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--size", default=50_000, show_default=True, type=click.IntRange(min=10), help="Number of records.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same file.")
@click.option(
    "--culture",
    default="mixed",
    show_default=True,
    type=click.Choice(["mixed", "arabic", "turkish", "romanian", "hungarian"]),
    help="Naming culture.",
)
@click.option(
    "--duplicates", default=0.15, show_default=True, type=click.FloatRange(0, 0.9), help="Share of repeated records."
)
@click.option("--noise", default=1.0, show_default=True, type=click.FloatRange(0, 3), help="How bad the records are.")
def people(out: Path, size: int, seed: int, culture: str, duplicates: float, noise: float) -> None:
    """Write people to OUT (.csv or .parquet): households in four naming cultures, some people more than once.

    Equal values of the column "entity" mean the same person. The file appears whole or not at all.
    """
    from vatra.engines.linkage.synthetic import write_people

    if out.suffix not in (".csv", ".parquet"):
        raise click.UsageError(f"{out.name}: name a file that ends in .csv or .parquet.")
    if not out.parent.is_dir():
        raise click.UsageError(f"There is no folder {out.parent}. Make it first.")
    start = time.perf_counter()

    def progress(done: int) -> None:
        click.echo(f"{done} of {size} records, {time.perf_counter() - start:.0f} s", err=True)

    rows = write_people(out, size, seed=seed, culture=culture, duplicates=duplicates, noise=noise, progress=progress)
    click.echo(f"{rows} records in {out}", err=True)
