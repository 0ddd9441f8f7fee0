"""Syntax tree → typed tree: names, types, units, currencies, rounding and zero divisors are settled here."""

from vatra.engines.rules.check_operators import Operators
from vatra.engines.rules.check_state import Derived
from vatra.engines.rules.ir import ROUNDINGS, Node
from vatra.engines.rules.parameters import Parameter, Schedule
from vatra.engines.rules.problems import Trouble, unknown
from vatra.engines.rules.registry import FUNCTIONS, SUMMARIES
from vatra.engines.rules.syntax import Syn
from vatra.kernel.words import gettext_noop as _

_AGGREGATES = ("sum", "count", "avg", "min", "max", "any", "all", "only")


class Checker(Operators):
    """Resolves formulas of one document. `home` is the level of clauses: a member for `unit: person`."""

    # -- calls

    def on_call(self, s: Syn) -> Node:
        if self.over_all is not None and s.word in (
            "total",
            "mean",
            "median",
            "quantile",
            "share",
            "gini",
            "people",
            "rows",
            "ratio",
            "rate",
        ):
            return self.over_all(s)
        if s.word in _AGGREGATES and self.over_all is None:
            return self._aggregate(s)
        if s.word not in FUNCTIONS:
            raise unknown(
                s.pos,
                "unknown_function",
                _("No function is called “%(name)s”."),
                s.word,
                {*FUNCTIONS, *_AGGREGATES},
            )
        for a in s.args:
            if a.op == "filtered":
                self.on_filtered(a)
        return FUNCTIONS[s.word](self, s)

    def rounding(self, s: Syn, at: int, required: bool = True) -> str:
        """The rounding named by the argument at a place. Raises Trouble if it is missing or is none."""
        if at >= len(s.args):
            if not required:
                return "half_up"
            raise Trouble(
                s.pos,
                "rounding_missing",
                _("%(name)s(…) must name its rounding: 'half_up', 'half_even', 'up' or 'down'."),
                name=s.word,
            )
        arg = s.args[at]
        if arg.op != "text" or arg.word not in ROUNDINGS:
            raise Trouble(
                arg.pos, "rounding_missing", _("A rounding is one of 'half_up', 'half_even', 'up' or 'down'.")
            )
        return arg.word

    def nonzero_divisor(self, s: Syn, b: Node) -> None:
        if b.lo > 0 or b.hi < 0 or b.key in self.nonzero:
            return
        raise Trouble(
            s.pos,
            "division_by_zero",
            _(
                "This can be zero, and nothing is divided by zero. Guard it: greatest(1, …), or CASE WHEN … > 0 THEN … ELSE … END."
            ),
        )

    def _aggregate(self, s: Syn) -> Node:
        if not s.args:
            raise Trouble(s.pos, "syntax", _("%(name)s(…) needs something to summarise."), name=s.word)
        first, condition = s.args[0], None
        if first.op == "filtered":
            first, condition = first.args
        if first.window is not None:
            if condition is not None:
                raise Trouble(
                    condition.pos,
                    "wrong_type",
                    _("WHERE and OVER do not go together; derive the figure first."),
                )
            return SUMMARIES["time"](self, s, first)
        return SUMMARIES["members"](self, s, first, condition)


def schedule_extent(found: Parameter) -> tuple[int, int]:
    """Least and greatest value of a schedule over all its dates."""
    values = [
        v for step in found.steps if isinstance(step.value, Schedule) for v in (*step.value.values, step.value.above)
    ]
    return min(0, *values), max(0, *values)


__all__ = ["Checker", "Derived", "schedule_extent"]
