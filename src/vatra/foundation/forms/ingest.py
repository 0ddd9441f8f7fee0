"""From answers to what they say: one item per answered question that a fact hangs on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .instance import Instance
from .models import Answers
from .questions import Question, questions_of

YES = {"yes", "true", "1", "da"}
NO = {"no", "false", "0", "nu"}


@dataclass(frozen=True, slots=True)
class Said:
    """`person` is the member's id for a question asked of each member, None for the household's own."""

    fact: str
    person: str | None
    value: object
    question: str  # the question's path in the form


def ingest(stored: Answers, types: dict[str, tuple[str, int]]) -> list[Said]:
    """What the answers say, typed by the catalogue: `types` gives each fact's type and its currency's exponent.

    Questions that do not apply and questions without an answer say nothing. Refuses a fact the catalogue lacks.
    """
    form = questions_of(stored.form_version)
    each = {q.name for q in form.walk() if q.each == "members"}
    said = []
    for one in Instance(form, stored.answers, today=stored.answered_at.date()).answered():
        if not one.question.fact or not one.value:
            continue
        if one.question.fact not in types:
            raise Refused(
                "fact_not_in_catalogue",
                gettext_noop("The form's question “%(question)s” records “%(fact)s”, which this installation does not know."),
                gettext_noop("Add the fact to the pack, or correct the form."),
                question=one.question.path, fact=one.question.fact,
            )  # fmt: skip
        kind, exponent = types[one.question.fact]
        round_of = one.place.split(".")[0]
        person = None
        if round_of in each:
            person = str(stored.answers[round_of][one.rounds[0]]["person"])
        said.append(Said(one.question.fact, person, typed(one.question, one.value, kind, exponent), one.question.path))
    return said


def typed(question: Question, text: str, kind: str, exponent: int) -> object:
    """An instance's text as the catalogue's type; money in minor units."""
    if kind == "boolean":
        if text.lower() in YES | NO:
            return text.lower() in YES
        raise ValueError(f"{question.path}: {text} is neither yes nor no")
    if kind == "money":
        return int((Decimal(text) * 10**exponent).to_integral_value())
    if kind == "integer":
        return int(text)
    if kind in {"number", "percentage"}:
        return Decimal(text)
    if kind == "date":
        return date.fromisoformat(text)
    return text
