"""Cases that a lawyer can read: given facts, expected outcome. The format is in docs/rules.md, “Cases”."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from vatra.engines.rules.catalogue import Catalogue
from vatra.engines.rules.document import Mapping, Node, Scalar, Sequence, read_document
from vatra.engines.rules.outcome import Outcome
from vatra.engines.rules.parameters import plain
from vatra.engines.rules.problems import Trouble, nearest
from vatra.engines.rules.ruleset import RuleSet
from vatra.engines.rules.types import BadValue, as_json, read_date, read_literal
from vatra.engines.rules.unit import Unit
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

_CASE = {"name", "on", "has", "given", "expect", "note", "law"}
_EXPECT = {"status", "amount", "amount_bounds", "clauses", "derived", "members", "missing", "period", "parameter_error"}


@dataclass(frozen=True)
class Case:
    name: str
    on: date
    has: frozenset[str] | None
    household: dict[str, Any]
    members: list[dict[str, Any]]
    subject: str | None
    expect: dict[str, Any]
    line: int


@dataclass
class CaseResult:
    """`differences` are sentences; none means that the case passed."""

    case: Case
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Suite:
    ruleset: str
    cases: list[Case]


def read_cases(text: str) -> Suite:
    """The cases of a document. Raises Refused with the line of what cannot be read."""
    try:
        root = read_document(text)
        if not isinstance(root, Mapping):
            raise Trouble(root.pos, "yaml", _("Cases are a mapping with “ruleset” and “cases”."))
        listed = root.get("cases")
        if not isinstance(listed, Sequence) or not listed.items:
            raise Trouble(root.pos, "yaml", _("“cases” is a list."))
        return Suite(str(plain(root.get("ruleset")) or ""), [_case(item) for item in listed.items])
    except Trouble as trouble:
        problem = trouble.problem
        raise Refused(
            "wrong_case",
            _("Line %(line)s: %(why)s"),
            _("Correct the case; docs/rules.md shows the format."),
            line=problem.line,
            why=problem.text,
        ) from None


def _case(node: Node) -> Case:
    if not isinstance(node, Mapping):
        raise Trouble(node.pos, "yaml", _("A case is a mapping with name, on, given and expect."))
    for key, scalar in node.keys.items():
        if key not in _CASE:
            raise Trouble(scalar.pos, "unknown_key", _("“%(name)s” is not a key of a case."), name=key[:40])
    on = node.get("on")
    day = read_date(on.text) if isinstance(on, Scalar) else None
    if day is None:
        raise Trouble((on or node).pos, "wrong_type", _("Each case says on which day it is decided (on: 2025-01-31)."))
    given, expect = plain(node.get("given")) or {}, plain(node.get("expect"))
    if not isinstance(given, dict) or not isinstance(expect, dict) or not expect:
        raise Trouble(node.pos, "yaml", _("A case needs “given” and “expect”."))
    if wrong := set(expect) - _EXPECT:
        raise Trouble(node.pos, "unknown_key", _("“%(name)s” cannot be expected."), name=sorted(wrong)[0])
    members = given.get("members") or [{"id": "person"}]
    if isinstance(members, dict):
        members = [{"id": id_, **(facts or {})} for id_, facts in members.items()]
    if not all(isinstance(m, dict) and m.get("id") for m in members):
        raise Trouble(node.pos, "yaml", _("Each member has an id."))
    has = plain(node.get("has"))
    return Case(
        str(plain(node.get("name")) or ""),
        day,
        frozenset(has) if isinstance(has, list) else None,
        given.get("household") or {},
        members,
        given.get("subject"),
        expect,
        node.pos[0],
    )


def unit_of(case: Case, catalogue: Catalogue) -> Unit:
    """The unit a case describes. Raises Refused for a fact that the catalogue does not know."""
    rows = [
        {"id": m["id"], "facts": _facts({k: x for k, x in m.items() if k != "id"}, catalogue)} for m in case.members
    ]
    return Unit(rows, _facts(case.household, catalogue), case.subject)


def _facts(written: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in written.items():
        fact = catalogue.facts.get(name)
        if fact is None:
            raise Refused(
                "unknown_fact",
                _("The case gives a fact “%(name)s” that is not in the catalogue."),
                _("Did you mean “%(near)s”?"),
                name=name,
                near=nearest(name, catalogue.facts) or "—",
            )
        out[name] = _history(value, fact.type.kind) if isinstance(value, dict) else _typed(value, fact.type.kind)
    return out


def _history(written: dict[str, Any], kind: str) -> list[tuple[date, date | None, Any]]:
    days = sorted((read_date(day) or date.min, value) for day, value in written.items())
    ends: list[date | None] = [d for d, _value in days[1:]]
    return [(d, end, _typed(x, kind)) for (d, x), end in zip(days, [*ends, None], strict=True)]


def _typed(text: Any, kind: str) -> Any:
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "integer" and isinstance(text, str) and text.lstrip("-").isdigit():
        return int(text)
    return text


# -- running


def run_case(ruleset: RuleSet, case: Case) -> CaseResult:
    """Decide one case and compare; never raises for what the case or the rules refuse."""
    start = time.perf_counter()
    result = CaseResult(case)
    try:
        outcome = ruleset.determine(unit_of(case, ruleset.catalogue), on=case.on, has=case.has)
    except Refused as refused:
        if not (refused.code == "parameter_without_value" and case.expect.get("parameter_error") == "true"):
            result.differences.append(str(refused))
    else:
        result.differences = list(_differences(outcome, case.expect, ruleset.catalogue))
    result.seconds = time.perf_counter() - start
    return result


def _differences(outcome: Outcome, expect: dict[str, Any], catalogue: Catalogue) -> Iterable[str]:
    if expect.get("parameter_error") == "true":
        yield "the day has rules, but was expected to have none"
    if "status" in expect and expect["status"] != outcome.status:
        why = [c.id for c in outcome.clauses if c.holds is not True]
        yield f"status is {outcome.status} ({', '.join(why) or 'every clause holds'}), expected {expect['status']}"
    if "period" in expect and expect["period"] != outcome.period:
        yield f"period is {outcome.period}, expected {expect['period']}"
    if "amount" in expect:
        amount = outcome.amount.as_json() if outcome.amount else None
        yield from _compare("amount", amount, expect["amount"], catalogue)
    if "amount_bounds" in expect:
        bounds = outcome.amount_bounds or (None, None)
        for name, got, wanted in zip(("least", "most"), bounds, expect["amount_bounds"], strict=False):
            yield from _compare(f"{name} amount", got.as_json() if got else None, wanted, catalogue)
    holds = {c.id: c.holds for c in outcome.clauses}
    for id_, wanted in (expect.get("clauses") or {}).items():
        yield from _compare(f"clause {id_}", holds.get(id_, "no such clause"), wanted, catalogue)
    yield from _figures("", outcome.derived, expect.get("derived"), catalogue)
    members = outcome.member_derived() if expect.get("members") else {}
    for id_, wanted in (expect.get("members") or {}).items():
        yield from _figures(f"{id_}.", members.get(id_, {}), wanted, catalogue)
    if "missing" in expect:
        missing = sorted(f"{m.member_id}.{m.fact}" if m.member_id else m.fact for m in outcome.missing)
        if missing != sorted(expect["missing"] or []):
            yield f"missing is {missing}, expected {sorted(expect['missing'] or [])}"


def _figures(prefix: str, got: dict[str, Any], expect: dict[str, Any] | None, catalogue: Catalogue) -> Iterable[str]:
    for name, wanted in (expect or {}).items():
        yield from _compare(prefix + name, got.get(name, "no such figure"), wanted, catalogue)


def _compare(what: str, got: Any, wanted: Any, catalogue: Catalogue) -> Iterable[str]:
    """Sentences about a figure that is not as expected; `{about, within}` allows a distance."""
    margin: Any = None
    if isinstance(wanted, dict):
        wanted, margin = wanted.get("about"), wanted.get("within")
    try:
        plain_wanted = _json(wanted, catalogue)
        if margin is not None and _near(got, plain_wanted, _json(margin, catalogue)):
            return
    except BadValue as bad:
        yield f"{what}: {bad.args[0] % bad.args[1]}"
        return
    if got != plain_wanted and not _same_number(got, plain_wanted):
        yield f"{what} is {_said(got)}, expected {_said(plain_wanted)}"


def _json(text: Any, catalogue: Catalogue) -> Any:
    if text is None or not isinstance(text, str) or text in ("unknown", "null"):
        return None
    type_, value = read_literal(text, catalogue.currencies)
    return as_json(value, type_)


def _number(value: Any) -> tuple[str, float] | None:
    """Kind and size of a figure, for comparing at a distance only."""
    if isinstance(value, dict) and "minor" in value:
        return value["currency"], value["minor"]
    if isinstance(value, bool) or value is None:
        return None
    try:
        return ("%" if str(value).endswith("%") else ""), float(str(value).rstrip("%"))
    except ValueError:
        return None


def _near(got: Any, wanted: Any, margin: Any) -> bool:
    a, b, by = _number(got), _number(wanted), _number(margin)
    return bool(a and b and by) and a[0] == b[0] and abs(a[1] - b[1]) <= by[1]  # type: ignore[index]


def _same_number(got: Any, wanted: Any) -> bool:
    a, b = _number(got), _number(wanted)
    return a is not None and a == b


def _said(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, dict) and "minor" in value:
        return f"{value['minor']} minor units of {value['currency']}"
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def junit(suites: dict[str, list[CaseResult]]) -> str:
    """JUnit XML of the results by suite name."""
    root = ET.Element("testsuites")
    for name, results in suites.items():
        failed = sum(bool(r.differences) for r in results)
        attributes = {"name": name, "tests": str(len(results)), "failures": str(failed), "errors": "0"}
        suite = ET.SubElement(root, "testsuite", attributes | {"time": f"{sum(r.seconds for r in results):.4f}"})
        for r in results:
            case = ET.SubElement(
                suite, "testcase", {"classname": name, "name": r.case.name, "time": f"{r.seconds:.4f}"}
            )
            if r.differences:
                failure = ET.SubElement(case, "failure", {"message": r.differences[0]})
                failure.text = "\n".join(r.differences)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
