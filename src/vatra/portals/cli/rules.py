"""`vatra rules`: check, test, explain and compare written rules. Needs no database and no Django."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from vatra.engines.rules import Catalogue, Outcome, Problem, RuleSet, check_text, load_ruleset
from vatra.engines.rules.cases import CaseResult, junit, read_cases, run_case, unit_of
from vatra.engines.rules.compare import compare
from vatra.engines.rules.files import find_catalogue, load_catalogue, read_text, rules_files
from vatra.foundation.catalogue.holidays import calendar_of
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

DAY = click.DateTime(["%Y-%m-%d"])
PATH = click.Path(path_type=Path)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Machine output alone on stdout.")
catalogue_option = click.option(
    "--catalogue",
    "catalogue_path",
    type=PATH,
    help="catalogue.yaml or a pack's folder (default: the nearest above the file).",
)


@click.group("rules")
def rules() -> None:
    """Check, test, explain and compare written rules."""


@rules.command()
@click.argument("paths", nargs=-1, required=True, type=PATH)
@catalogue_option
@click.option("--on", type=DAY, help="The day on which every parameter must have a value (default: today).")
@as_json_option
def check(paths: tuple[Path, ...], catalogue_path: Path | None, on: datetime | None, as_json: bool) -> None:
    """Say everything that is wrong with rules, each with its line and column."""
    problems: list[Problem] = []
    count = 0
    for path in _documents(paths):
        count += 1
        problems += _problems(path, catalogue_path, _day(on))
    if as_json:
        click.echo(json.dumps({"files": count, "problems": [p.as_json() for p in problems]}, ensure_ascii=False))
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"{count} files, {len(problems)} problems", err=True)
    sys.exit(1 if problems else 0)


def _problems(path: Path, catalogue_path: Path | None, on: date) -> list[Problem]:
    try:
        text = read_text(path)
    except Refused as refused:
        return [Problem(1, 1, refused.code, refused.sentence, refused.values, str(path))]
    return check_text(text, _catalogue(path, catalogue_path), str(path), on=on)


@rules.command()
@click.argument("path", type=PATH)
@catalogue_option
@click.option("--junit", "junit_path", type=PATH, help="Write JUnit XML here.")
@as_json_option
def test(path: Path, catalogue_path: Path | None, junit_path: Path | None, as_json: bool) -> None:
    """Run the cases (*.cases.yaml) of a folder or file against their rules."""
    files = sorted(path.rglob("*.cases.yaml")) if path.is_dir() else [path]
    if not files:
        raise Refused(
            "no_cases", _("There are no cases (*.cases.yaml) in %(path)s."), _("Check the folder."), path=path
        )
    suites: dict[str, list[CaseResult]] = {}
    for file in files:
        suite = read_cases(read_text(file))
        ruleset = _ruleset_beside(file, suite.ruleset, catalogue_path)
        click.echo(f"{file} …", err=True)
        suites[str(file)] = [run_case(ruleset, case) for case in suite.cases]
    if junit_path is not None:
        junit_path.write_text(junit(suites), encoding="utf-8")
    failed = sum(bool(r.differences) for results in suites.values() for r in results)
    click.echo(_cases_json(suites) if as_json else _cases_text(suites))
    sys.exit(1 if failed else 0)


def _cases_text(suites: dict[str, list[CaseResult]]) -> str:
    lines = []
    for name, results in suites.items():
        failed = [r for r in results if r.differences]
        lines.append(f"{name}: {len(results) - len(failed)} passed, {len(failed)} failed")
        for r in failed:
            lines.append(f"  line {r.case.line}: {r.case.name}")
            lines += [f"    {difference}" for difference in r.differences]
    total = sum(len(r) for r in suites.values())
    failed_all = sum(bool(r.differences) for results in suites.values() for r in results)
    return "\n".join([*lines, f"{total} cases, {failed_all} failed"])


def _cases_json(suites: dict[str, list[CaseResult]]) -> str:
    rows = [
        {
            "suite": name,
            "case": r.case.name,
            "line": r.case.line,
            "passed": not r.differences,
            "differences": r.differences,
        }
        for name, results in suites.items()
        for r in results
    ]
    failed = sum(not row["passed"] for row in rows)
    return json.dumps({"cases": len(rows), "failed": failed, "results": rows}, ensure_ascii=False)


@rules.command()
@click.argument("path", type=PATH)
@click.option("--cases", "cases_path", type=PATH, help="The file of cases (default: the one beside the rules).")
@click.option("--case", "name", help="Name, or the beginning of the name, of the case (default: the first).")
@click.option("--language", default="en", help="Language of the reasons.")
@catalogue_option
@as_json_option
def explain(
    path: Path, cases_path: Path | None, name: str | None, language: str, catalogue_path: Path | None, as_json: bool
) -> None:
    """Decide one case and say why: each clause, the figures in it, and its law."""
    ruleset = load_ruleset(read_text(path), _catalogue(path, catalogue_path))
    cases_path = cases_path or path.with_name(path.name.split(".")[0] + ".cases.yaml")
    cases = read_cases(read_text(cases_path)).cases
    found = [c for c in cases if name is None or c.name.startswith(name)]
    if not found:
        raise Refused(
            "no_case",
            _("No case is called “%(name)s”."),
            _("Names: %(names)s"),
            name=name,
            names="; ".join(c.name for c in cases),
        )
    case = found[0]
    outcome = ruleset.determine(unit_of(case, ruleset.catalogue), on=case.on, has=case.has)
    if as_json:
        click.echo(json.dumps({"case": case.name, **outcome.trace_json()}, ensure_ascii=False))
    else:
        click.echo("\n".join([f"{case.name} ({case.on.isoformat()})", *explained(outcome, language)]))


def explained(outcome: Outcome, language: str) -> Iterable[str]:
    """The outcome as lines of text."""
    exponents = outcome.ruleset.catalogue.currencies

    def shown(value: Any) -> str:
        if isinstance(value, dict) and "minor" in value:
            major = Decimal(value["minor"]).scaleb(-exponents[value["currency"]])
            return f"{major:f} {value['currency']}"
        if isinstance(value, dict):
            return f"{shown(value['at_least'])} … {shown(value['at_most'])}"
        return "?" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    amount = f": {shown(outcome.amount.as_json())} per {outcome.period}" if outcome.amount else ""
    yield outcome.status + amount
    for clause in outcome.clauses:
        mark = {True: "yes", False: "NO ", None: "?  "}[clause.holds]
        text = clause.because.get(language) or next(iter(clause.because.values()))
        for figure, value in clause.values.items():
            text = text.replace("{" + figure + "}", shown(value))
        yield f"  {mark} {clause.id}: {text}"
        yield f"      {' · '.join(str(clause.law[k]) for k in ('act', 'article', 'url') if clause.law.get(k))}"
        for figure, value in clause.values.items():
            yield f"      {figure} = {shown(value)}"
    for missing in outcome.missing:
        yield f"  ask: {missing.fact}" + (f" of {missing.member_id}" if missing.member_id else "")


@rules.command()
@click.argument("old", type=PATH)
@click.argument("new", type=PATH)
@click.option("--cases", "cases_path", type=PATH, help="Also decide these cases by both, and show where they differ.")
@catalogue_option
@as_json_option
def diff(old: Path, new: Path, cases_path: Path | None, catalogue_path: Path | None, as_json: bool) -> None:
    """Say what changes from one text of rules to another."""
    before = load_ruleset(read_text(old), _catalogue(old, catalogue_path))
    after = load_ruleset(read_text(new), _catalogue(new, catalogue_path or find_catalogue(old)))
    cases = read_cases(read_text(cases_path)).cases if cases_path else []
    changes = compare(before, after, cases)
    if as_json:
        click.echo(json.dumps({"changes": [c.as_json() for c in changes]}, ensure_ascii=False))
    else:
        click.echo("\n".join(str(c) for c in changes) or "No difference in what the rules say.")


# -- finding things


def _documents(paths: tuple[Path, ...]) -> list[Path]:
    out: list[Path] = []
    for path in paths:
        out += [f.path for f in rules_files(path)] if path.is_dir() else [path]
    return out


def _catalogue(path: Path, given: Path | None) -> Catalogue:
    """The catalogue given, or the nearest; an empty one, with a word about it, if there is none."""
    found = given or find_catalogue(path)
    if found is None:
        click.echo(
            f"{path}: no catalogue.yaml or pack.yaml above it; only the facts it brings along are known", err=True
        )
        return Catalogue.from_dict({})
    return load_catalogue(found, calendar_of)


def _ruleset_beside(cases: Path, code: str, catalogue_path: Path | None) -> RuleSet:
    """The rules a file of cases is about: the document of that code in its folder."""
    stem = cases.name.removesuffix(".cases.yaml")
    for path in (cases.with_name(f"{stem}.rules.yaml"), cases.with_name(f"{stem}.yaml")):
        if path.is_file() and any(f.path == path and code in ("", f.code) for f in rules_files(cases.parent)):
            return load_ruleset(read_text(path), _catalogue(path, catalogue_path))
    for file in rules_files(cases.parent):
        if file.code == code:
            return load_ruleset(file.text, _catalogue(file.path, catalogue_path))
    raise Refused(
        "no_rules",
        _("No rules with the code “%(code)s” lie beside %(path)s."),
        _("Name the ruleset in the cases."),
        code=code,
        path=cases,
    )


def _day(on: datetime | None) -> date:
    # The edge of the system: a clock may be read here.
    return on.date() if on else datetime.now(UTC).date()
