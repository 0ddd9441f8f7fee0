"""Public test cases of tax-benefit models, replayed on rulesets written from the law and its parameter files.

A suite's `suite.yaml` says how its cases are read: which entity is a person, which a group with which roles, what a
variable that a case leaves out is (these models have defaults, we have unknowns), and which ruleset's figure answers
each output. The cases themselves are read from where they lie and are not copied.
"""

import ast
import calendar
import operator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import yaml

from vatra.engines.rules import Catalogue, RuleSet, Unit, load_ruleset

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Output:
    """Which figure answers a variable: `take` is amount, status, or a derived name; of a person or of the unit."""

    ruleset: str
    take: str
    of: str = "unit"
    before: object = None  # what the variable is on days for which the ruleset has no parameters
    month: int | None = None  # a yearly figure is asked on the first day of this month


@dataclass
class Suite:
    name: str
    cases: Path
    persons: str
    groups: dict[str, list[str]]
    facts: dict[str, dict]
    aliases: dict[str, str]
    outputs: dict[str, Output]
    rulesets: dict[str, RuleSet]
    minor: int  # minor units in one unit of the suite's currency
    skip: dict[str, str] = field(default_factory=dict)  # "file :: case" → why it cannot be said


@dataclass(frozen=True)
class Result:
    """`said` is passed, failed or not expressible; `why` what differs."""

    place: str
    said: str
    why: str = ""


def read_suite(folder: Path, shared: Path) -> Suite:
    plan = yaml.safe_load((folder / "suite.yaml").read_text())
    catalogue = Catalogue.from_dict(
        {
            "facts": {code: {k: v for k, v in f.items() if k != "if_left_out"} for code, f in plan["facts"].items()},
            "parameters": plan.get("parameters", {}),
            "currencies": plan["currencies"],
        }
    )
    rulesets = {}
    for path in sorted(folder.glob("*.rules.yaml")):
        ruleset = load_ruleset(path.read_text(), catalogue)
        rulesets[ruleset.code] = ruleset
    return Suite(
        name=plan["name"], cases=shared / plan["cases"], persons=plan["persons"], groups=plan["groups"],
        minor=10 ** next(iter(plan["currencies"].values()))["exponent"], facts=plan["facts"], aliases=plan.get("aliases", {}), rulesets=rulesets, skip=plan.get("not_expressible", {}),
        outputs={variable: Output(**output) for variable, output in plan["outputs"].items()},
    )  # fmt: skip


def days_of(period: object) -> tuple[date, date]:
    """`2016`, `2016-01`, `2016-01-05`, `year:2016-04` as first day and the day after the last."""
    text = str(period)
    kind = ""
    if ":" in text:
        kind, text, *_ = text.split(":")
    parts = [int(p) for p in text.split("-")]
    start = date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)
    if kind == "year" or len(parts) == 1:
        return start, date(start.year + 1, start.month, start.day)
    if kind == "month" or len(parts) == 2:
        return start, start + timedelta(days=calendar.monthrange(start.year, start.month)[1])
    return start, start + timedelta(days=1)


_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def number_of(said: object) -> object:
    """An expected value; `600 * 2 - 200 / 12` is read as the arithmetic it is."""
    if not isinstance(said, str):
        return said

    def value(node: ast.expr) -> Decimal:
        if isinstance(node, ast.BinOp):
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return Decimal(str(node.value))
        raise ValueError(said)

    try:
        return value(ast.parse(said, mode="eval").body)
    except (ValueError, SyntaxError, KeyError):
        return said


class Case:
    """One case: persons, the groups they are in, and what is said of each.

    A group is written `household: {adults: […], rent: 5}` or, named, `families: {One: {children: […]}}`. The first
    group of the suite is the assistance unit; who is in none is alone.
    """

    def __init__(self, suite: Suite, case: dict) -> None:
        self.suite, self.case = suite, case
        self.period = days_of(case["period"])
        self.people: dict[str, dict] = {}
        self.groups: dict[str, dict] = {}  # of the first kind: name → facts
        self.group_of: dict[str, str] = {}
        self.roles: dict[str, dict[str, str]] = {}  # person → role fact → role
        self._read(case.get("input") or {})

    def _read(self, given: dict) -> None:
        suite = self.suite
        for name, facts in (given.get(suite.persons) or {}).items():
            self.people[str(name)] = dict(facts or {})
        for number, (kind, roles) in enumerate(suite.groups.items()):
            said = given.get(kind) or {}
            named = (
                said
                if said and all(isinstance(v, dict) and set(v) & set(roles) for v in said.values())
                else {kind: said}
            )
            for name, content in named.items():
                self._read_group(kind, str(name), content, roles, first=number == 0)
        entities = {suite.persons, *suite.groups}
        self._spread({k: v for k, v in given.items() if k not in entities})
        if not self.people:
            self.people["the person"] = {}

    def _read_group(self, kind: str, name: str, content: dict, roles: list[str], *, first: bool) -> None:
        if first:
            self.groups[name] = {k: v for k, v in content.items() if k not in roles}
        for role in roles:
            value = content.get(role) or []
            for person in value if isinstance(value, list) else [value]:
                self.people.setdefault(str(person), {})
                self.roles.setdefault(str(person), {}).setdefault(f"role_{kind}", role)
                if first:
                    self.group_of.setdefault(str(person), name)

    def _spread(self, loose: dict) -> None:
        """A case without entities is about one person alone; lists are several persons in order."""
        for variable, value in loose.items():
            code = self.suite.aliases.get(variable, variable)
            if self.suite.facts.get(code, {}).get("of") == "household":
                self.groups.setdefault(next(iter(self.suite.groups)), {})[variable] = value
                continue
            for number, one in enumerate(value if isinstance(value, list) else [value]):
                names = list(self.people)
                name = names[number] if number < len(names) else f"person {number + 1}"
                self.people.setdefault(name, {})[variable] = one

    def unit(self, person: str | None, group: str | None) -> Unit:
        """The unit around a person, or a group's; a case with neither is one unit of everybody."""
        alone = len(self.groups) > 1 or bool(self.group_of)
        name = group or (self.group_of.get(person) if person else next(iter(self.groups), None))
        if name is None and alone and person:
            members = [person]
        else:
            members = [p for p in self.people if not alone or self.group_of.get(p) == name]
        facts = self.groups.get(name or "", {})
        return Unit(
            members=[{"id": p, "facts": self._facts(self.people[p], "person", p)} for p in members],
            facts=self._facts(facts, "household", ""), subject=person if person in members else None,
        )  # fmt: skip

    def _facts(self, given: dict, of: str, name: str) -> dict:
        facts = {}
        for code, declared in self.suite.facts.items():
            if declared["of"] == of and declared.get("if_left_out") is not None:
                facts[code] = self._convert(declared, declared["if_left_out"])
        for variable, value in given.items():
            code = self.suite.aliases.get(variable, variable)
            declared = self.suite.facts.get(code)
            if declared is not None and declared["of"] == of:
                facts[code] = self._dated(declared, value)
        if of == "person":
            roles = self.roles.get(name, {})
            facts.update({code: role for code, role in roles.items() if code in self.suite.facts})
        return facts

    def _dated(self, declared: dict, value: object) -> object:
        if not isinstance(value, dict):
            return self._convert(declared, value)
        left_out = declared.get("if_left_out")
        found = [(date(1900, 1, 1), None, self._convert(declared, left_out))] if left_out is not None else []
        for period, one in value.items():
            start, end = days_of(period)
            found.append((start, end, self._convert(declared, one)))
        return found

    def _convert(self, declared: dict, value: object) -> object:
        return convert(declared, value, self.suite.minor)


def convert(declared: dict, value: object, minor: int) -> object:
    """A variable's value as our fact takes it."""
    kind = declared["type"]
    if kind == "money":
        exact = Decimal(str(value)) * minor
        return int(exact.to_integral_value(ROUND_HALF_UP))
    if kind == "boolean":
        return bool(value)
    if kind == "integer":
        return int(value)
    if kind in {"number", "percentage"}:
        return Decimal(str(value))
    if kind == "date":
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    return str(value)


def figure(case: Case, output: Output, on: date, who: tuple[str | None, str | None]) -> object:
    """What our ruleset says of a person or a group: a Decimal for money and numbers, otherwise as it is."""
    person, group = who
    ruleset = case.suite.rulesets[output.ruleset]
    outcome = ruleset.determine(case.unit(person, group), on=on)
    if output.take == "status":
        return {"entitled": True, "not_entitled": False}.get(outcome.status, "unknown")
    if output.take == "amount":
        if outcome.status == "not_entitled":
            return Decimal(0)
        return Decimal(outcome.amount.minor) / case.suite.minor if outcome.amount else "unknown"
    held = outcome.member_derived()[person] if output.of == "person" and person else outcome.derived
    return plain(held[output.take], case.suite.minor)


def plain(value: object, minor: int) -> object:
    if isinstance(value, dict) and "minor" in value:
        return Decimal(value["minor"]) / minor
    if isinstance(value, bool) or value is None:
        return value if value is not None else "unknown"
    if isinstance(value, dict):
        return "unknown"
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value


def same(case: dict, expected: object, found: object) -> bool:
    if isinstance(found, bool):
        return bool(expected) is found
    if isinstance(found, Decimal) and isinstance(expected, int | float | Decimal):
        wanted = Decimal(str(expected))
        margin = Decimal(str(case.get("absolute_error_margin") or 0))
        margin = max(margin, abs(wanted) * Decimal(str(case.get("relative_error_margin") or 0)))
        return abs(found - wanted) <= margin
    return str(expected) == str(found)


Who = tuple[str | None, str | None]  # a person, or a group


def expectations(case: Case, said: dict) -> list[tuple[str, Who, date, object]]:
    """(variable, whom, first day, expected) for every figure that a case names."""
    suite, found = case.suite, []

    def add(variable: str, whom: list[Who], value: object, start: date) -> None:
        if isinstance(value, dict):
            for period, one in value.items():
                add(variable, whom, one, days_of(period)[0])
        elif isinstance(value, list):
            found.extend((variable, who, start, number_of(one)) for who, one in zip(whom, value, strict=False))
        else:
            found.append((variable, whom[0], start, number_of(value)))

    people: list[Who] = [(name, None) for name in case.people]
    groups: list[Who] = [(None, name) for name in case.groups] or [(None, None)]
    first = next(iter(suite.groups))
    for key, value in said.items():
        if key == suite.persons:
            for person, wanted in value.items():
                for variable, one in wanted.items():
                    add(variable, [(str(person), None)], one, case.period[0])
        elif key in suite.groups:
            named = (
                value
                if all(isinstance(v, dict) and str(k) in case.groups for k, v in value.items())
                else {first: value}
            )
            for group, wanted in named.items():
                for variable, one in wanted.items():
                    add(variable, [(None, str(group))] if str(group) in case.groups else groups, one, case.period[0])
        else:
            output = suite.outputs.get(variable_of(key, case.case))
            add(key, people if output is None or output.of == "person" else groups, value, case.period[0])
    return found


def replay(suite: Suite) -> list[Result]:
    """Every case of the suite's files, in order."""
    results = []
    for path in sorted(suite.cases.rglob("*.y*ml")):
        if "_parameters" in path.parts:
            continue
        cases = yaml.safe_load(path.read_text())
        for raw in cases if isinstance(cases, list) else [cases]:
            place = f"{path.relative_to(suite.cases)} :: {raw.get('name', '')}"
            results.append(replay_case(suite, raw, place))
    return results


def replay_case(suite: Suite, raw: dict, place: str) -> Result:
    for pattern, why in suite.skip.items():
        if place.startswith(pattern):
            return Result(place, "not expressible", why)
    case = Case(suite, raw)
    wrong = []
    for variable, who, start, expected in expectations(case, raw["output"]):
        output = suite.outputs.get(variable_of(variable, raw))
        if output is None:
            wrong.append(f"{variable}: no ruleset answers it")
            continue
        on = start if output.month is None else date(start.year, output.month, 1)
        try:
            found = figure(case, output, on, who)
        except Exception as error:
            if output.before is None or getattr(error, "code", "") != "parameter_without_value":
                wrong.append(f"{variable}: {type(error).__name__}: {error}")
                continue
            found = plain(output.before, suite.minor)
        if not same(raw, expected, found):
            wrong.append(f"{variable} {who[0] or who[1] or ''} on {on}: expected {expected}, found {found}")
    return Result(place, "failed" if wrong else "passed", "; ".join(wrong))


def variable_of(variable: str, raw: dict) -> str:
    """A case under a reform asks the reform's rules: `variable@reform`."""
    reform = str(raw.get("reforms") or "").rsplit(".", 1)[-1]
    return f"{variable}@{reform}" if reform else variable
