"""Referrals in words, for both portals: English sentences marked for translation, and what was told as rows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from vatra.kernel.words import gettext_noop

from .disclosure import FIELDS

# state → (shape, word)
STATES = {
    "sent": ("ask", gettext_noop("sent")),
    "seen": ("ask", gettext_noop("seen")),
    "waiting": ("ask", gettext_noop("on the waiting list")),
    "accepted": ("yes", gettext_noop("accepted")),
    "declined": ("act", gettext_noop("declined")),
    "started": ("yes", gettext_noop("under way")),
    "delivered": ("yes", gettext_noop("delivered")),
    "outcome": ("ask", gettext_noop("outcome known")),
    "closed": ("no", gettext_noop("closed")),
    "withdrawn": ("no", gettext_noop("withdrawn")),
}
# The term that runs in a state: what is to be done by its day.
TERMS = {
    "referral.see": gettext_noop("To be opened by"),
    "referral.answer": gettext_noop("To be answered by"),
    "referral.place": gettext_noop("A place by"),
    "referral.start": gettext_noop("To begin by"),
    "referral.deliver": gettext_noop("To be delivered by"),
    "referral.report": gettext_noop("Outcome by"),
    "referral.follow": gettext_noop("Send elsewhere or close by"),
    "referral.close": gettext_noop("Take note by"),
}
# What may be done next, as the button says it: to the recipient, and to the worker who writes down what they were told.
ANSWERS = {
    "seen": gettext_noop("It was seen"),
    "accepted": gettext_noop("Accept"),
    "waiting": gettext_noop("Put on the waiting list"),
    "declined": gettext_noop("Decline"),
    "started": gettext_noop("It has begun"),
    "delivered": gettext_noop("It was delivered"),
    "outcome": gettext_noop("Say what came of it"),
}
# What a work item asks of the worker, or tells the head.
WORK = {
    "referral.declined": gettext_noop("A referral was declined: send it elsewhere or close it"),
    "referral.outcome": gettext_noop("The outcome of a referral is known: take note of it"),
    "soon": gettext_noop("A referral will soon be due"),
    "late": gettext_noop("A referral is late"),
    "head": gettext_noop("A referral has been late for days"),
}
CLOSED_WORDS = {"consent_withdrawn": gettext_noop("The person withdrew their consent.")}
CODED = {
    "ro": gettext_noop("Romanian"),
    "hu": gettext_noop("Hungarian"),
    "en": gettext_noop("English"),
    "ar": gettext_noop("Arabic"),
    "tr": gettext_noop("Turkish"),
    "low": gettext_noop("low risk"),
    "medium": gettext_noop("medium risk"),
    "high": gettext_noop("high risk"),
    "primary_prevention": gettext_noop("Primary prevention"),
    "secondary_prevention": gettext_noop("Secondary prevention"),
    "case_management": gettext_noop("Case management"),
    "specialised": gettext_noop("Specialised services"),
    "intensive": gettext_noop("Intensive services"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was told of a person. `value` is as its kind says: text, date, number, said, word, members."""

    label: str
    kind: str
    value: Any


def told(fields: list[dict[str, Any]]) -> list[Told]:
    """The fields of a payload as rows, in their order."""
    return [Told(FIELDS.get(f["code"], f["code"]), f["kind"], _value(f)) for f in fields]


def _value(field: dict[str, Any]) -> Any:
    kind = field["kind"]
    value = field[kind]
    if kind == "date":
        return date.fromisoformat(value)
    return CODED.get(value, value) if kind == "word" else value


def work_word(kind: str) -> str:
    """`remind.late:referral.answer` and its like, in words; empty for what is no work on referrals."""
    rung = kind.removeprefix("remind.").split(":")[0] if ":referral." in kind else kind
    return WORK.get(rung, "")
