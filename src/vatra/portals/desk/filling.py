"""A form as rows that a template can draw, and a posted page as answers."""

from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext

from vatra.foundation.forms.instance import Answers, Instance, Problem
from vatra.foundation.forms.questions import Question, Text
from vatra.kernel.numbers import parse_number
from vatra.kernel.refused import Refused


@dataclass(frozen=True, slots=True)
class Round:
    """Who a repeat is asked about."""

    id: str
    name: str


@dataclass(slots=True)
class Row:
    """One question on the page. `choices` have name, label and whether they are chosen."""

    place: str
    question: Question
    value: str
    chosen: set[str]
    error: str = ""
    said: Text = field(default_factory=dict)  # what the form says is wrong, in its languages


@dataclass(slots=True)
class Section:
    """Questions under one heading: the form's own, a group, or one member's round."""

    title: object
    name: str
    rows: list[Row]


def read_post(form: Question, post: QueryDict, rounds: list[Round]) -> Answers:
    """The answers of a posted page. Numbers are taken as people type them; what is no number stays as typed."""

    def read(node: Question, prefix: str) -> Answers:
        answers: Answers = {}
        for child in node.children:
            name = f"{prefix}{child.name}"
            if child.kind == "repeat":
                if child.each == "members":
                    answers[child.name] = [
                        {**read(child, f"{name}.{index}."), "person": one.id} for index, one in enumerate(rounds)
                    ]
            elif child.kind == "group":
                answers[child.name] = read(child, f"{name}.")
            elif child.kind == "select all that apply":
                answers[child.name] = " ".join(post.getlist(name))
            else:
                answers[child.name] = _plain(child, post.get(name, "").strip())
        return answers

    return read(form, "")


def _plain(question: Question, text: str) -> str:
    if not text or question.kind not in {"integer", "decimal"}:
        return text
    try:
        return format(parse_number(text), "f")
    except Refused:
        return text


def sections(
    form: Question, answers: Answers, rounds: list[Round], problems: list[Problem], today: date
) -> list[Section]:
    """What the page shows: only questions that apply now, each with its answer and what is wrong with it."""
    wrong = {p.place: p for p in problems}
    names = {f"{q.name}.{index}": one.name for q in form.walk() if q.each for index, one in enumerate(rounds)}
    groups = {q.name: q for q in form.walk() if q.kind == "group"}
    found: dict[str, Section] = {}
    for one in Instance(form, answers, today=today).answered():
        if one.question.kind == "calculate" or one.place.endswith(".person"):
            continue
        head = ".".join(one.place.split(".")[:-1])
        if head not in found:
            group = groups.get(head.split(".")[-1])
            found[head] = Section(group.label if group else names.get(head, ""), head, [])
        problem = wrong.get(one.place)
        found[head].rows.append(
            Row(
                one.place, one.question, one.value, set(one.value.split()),
                error=gettext(problem.sentence) % problem.values if problem else "",
                said=problem.said if problem else {},
            )
        )  # fmt: skip
    return list(found.values())


def empty(form: Question, rounds: list[Round]) -> Answers:
    """Answers with nothing in them but whom the repeats are about."""
    return read_post(form, QueryDict(), rounds)
