"""Formula text → syntax tree. SQL expression syntax, white-listed by construction: what is not here does not parse.

Own parser rather than a SQL library's: every refusal must name its column, `200 RON`, `count(member where …)` and
`over last 3 months` are not SQL, and nothing outside the language may ever become a tree (docs/adr/0003-rules.md).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from vatra.engines.rules.problems import Trouble, foreign_letter
from vatra.kernel.words import gettext_noop as _

MAX_LENGTH = 10_000
MAX_DEPTH = 60
MAX_TERMS = 1_000

Pos = tuple[int, int]


@dataclass(slots=True)
class Syn:
    """`op` names the construct; `args` are its parts; `word` its text (a name, a number, an operator)."""

    op: str
    pos: Pos
    word: str = ""
    args: list["Syn"] = field(default_factory=list)
    where: "Syn | None" = None
    window: "Window | None" = None
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """`over last 3 months` (whole calendar periods before the one of the day), `over 2 years ago` (the second of
    those years alone) or `over this quarter`."""

    which: str  # last, ago, this
    count: int
    unit: str
    pos: Pos = field(compare=False, default=(1, 1))


@dataclass(slots=True)
class Token:
    kind: str  # number, name, text, op, end
    text: str
    at: int


_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<text>'(?:[^']|'')*')"
    r"|(?P<comment>--|/\*|\*/|\#|//)|(?P<op><=|>=|<>|!=|[-+*/%()<>=,.:\[\]])",
    re.ASCII,
)
KEYWORDS = {
    "and", "or", "not", "in", "between", "case", "when", "then", "else", "end", "where", "over", "true", "false",
    "is", "null", "like", "date",
}  # fmt: skip
FORBIDDEN = {
    "select", "from", "with", "union", "insert", "update", "delete", "drop", "create", "alter", "attach", "copy",
    "join", "exists", "values", "into", "pragma", "install", "load", "set", "call", "execute", "grant", "truncate",
    "table", "having", "group", "order", "limit", "lambda", "cast", "interval",
}  # fmt: skip
_PERIODS = {
    "month": "month",
    "months": "month",
    "quarter": "quarter",
    "quarters": "quarter",
    "year": "year",
    "years": "year",
}


def parse(text: str, place: Callable[[int], Pos]) -> Syn:
    """Parse one formula. Raises Trouble with the place of the first thing that is not in the language."""
    _brackets(text, place)
    if len(text) > MAX_LENGTH:
        raise Trouble(
            place(0),
            "too_long",
            _("The formula has %(size)s characters; at most %(limit)s are allowed. Derive intermediate figures."),
            size=len(text),
            limit=MAX_LENGTH,
        )
    return _Parser(_tokens(text, place), place).whole()


def _brackets(text: str, place: Callable[[int], Pos]) -> None:
    """Refuse deep nesting before anything else looks at the text, in one pass and without recursion."""
    level = 0
    for at, char in enumerate(text):
        if char in "([":
            level += 1
            if level > MAX_DEPTH:
                raise Trouble(
                    place(at), "too_deep", _("Brackets are nested more than %(limit)s deep."), limit=MAX_DEPTH
                )
        elif char in ")]":
            level -= 1


def _tokens(text: str, place: Callable[[int], Pos]) -> list[Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            _bad_character(text, at, place)
            raise AssertionError
        kind = found.lastgroup or ""
        if kind == "comment":
            raise Trouble(
                place(at),
                "not_allowed",
                _("Comments (%(mark)s) are not allowed inside a formula; use the YAML comment of the line above."),
                mark=found[0],
            )
        if kind == "text" and (foreign := foreign_letter(found[0])):
            raise Trouble(
                place(at + foreign[0]),
                "look_alike_letter",
                _("The letter %(letter)s is not a plain Latin letter. Codes are written in plain letters."),
                letter=foreign[1],
            )
        if kind != "space":
            tokens.append(Token(kind, found[0], at))
        at = found.end()
    tokens.append(Token("end", "", len(text)))
    return tokens


def _bad_character(text: str, at: int, place: Callable[[int], Pos]) -> None:
    char = text[at]
    if char == "'":
        raise Trouble(place(at), "syntax", _("This text is not closed; a closing ' is missing."))
    if char in '"`':
        raise Trouble(place(at), "syntax", _("Write codes and texts between single quotes: 'wood'."))
    if char == ";":
        raise Trouble(place(at), "not_allowed", _("One formula only: “;” is not allowed."))
    if foreign := foreign_letter(char):
        raise Trouble(
            place(at),
            "look_alike_letter",
            _(
                "The character %(letter)s is not allowed in a formula; it may look like a plain letter or sign but is not."
            ),
            letter=foreign[1],
        )
    raise Trouble(place(at), "syntax", _("“%(char)s” has no meaning in a formula."), char=char)


class _Parser:
    def __init__(self, tokens: list[Token], place: Callable[[int], Pos]) -> None:
        self.tokens, self.place, self.i, self.level, self.terms = tokens, place, 0, 0, 0

    # -- helpers

    @property
    def token(self) -> Token:
        return self.tokens[self.i]

    def pos(self) -> Pos:
        return self.place(self.token.at)

    def word(self) -> str:
        """The keyword under the cursor, in lower case, or nothing."""
        return self.token.text.lower() if self.token.kind == "name" else ""

    def accept(self, *texts: str) -> str:
        token = self.token
        text = token.text.lower() if token.kind == "name" else token.text
        if token.kind in ("name", "op") and text in texts:
            self.i += 1
            return text
        return ""

    def expect(self, text: str) -> None:
        if not self.accept(text):
            self.surprise(_("“%(expected)s” is expected here, not “%(found)s”."), expected=text)

    def surprise(self, sentence: str, **values: object) -> None:
        if self.token.kind == "end":
            raise Trouble(
                self.pos(),
                "syntax",
                _("The formula ends too early: something is missing here, perhaps a “)” or a value."),
            )
        raise Trouble(self.pos(), "syntax", sentence, found=self.token.text[:40], **values)

    def make(self, op: str, pos: Pos, word: str = "", args: list[Syn] | None = None) -> Syn:
        args = args or []
        depth = 1 + max((a.depth for a in args), default=0)
        self.terms += 1
        if depth > MAX_DEPTH or self.terms > MAX_TERMS:
            raise Trouble(
                pos,
                "too_deep",
                _("The formula is too long or nested too deep. Derive intermediate figures and name them."),
            )
        return Syn(op, pos, word, args, depth=depth)

    # -- grammar

    def whole(self) -> Syn:
        if self.token.kind == "end":
            raise Trouble(self.pos(), "syntax", _("The formula is empty."))
        tree = self.expression()
        if self.token.kind != "end":
            self.surprise(_("The formula should end here; “%(found)s” is one thing too many."))
        return tree

    def expression(self) -> Syn:
        self.level += 1
        if self.level > MAX_DEPTH:
            raise Trouble(self.pos(), "too_deep", _("Brackets are nested more than %(limit)s deep."), limit=MAX_DEPTH)
        tree = self.chain("or", lambda: self.chain("and", self.negation))
        self.level -= 1
        return tree

    def chain(self, word: str, part: Callable[[], Syn]) -> Syn:
        pos, parts = self.pos(), [part()]
        while self.accept(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else self.make(word, pos, args=parts)

    def negation(self) -> Syn:
        pos, times = self.pos(), 0
        while self.accept("not"):
            times += 1
        tree = self.comparison()
        return self.make("not", pos, args=[tree]) if times % 2 else tree

    def comparison(self) -> Syn:
        pos = self.pos()
        left = self.sum()
        here = self.pos()
        if sign := self.accept("=", "<>", "!=", "<", "<=", ">", ">="):
            right = self.sum()
            if self.token.text in ("=", "<>", "!=", "<", "<=", ">", ">="):
                raise Trouble(self.pos(), "syntax", _("Two comparisons in a row; join them with AND."))
            return self.make("compare", here, "<>" if sign == "!=" else sign, [left, right])
        negated = self.word() == "not" and self.tokens[self.i + 1].text.lower() in ("in", "between")
        if negated:
            self.i += 1
        if self.accept("in"):
            self.expect("(")
            tree = self.make("in", here, args=[left, *self.listed(self.sum)])
        elif self.accept("between"):
            low = self.sum()
            self.expect("and")
            tree = self.make("between", here, args=[left, low, self.sum()])
        elif self.word() in ("is", "like"):
            raise Trouble(
                here,
                "not_allowed",
                _("“%(word)s” is not in the language. What is unknown stays unknown and is asked for."),
                word=self.token.text,
            )
        else:
            return left
        return self.make("not", pos, args=[tree]) if negated else tree

    def sum(self) -> Syn:
        tree = self.product()
        while True:
            here = self.pos()
            if not (sign := self.accept("+", "-")):
                return tree
            tree = self.make("arith", here, sign, [tree, self.product()])

    def product(self) -> Syn:
        tree = self.unary()
        while True:
            here = self.pos()
            if self.token.text in ("/", "%"):
                raise Trouble(
                    here,
                    "rounding_missing",
                    _("Division names its rounding: write div(a, b, 'half_up') — or 'half_even', 'up', 'down'."),
                )
            if not self.accept("*"):
                return tree
            tree = self.make("arith", here, "*", [tree, self.unary()])

    def unary(self) -> Syn:
        pos, minus = self.pos(), False
        while sign := self.accept("-", "+"):
            minus ^= sign == "-"
        tree = self.primary()
        return self.make("minus", pos, args=[tree]) if minus else tree

    def primary(self) -> Syn:
        token, pos = self.token, self.pos()
        if token.kind == "number":
            return self.number()
        if token.kind == "text":
            self.i += 1
            return self.make("text", pos, token.text[1:-1].replace("''", "'"))
        if self.accept("("):
            tree = self.expression()
            if self.token.text == ",":
                raise Trouble(self.pos(), "syntax", _("A list is allowed only after IN."))
            self.expect(")")
            return tree
        if self.accept(":"):
            return self.parameter(pos)
        if token.kind == "name":
            return self.named(token, pos)
        self.surprise(_("A value is expected here, not “%(found)s”."))
        raise AssertionError

    def number(self) -> Syn:
        token, pos = self.token, self.pos()
        self.i += 1
        if len(token.text) > 19:
            raise Trouble(pos, "syntax", _("The number %(number)s… is too large."), number=token.text[:19])
        unit = ""
        if self.accept("%"):
            unit = "%"
        elif self.token.kind == "name" and re.fullmatch("[A-Z]{3}", self.token.text) and self.word() not in KEYWORDS:
            unit = self.token.text
            self.i += 1
        elif self.token.kind == "name" and self.token.at == token.at + len(token.text):
            self.surprise(_("“%(found)s” follows the number directly; a space or a sign is missing."))
        return self.make("number", pos, token.text, [Syn("unit", pos, unit)] if unit else [])

    def parameter(self, pos: Pos) -> Syn:
        if self.token.kind != "name":
            self.surprise(_("A name of a parameter is expected after “:”."))
        tree = self.make("parameter", pos, self.token.text)
        self.i += 1
        if self.accept("["):
            tree = self.make("lookup", pos, tree.word, self.listed(self.expression, "]"))
        return tree

    def named(self, token: Token, pos: Pos) -> Syn:
        word = token.text.lower()
        if word in FORBIDDEN:
            raise Trouble(
                pos,
                "not_allowed",
                _("“%(word)s” is not allowed: a formula computes, it does not query or change data."),
                word=token.text,
            )
        self.i += 1
        if word in ("true", "false"):
            return self.make("boolean", pos, word)
        if word == "null":
            raise Trouble(
                pos,
                "not_allowed",
                _("NULL is not in the language. What is unknown stays unknown and is asked for."),
            )
        if word == "date" and self.token.kind == "text":
            tree = self.make("date", pos, self.token.text[1:-1])
            self.i += 1
            return tree
        if word == "case":
            return self.case(pos)
        if word in KEYWORDS:
            self.i -= 1
            self.surprise(_("A value is expected here, not “%(found)s”."))
        if self.accept("("):
            return self.make("call", pos, word, self.listed(self.argument))
        parts = [token.text]
        while self.accept("."):
            if self.token.kind != "name":
                self.surprise(_("A name is expected after the dot, not “%(found)s”."))
            parts.append(self.token.text)
            self.i += 1
        return self.make("name", pos, ".".join(parts))

    def listed(self, part: Callable[[], Syn], close: str = ")") -> list[Syn]:
        parts: list[Syn] = []
        if self.accept(close):
            return parts
        while True:
            parts.append(part())
            if self.accept(close):
                return parts
            self.expect(",")

    def argument(self) -> Syn:
        pos = self.pos()
        if self.accept("*"):
            return self.make("name", pos, "member")
        tree = self.expression()
        if self.accept("over"):
            tree.window = self.over()
        if self.accept("where"):
            tree = self.make("filtered", pos, args=[tree, self.expression()])
        return tree

    def over(self) -> Window:
        pos = self.pos()
        which = self.accept("last", "this") or ("ago" if self.token.kind == "number" else None)
        if not which:
            self.surprise(_("After OVER write “last 3 months”, “2 years ago” or “this quarter”, not “%(found)s”."))
        count = 1
        if self.token.kind == "number":
            if not self.token.text.isdigit() or not 1 <= int(self.token.text) <= 120 or which == "this":
                self.surprise(_("A whole number of periods from 1 to 120 is expected, not “%(found)s”."))
            count = int(self.token.text)
            self.i += 1
        if self.word() not in _PERIODS:
            self.surprise(_("Months, quarters or years are expected here, not “%(found)s”."))
        unit = _PERIODS[self.word()]
        self.i += 1
        if which == "ago":
            self.expect("ago")
        return Window(which, count, unit, pos)

    def case(self, pos: Pos) -> Syn:
        subject = None if self.word() == "when" else self.expression()
        parts: list[Syn] = []
        while True:
            here = self.pos()
            if not self.accept("when"):
                break
            test = self.expression()
            if subject is not None:
                test = self.make("compare", here, "=", [subject, test])
            self.expect("then")
            parts += [test, self.expression()]
        if not parts:
            self.surprise(_("CASE needs at least one WHEN … THEN …; “%(found)s” stands here."))
        if not self.accept("else"):
            if self.token.kind == "end":
                self.surprise("")
            raise Trouble(self.pos(), "syntax", _("CASE needs an ELSE, so that no family falls between the cases."))
        parts.append(self.expression())
        self.expect("end")
        return self.make("case", pos, args=parts)
