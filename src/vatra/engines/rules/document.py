"""A YAML document as nodes that know their line and column, read with limits on everything.

No tags, no anchors, no aliases, no duplicate keys, no second document; every scalar stays the text that was written
(so `no` is a word and not a boolean) and each formula can point at its own characters.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from vatra.engines.rules.problems import Trouble
from vatra.kernel.words import gettext_noop as _

MAX_CHARS = 500_000
MAX_NODES = 20_000
MAX_DEPTH = 16

Pos = tuple[int, int]
try:
    _LOADER = yaml.CSafeLoader
except AttributeError:  # pragma: no cover - a build of PyYAML without libyaml
    _LOADER = yaml.SafeLoader  # type: ignore[assignment,misc]


@dataclass(slots=True)
class Scalar:
    text: str
    pos: Pos
    quoted: bool
    places: list[Pos] | None = None  # the source place of each character, where it is not simply pos + offset

    def place(self, offset: int) -> Pos:
        """Line and column in the file of the character at `offset` of the text."""
        if self.places is not None:
            return self.places[min(offset, len(self.places) - 1)] if self.places else self.pos
        return self.pos[0], self.pos[1] + offset + (1 if self.quoted else 0)

    @property
    def null(self) -> bool:
        return not self.quoted and self.text in ("", "~", "null")


@dataclass(slots=True)
class Mapping:
    items: dict[str, "Node"]
    keys: dict[str, Scalar]
    pos: Pos

    def get(self, key: str) -> "Scalar | Mapping | Sequence | None":
        return self.items.get(key)


@dataclass(slots=True)
class Sequence:
    items: list["Node"]
    pos: Pos


Node = Scalar | Mapping | Sequence


def read_document(text: str) -> Node:
    """Parse one YAML document. Raises Trouble, never anything else; time and memory are bounded by MAX_CHARS."""
    if len(text) > MAX_CHARS:
        raise Trouble(
            (1, 1),
            "too_long",
            _("The document is too long: rules may have at most %(limit)s characters."),
            limit=MAX_CHARS,
        )
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        pos = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Trouble(
            pos,
            "yaml",
            _("The file is not well-formed YAML here: %(reason)s."),
            reason=error.problem or error,
        ) from None
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise Trouble((1, 1), "yaml", _("The file is not well-formed YAML: %(reason)s."), reason=reason) from None


def _build(text: str) -> Node:
    lines = text.split("\n")
    stack: list[Mapping | Sequence] = []
    waiting: list[Scalar | None] = []  # the key that waits for its value, per open mapping
    root: Node | None = None
    count = 0

    def add(node: Node) -> None:
        nonlocal root
        if not stack:
            if root is not None:
                raise Trouble(node.pos, "yaml", _("A file holds one document; a second one starts here."))
            root = node
            return
        top = stack[-1]
        if isinstance(top, Sequence):
            top.items.append(node)
            return
        key = waiting[-1]
        if key is None:
            if not isinstance(node, Scalar):
                raise Trouble(node.pos, "yaml", _("A key must be a single word, not a list or a mapping."))
            if node.text in top.items or node.text in top.keys:
                raise Trouble(node.pos, "duplicate_key", _("“%(key)s” is written twice here."), key=node.text[:60])
            top.keys[node.text] = node
            waiting[-1] = node
        else:
            top.items[key.text] = node
            waiting[-1] = None

    for event in yaml.parse(text, Loader=_LOADER):
        mark = event.start_mark
        pos = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Trouble(pos, "not_allowed", _("Anchors and aliases (& and *) are not allowed; write the value out."))
        if isinstance(event, yaml.NodeEvent) and (tag := getattr(event, "tag", None)) and tag != "!":
            raise Trouble(pos, "not_allowed", _("YAML tags (!…) are not allowed."))
        if isinstance(event, yaml.NodeEvent):
            count += 1
            if count > MAX_NODES:
                raise Trouble(pos, "too_long", _("The document has more than %(limit)s entries."), limit=MAX_NODES)
        if isinstance(event, yaml.ScalarEvent):
            add(_scalar(event, pos, lines))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) >= MAX_DEPTH:
                raise Trouble(
                    pos,
                    "too_deep",
                    _("The document is nested more than %(limit)s levels deep."),
                    limit=MAX_DEPTH,
                )
            new: Mapping | Sequence = (
                Mapping({}, {}, pos) if isinstance(event, yaml.MappingStartEvent) else Sequence([], pos)
            )
            add(new)
            stack.append(new)
            waiting.append(None)
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            waiting.pop()
    if root is None:
        raise Trouble((1, 1), "yaml", _("The file is empty."))
    return root


def _scalar(event: yaml.ScalarEvent, pos: Pos, lines: list[str]) -> Scalar:
    start, end = event.start_mark, event.end_mark
    assert start is not None and end is not None
    style = event.style or ""
    quoted = style in ("'", '"')
    one_line = start.line == end.line
    simple = one_line and (not quoted or end.column - start.column == len(event.value) + 2)
    if simple and style not in ("|", ">"):
        return Scalar(event.value, pos, quoted)
    return Scalar(event.value, pos, True, _places(event.value, style, start, end, lines))


def _places(value: str, style: str, start: Any, end: Any, lines: list[str]) -> list[Pos]:
    """Where each character of a folded, block or escaped scalar stands: blanks change, other characters keep order."""
    source = []
    first = start.line + 1 if style in ("|", ">") else start.line
    for number in range(first, min(end.line + 1, len(lines))):
        line = lines[number]
        begin = start.column + (style in ("'", '"')) if number == start.line else 0
        stop = end.column if number == end.line else len(line)
        source += [
            (char, (number + 1, column + 1)) for column, char in enumerate(line[begin:stop], begin) if char > " "
        ]
    places: list[Pos] = []
    at, last = 0, (start.line + 1, start.column + 1)
    for char in value:
        if char > " ":
            # An escape or a doubled quote writes more characters than it means: look a little ahead.
            for ahead in range(at, min(at + 12, len(source))):
                if source[ahead][0] == char:
                    last, at = source[ahead][1], ahead + 1
                    break
        places.append(last)
    places.append(last)
    return places
