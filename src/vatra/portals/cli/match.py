"""`vatra match`: find the same person in one list or two. No Django here; the registry is not touched."""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable
from pathlib import Path

import click

from vatra.kernel.refused import Refused

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("left", type=_FILE)
@click.argument("right", type=_FILE, required=False)
@click.option("--columns", required=True, type=_FILE, help="YAML map from fields (id, given_name, …) to your columns.")
@click.option("--out", required=True, type=_FILE, help="Where to write the pairs (.csv or .parquet).")
@click.option("--labels", type=_FILE, help="Labelled pairs (left, right, match) to refit the parameters with.")
@click.option("--review", type=_FILE, help="Write up to 2,000 pairs here for people to label.")
@click.option("--truth", help="Column whose equal values mean the same person; measures the result.")
@click.option("--parameters", type=_FILE, help="YAML laid over the parameters that ship with Vatra.")
@click.option("--save-parameters", type=_FILE, help="With --labels: write the accepted parameters here.")
@click.option(
    "--memory", type=click.IntRange(min=200), help="Memory for the data in MB; by default as the records need."
)
@click.option("--threads", default=2, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--language",
    default="en",
    show_default=True,
    type=click.Choice(["ar", "en", "ro", "tr"]),
    help="Of the reasons, and of what is refused.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one line of JSON.")
def match(
    left: Path,
    right: Path | None,
    columns: Path,
    out: Path,
    labels: Path | None,
    review: Path | None,
    truth: str | None,
    parameters: Path | None,
    save_parameters: Path | None,
    memory: int | None,
    threads: int,
    language: str,
    as_json: bool,
) -> None:
    """Find the same person within LEFT, or between LEFT and RIGHT (CSV or Parquet).

    Writes to OUT the pairs that are one person, each with its probability and its reasons, in words and as codes; and
    beside it OUT's name with ".clusters": the cluster of every record. Files are complete or absent. Nothing is written into the registry.
    """
    from vatra.engines.linkage import load, read_columns
    from vatra.engines.linkage import match as run_match

    def say(sentence: str) -> None:
        click.echo(sentence, err=True)

    if save_parameters and not save_parameters.parent.is_dir():
        raise click.BadParameter(f"{save_parameters.parent} is no folder.", param_hint="--save-parameters")
    translate = _translator(language)
    try:
        report = run_match(
            left,
            right,
            columns=read_columns(columns),
            out=out,
            parameters=load(parameters) if parameters else None,
            labels=labels,
            review=review,
            truth=truth,
            progress=say,
            translate=translate,
            memory_mb=memory,
            threads=threads,
        )
    except Refused as refusal:
        said = (translate(text) if text else "" for text in (refusal.sentence, refusal.next_step))
        raise Refused(refusal.code, *said, **refusal.values) from refusal
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    refit = report.pop("refit", None)
    if refit:
        _tell(refit, say)
        if save_parameters and refit["accepted"]:
            import yaml

            part = save_parameters.with_name(save_parameters.name + ".part")
            part.write_text(yaml.safe_dump(refit["parameters"], allow_unicode=True, sort_keys=False), encoding="utf-8")
            part.replace(save_parameters)
    if as_json:
        click.echo(
            json.dumps(report | ({"refit": {k: v for k, v in refit.items() if k != "parameters"}} if refit else {}))
        )
    else:
        for reason in report.pop("reasons"):
            click.echo(f"{reason['pairs']:>9}  {reason['sentence']}")
        for name, value in report.items():
            click.echo(f"{name}: {value}")


def _translator(language: str) -> Callable[[str], str]:
    """The house's catalogue of a language, read without Django."""
    if language == "en":
        return gettext.NullTranslations().gettext
    import vatra

    folder = Path(vatra.__file__).with_name("locale")
    return gettext.translation("django", localedir=folder, languages=[language]).gettext


def _tell(refit: dict, say) -> None:
    """The new parameters beside the old, on labels neither has seen."""
    say(f"Labels: {refit['labels']}, of which {refit['held_back']} were held back to judge by.")
    for name in ("old", "new"):
        figures = refit[name]
        say(f"  {name}: precision {figures['precision']:.4f}, recall {figures['recall']:.4f}, F1 {figures['f1']:.4f}")
    say(
        "The new parameters are used."
        if refit["accepted"]
        else "The new parameters are no better; the old ones are kept."
    )
