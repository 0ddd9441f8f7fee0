"""Closures of summaries over the members of a unit."""

from collections.abc import Callable
from typing import Any

from vatra.engines.rules import values as v
from vatra.engines.rules.ir import CONST, MEMBER, UNIT, Node
from vatra.engines.rules.plan import Closure, ClosureMaker, Row


class SummaryClosures(ClosureMaker):
    """count, sum, any, all, min, max, only, with members of whom something is unknown."""

    # -- summaries over the members

    def _parts(self, node: Node) -> tuple[Closure, Closure]:
        return self.at(node.args[0], MEMBER), self.at(node.args[1], MEMBER)

    def agg_count(self, node: Node) -> Closure:
        where = self._parts(node)[1]
        if node.args[1].scope == CONST and node.args[1].info is True:
            return lambda u: len(u[0])

        def count(u: Row) -> Any:
            got = [where(m) for m in u[0]]
            sure, open_ = got.count(True), got.count(None)
            return v.Span(sure, sure + open_) if open_ else sure

        return count

    def agg_sum(self, node: Node) -> Closure:
        value, where = self._parts(node)
        guard = v.within if node.checked else None

        def total(u: Row) -> Any:
            got: Any = 0
            for m in u[0]:
                w = where(m)
                if w is False:
                    continue
                x = value(m)
                if w is None:
                    x = v.hull([0, x])
                got = got + x if got.__class__ is int is x.__class__ else v.add(got, x)
            return guard(got) if guard and got.__class__ is int else got

        return total

    def agg_any(self, node: Node) -> Closure:
        value, where = self._parts(node)

        def any_(u: Row) -> Any:
            got: bool | None = False
            for m in u[0]:
                w = where(m)
                x = False if w is False else value(m)
                if x is True and w is True:
                    return True
                if x is not False:
                    got = None
            return got

        return any_

    def agg_all(self, node: Node) -> Closure:
        value, where = self._parts(node)

        def all_(u: Row) -> Any:
            got: bool | None = True
            for m in u[0]:
                w = where(m)
                x = True if w is False else value(m)
                if x is False and w is True:
                    return False
                if x is not True:
                    got = None
            return got

        return all_

    def _chosen(self, node: Node, pick: Callable[[list[Any]], Any]) -> Closure:
        """min, max, only: unknown as soon as it is unknown who qualifies."""
        value, where = self._parts(node)
        default = self.at(node.args[2], UNIT) if len(node.args) == 3 else None

        def chosen(u: Row) -> Any:
            found = []
            for m in u[0]:
                w = where(m)
                if w is None:
                    return None
                if w:
                    found.append(value(m))
            if not found:
                return default(u) if default else None
            return pick(found)

        return chosen

    def agg_min(self, node: Node) -> Closure:
        return self._chosen(node, _strict(min) if node.type.numeric else _days_of(min))

    def agg_max(self, node: Node) -> Closure:
        return self._chosen(node, _strict(max) if node.type.numeric else _days_of(max))

    def agg_only(self, node: Node) -> Closure:
        return self._chosen(node, lambda found: found[0] if len(found) == 1 else None)


def _strict(pick: Callable) -> Callable[[list[Any]], Any]:
    """The extreme of bounds side by side; a bound that one of them lacks, the whole lacks."""

    def extreme(found: list[Any]) -> Any:
        pairs = [v.ends(x) for x in found]
        los, his = [p[0] for p in pairs], [p[1] for p in pairs]
        return v.span(None if None in los else pick(los), None if None in his else pick(his))

    return extreme


def _days_of(pick: Callable) -> Callable[[list[Any]], Any]:
    return lambda found: None if None in found else pick(found)
