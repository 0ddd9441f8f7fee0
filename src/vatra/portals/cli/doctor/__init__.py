"""`vatra doctor`: what is missing or unsafe in this installation, each with the way to mend it."""

import sys

import click

from vatra.portals.cli.start import django, result, say

MARKS = {"ok": "✓", "advice": "–", "fault": "✗"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--all", "everything", is_flag=True, help="Also show what is in order.")
def doctor(as_json: bool, everything: bool) -> None:
    """Say what is missing or unsafe in this installation, and how to mend it.

    Looks and changes nothing. Exit code 0 when nothing is at fault (advice may remain), 1 when something is.
    """
    from vatra.config.settings import BadSetting

    try:
        django()
    except (BadSetting, ValueError) as problem:  # the settings cannot even be read
        say(f"✗ {problem}")
        if as_json:
            result({"ok": False, "findings": [{"code": "settings", "level": "fault", "found": str(problem)}]})
        sys.exit(1)
    from .checks import examine

    findings = examine()
    faults = sum(finding.level == "fault" for finding in findings)
    if as_json:
        result({"ok": not faults, "findings": [finding.as_json() for finding in findings]})
    for finding in findings:
        if everything or finding.level != "ok":
            say(f"{MARKS[finding.level]} {finding.found}")
            if finding.mend:
                say(f"    {finding.mend}")
    advice = sum(finding.level == "advice" for finding in findings)
    say(f"\n{len(findings)} things looked at: {faults} at fault, {advice} with advice.")
    sys.exit(1 if faults else 0)
