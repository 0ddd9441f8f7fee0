"""The functions of the language: what each takes, gives and refuses. `docs/rules.md` is their reference."""

from collections.abc import Callable

from vatra.engines.rules.check import Checker, schedule_extent
from vatra.engines.rules.ir import MEMBER, UNIT, Node
from vatra.engines.rules.problems import Trouble, unknown
from vatra.engines.rules.registry import FUNCTIONS, SUMMARIES
from vatra.engines.rules.syntax import Syn, Window
from vatra.engines.rules.types import BOOLEAN, DATE, INTEGER, MAX_DECIMALS, Type
from vatra.kernel.words import gettext_noop as _

MAX_SAMPLES = 120


def function(name: str, least: int, most: int) -> Callable:
    """Register a function of the language with its count of arguments."""

    def wrap(make: Callable[[Checker, Syn], Node]) -> Callable[[Checker, Syn], Node]:
        def checked(c: Checker, s: Syn) -> Node:
            if not least <= len(s.args) <= most:
                count = str(least) if least == most else f"{least}–{most}"
                raise Trouble(
                    s.pos,
                    "wrong_type",
                    _("%(name)s(…) takes %(count)s arguments, not %(given)s."),
                    name=name,
                    count=count,
                    given=len(s.args),
                )
            return make(c, s)

        FUNCTIONS[name] = checked
        return checked

    return wrap


def _figure(c: Checker, s: Syn) -> Node:
    node = c.check(s)
    if not node.type.numeric:
        raise Trouble(
            s.pos,
            "wrong_type",
            _("A figure is needed here, not a value of type %(type)s."),
            type=str(node.type),
        )
    return node


def _of(c: Checker, s: Syn, kind: str, sentence: str) -> Node:
    node = c.check(s)
    if kind == "date":
        node = c.fitted(s.pos, node, DATE)
    if node.type.kind != kind:
        raise Trouble(s.pos, "wrong_type", sentence, type=str(node.type))
    return node


def _day(c: Checker, s: Syn) -> Node:
    return _of(c, s, "date", _("A date is needed here, not a value of type %(type)s."))


def _whole(c: Checker, s: Syn) -> Node:
    return _of(c, s, "integer", _("A whole number is needed here, not a value of type %(type)s."))


def _decimals(c: Checker, s: Syn) -> int:
    node = c.check(s)
    if node.op != "const" or node.type.kind != "integer" or not 0 <= node.info <= MAX_DECIMALS:
        raise Trouble(
            s.pos,
            "wrong_type",
            _("The count of decimals is written out, from 0 to %(limit)s."),
            limit=MAX_DECIMALS,
        )
    return node.info


# -- figures


@function("div", 2, 4)
def div(c: Checker, s: Syn) -> Node:
    a, b = _figure(c, s.args[0]), _figure(c, s.args[1])
    mode = c.rounding(s, 2)
    decimals = _decimals(c, s.args[3]) if len(s.args) == 4 else 0
    c.nonzero_divisor(s.args[1], b)
    up = c.builder
    if a.type.kind == "money" and b.type.kind != "money":
        if b.type.kind == "percentage":
            raise Trouble(
                s.args[1].pos,
                "wrong_type",
                _("Money is divided by a number, not by a percentage; use pct(…)."),
            )
        if decimals:
            raise Trouble(s.args[3].pos, "wrong_type", _("Money has the decimals of its currency."))
        top = up.mul(a, up.const(10**b.type.scale, INTEGER), a.type) if b.type.scale else a
        return up.div(top, b, mode, a.type)
    if b.type.kind == "money" and a.type.kind != "money":
        raise Trouble(s.args[1].pos, "wrong_type", _("A number divided by money means nothing."))
    a, b = (a, b) if a.type.kind != "money" else c.aligned(s.pos, a, b)
    kind = "number" if decimals else "integer"
    # a/10^sa divided by b/10^sb with d decimals is a·10^(d+sb) over b·10^sa.
    left, right = decimals + b.type.scale, a.type.scale
    shared = min(left, right)
    left, right = left - shared, right - shared
    top = up.mul(a, up.const(10**left, INTEGER), Type("number", scale=a.type.scale)) if left else a
    low = up.mul(b, up.const(10**right, INTEGER), Type("number", scale=b.type.scale)) if right else b
    return up.div(top, low, mode, Type(kind, scale=decimals))


@function("pct", 2, 3)
def pct(c: Checker, s: Syn) -> Node:
    share, amount = _figure(c, s.args[0]), _figure(c, s.args[1])
    if share.type.kind not in ("percentage", "number"):
        raise Trouble(
            s.args[0].pos,
            "wrong_type",
            _("The first argument of pct(…) is a share such as 25%%, not a value of type %(type)s."),
            type=str(share.type),
        )
    mode = c.rounding(s, 2)
    product = c.builder.mul(share, amount, amount.type)
    if not share.type.scale:
        return product
    return c.builder.div(product, c.builder.const(10**share.type.scale, INTEGER), mode, amount.type)


@function("round", 2, 3)
def rounded(c: Checker, s: Syn) -> Node:
    """round(amount, 1 RON, 'up') to a step; round(number, 2, 'half_up') to decimals."""
    value, mode, up = _figure(c, s.args[0]), c.rounding(s, 2), c.builder
    if value.type.kind in ("number", "percentage"):
        decimals = _decimals(c, s.args[1]) + (2 if value.type.kind == "percentage" else 0)
        if decimals >= value.type.scale:
            return up.rescale(value, Type(value.type.kind, scale=decimals))
        power = up.const(10 ** (value.type.scale - decimals), INTEGER)
        return up.div(value, power, mode, Type(value.type.kind, scale=decimals))
    step = _figure(c, s.args[1])
    value, step = c.aligned(s.pos, value, step)
    return round_to(c, s, value, step, mode)


def round_to(c: Checker, s: Syn, value: Node, step: Node, mode: str) -> Node:
    if step.op not in ("const", "parameter") or step.lo <= 0:
        raise Trouble(s.pos, "division_by_zero", _("The step to round to is a fixed figure above zero, such as 1 RON."))
    whole = c.builder.div(value, step, mode, Type("integer"))
    return c.builder.mul(whole, step, value.type)


@function("greatest", 2, 50)
def greatest(c: Checker, s: Syn) -> Node:
    return _extreme(c, s, "greatest")


@function("least", 2, 50)
def least(c: Checker, s: Syn) -> Node:
    return _extreme(c, s, "least")


def _extreme(c: Checker, s: Syn, op: str) -> Node:
    parts = c.alike(s.args, [c.check(a) for a in s.args])
    if not (parts[0].type.numeric or parts[0].type.kind == "date"):
        raise Trouble(
            s.args[0].pos,
            "wrong_type",
            _("Figures or dates are needed here, not values of type %(type)s."),
            type=str(parts[0].type),
        )
    return c.builder.extreme(op, parts)


@function("abs", 1, 1)
def absolute(c: Checker, s: Syn) -> Node:
    value = _figure(c, s.args[0])
    return c.builder.extreme("greatest", [value, c.builder.neg(value)])


@function("scale", 2, 3)
def scale(c: Checker, s: Syn) -> Node:
    value, name = _figure(c, s.args[0]), s.args[1]
    if name.op != "parameter":
        raise Trouble(name.pos, "wrong_type", _("The second argument of scale(…) is a schedule, such as :share."))
    found = c.find_parameter(name)
    if found.shape != "schedule" or found.of is None:
        raise Trouble(name.pos, "wrong_type", _("“%(name)s” is not a schedule."), name=name.word)
    marginal = any(getattr(step.value, "kind", "") == "marginal" for step in found.steps)
    mode = c.rounding(s, 2, required=marginal)
    if found.of.kind != value.type.kind and {found.of.kind, value.type.kind} != {"integer", "number"}:
        raise Trouble(
            s.args[0].pos,
            "wrong_type",
            _("The limits of “%(name)s” are %(b)s; this is %(a)s."),
            name=name.word,
            a=str(value.type),
            b=str(found.of),
        )
    if found.of.currency != value.type.currency:
        raise Trouble(
            s.args[0].pos,
            "wrong_currency",
            _("%(a)s and %(b)s are different currencies."),
            a=value.type.currency,
            b=found.of.currency,
        )
    # The figure and the limits are compared in the finer of both scales; info carries the limits' factor.
    fine = Type(value.type.kind, value.type.currency, max(value.type.scale, found.of.scale))
    value = c.builder.rescale(value, fine)
    factor = 10 ** (fine.scale - found.of.scale)
    lo, hi = schedule_extent(found)
    type_ = found.type
    if marginal:
        type_, lo, hi = value.type, *_marginal_extent(value, found.type.scale, lo, hi)
    return c.builder.make("scale", type_, (value,), (found, mode, factor), lo=lo, hi=hi)


def _marginal_extent(value: Node, scale_: int, lo: int, hi: int) -> tuple[int, int]:
    most = max(abs(value.lo), abs(value.hi)) * max(abs(lo), abs(hi)) // 10**scale_ + 1
    return (-most if lo < 0 else 0), most


# -- dates


@function("on_date", 0, 0)
def on_date(c: Checker, s: Syn) -> Node:
    if c.sample is not None:
        return c.builder.make("sampled_day", DATE, info=c.sample)
    return c.builder.day()


def _date_function(name: str, least_: int, most: int, low: int, high: int) -> None:
    """A function from one or two dates to a whole number; the second is the day of the decision if left out."""

    @function(name, least_, most)
    def make(c: Checker, s: Syn) -> Node:
        args = [_day(c, a) for a in s.args]
        if len(args) < most:
            args.append(on_date(c, Syn("call", s.pos, "on_date")))
        return c.builder.make(name, INTEGER, tuple(args), lo=low, hi=high)


_YEARS = 10_000
_date_function("age", 1, 2, -_YEARS, _YEARS)
_date_function("years_between", 2, 2, -_YEARS, _YEARS)
_date_function("months_between", 2, 2, -_YEARS * 12, _YEARS * 12)
_date_function("days_between", 2, 2, -_YEARS * 366, _YEARS * 366)
_date_function("year", 1, 1, 1, 9999)
_date_function("month", 1, 1, 1, 12)
_date_function("day_of", 1, 1, 1, 31)


def _shift(name: str) -> None:
    @function(name, 2, 2)
    def make(c: Checker, s: Syn) -> Node:
        day, by = _day(c, s.args[0]), _whole(c, s.args[1])
        limit = 1_000_000 if name == "add_days" else 12_000
        if by.lo < -limit or by.hi > limit:
            by = c.builder.extreme("least", [c.builder.const(limit, INTEGER), by])
            by = c.builder.extreme("greatest", [c.builder.const(-limit, INTEGER), by])
        return c.builder.make(name, DATE, (day, by))


_shift("add_months")
_shift("add_days")


@function("add_years", 2, 2)
def add_years(c: Checker, s: Syn) -> Node:
    twelve = Syn("number", s.pos, "12")
    months = Syn("arith", s.pos, "*", [s.args[1], twelve])
    return FUNCTIONS["add_months"](c, Syn("call", s.pos, "add_months", [s.args[0], months]))


def _edge(name: str) -> None:
    @function(name, 1, 1)
    def make(c: Checker, s: Syn) -> Node:
        return c.builder.make(name, DATE, (_day(c, s.args[0]),))


for _name in ("month_start", "month_end", "quarter_start", "year_start"):
    _edge(_name)


def _working(name: str, type_: Type) -> None:
    """A function of the pack's calendar, known within CALENDAR_YEARS of the day of the decision."""

    @function(name, 1, 1)
    def make(c: Checker, s: Syn) -> Node:
        if c.catalogue.calendar is None:
            raise Trouble(
                s.pos,
                "unknown_function",
                _("%(name)s(…) needs a calendar of working days, and there is none here."),
                name=name,
            )
        return c.builder.make(
            name, type_, (_day(c, s.args[0]), on_date(c, Syn("call", s.pos, "on_date"))), c.catalogue.calendar
        )


_working("is_working_day", BOOLEAN)
_working("next_working_day", DATE)


# -- programmes


@function("has", 1, 1)
def has(c: Checker, s: Syn) -> Node:
    arg = s.args[0]
    if arg.op != "text" or not arg.word:
        raise Trouble(arg.pos, "wrong_type", _("has(…) takes the code of a programme between single quotes."))
    known = c.catalogue.programmes
    if known is not None and arg.word not in known:
        raise unknown(arg.pos, "unknown_code", _("No programme has the code “%(name)s”."), arg.word, known)
    return c.builder.make("has", BOOLEAN, info=arg.word, scope="unit")


# -- over the members, and over time


def over_members(c: Checker, s: Syn, first: Syn, condition: Syn | None) -> Node:
    """sum, count, avg, min, max, any, all, only over the members of the unit."""
    name, up = s.word, c.builder
    alone = first.op == "name" and first.word in ("member", "person")
    with c._at(MEMBER, aggregate=True):
        where = c.truth(condition) if condition is not None else up.true()
        value = None if alone else c.check(first)
    if name == "count":
        if value is not None:
            if value.type.kind != "boolean":
                raise Trouble(
                    first.pos,
                    "wrong_type",
                    _("count(…) counts persons: count(member) or count(member where age < 6)."),
                )
            where = up.logic("and", [where, value]) if condition is not None else value
        return up.count(where)
    if name in ("any", "all"):
        if value is None:
            value, where = (where, up.true()) if name == "any" else (up.true(), where)
        if value.type.kind != "boolean":
            raise Trouble(
                first.pos,
                "wrong_type",
                _("%(name)s(…) needs a condition, such as member.age < 6."),
                name=name,
            )
        return up.aggregate(name, value, where, None)
    if value is None:
        raise Trouble(
            first.pos,
            "wrong_type",
            _("%(name)s(…) needs a figure of each member, such as member.income."),
            name=name,
        )
    if name in ("sum", "avg") and not value.type.numeric:
        raise Trouble(
            first.pos,
            "wrong_type",
            _("A figure is needed here, not a value of type %(type)s."),
            type=str(value.type),
        )
    if name in ("min", "max") and not (value.type.numeric or value.type.kind == "date"):
        raise Trouble(
            first.pos,
            "wrong_type",
            _("Figures or dates are needed here, not values of type %(type)s."),
            type=str(value.type),
        )
    if name == "sum":
        return up.total(value, where)
    mode = c.rounding(s, 1) if name == "avg" else ""
    value, default = _default(c, s, value, where, 2 if name == "avg" else 1, name == "only")
    if name != "avg":
        return up.aggregate(name, value, where, default)
    many = up.count(where)
    many = many if many.lo > 0 else up.extreme("greatest", [up.const(1, INTEGER), many])
    mean = up.div(up.total(value, where), many, mode, value.type)
    if default is None:
        return mean
    nobody = up.compare("=", up.count(where), up.const(0, INTEGER))
    return up.case([nobody, default, mean])


def _default(c: Checker, s: Syn, value: Node, where: Node, at: int, always: bool) -> tuple[Node, Node | None]:
    """The value for a unit in which no member qualifies; it must be said when that can happen."""
    if at < len(s.args):
        with c._at(UNIT):
            default = c.check(s.args[at])
        first, default = c.alike([s.args[0], s.args[at]], [value, default])
        return first, default
    if always or not (where.op == "const" and where.info is True):
        raise Trouble(
            s.pos,
            "wrong_type",
            _(
                "Say what %(name)s(…) gives when no member qualifies, as its last argument: max(member.income where age > 17, 0 RON)."
            ),
            name=s.word,
        )
    return value, None


def over_time(c: Checker, s: Syn, first: Syn) -> Node:
    """A summary of a figure over whole months, as it stood on the last day of each."""
    window, up = first.window, c.builder
    assert window is not None
    first.window = None
    if c.sample is not None:
        raise Trouble(
            window.pos,
            "wrong_type",
            _("Looking back from a day that is itself looked back to is not possible."),
        )
    nodes = []
    for spec in _samples(window):
        c.sample = spec
        try:
            nodes.append(c.check(first))
        finally:
            c.sample = None
    first.window = window
    kind = nodes[0].type
    if s.word in ("any", "all", "count"):
        if kind.kind != "boolean":
            raise Trouble(first.pos, "wrong_type", _("%(name)s(…) needs a condition here."), name=s.word)
        if s.word == "count":
            one, none = up.const(1, INTEGER), up.const(0, INTEGER)
            return _chain(c, [up.case([n, one, none]) for n in nodes])
        return up.logic("or" if s.word == "any" else "and", nodes)
    if not kind.numeric or s.word == "only":
        raise Trouble(
            first.pos,
            "wrong_type",
            _("A figure is needed here, not a value of type %(type)s."),
            type=str(kind),
        )
    if s.word in ("min", "max"):
        return up.extreme("least" if s.word == "min" else "greatest", nodes) if len(nodes) > 1 else nodes[0]
    total = _chain(c, nodes)
    if s.word == "sum":
        return total
    return up.div(total, up.const(len(nodes), INTEGER), c.rounding(s, 1, required=False), kind)


def _samples(window: Window) -> list[tuple[str, int]]:
    months = {"month": 1, "quarter": 3, "year": 12}[window.unit]
    if window.which == "this":
        return [(window.unit, -k) for k in range(months)]
    if window.count * months > MAX_SAMPLES:
        raise Trouble(window.pos, "too_long", _("At most %(limit)s months are looked back."), limit=MAX_SAMPLES)
    nearest = (window.count - 1) * months if window.which == "ago" else 0
    return [(window.unit, k) for k in range(window.count * months, nearest, -1)]


def _chain(c: Checker, nodes: list[Node]) -> Node:
    """A sum as one node, so that 120 months are no tree of depth 120."""
    if len(nodes) == 1:
        return nodes[0]
    lo, hi = sum(n.lo for n in nodes), sum(n.hi for n in nodes)
    return c.builder.make("total", nodes[0].type, tuple(nodes), lo=lo, hi=hi)


SUMMARIES.update(members=over_members, time=over_time)
