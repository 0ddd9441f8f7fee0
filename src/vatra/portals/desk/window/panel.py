"""The panel "What could help?" as a page shows it: answers in sentences, each question once, where it decides most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext

from vatra.kernel.money import Money
from vatra.look import manners
from vatra.rooms.benefits.answers import Answer, Panel, QuestionToAsk
from vatra.rooms.benefits.reasons import ClauseAnswer

from .typed import NO, YES

STATES = {"entitled": "yes", "unknown": "ask", "not_entitled": "no"}
BUTTONS = 4  # a list of at most so many codes is a row of buttons
OPEN_QUESTIONS = 2  # the two that decide most; the others wait folded


@dataclass(frozen=True, slots=True)
class Line:
    """A clause: whether it holds, its sentence with figures, its law (the article alone under the same act)."""

    holds: bool | None
    because: dict[str, str]
    law: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """A question with its control. `also` are the titles of further programmes that it decides."""

    place: str
    question: QuestionToAsk
    subject: str
    about: str  # the person's name, where the household has several
    control: str  # buttons, select, or the type of an input: number, date, text
    choices: Sequence[tuple[str, Any]]
    unit: str
    also: list[Any]
    error: str
    typed: str


@dataclass(frozen=True, slots=True)
class Row:
    """One programme for one beneficiary. `lines` stand open, `more` can be unfolded."""

    answer: Answer
    state: str
    beneficiary: str
    lines: list[Line]
    more: list[Line]
    asks: list[Ask]
    later: list[Ask]

    @property
    def decides_and_pays(self) -> bool:
        """Whether one other body does both, so that it is named once."""
        decides, pays = self.answer.decided_by, self.answer.paid_by
        return bool(decides and pays and decides.code == pays.code and not self.answer.local)

    @property
    def range(self) -> tuple[Money | None, Money | None] | None:
        """The bounds of an amount that is not exactly known. A least amount is promised only to who is entitled."""
        if not self.answer.bounds:
            return None
        least, most = self.answer.bounds
        if self.state == "ask":
            least = None
        return (least if least and least.minor > 0 else None, most) if (least or most) else None


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the panel's template needs."""

    on: date
    rows: list[Row]
    programmes: int
    questions: int
    next_decides: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """An answer that could not be taken: where it was given, what was typed, and why not."""

    fact: str
    subject: str
    typed: str
    sentence: str


def shown(panel: Panel, *, mistake: Mistake | None = None) -> Shown:
    """Entitled first, then what a question can still decide, then what does not apply, each in the pack's order."""
    answers, several = _ordered(panel), _several(panel)
    titles = {answer.programme.code: answer.programme.title for answer in answers}
    asks: dict[int, list[tuple[int, Ask]]] = {}
    for turn, question in enumerate(panel.questions):
        place = _home(question, answers)
        if place is not None:
            here = answers[place].programme.code
            also = [titles[code] for code in question.decides if code != here and code in titles]
            asks.setdefault(place, []).append((turn, _ask(question, also, several, mistake)))
    rows = []
    for place, answer in enumerate(answers):
        mine = asks.get(place, [])
        now = [ask for turn, ask in mine if turn < OPEN_QUESTIONS or ask.error]
        lines, more = _lines(answer)
        rows.append(
            Row(
                answer, STATES[answer.status], answer.beneficiary if several and _personal(answer) else "", lines, more,
                now, [ask for _, ask in mine if ask not in now],
            )
        )  # fmt: skip
    first = panel.questions[0] if panel.questions else None
    return Shown(panel.on, rows, len(titles), len(panel.questions), len(first.decides) if first else 0)


@dataclass(frozen=True, slots=True)
class Offer:
    """A request that can be registered: the programme, and for whom where it decides about one person."""

    value: str
    title: Any
    beneficiary: str
    state: str
    open: bool

    @property
    def chosen(self) -> bool:
        return self.state == "yes" and not self.open


def offers(panel: Panel, under_way: set[tuple[str, UUID]]) -> list[Offer]:
    """What the family may ask for, those they are entitled to chosen already. Anybody may ask for anything.

    `under_way`: programme code and entitled person of what was asked for already.
    """
    order, several = list(STATES), _several(panel)
    return [
        Offer(
            value=f"{answer.programme.code}:{answer.beneficiary_id}", title=answer.programme.title,
            beneficiary=answer.beneficiary if several and _personal(answer) else "", state=STATES[answer.status],
            open=(answer.programme.code, answer.beneficiary_id) in under_way,
        )
        for answer in sorted(panel.answers, key=lambda answer: order.index(answer.status))
    ]  # fmt: skip


def _several(panel: Panel) -> bool:
    """Whether the household has more than one member, so that persons are named."""
    return len({member for answer in panel.every if answer.unit for member in answer.unit.members}) > 1


def _ordered(panel: Panel) -> list[Answer]:
    """Entitled, then what is asked about next, then what waits for later questions, then not entitled."""
    order = list(STATES)
    turns = {(q.fact, q.subject_id): turn for turn, q in reversed(list(enumerate(panel.questions)))}

    def place(answer: Answer) -> tuple[int, int]:
        waits = [turns[m.fact, m.subject_id] for m in answer.missing if (m.fact, m.subject_id) in turns]
        asked = answer.status == "unknown" and waits
        return order.index(answer.status), min(waits) if asked else len(panel.questions)

    return sorted(panel.answers, key=place)


def _personal(answer: Answer) -> bool:
    """Whether the programme decides about one person, so that the name says whose answer this is."""
    return answer.unit is not None and len(answer.unit.members) == 1


def _home(question: QuestionToAsk, answers: Sequence[Answer]) -> int | None:
    """Under which answer a question is asked: the person's own before any other that waits for it."""
    waiting = [
        place
        for place, answer in enumerate(answers)
        if answer.status == "unknown"
        and any(m.fact == question.fact and m.subject_id == question.subject_id for m in answer.missing)
    ]
    own = [place for place in waiting if answers[place].beneficiary_id == question.subject_id]
    return (own or waiting or [None])[0]


def _ask(question: QuestionToAsk, also: list[Any], several: bool, mistake: Mistake | None) -> Ask:
    subject = f"{question.subject_kind}:{question.subject_id}"
    control, choices = _control(question)
    wrong = mistake if mistake and (mistake.fact, mistake.subject) == (question.fact, subject) else None
    return Ask(
        place=f"ask-{question.fact}-{str(question.subject_id)[-12:]}", question=question, subject=subject,
        about=question.subject if several else "", control=control, choices=choices, unit=_unit(question),
        also=also, error=wrong.sentence if wrong else "", typed=wrong.typed if wrong else "",
    )  # fmt: skip


def _unit(question: QuestionToAsk) -> str:
    """What a figure is counted in."""
    if question.type == "percentage":
        return "%"
    return manners.currency(question.currency, _language())[1] or question.currency if question.currency else ""


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _control(question: QuestionToAsk) -> tuple[str, Sequence[tuple[str, Any]]]:
    if question.type == "boolean":
        return "buttons", [(YES, gettext("Yes")), (NO, gettext("No"))]
    if question.type == "code":
        return "buttons" if len(question.codes) <= BUTTONS else "select", question.codes
    if question.type == "date":
        return "date", ()
    return ("number" if question.type in {"money", "integer", "number", "percentage"} else "text"), ()


def _lines(answer: Answer) -> tuple[list[Line], list[Line]]:
    """Entitled: every clause. Not entitled: the clauses that fail, the rest folded. Unknown: all folded."""
    if answer.status == "entitled":
        return _numbered(answer.clauses), []
    failing = [c for c in answer.clauses if c.holds is False] if answer.status == "not_entitled" else []
    return _numbered(failing), _numbered([c for c in answer.clauses if c not in failing])


def _numbered(clauses: Sequence[ClauseAnswer]) -> list[Line]:
    lines, before = [], ""
    for clause in clauses:
        act, _, article = clause.law.partition(", ")
        law = article if act == before and article else clause.law
        lines.append(Line(clause.holds, clause.because, law, clause.verified))
        before = act
    return lines
