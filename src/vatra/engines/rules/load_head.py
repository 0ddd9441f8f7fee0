"""The head of a document: its code, law and days, its own facts, parameters and derived figures."""

import re
from datetime import date
from typing import Any

from vatra.engines.rules.catalogue import Catalogue
from vatra.engines.rules.check import Checker, Derived
from vatra.engines.rules.document import Mapping, Node, Scalar
from vatra.engines.rules.ir import MEMBER, UNIT
from vatra.engines.rules.parameters import Parameter, Reader, check_name, plain
from vatra.engines.rules.problems import MAX_PROBLEMS, Problem, Trouble, foreign_letter, unknown
from vatra.engines.rules.syntax import Syn, parse
from vatra.engines.rules.types import read_date
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
MAX_DERIVED = 500


class Head:
    """What every kind of document has; problems are collected so that an officer sees them all at once."""

    root: Mapping
    checker: Checker
    dates: tuple[date | None, date | None]

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
            if foreign := foreign_letter(key):
                place = scalar.place(foreign[0])
                self.note(
                    Trouble(
                        place,
                        "look_alike_letter",
                        _("The letter %(letter)s in this name is not a plain Latin letter."),
                        letter=foreign[1],
                    )
                )
            elif key not in known and not key.startswith("x_"):
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
        if node is None:
            return None
        if not isinstance(node, Scalar) or not re.fullmatch(r"-?\d{1,6}", node.text, re.ASCII):
            self.note(Trouble(node.pos, "wrong_type", _("“%(key)s” is a whole number."), key="priority"))
            return None
        return int(node.text)

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
        start, end = self.dates
        asked = self.on
        # On a day before or after its time a ruleset needs no values.
        if asked is not None and ((start is not None and asked < start) or (end is not None and asked >= end)):
            asked = None
        for day in (d for d in (start, asked) if d is not None):
            for name in sorted(self.checker.used_parameters):
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


class _Broken:
    """Stands for a parameter that could not be read; using it reports nothing more."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, _name: str) -> Any:
        raise Trouble((1, 1), "broken", "")
