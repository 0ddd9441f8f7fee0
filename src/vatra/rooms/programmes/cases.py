"""A ruleset's own cases: given facts and an expected outcome, which must come out before anybody publishes it."""

from typing import Any

from vatra.engines.rules import Catalogue, Outcome, RuleSet, Unit, load_ruleset
from vatra.engines.rules.document import read_document
from vatra.engines.rules.parameters import plain
from vatra.engines.rules.problems import Trouble
from vatra.engines.rules.types import read_date, read_literal
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

MIN_CASES = 1
MAX_CASES = 500


def read_cases(text: str) -> list[dict[str, Any]]:
    """The cases of a document in the order written, as plain text. Refuses what is not a list of cases."""
    try:
        found = plain(read_document(text))
    except Trouble as trouble:
        raise _bad(str(trouble)) from None
    cases = found.get("cases") if isinstance(found, dict) else None
    if not isinstance(cases, list) or not MIN_CASES <= len(cases) <= MAX_CASES:
        raise _bad("it has no list “cases”")
    for case in cases:
        if not isinstance(case, dict) or not {"name", "on", "given", "expect"} <= set(case):
            raise _bad("each case has a name, on, given and expect")
    return cases


def _bad(why: str) -> Refused:
    return Refused(
        "bad_cases",
        gettext_noop("The cases cannot be read: %(why)s."),
        gettext_noop("See “Cases” in docs/rules.md."),
        why=why,
    )


def try_cases(text: str, cases: str, catalogue: Catalogue) -> int:
    """Decide every case. Returns how many; refuses rules without cases, and names the first that fails and why."""
    wrong = failures(text, cases, catalogue)
    if wrong:
        raise Refused(
            "cases_fail",
            gettext_noop("%(count)s of the rules' own cases fail; the first is “%(name)s”: %(why)s"),
            gettext_noop("Correct the rules, or the case if the law says otherwise."),
            count=len(wrong), name=wrong[0][0], why=wrong[0][1],
        )  # fmt: skip
    return len(read_cases(cases))


def failures(text: str, cases: str, catalogue: Catalogue) -> list[tuple[str, str]]:
    """`(name, why)` of each case that does not come out as its author expected."""
    ruleset = load_ruleset(text, catalogue)
    found = []
    for case in read_cases(cases):
        why = "; ".join(differences(ruleset, case))
        if why:
            found.append((str(case["name"]), why))
    return found


def decide(ruleset: RuleSet, case: dict[str, Any]) -> Outcome:
    """The outcome of one case. Refuses facts that the catalogue does not know or that are of another type."""
    day = read_date(str(case["on"]))
    if day is None:
        raise _bad(f"“{case['on']}” is not a day")
    given = case["given"]
    members = [
        {"id": m["id"], "facts": facts_of({k: v for k, v in m.items() if k != "id"}, ruleset.catalogue)}
        for m in given.get("members") or [{"id": "one"}]
    ]
    unit = Unit(members, facts_of(given.get("household") or {}, ruleset.catalogue), given.get("subject"))
    has = frozenset(case["has"]) if "has" in case else None
    return ruleset.determine(unit, on=day, has=has)


def facts_of(said: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """Facts as written in a case, as the engine takes them: a history is a mapping of days to values."""
    out: dict[str, Any] = {}
    for name, value in said.items():
        fact = catalogue.facts.get(name)
        if fact is None:
            raise Refused("unknown_fact", gettext_noop("The catalogue has no fact “%(fact)s”."), "", fact=name)
        if not isinstance(value, dict):
            out[name] = _typed(value, fact.type.kind)
            continue
        days = sorted((read_date(day), held) for day, held in value.items())
        ends = [day for day, _held in days[1:]] + [None]
        out[name] = [
            (day, end, _typed(held, fact.type.kind))
            for (day, held), end in zip(days, ends, strict=True)
            if held is not None
        ]
    return out


def _typed(text: Any, kind: str) -> Any:
    if kind == "boolean":
        return {"true": True, "false": False}.get(str(text), text)
    return int(text) if kind == "integer" else text


def differences(ruleset: RuleSet, case: dict[str, Any]) -> list[str]:
    """What came out otherwise than expected, in words; empty when the case holds."""
    expect = case["expect"]
    try:
        outcome = decide(ruleset, case)
    except Refused as refusal:
        held = expect.get("parameter_error") == "true" and refusal.code == "parameter_without_value"
        return [] if held else [str(refusal)]
    found = []

    def compare(what: str, wanted: Any, got: Any) -> None:
        if wanted != got:
            found.append(f"{what} is {_said(got)}, expected {_said(wanted)}")

    if unknown := set(expect) - {"status", "amount", "clauses", "derived", "missing", "period"}:
        found.append(f"“{sorted(unknown)[0]}” cannot be expected")
    if "status" in expect:
        compare("status", expect["status"], outcome.status)
    if "period" in expect:
        compare("period", expect["period"], outcome.period)
    if "amount" in expect:
        compare("amount", _money(expect["amount"], ruleset), outcome.amount.as_json() if outcome.amount else None)
    holds = {trace.id: trace.holds for trace in outcome.clauses}
    for name, wanted in (expect.get("clauses") or {}).items():
        compare(f"clause {name}", {"true": True, "false": False}.get(wanted), holds.get(name, "no such clause"))
    for name, wanted in (expect.get("derived") or {}).items():
        compare(name, _money(wanted, ruleset), outcome.derived.get(name, "no such figure"))
    if "missing" in expect:
        got = [f"{m.member_id}.{m.fact}" if m.member_id else m.fact for m in outcome.missing]
        compare("missing", sorted(expect["missing"]), sorted(got))
    return found


def _said(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _money(text: Any, ruleset: RuleSet) -> Any:
    """An expected figure in the form of a trace: money as {minor, currency}, whole numbers and truth as themselves."""
    if text is None:
        return None
    type_, value = read_literal(str(text), ruleset.catalogue.currencies)
    if type_.kind == "money":
        return {"minor": value, "currency": type_.currency}
    return value if type_.kind in ("integer", "boolean") else str(text)
