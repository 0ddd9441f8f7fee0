"""Clauses of a document, with their reasons, their law and the figures that the reasons name."""

import re
from typing import Any

from vatra.engines.rules.document import Mapping, Node, Pos, Scalar, Sequence
from vatra.engines.rules.ir import Node as Tree
from vatra.engines.rules.load_head import Head
from vatra.engines.rules.parameters import check_name, plain
from vatra.engines.rules.problems import Trouble, unknown
from vatra.engines.rules.ruleset import Clause
from vatra.engines.rules.syntax import Syn
from vatra.kernel.words import gettext_noop as _

MAX_CLAUSES = 300
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Clauses(Head):
    """Each condition of the law, and each programme that excludes this one."""

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
