"""A YAML document → RuleSet, or the list of everything that is wrong with it."""

from datetime import date

from vatra.engines.rules.catalogue import Catalogue
from vatra.engines.rules.check import Checker
from vatra.engines.rules.document import Mapping, Scalar, read_document
from vatra.engines.rules.functions import round_to
from vatra.engines.rules.ir import MEMBER, ROUNDINGS, UNIT
from vatra.engines.rules.ir import Node as Tree
from vatra.engines.rules.load_clauses import Clauses
from vatra.engines.rules.load_head import KINDS
from vatra.engines.rules.measures import read_indicator
from vatra.engines.rules.parameters import plain
from vatra.engines.rules.problems import MAX_PROBLEMS, Problem, Trouble, unknown
from vatra.engines.rules.ruleset import RuleSet, digest_of
from vatra.engines.rules.types import BOOLEAN, Type
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _


def check_text(
    text: str,
    catalogue: Catalogue,
    path: str = "",
    *,
    on: date | None = None,
    metadata: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Everything wrong with a document, each with its place. Never raises; time and memory are bounded.

    With `on`, parameters that have no value on that day are problems too.
    """
    loader = Loader(text, catalogue, on, metadata)
    try:
        loader.load()
    except RecursionError:
        loader.problems.append(
            Problem(1, 1, "too_deep", _("The formulas are nested too deep. Derive intermediate figures."))
        )
    found = sorted(loader.problems, key=lambda p: (p.line, p.column))[:MAX_PROBLEMS]
    return [Problem(p.line, p.column, p.code, p.sentence, p.values, path) for p in found]


def load_ruleset(text: str, catalogue: Catalogue, *, metadata: frozenset[str] = frozenset()) -> RuleSet:
    """The ruleset of a document. Raises Refused, whose values hold the `problems`, if anything is wrong with it."""
    loader = Loader(text, catalogue, None, metadata)
    try:
        ruleset = loader.load()
    except RecursionError:
        ruleset = None
        loader.problems.append(
            Problem(1, 1, "too_deep", _("The formulas are nested too deep. Derive intermediate figures."))
        )
    if ruleset is None or loader.problems:
        first = min(loader.problems, key=lambda p: (p.line, p.column))
        raise Refused(
            "ruleset_refused",
            _("The ruleset has %(count)s problems; the first, in line %(line)s: %(first)s"),
            _("Correct the document."),
            count=len(loader.problems),
            line=first.line,
            first=first.text,
            problems=loader.problems,
        )
    return ruleset


class Loader(Clauses):
    """Reads one document whole."""

    def load(self) -> RuleSet | None:
        try:
            root = read_document(self.text)
            if not isinstance(root, Mapping):
                raise Trouble(root.pos, "yaml", _("A ruleset is a mapping that begins with its code."))
        except Trouble as trouble:
            self.note(trouble)
            return None
        self.root = root
        if not self._own_facts(root):
            return None
        code = self._head(root)
        kind = self._word("kind", "ruleset")
        self._parameters(root.get("parameters"))
        unit = self._word("unit", "household")
        home = MEMBER if unit == "person" else UNIT
        self.checker = Checker(self.catalogue, self.parameters, home, unit)
        self._derive(root.get("derive"))
        clauses = self._clauses(root.get("clauses"), required=kind == "ruleset")
        clauses += self._incompatible(root.get("incompatible"), {c.id for c in clauses})
        amount = self._amount()
        indicator = None
        if kind == "indicator":
            indicator = read_indicator(root, self.checker, self._formula, self.note)
        elif kind not in KINDS:
            self.note(
                unknown(root.items["kind"].pos, "unknown_code", _("“%(name)s” is not a kind of document."), kind, KINDS)
            )
        self._in_force()
        priority = self._priority()
        if self.problems:
            return None
        derived = [
            (
                d.name,
                d.level,
                self.checker.builder.make(
                    "derived", d.node.type, (d.node,), d.name, scope=d.level, lo=d.node.lo, hi=d.node.hi
                ),
            )
            for key, d in self.checker.derived.items()
            if d.node is not None and not key[0].startswith("=")
        ]
        return RuleSet(
            code, unit, home, self.catalogue, clauses, amount, derived, self.parameters, self.law or {},
            period=self._word("period", "month" if amount is not None else "once"), kind=kind,
            document={k: plain(v) for k, v in root.items.items() if k not in ("clauses", "derive", "parameters")},
            priority=priority, incompatible=tuple(n.info for c in clauses for n in c.node.walk() if n.op == "has" and c.id.startswith("not-with-")),
            in_force=self.dates, digest=digest_of(self.text), indicator=indicator, builder=self.checker.builder,
        )  # fmt: skip

    # -- the amount

    def _amount(self) -> Tree | None:
        """amount → not_below → cap → rounding → nothing_below."""
        node = self.root.get("amount")
        if node is None:
            for key in ("cap", "not_below", "nothing_below", "rounding"):
                if (other := self.root.get(key)) is not None:
                    self.note(Trouble(other.pos, "syntax", _("“%(key)s” needs an amount."), key=key))
            return None
        try:
            amount = self.checker.formula(
                self._formula(node), self.checker.home, lambda t: t.kind == "money", _("an amount of money")
            )
            up = self.checker.builder
            if (floor := self._limit("not_below", amount.type)) is not None:
                amount = up.extreme("greatest", [amount, floor])
            if (cap := self._limit("cap", amount.type)) is not None:
                amount = up.extreme("least", [amount, cap])
            amount = self._rounded(amount)
            if (least := self._limit("nothing_below", amount.type)) is not None:
                nothing = up.const(0, amount.type)
                amount = up.case([up.make("cmp", BOOLEAN, (amount, least), "<"), nothing, amount])
            return amount
        except Trouble as trouble:
            self.note(trouble)
            return None

    def _limit(self, key: str, type_: Type) -> Tree | None:
        node = self.root.get(key)
        if node is None:
            return None
        tree = self.checker.formula(
            self._formula(node), self.checker.home, lambda t: t.kind == "money", _("an amount of money")
        )
        if tree.type.currency != type_.currency:
            raise Trouble(
                node.pos,
                "wrong_currency",
                _("%(a)s and %(b)s are different currencies."),
                a=tree.type.currency,
                b=type_.currency,
            )
        return tree

    def _rounded(self, amount: Tree) -> Tree:
        node = self.root.get("rounding")
        if node is None:
            return amount
        step, mode = (node.get("to"), node.get("mode")) if isinstance(node, Mapping) else (None, None)
        if step is None or not isinstance(mode, Scalar) or mode.text not in ROUNDINGS:
            raise Trouble(
                node.pos,
                "rounding_missing",
                _("“rounding” is {to: 1 RON, mode: half_up} — or half_even, up, down."),
            )
        formula = self._formula(step)
        to = self.checker.formula(
            formula,
            self.checker.home,
            lambda t: t == amount.type,
            _("an amount in the currency of the benefit"),
        )
        return round_to(self.checker, formula, amount, to, mode.text)
