"""What the checker keeps while it reads the formulas of one document."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

from vatra.engines.rules.catalogue import Catalogue
from vatra.engines.rules.ir import UNIT, Builder, Node
from vatra.engines.rules.parameters import Parameter
from vatra.engines.rules.problems import Trouble
from vatra.engines.rules.syntax import Syn
from vatra.engines.rules.types import (
    Type,
)
from vatra.kernel.words import gettext_noop as _

Pos = tuple[int, int]


@dataclass
class Derived:
    """A named figure of the ruleset; `node` once it is checked, `busy` while it is."""

    name: str
    level: str
    syntax: Syn | None
    pos: Pos
    node: Node | None = None
    busy: bool = False
    broken: bool = False


@dataclass
class State:
    """Resolves formulas of one document. `home` is the level of clauses: a member for `unit: person`."""

    catalogue: Catalogue
    parameters: dict[str, Parameter]
    home: str = UNIT
    unit: str = "household"
    derived: dict[tuple[str, str], Derived] = field(default_factory=dict)
    builder: Builder = field(default_factory=Builder)
    trail: list[Derived] = field(default_factory=list)
    level: str = UNIT
    inside_aggregate: bool = False
    sample: tuple[str, int] | None = None
    nonzero: set[int] = field(default_factory=set)
    used_parameters: set[str] = field(default_factory=set)
    # For indicators: the measures so far, and who makes summaries over the whole population at this moment.
    measures: dict[str, Node] = field(default_factory=dict)
    over_all: Callable[[Syn], Node] | None = None

    # -- entry points

    def formula(self, syntax: Syn, level: str, want: Callable[[Type], bool] | None = None, what: str = "") -> Node:
        """The typed tree of one formula. Raises Trouble."""
        with self._at(level):
            node = self.check(syntax)
        if want and not want(node.type):
            raise Trouble(
                syntax.pos,
                "wrong_type",
                _("This gives a value of type %(type)s; %(what)s is needed here."),
                type=str(node.type),
                what=what,
            )
        return node

    @contextmanager
    def _at(self, level: str, *, aggregate: bool = False):
        before = self.level, self.inside_aggregate, self.nonzero
        self.level, self.inside_aggregate = level, aggregate
        try:
            yield
        finally:
            self.level, self.inside_aggregate, self.nonzero = before

    def check(self, s: Syn) -> Node:
        if s.window is not None:
            raise Trouble(
                s.window.pos,
                "wrong_type",
                _("“over …” belongs inside avg(…), sum(…), min(…), max(…), any(…), all(…) or count(…)."),
            )
        return getattr(self, "on_" + s.op)(s)
