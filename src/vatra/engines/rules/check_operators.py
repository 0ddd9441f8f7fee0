"""Operators of formulas: types, currencies and decimals brought together, and divisors proved not to be zero."""

from vatra.engines.rules.check_names import Names
from vatra.engines.rules.check_state import Pos
from vatra.engines.rules.ir import Node
from vatra.engines.rules.problems import Trouble, unknown
from vatra.engines.rules.syntax import Syn
from vatra.engines.rules.types import (
    BOOLEAN,
    DATE,
    MAX_DECIMALS,
    Type,
    read_date,
)
from vatra.kernel.words import gettext_noop as _


class Operators(Names):
    """Arithmetic, comparison, logic and choice."""

    # -- operators

    def on_arith(self, s: Syn) -> Node:
        a, b = self.check(s.args[0]), self.check(s.args[1])
        self._figures(s, a, b)
        if s.word == "*":
            return self._times(s, a, b)
        a, b = self.aligned(s.pos, a, b)
        return self.builder.add(a, b, a.type) if s.word == "+" else self.builder.sub(a, b, a.type)

    def _figures(self, s: Syn, *nodes: Node) -> None:
        for syntax, node in zip(s.args, nodes, strict=False):
            if not node.type.numeric:
                raise Trouble(
                    syntax.pos,
                    "wrong_type",
                    _("A figure is needed here, not a value of type %(type)s."),
                    type=str(node.type),
                )

    def _times(self, s: Syn, a: Node, b: Node) -> Node:
        kinds = {a.type.kind, b.type.kind}
        if "money" in kinds:
            money, factor = (a, b) if a.type.kind == "money" else (b, a)
            if factor.type.kind == "money":
                raise Trouble(s.pos, "wrong_type", _("Money times money means nothing."))
            if factor.type.kind != "integer":
                raise Trouble(
                    s.pos,
                    "rounding_missing",
                    _("A share of money names its rounding: write pct(share, amount, 'half_up')."),
                )
            return self.builder.mul(money, factor, money.type)
        scale = a.type.scale + b.type.scale
        if scale > MAX_DECIMALS + 6:
            raise Trouble(
                s.pos,
                "rounding_missing",
                _("The product has too many decimals; round with round(x, decimals, 'half_up')."),
            )
        kind = "percentage" if "percentage" in kinds else "number" if "number" in kinds else "integer"
        if kinds == {"percentage", "number"}:
            kind = "number"
        return self.builder.mul(a, b, Type(kind, scale=scale))

    def aligned(self, pos: Pos, a: Node, b: Node) -> tuple[Node, Node]:
        """Two figures of one kind with the same decimals. Raises Trouble for money with numbers or two currencies."""
        ka, kb = a.type.kind, b.type.kind
        if ka != kb and {ka, kb} != {"integer", "number"}:
            hint = _("A value of type %(a)s and one of type %(b)s do not go together.")
            if "money" in (ka, kb):
                hint = hint + " " + _("Write amounts with their currency, such as 200 %(currency)s.")
            currency = a.type.currency or b.type.currency
            raise Trouble(pos, "wrong_type", hint, a=str(a.type), b=str(b.type), currency=currency)
        if a.type.currency != b.type.currency:
            raise Trouble(
                pos,
                "wrong_currency",
                _("%(a)s and %(b)s are different currencies."),
                a=a.type.currency,
                b=b.type.currency,
            )
        kind = "number" if "number" in (ka, kb) else ka
        type_ = Type(kind, a.type.currency, max(a.type.scale, b.type.scale))
        return self.builder.rescale(a, type_), self.builder.rescale(b, type_)

    def on_minus(self, s: Syn) -> Node:
        a = self.check(s.args[0])
        self._figures(s, a)
        return self.builder.neg(a)

    def on_compare(self, s: Syn) -> Node:
        a, b = self.check(s.args[0]), self.check(s.args[1])
        a, b = self.comparable(s, a, b)
        if s.word not in ("=", "<>") and not (a.type.numeric or a.type.kind == "date"):
            raise Trouble(
                s.pos,
                "wrong_type",
                _("Values of type %(type)s are compared with = or <> only."),
                type=str(a.type),
            )
        if s.word == "<>":
            return self.builder.make("not", BOOLEAN, (self.builder.compare("=", a, b),))
        if s.word in (">", ">="):
            return self.builder.compare("<" if s.word == ">" else "<=", b, a)
        return self.builder.compare(s.word, a, b)

    def comparable(self, s: Syn, a: Node, b: Node) -> tuple[Node, Node]:
        if a.type.numeric and b.type.numeric:
            return self.aligned(s.pos, a, b)
        a, b = self.fitted(s.args[0].pos, a, b.type), self.fitted(s.args[1].pos, b, a.type)
        if a.type.kind != b.type.kind:
            raise Trouble(
                s.pos,
                "wrong_type",
                _("A value of type %(a)s and one of type %(b)s do not go together."),
                a=str(a.type),
                b=str(b.type),
            )
        return a, b

    def fitted(self, pos: Pos, node: Node, want: Type) -> Node:
        """A written text as the code or date that it is compared with; anything else as it is."""
        if node.type.kind != "text" or node.op not in ("const", "parameter"):
            return node
        words = [node.info] if node.op == "const" else node.info.values()
        if want.kind == "code":
            for word in words:
                if word not in (want.codes or ()):
                    raise unknown(
                        pos,
                        "unknown_code",
                        _("“%(name)s” is not one of the codes that are possible here."),
                        str(word),
                        want.codes or (),
                    )
            type_ = Type("code", codes=want.codes)
            return (
                self.builder.const(node.info, type_)
                if node.op == "const"
                else self.builder.make("parameter", type_, info=node.info)
            )
        if want.kind == "date" and node.op == "const" and (day := read_date(node.info)):
            return self.builder.const(day, DATE)
        return node

    def on_in(self, s: Syn) -> Node:
        subject = self.check(s.args[0])
        parts = []
        for item in s.args[1:]:
            pair = Syn("compare", item.pos, "=", [s.args[0], item])
            parts.append(self.builder.compare("=", *self.comparable(pair, subject, self.check(item))))
        if not parts:
            raise Trouble(s.pos, "syntax", _("The list after IN is empty."))
        return self.builder.logic("or", parts)

    def on_between(self, s: Syn) -> Node:
        low = Syn("compare", s.pos, ">=", [s.args[0], s.args[1]])
        high = Syn("compare", s.pos, "<=", [s.args[0], s.args[2]])
        return self.builder.logic("and", [self.on_compare(low), self.on_compare(high)])

    def truth(self, s: Syn) -> Node:
        node = self.check(s)
        if node.type.kind != "boolean":
            raise Trouble(
                s.pos,
                "wrong_type",
                _("A condition that is true or false is needed here, not a value of type %(type)s."),
                type=str(node.type),
            )
        return node

    def on_and(self, s: Syn) -> Node:
        return self.builder.logic("and", [self.truth(a) for a in s.args])

    def on_or(self, s: Syn) -> Node:
        return self.builder.logic("or", [self.truth(a) for a in s.args])

    def on_not(self, s: Syn) -> Node:
        return self.builder.make("not", BOOLEAN, (self.truth(s.args[0]),))

    def on_filtered(self, s: Syn) -> Node:
        raise Trouble(s.pos, "wrong_type", _("WHERE is used inside a summary: count(member where age < 6)."))

    def on_case(self, s: Syn) -> Node:
        tests, values, before = [], [], set(self.nonzero)
        for test, value in zip(s.args[:-1:2], s.args[1:-1:2], strict=True):
            condition = self.truth(test)
            tests.append(condition)
            self.nonzero = before | self._proved(condition)
            values.append(self.check(value))
        self.nonzero = before | ({n for n in self._refuted(tests[0])} if len(tests) == 1 else set())
        values.append(self.check(s.args[-1]))
        self.nonzero = before
        places = [*s.args[1:-1:2], s.args[-1]]
        values = self.alike(places, values)
        parts = [p for pair in zip(tests, values, strict=False) for p in pair] + [values[-1]]
        return self.builder.case(parts)

    def alike(self, places: list[Syn], values: list[Node]) -> list[Node]:
        """Values of one type with the same decimals. Raises Trouble at the first that differs."""
        coded = next((v.type for v in values if v.type.kind in ("code", "date")), None)
        if coded:
            values = [self.fitted(p.pos, v, coded) for p, v in zip(places, values, strict=True)]
        first = values[0]
        for place, value in zip(places[1:], values[1:], strict=True):
            if first.type.numeric and value.type.numeric:
                first, _same = self.aligned(place.pos, first, value)
            elif value.type.kind != first.type.kind:
                raise Trouble(
                    place.pos,
                    "wrong_type",
                    _("This gives %(b)s where the first choice gives %(a)s."),
                    a=str(first.type),
                    b=str(value.type),
                )
        return [self.builder.rescale(v, first.type) if first.type.numeric else v for v in values]

    def _proved(self, condition: Node) -> set[int]:
        """Keys of nodes that cannot be zero where the condition holds."""
        parts = condition.args if condition.op == "and" else (condition,)
        out = set()
        for part in parts:
            if part.op == "not" and part.args[0].op == "cmp" and part.args[0].info == "=":
                a, b = part.args[0].args
                out |= {x.key for x, y in ((a, b), (b, a)) if y.op == "const" and y.info == 0}
            if part.op == "cmp":
                a, b = part.args
                strict = part.info == "<"
                if part.info in ("<", "<=") and b.op != "const" and (a.lo > 0 or (strict and a.lo >= 0)):
                    out.add(b.key)
                if part.info in ("<", "<=") and a.op != "const" and (b.hi < 0 or (strict and b.hi <= 0)):
                    out.add(a.key)
                if part.info == "=" and (b.lo > 0 or b.hi < 0):
                    out.add(a.key)
        return out

    def _refuted(self, condition: Node) -> set[int]:
        if condition.op == "cmp" and condition.info == "=":
            a, b = condition.args
            return {x.key for x, y in ((a, b), (b, a)) if y.op == "const" and y.info == 0}
        if condition.op == "cmp":  # not (a <= b) is b < a
            a, b = condition.args
            turned = self.builder.compare("<" if condition.info == "<=" else "<=", b, a)
            return self._proved(turned)
        return set()
