"""Answers against a form: which questions apply, what is missing or wrong.

Answers are `{"heating": "wood", "member": [{"person": "…", "income": "1200"}]}`: strings as an XForm instance holds
them, repeats as lists. Expressions are XPath 1.0 with the functions that OpenRosa forms use, evaluated by libxml2.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from vatra.kernel.words import gettext_noop

from .questions import Question, Text

Answers = dict[str, object]
TEXT = "said"  # attribute of an element whose text was turned into a number


@dataclass(frozen=True, slots=True)
class Problem:
    """`place` is the answer's address: "heating" or "member.0.income"."""

    place: str
    sentence: str
    values: dict[str, str]
    said: Text = field(default_factory=dict)  # what the form itself says of it, in its languages


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that applies, where it stands, and what was answered ("" if nothing)."""

    question: Question
    place: str
    rounds: tuple[int, ...]
    value: str


def _scalar(value: object) -> str:
    """The text of a function's argument: a node-set gives its first node's, as XPath has it."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, etree._Element):
        return "".join(value.itertext())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _number(value: object) -> float:
    try:
        return float(_scalar(value))
    except ValueError:
        return float("nan")


def _day(text: str) -> float:
    """A date as the number XPath compares it by; not a number where it is none."""
    try:
        return float(date.fromisoformat(text.strip()[:10]).toordinal())
    except ValueError:
        return float("nan")


def _functions(today: date) -> dict[tuple[None, str], object]:
    named = {
        "selected": lambda c, many, one: _scalar(one) in _scalar(many).split(),
        "count-selected": lambda c, many: float(len(_scalar(many).split())),
        "selected-at": lambda c, many, n: (_scalar(many).split()[int(n) :] or [""])[0],
        "if": lambda c, test, yes, no: yes if test else no,
        "coalesce": lambda c, a, b: _scalar(a) or _scalar(b),
        "regex": lambda c, text, pattern: re.fullmatch(_scalar(pattern), _scalar(text)) is not None,
        "int": lambda c, n: float(int(_number(n))) if _number(n) == _number(n) else _number(n),
        "today": lambda c: float(today.toordinal()),
        "now": lambda c: float(today.toordinal()),
        "date": lambda c, text: _day(_scalar(text)) if "-" in _scalar(text) else _number(text),
        "format-date": lambda c, text, form: _scalar(text)[:10],
        "once": lambda c, text: _scalar(text),
        "pow": lambda c, a, b: _number(a) ** _number(b),
    }
    return {(None, name): function for name, function in named.items()}


class Instance:
    """One set of answers as an XForm instance, with what applies worked out."""

    def __init__(self, form: Question, answers: Answers, *, today: date) -> None:
        self.form = form
        self.functions = _functions(today)
        self.root = etree.Element(form.name)
        self._build(form, answers, self.root)

    def _build(self, node: Question, answers: Answers, into: etree._Element) -> None:
        for child in node.children:
            value = answers.get(child.name)
            if child.kind == "repeat":
                for one in value if isinstance(value, list) else []:
                    self._build(child, one, etree.SubElement(into, child.name))
            elif child.kind == "group":
                self._build(child, value if isinstance(value, dict) else {}, etree.SubElement(into, child.name))
            else:
                element = etree.SubElement(into, child.name)
                element.text = text = str(value) if value is not None else ""
                if child.kind == "date" and _day(text) == _day(text):
                    # XPath 1.0 compares numbers only: dates stand in the instance as days, and keep their text beside.
                    element.text = str(int(_day(text)))
                    element.set(TEXT, text)

    def says(self, expression: str, at: etree._Element) -> bool:
        """Whether an expression holds at a node. An expression that cannot be read holds: nothing is hidden by it."""
        if not expression.strip():
            return True
        try:
            found = at.xpath(expression.replace("current()", "."), extensions=self.functions)
        except (etree.XPathError, ValueError, TypeError):
            return True
        if isinstance(found, list):
            return bool(found)
        return bool(found) and found == found

    def answered(self) -> Iterator[Answered]:
        """Every question that applies, in order, also unanswered ones."""
        yield from self._walk(self.form, self.root, "", ())

    def _walk(self, node: Question, at: etree._Element, prefix: str, rounds: tuple[int, ...]) -> Iterator[Answered]:
        for child in node.children:
            for index, element in enumerate(at.findall(child.name)):
                if not self.says(child.relevant, element):
                    continue
                if child.kind == "repeat":
                    yield from self._walk(child, element, f"{prefix}{child.name}.{index}.", (*rounds, index))
                elif child.kind == "group":
                    yield from self._walk(child, element, f"{prefix}{child.name}.", rounds)
                else:
                    text = element.get(TEXT, element.text or "").strip()
                    yield Answered(child, f"{prefix}{child.name}", rounds, text)

    def problems(self) -> list[Problem]:
        """What must be mended before the answers can be kept as complete."""
        found = []
        elements = dict(self._places(self.form, self.root, ""))
        for one in self.answered():
            question, values = one.question, {"answer": one.value}
            if not one.value:
                if question.required and self.says(question.required, elements[one.place]):
                    found.append(Problem(one.place, gettext_noop("This question needs an answer."), values))
            elif not _fits(question, one.value):
                found.append(Problem(one.place, _MISFIT.get(question.kind, _MISFIT["choice"]), values))
            elif not self.says(question.constraint, elements[one.place]):
                sentence = gettext_noop("“%(answer)s” is not possible here.")
                found.append(Problem(one.place, sentence, values, question.constraint_message))
        return found

    def _places(self, node: Question, at: etree._Element, prefix: str) -> Iterator[tuple[str, etree._Element]]:
        for child in node.children:
            for index, element in enumerate(at.findall(child.name)):
                if child.kind == "repeat":
                    yield from self._places(child, element, f"{prefix}{child.name}.{index}.")
                elif child.kind == "group":
                    yield from self._places(child, element, f"{prefix}{child.name}.")
                else:
                    yield f"{prefix}{child.name}", element


_MISFIT = {
    "integer": gettext_noop("“%(answer)s” is not a whole number."),
    "decimal": gettext_noop("“%(answer)s” is not a number."),
    "date": gettext_noop("“%(answer)s” is not a date; write it as 2026-11-21."),
    "choice": gettext_noop("“%(answer)s” is not one of the choices."),
}


def _fits(question: Question, text: str) -> bool:
    try:
        if question.kind == "integer":
            int(text)
        elif question.kind == "decimal":
            return Decimal(text).is_finite()
        elif question.kind == "date":
            date.fromisoformat(text)
        elif question.kind == "select one":
            return text in {choice.name for choice in question.choices}
        elif question.kind == "select all that apply":
            return set(text.split()) <= {choice.name for choice in question.choices}
    except (ValueError, InvalidOperation):
        return False
    return True
