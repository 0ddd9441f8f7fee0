"""YAML read into plain data of a declared shape; every fault with its file, line and column.

Limits on everything: size, depth, count. No aliases (a few lines could stand for gigabytes), no second document, no
key twice, no unknown key. Numbers with a point stay the text that was written: nothing passes through a binary float.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from vatra.kernel.words import gettext_noop

MAX_CHARS = 2_000_000
MAX_DEPTH = 24
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}")

Shape = Callable[["Reader", yaml.Node], Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong in a file of a pack, where, in a sentence; `values` fill its places."""

    file: str
    line: int
    column: int
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.sentence % self.values if self.values else self.sentence

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "line": self.line, "column": self.column, "sentence": self.text}


class Place(tuple):
    """Line and column of a record, kept beside it for faults that show only when files are compared."""

    __slots__ = ()


class Said(dict):
    """A record as it was written; `place` is where."""

    place: Place = Place((0, 0))
    file: str = ""


@dataclass
class Reader:
    """Reads one file; `languages` are those in which every text must stand (empty before pack.yaml is read)."""

    file: str
    languages: tuple[str, ...]
    faults: list[Fault]

    def fault(self, node: yaml.Node, sentence: str, **values: Any) -> None:
        mark = node.start_mark
        self.faults.append(Fault(self.file, mark.line + 1, mark.column + 1, sentence, values))


def read_yaml(path: Path, shape: Shape, *, root: Path, languages: Sequence[str], faults: list[Fault]) -> Any:
    """The data of a file in its shape, or None; what is wrong is appended to `faults`. Never raises on content."""
    name = path.relative_to(root).as_posix()
    reader = Reader(name, tuple(languages), faults)
    before = len(faults)
    try:
        text = path.read_text(encoding="utf-8")
        if len(text) > MAX_CHARS:
            faults.append(Fault(name, 1, 1, gettext_noop("The file is too large (more than two million characters).")))
            return None
        node = _compose(text)
    except UnicodeDecodeError:
        faults.append(Fault(name, 1, 1, gettext_noop("The file is not text in UTF-8.")))
        return None
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        why = str(problem.problem or problem)
        faults.append(
            Fault(name, line, column, gettext_noop("The file is not well-formed YAML: %(why)s."), {"why": why})
        )
        return None
    except RecursionError:
        faults.append(Fault(name, 1, 1, gettext_noop("The file is nested too deeply.")))
        return None
    data = shape(reader, node)
    return data if len(faults) == before else None


def _compose(text: str) -> yaml.Node:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not used here", problem_mark=event.start_mark)
        depth += isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
        depth -= isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
        if depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=event.start_mark)
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    if node is None:
        raise yaml.MarkedYAMLError(problem="the file is empty", problem_mark=None)
    return node


# --- shapes -----------------------------------------------------------------------------------------------------------


def record(required: dict[str, Shape], optional: dict[str, Shape] | None = None) -> Shape:
    """A mapping with exactly these keys."""
    known = {**required, **(optional or {})}

    def read(reader: Reader, node: yaml.Node) -> Said:
        said = Said()
        said.place, said.file = Place((node.start_mark.line + 1, node.start_mark.column + 1)), reader.file
        if not isinstance(node, yaml.MappingNode):
            reader.fault(node, gettext_noop("Here belong the keys %(keys)s."), keys=", ".join(known))
            return said
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in said:
                reader.fault(key, gettext_noop("The key “%(key)s” stands here twice."), key=name)
            elif name not in known:
                reader.fault(
                    key, gettext_noop("Unknown key “%(key)s”; known here: %(known)s."), key=name, known=", ".join(known)
                )
            else:
                said[name] = known[name](reader, value)
        for name in required:
            if name not in said:
                reader.fault(node, gettext_noop("The key “%(key)s” is missing."), key=name)
        return said

    return read


def only(key: str, shape: Shape) -> Shape:
    """One key of a mapping; whatever else stands there is left to another reading."""

    def read(reader: Reader, node: yaml.Node) -> Said:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        return Said((key, shape(reader, value)) for name, value in pairs if name.value == key)

    return read


def listing(of: Shape, *, unique: str = "") -> Shape:
    """A list; with `unique`, no two of its records have the same value there."""

    def read(reader: Reader, node: yaml.Node) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode):
            reader.fault(node, gettext_noop("Here belongs a list."))
            return []
        rows, seen = [], set()
        for item in node.value:
            row = of(reader, item)
            if unique and isinstance(row, dict) and (name := row.get(unique)) is not None:
                if name in seen:
                    reader.fault(item, gettext_noop("“%(code)s” stands in this list twice."), code=name)
                seen.add(name)
            rows.append(row)
        return rows

    return read


def mapping(of: Shape, *, keys: Shape | None = None) -> Shape:
    """A mapping whose keys are free (codes unless said) and whose values have one shape."""
    key_shape = keys or code

    def read(reader: Reader, node: yaml.Node) -> Said:
        said = Said()
        said.place, said.file = Place((node.start_mark.line + 1, node.start_mark.column + 1)), reader.file
        if not isinstance(node, yaml.MappingNode):
            reader.fault(node, gettext_noop("Here belongs a mapping of names to values."))
            return said
        for key, value in node.value:
            name = key_shape(reader, key)
            if name in said:
                reader.fault(key, gettext_noop("The key “%(key)s” stands here twice."), key=name)
            said[name] = of(reader, value)
        return said

    return read


def _scalar(reader: Reader, node: yaml.Node, what: str) -> str | None:
    if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":null"):
        return node.value
    reader.fault(node, gettext_noop("Here belongs %(what)s."), what=what)
    return None


def code(reader: Reader, node: yaml.Node) -> str:
    text = _scalar(reader, node, "a code") or ""
    if text and not CODE.fullmatch(text):
        reader.fault(
            node, gettext_noop("“%(text)s” is not a code: plain letters, digits, “_”, “-”, “.”."), text=text[:40]
        )
    return text


def words(reader: Reader, node: yaml.Node) -> str:
    """Some text in no particular language: a name of a law, an address."""
    text = (_scalar(reader, node, "a text") or "").strip()
    if not text and isinstance(node, yaml.ScalarNode):
        reader.fault(node, gettext_noop("Here belongs a text that is not empty."))
    return text


def formula(reader: Reader, node: yaml.Node) -> str:
    """Left to the checker of rules."""
    return (_scalar(reader, node, "a formula") or "").strip()


def pattern(reader: Reader, node: yaml.Node) -> str:
    """A regular expression, kept as text."""
    text = _scalar(reader, node, "a pattern") or ""
    try:
        re.compile(text)
    except re.error as wrong:
        reader.fault(node, gettext_noop("“%(text)s” is not a pattern: %(why)s."), text=text[:40], why=str(wrong))
    return text


def integer(reader: Reader, node: yaml.Node) -> int:
    text = _scalar(reader, node, "a whole number")
    if text is None or not re.fullmatch(r"-?\d{1,9}", text):
        reader.fault(node, gettext_noop("Here belongs a whole number."))
        return 0
    return int(text)


def decimal(reader: Reader, node: yaml.Node) -> str:
    text = _scalar(reader, node, "a number") or ""
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", text):
        reader.fault(node, gettext_noop("Here belongs a number."))
    return text


def flag(reader: Reader, node: yaml.Node) -> bool:
    text = _scalar(reader, node, "true or false")
    if text not in ("true", "false"):
        reader.fault(node, gettext_noop("Here belongs true or false."))
    return text == "true"


def day(reader: Reader, node: yaml.Node) -> str:
    """A calendar day, kept as ISO text."""
    text = _scalar(reader, node, "a day (2024-01-31)") or ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        reader.fault(node, gettext_noop("“%(text)s” is not a day; write it as 2024-01-31."), text=text[:40])
        return "1970-01-01"


def choice(*allowed: str) -> Shape:
    def read(reader: Reader, node: yaml.Node) -> str:
        text = _scalar(reader, node, "one of " + ", ".join(allowed)) or ""
        if text not in allowed:
            reader.fault(
                node, gettext_noop("“%(text)s” is not one of: %(allowed)s."), text=text[:40], allowed=", ".join(allowed)
            )
        return text

    return read


def _languages(reader: Reader, node: yaml.Node, needed: Sequence[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    if not isinstance(node, yaml.MappingNode):
        reader.fault(node, gettext_noop("Here belongs a text per language, as {ro: …, en: …}."))
        return said
    for key, value in node.value:
        language = key.value if isinstance(key, yaml.ScalarNode) else ""
        if not LANGUAGE.fullmatch(language) or language in said:
            reader.fault(key, gettext_noop("“%(key)s” is not a language here, or stands twice."), key=language[:20])
            continue
        said[language] = words(reader, value)
    for language in needed:
        if language not in said:
            reader.fault(node, gettext_noop("The text in the language “%(language)s” is missing."), language=language)
    return said


def text(reader: Reader, node: yaml.Node) -> dict[str, str]:
    """A sentence or title, in every language of the pack."""
    return _languages(reader, node, reader.languages)


def name(reader: Reader, node: yaml.Node) -> dict[str, str]:
    """A proper name: in one language at least."""
    said = _languages(reader, node, ())
    if not said and isinstance(node, yaml.MappingNode):
        reader.fault(node, gettext_noop("Here belongs a name in one language at least."))
    return said


def plain(reader: Reader, node: yaml.Node) -> Any:
    """Anything, as JSON can hold it: days and numbers with a point stay text, exactly as written."""
    if isinstance(node, yaml.MappingNode):
        said = Said()
        for key, value in node.value:
            label = key.value if isinstance(key, yaml.ScalarNode) else ""
            if label in said:
                reader.fault(key, gettext_noop("The key “%(key)s” stands here twice."), key=label)
            said[label] = plain(reader, value)
        return said
    if isinstance(node, yaml.SequenceNode):
        return [plain(reader, item) for item in node.value]
    kind = node.tag.rsplit(":", 1)[-1]
    if kind == "null":
        return None
    if kind == "bool" and node.value in ("true", "false"):
        return node.value == "true"
    if kind == "int" and re.fullmatch(r"-?(0|[1-9]\d{0,17})", node.value):
        return int(node.value)
    return node.value
