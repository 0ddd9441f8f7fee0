"""Which columns a determined population has: the same for every way of running."""

from collections.abc import Iterable
from dataclasses import dataclass

from vatra.engines.rules.ir import Node
from vatra.engines.rules.ruleset import RuleSet


@dataclass(frozen=True)
class Columns:
    """The named roots to compute; `only` narrows what is shown of them (see Batch)."""

    roots: tuple[tuple[str, Node], ...]
    only: frozenset[str] = frozenset()

    def wants(self, part: str) -> bool:
        return not self.only or part in self.only

    def shows(self, name: str) -> bool:
        """Whether a clause or derived figure is shown, by its kind or by its own name."""
        return self.wants(name.partition(":")[0]) or name in self.only


def columns_of(ruleset: RuleSet, only: Iterable[str] = ()) -> Columns:
    """Every clause and the amount; derived figures of the decided if asked for, or if there is nothing else."""
    narrowed = frozenset(only)
    out = [(f"clause:{c.id}", c.node) for c in ruleset.clauses]
    if ruleset.amount is not None:
        out.append(("amount", ruleset.amount))
    if not out or "derived" in narrowed:
        out += [(f"derived:{name}", n) for name, level, n in ruleset.derived if level == ruleset.home]
    return Columns(tuple(out), narrowed)
