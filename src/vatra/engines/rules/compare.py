"""What changes from one ruleset to another, in words and for machines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from vatra.engines.rules.cases import Case, unit_of
from vatra.engines.rules.parameters import Parameter
from vatra.engines.rules.render import render
from vatra.engines.rules.ruleset import RuleSet
from vatra.kernel.refused import Refused


@dataclass(frozen=True)
class Change:
    """`what` is a kind (clause, parameter, derived, amount, head, case), `before` and `after` None for added and gone."""

    what: str
    name: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "name": self.name, "before": self.before, "after": self.after}

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.what} {self.name}: {self.after}"
        if self.after is None:
            return f"- {self.what} {self.name}: {self.before}"
        return f"~ {self.what} {self.name}: {self.before} → {self.after}"


def compare(before: RuleSet, after: RuleSet, cases: Iterable[Case] = ()) -> list[Change]:
    """Every difference in what the rules say, and in how they decide the cases; layout and comments do not count."""
    out: list[Change] = []
    heads = [{k: r.document.get(k) for k in ("unit", "period", "in_force", "law", "priority")} for r in (before, after)]
    out += _mapped("head", *heads)
    out += _mapped("parameter", *(dict(_parameters(r.parameters)) for r in (before, after)))
    out += _mapped(
        "derived", *({n: render_whole(node.args[0]) for n, _level, node in r.derived} for r in (before, after))
    )
    for part in ("text", "because", "law"):
        found = [{c.id: getattr(c, part) for c in r.clauses} for r in (before, after)]
        kept = {id_ for id_ in found[0] if id_ in found[1]}
        what = "clause" if part == "text" else f"clause {part}"
        out += [c for c in _mapped(what, *found) if part == "text" or c.name in kept]
    amounts = [{} if r.amount is None else {"amount": render_whole(r.amount)} for r in (before, after)]
    out += _mapped("amount", *amounts)
    return [*out, *_decided(before, after, cases)]


def _mapped(what: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Change(what, name, before.get(name), after.get(name))


def _parameters(parameters: dict[str, Parameter]) -> Iterator[tuple[str, Any]]:
    """Each dated value of each parameter by `name @ date`."""
    for name, parameter in parameters.items():
        for step in parameter.steps:
            yield f"{name} @ {step.start.isoformat()}", parameter.json_at(step.start)


def render_whole(node: Any) -> str:
    return render(node, limit=2_000)


def _decided(before: RuleSet, after: RuleSet, cases: Iterable[Case]) -> Iterator[Change]:
    for case in cases:
        results = []
        for ruleset in (before, after):
            try:
                outcome = ruleset.determine(unit_of(case, ruleset.catalogue), on=case.on, has=case.has)
                results.append(
                    {"status": outcome.status, "amount": outcome.amount.as_json() if outcome.amount else None}
                )
            except Refused as refused:
                results.append({"status": "refused", "amount": str(refused)})
        if results[0] != results[1]:
            yield Change("case", case.name, *results)
