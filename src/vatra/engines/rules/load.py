"""A YAML document → RuleSet, or the list of everything that is wrong with it."""

import re
from datetime import date
from typing import Any

from vatra.engines.rules.catalogue import Catalogue
from vatra.engines.rules.check import Checker, Derived
from vatra.engines.rules.document import Mapping, Node, Pos, Scalar, Sequence, read_document
from vatra.engines.rules.functions import round_to
from vatra.engines.rules.ir import MEMBER, ROUNDINGS, UNIT
from vatra.engines.rules.ir import Node as Tree
from vatra.engines.rules.measures import read_indicator
from vatra.engines.rules.parameters import Parameter, Reader, check_name, plain
from vatra.engines.rules.problems import MAX_PROBLEMS, Problem, Trouble, unknown
from vatra.engines.rules.ruleset import Clause, RuleSet, digest_of
from vatra.engines.rules.syntax import Syn, parse
from vatra.engines.rules.types import BOOLEAN, Type, read_date
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

OWN_KEYS = {
    "code", "kind", "unit", "law", "parameters", "derive", "clauses", "amount", "period", "rounding", "cap", "not_below",
    "nothing_below", "priority", "incompatible", "renewals", "in_force",
    "weight", "measures", "facts", "currencies",
}  # fmt: skip
# What the room of programmes keeps about a programme; the engine carries it untouched.
METADATA = {
    "title", "summary", "description", "about", "receives", "verifies", "decides", "decided_by", "signs", "pays",
    "pays_by", "hears_appeals", "appeals", "applicant", "beneficiary", "representative", "payee", "papers", "documents",
    "evidence", "forms", "form", "steps", "letters", "budget", "fund", "group", "groups", "level", "care_level", "category",
    "taxonomy", "service", "services", "obligations", "deadline", "deadlines", "strategy", "objective", "activity", "indicators",
    "office", "channels", "contact", "areas", "note", "notes", "sources", "tags", "icon", "version", "status", "effective", "offer",
    "life_stage", "needs", "languages", "name", "review", "reviews", "suspension", "recovery", "funding", "payment", "where", "when_to_apply",
}  # fmt: skip
KINDS = ("ruleset", "figures", "indicator")
PERIODS = ("once", "day", "week", "month", "quarter", "year")
MAX_CLAUSES = 300
MAX_DERIVED = 500
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


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


class Loader:
    """Reads one document; problems are collected so that an officer sees them all at once."""

    def __init__(
        self, text: str, catalogue: Catalogue, on: date | None, metadata: frozenset[str] = frozenset()
    ) -> None:
        self.text, self.catalogue, self.on, self.metadata = text, catalogue, on, metadata
        self.problems: list[Problem] = []
        self.law: dict[str, Any] | None = None
        self.parameters: dict[str, Parameter] = {}

    def note(self, trouble: Trouble) -> None:
        """Keep a problem; a second error that only follows from a reported one is not shown."""
        if trouble.problem.code != "broken" and len(self.problems) < 2 * MAX_PROBLEMS:
            self.problems.append(trouble.problem)

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
            priority=self._priority(), incompatible=tuple(n.info for c in clauses for n in c.node.walk() if n.op == "has" and c.id.startswith("not-with-")),
            in_force=self.dates, digest=digest_of(self.text), indicator=indicator, builder=self.checker.builder,
        )  # fmt: skip

    def _own_facts(self, root: Mapping) -> bool:
        """Facts and currencies that the document brings along; a problem, and nothing more, if they make no sense."""
        if "facts" not in root.items and "currencies" not in root.items:
            return True
        place = (root.get("facts") or root.get("currencies") or root).pos
        try:
            self.catalogue = self.catalogue.extended({k: plain(root.get(k)) for k in ("facts", "currencies")})
        except Refused as refused:
            self.note(Trouble(place, refused.code, refused.sentence, **refused.values))
            return False
        except (TypeError, ValueError, AttributeError, KeyError):
            self.note(
                Trouble(
                    place, "wrong_fact", _("“facts” and “currencies” are mappings: {age: {of: person, type: integer}}.")
                )
            )
            return False
        return True

    # -- the head of the document

    def _head(self, root: Mapping) -> str:
        known = OWN_KEYS | METADATA | self.metadata
        for key, scalar in root.keys.items():
            if key not in known and not key.startswith("x_"):
                self.note(unknown(scalar.pos, "unknown_key", _("“%(name)s” is not a key of a ruleset."), key, known))
        node = root.get("code")
        code = node.text if isinstance(node, Scalar) else ""
        try:
            if not code:
                raise Trouble(root.pos, "syntax", _("The ruleset needs its code."))
            check_name(code, node.pos)  # type: ignore[union-attr]
        except Trouble as trouble:
            self.note(trouble)
        if (law := root.get("law")) is not None:
            self.law = self._law(law, None)
        period = root.get("period")
        if period is not None and (not isinstance(period, Scalar) or period.text not in PERIODS):
            self.note(
                Trouble(
                    period.pos,
                    "unknown_code",
                    _("The period is one of: %(periods)s."),
                    periods=", ".join(PERIODS),
                )
            )
        return code

    def _word(self, key: str, default: str) -> str:
        node = self.root.get(key)
        if node is None:
            return default
        if not isinstance(node, Scalar) or not re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", node.text):
            self.note(Trouble(node.pos, "wrong_type", _("“%(key)s” is a single word in small plain letters."), key=key))
            return default
        return node.text

    def _priority(self) -> int | None:
        node = self.root.get("priority")
        return int(node.text) if isinstance(node, Scalar) and re.fullmatch(r"-?\d{1,6}", node.text) else None

    def _law(self, node: Node, inherited: dict[str, Any] | None) -> dict[str, Any] | None:
        """A legal source; an article alone belongs to the act of the ruleset. None, and a problem, if it is empty."""
        law = plain(node)
        if isinstance(law, str) and law.strip():
            law = {"act": law}
        if isinstance(law, dict) and "act" not in law and inherited:
            law = {**inherited, **law}
        if not isinstance(law, dict) or not str(law.get("act") or "").strip():
            self.note(
                Trouble(
                    node.pos,
                    "clause_without_law",
                    _("A legal source names its act, and better also article and address."),
                )
            )
            return None
        return law

    def _in_force(self) -> None:
        """From when to when, and whether each parameter has a value from the start."""
        node, self.dates = self.root.get("in_force"), (None, None)
        if node is not None:
            parts = {"from": node} if isinstance(node, Scalar) else node.items if isinstance(node, Mapping) else {}
            found = {k: read_date(n.text) if isinstance(n, Scalar) else None for k, n in parts.items()}
            if not found or None in found.values() or set(found) - {"from", "to"}:
                self.note(
                    Trouble(
                        node.pos,
                        "wrong_type",
                        _("“in_force” is a date, or a mapping with “from” and perhaps “to”."),
                    )
                )
                return
            self.dates = (found.get("from"), found.get("to"))
        for day in (self.dates[0], self.on):
            for name in sorted(self.checker.used_parameters) if day else ():
                parameter = self.parameters.get(name) or self.catalogue.parameters[name]
                if not isinstance(parameter, _Broken) and parameter.at(day) is None:
                    self.note(
                        Trouble(
                            parameter.pos if not parameter.shared else (1, 1),
                            "parameter_without_value",
                            _("The parameter “%(name)s” has no value on %(day)s."),
                            name=name,
                            day=day.isoformat(),
                        )
                    )

    # -- parameters and derived figures

    def _parameters(self, node: Node | None) -> None:
        if node is None or (isinstance(node, Scalar) and node.null):
            return
        if not isinstance(node, Mapping):
            self.note(Trouble(node.pos, "wrong_type", _("“%(key)s” is a mapping."), key="parameters"))
            return
        reader = Reader(self.catalogue, self.law)
        for name, item in node.items.items():
            try:
                self.parameters[name] = reader.parameter(name, node.keys[name].pos, item)
            except Trouble as trouble:
                self.note(trouble)
                # Known by name, so that its uses are not reported as unknown as well.
                self.parameters.setdefault(name, _Broken(name))  # type: ignore[arg-type]

    def _derive(self, node: Node | None) -> None:
        if node is None or (isinstance(node, Scalar) and node.null):
            return
        if not isinstance(node, Mapping):
            self.note(Trouble(node.pos, "wrong_type", _("“%(key)s” is a mapping."), key="derive"))
            return
        if len(node.items) > MAX_DERIVED:
            self.note(Trouble(node.pos, "too_long", _("More than %(limit)s derived figures."), limit=MAX_DERIVED))
            return
        for key, item in node.items.items():
            self._derived(key, node.keys[key], item)
        for found in list(self.checker.derived.values()):
            if found.node is None and not found.broken:
                try:
                    self.checker._resolve(found)
                except Trouble as trouble:
                    self.note(trouble)

    def _derived(self, key: str, scalar: Scalar, item: Node) -> None:
        prefix, _dot, name = key.rpartition(".")
        level = {
            "": self.checker.home,
            "member": MEMBER,
            "person": MEMBER,
            "unit": UNIT,
            self.checker.unit: UNIT,
        }.get(prefix)
        if self.checker.unit == "person" and prefix == "person":
            level = MEMBER
        try:
            check_name(name, scalar.pos)
            if level is None:
                raise Trouble(
                    scalar.pos,
                    "wrong_name",
                    _("Before the dot stands “member” or “unit”, not “%(name)s”."),
                    name=prefix[:40],
                )
            fact = self.catalogue.facts.get(name)
            if fact or name in self.parameters or (name, level) in self.checker.derived:
                raise Trouble(
                    scalar.pos,
                    "duplicate_id",
                    _("“%(name)s” is already the name of a fact, a parameter or a figure."),
                    name=name,
                )
            found = Derived(name, level, None, scalar.pos, broken=True)
            self.checker.derived[name, level] = found
            found.syntax = self._formula(item)
            found.broken = False
        except Trouble as trouble:
            self.note(trouble)

    def _formula(self, node: Node) -> Syn:
        if not isinstance(node, Scalar):
            raise Trouble(
                node.pos,
                "wrong_type",
                _("A formula is expected here; put it between quotes if it contains “: ” or begins with a sign."),
            )
        return parse(node.text, node.place)

    # -- clauses

    def _clauses(self, node: Node | None, *, required: bool) -> list[Clause]:
        if node is None and not required:
            return []
        if not isinstance(node, Sequence) or not node.items:
            self.note(
                Trouble(
                    node.pos if node else self.root.pos,
                    "syntax",
                    _("A ruleset needs its clauses: a list of id, when, because."),
                )
            )
            return []
        if len(node.items) > MAX_CLAUSES:
            self.note(Trouble(node.pos, "too_long", _("More than %(limit)s clauses."), limit=MAX_CLAUSES))
            return []
        out: list[Clause] = []
        seen: set[str] = set()
        for item in node.items:
            try:
                if clause := self._clause(item, seen):
                    out.append(clause)
            except Trouble as trouble:
                self.note(trouble)
        return out

    def _clause(self, item: Node, seen: set[str]) -> Clause | None:
        if not isinstance(item, Mapping):
            raise Trouble(item.pos, "wrong_type", _("A clause is a mapping with id, when and because."))
        known = {"id", "when", "because", "law", "title", "note"}
        for key, scalar in item.keys.items():
            if key not in known:
                self.note(unknown(scalar.pos, "unknown_key", _("“%(name)s” is not a key of a clause."), key, known))
        id_ = self._id(item, seen)
        because, law = self._because(item, id_), self._clause_law(item, id_)
        node = item.get("when")
        if node is None:
            raise Trouble(item.pos, "syntax", _("The clause “%(id)s” has no condition (when)."), id=id_)
        tree = self.checker.formula(
            self._formula(node),
            self.checker.home,
            lambda t: t.kind == "boolean",
            _("a condition that is true or false"),
        )
        shown = self._placeholders(item.get("because"))
        if because is None or law is None:
            return None
        assert isinstance(node, Scalar)
        return Clause(id_, tree, because, law, node.text, shown)

    def _id(self, item: Mapping, seen: set[str]) -> str:
        node = item.get("id")
        if not isinstance(node, Scalar) or not node.text:
            raise Trouble(item.pos, "syntax", _("Each clause needs an id."))
        check_name(node.text, node.pos)
        if node.text in seen:
            self.note(Trouble(node.pos, "duplicate_id", _("The id “%(id)s” is given to two clauses."), id=node.text))
        seen.add(node.text)
        return node.text

    def _because(self, item: Mapping, id_: str) -> dict[str, str] | None:
        node = item.get("because")
        texts = plain(node)
        if (
            not isinstance(texts, dict)
            or not texts
            or not all(isinstance(t, str) and t.strip() for t in texts.values())
        ):
            self.note(
                Trouble(
                    node.pos if node else item.pos,
                    "clause_without_reason",
                    _("The clause “%(id)s” gives no reason: because: {en: …} with a text for each language."),
                    id=id_,
                )
            )
            return None
        assert isinstance(node, Mapping)
        for language, scalar in node.keys.items():
            if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", language):
                self.note(
                    Trouble(
                        scalar.pos,
                        "unknown_code",
                        _("“%(name)s” is not a code of a language, such as en or ro."),
                        name=language[:20],
                    )
                )
        return texts

    def _clause_law(self, item: Mapping, id_: str) -> dict[str, Any] | None:
        node = item.get("law")
        if node is not None:
            return self._law(node, self.law)
        if self.law is None:
            self.note(
                Trouble(
                    item.pos,
                    "clause_without_law",
                    _("The clause “%(id)s” names no law, and neither does the ruleset."),
                    id=id_,
                )
            )
        return self.law

    def _placeholders(self, node: Node | None) -> tuple[Tree, ...]:
        """The figures named {like_this} in the reasons."""
        out: dict[str, Tree] = {}
        for text in node.items.values() if isinstance(node, Mapping) else ():
            if not isinstance(text, Scalar):
                continue
            for match in _PLACEHOLDER.finditer(text.text):
                name, pos = match[1], text.place(match.start())
                if name not in out:
                    out[name] = self._placeholder(name, pos)
        return tuple(out.values())

    def _placeholder(self, name: str, pos: Pos) -> Tree:
        check_name(name, pos)
        checker = self.checker
        if name in self.parameters or name in self.catalogue.parameters:
            return checker.formula(Syn("parameter", pos, name), checker.home)
        return checker.formula(Syn("name", pos, name), checker.home)

    def _incompatible(self, node: Node | None, seen: set[str]) -> list[Clause]:
        """Programmes that exclude this one, each a clause of its own with its reason."""
        if node is None:
            return []
        if not isinstance(node, Sequence):
            self.note(
                Trouble(
                    node.pos,
                    "wrong_type",
                    _("“incompatible” is a list of programmes: {with: …, because: {en: …}}."),
                )
            )
            return []
        out = []
        for item in node.items:
            other = item.get("with") if isinstance(item, Mapping) else None
            if not isinstance(item, Mapping) or not isinstance(other, Scalar):
                self.note(
                    Trouble(
                        item.pos,
                        "wrong_type",
                        _("Each entry of “incompatible” names a programme (with) and the reason (because)."),
                    )
                )
                continue
            id_ = "not-with-" + other.text
            because, law = self._because(item, id_), self._clause_law(item, id_)
            try:
                if id_ in seen:
                    raise Trouble(other.pos, "duplicate_id", _("“%(id)s” is excluded twice."), id=other.text)
                call = Syn("call", other.pos, "has", [Syn("text", other.pos, other.text)])
                tree = self.checker.formula(Syn("not", other.pos, args=[call]), self.checker.home)
            except Trouble as trouble:
                self.note(trouble)
                continue
            seen.add(id_)
            if because is not None and law is not None:
                out.append(Clause(id_, tree, because, law, f"not has('{other.text}')"))
        return out

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


class _Broken:
    """Stands for a parameter that could not be read; using it reports nothing more."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, _name: str) -> Any:
        raise Trouble((1, 1), "broken", "")
