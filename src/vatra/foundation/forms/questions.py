"""A form version as a tree of questions: what our page draws, and what the answers are read by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from lxml import etree

from .models import FormVersion

VATRA = "urn:vatra:forms"
XFORMS = "{http://www.w3.org/2002/xforms}"
_LANGUAGE = re.compile(r"\((\w{2,8}(?:-\w+)?)\)\s*$")

Text = dict[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    label: Text


@dataclass(frozen=True, slots=True)
class Question:
    """`fact` is the catalogue's code that an answer becomes; `each` on a repeat is "members": one round for each
    member of the household, whose id is in the answer called `person`."""

    path: str  # "/data/member/income"
    name: str
    kind: str  # group, repeat, text, integer, decimal, date, select one, select all that apply, note, calculate…
    label: Text = field(default_factory=dict)
    hint: Text = field(default_factory=dict)
    required: str = ""
    relevant: str = ""
    constraint: str = ""
    constraint_message: Text = field(default_factory=dict)
    calculate: str = ""
    fact: str = ""
    each: str = ""
    choices: tuple[Choice, ...] = ()
    children: tuple["Question", ...] = ()

    def walk(self) -> Iterator["Question"]:
        yield self
        for child in self.children:
            yield from child.walk()


def _text(said: object, fallback: str) -> Text:
    """`{"Română (ro)": …}` as `{"ro": …}`; a plain sentence is in the form's own language."""
    if not said:
        return {}
    if isinstance(said, str):
        return {fallback: said}
    found = {}
    for language, sentence in dict(said).items():
        code = _LANGUAGE.search(language)
        found[code[1] if code else fallback] = sentence
    return found


def read_questions(definition: dict, xform: str) -> Question:
    """The tree, with the expressions as pyxform resolved them in the XForm."""
    root = etree.fromstring(xform.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    binds = {bind.get("nodeset"): bind for bind in root.iter(f"{XFORMS}bind")}
    default = _LANGUAGE.search(definition.get("default_language") or "")
    fallback = default[1] if default else "en"
    lists = definition.get("choices") or {}

    def read(node: dict, parent: str) -> Question:
        path = f"{parent}/{node['name']}"
        bind = binds.get(path)
        get = (lambda key: bind.get(key) or "") if bind is not None else (lambda key: "")
        own = node.get("bind") or {}
        options = lists.get(node.get("list_name") or "", []) if node.get("list_name") else []
        return Question(
            path=path,
            name=node["name"],
            kind=node["type"],
            label=_text(node.get("label"), fallback),
            hint=_text(node.get("hint"), fallback),
            required=get("required"),
            relevant=get("relevant"),
            constraint=get("constraint"),
            constraint_message=_text(own.get("jr:constraintMsg"), fallback),
            calculate=get("calculate"),
            fact=get(f"{{{VATRA}}}fact"),
            each=get(f"{{{VATRA}}}each"),
            choices=tuple(Choice(str(o["name"]), _text(o.get("label"), fallback)) for o in options),
            children=tuple(
                read(child, path)
                for child in node.get("children") or []
                if node["type"] in {"survey", "group", "repeat"} and child.get("name") and child["name"] != "meta"
            ),
        )

    return read(definition, "")


@lru_cache(maxsize=32)
def _kept(version: UUID) -> Question:
    row = FormVersion.objects.only("definition", "xform").get(pk=version)
    return read_questions(row.definition, row.xform)


def questions_of(version: FormVersion) -> Question:
    """The tree of a version; versions never change, so it is read once."""
    return _kept(version.pk)
