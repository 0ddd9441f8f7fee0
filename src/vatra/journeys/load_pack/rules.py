"""The written rules of a pack, checked against the facts of the same pack and tried on their own cases."""

from vatra.engines.rules import Catalogue, Problem, check_text
from vatra.foundation.catalogue.holidays import calendar_of
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.programmes.cases import failures
from vatra.rooms.programmes.rulebook import catalogue_of

from .files import PackFiles, ProgrammeFiles
from .reading import Fault


def pack_catalogue(pack: PackFiles) -> Catalogue:
    """What the rules of a pack may name, from its files. Raises Refused at a fact that makes no sense."""
    return catalogue_of(
        facts={fact["code"]: fact for fact in pack.facts},
        lists={found["code"]: [row["code"] for row in found["codes"]] for found in pack.code_lists},
        parameters=pack.parameters,
        currencies=pack.head["currencies"],
        programmes=[found.said["code"] for found in pack.programmes],
        calendar=calendar_of(pack.head["calendar"]),
    )


def check_rules(pack: PackFiles, *, cases: bool) -> list[Fault]:
    """Every problem of every ruleset; with `cases`, every case that does not come out as its author expected."""
    try:
        catalogue = pack_catalogue(pack)
    except Refused as refusal:
        return [Fault("facts.yaml", 1, 1, refusal.sentence, refusal.values)]
    faults: list[Fault] = []
    for found in [*pack.programmes, *pack.conditions]:
        if found.rules:
            faults += _check_one(found, catalogue, cases=cases)
    return faults


def _check_one(found: ProgrammeFiles, catalogue: Catalogue, *, cases: bool) -> list[Fault]:
    problems: list[Problem] = check_text(found.rules, catalogue, path=found.rules_path)
    faults = [Fault(found.rules_path, p.line, p.column, p.sentence, p.values) for p in problems]
    if faults:
        return faults
    if not found.cases:
        return [Fault(found.rules_path, 1, 1, gettext_noop("No cases stand beside these rules."))]
    if not cases:
        return []
    try:
        wrong = failures(found.rules, found.cases, catalogue)
    except Refused as refusal:
        return [Fault(found.cases_path, 1, 1, refusal.sentence, refusal.values)]
    said = gettext_noop("The case “%(name)s” fails: %(why)s")
    return [Fault(found.cases_path, line, 1, said, {"name": name, "why": why}) for line, name, why in wrong]
