"""The answers of the body that pays, read from the list's own CSV with two columns filled in. Pure."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from vatra.kernel.numbers import western_digits
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

ROW, ANSWER, REASON = "row", "answer", "reason"
ACCEPTED = {"accepted", "yes", "1", "admis", "acceptat", "da", "مقبول", "نعم", "kabul", "evet"}
REJECTED = {"rejected", "no", "0", "respins", "nu", "مرفوض", "لا", "ret", "hayır"}


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """A line that could not be taken; `line` counts from the heading, which is 1."""

    line: int
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)


def answers_in(content: bytes) -> tuple[list[tuple[int, int, bool, str]], list[AnswerFault]]:
    """(line, row, accepted, reason) of every line that has an answer, and what is wrong with the others.

    A line without an answer is passed over: answers come as they come. Refuses a file that is not such a table.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "not_a_table", gettext_noop("This file is not a table in UTF-8."),
            gettext_noop("Download the list as CSV, fill in its columns “answer” and “reason”, and save it as UTF-8."),
        ) from None  # fmt: skip
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    names = {(name or "").strip().lower() for name in reader.fieldnames or []}
    if not {ROW, ANSWER} <= names:
        raise Refused(
            "not_the_list", gettext_noop("The file has no columns “row” and “answer”."),
            gettext_noop("Download the list as CSV, and fill in its columns “answer” and “reason”."),
        )  # fmt: skip
    found, faults = [], []
    for line, said in enumerate(reader, 2):
        values = {(name or "").strip().lower(): (value or "") for name, value in said.items() if isinstance(value, str)}
        answer = values.get(ANSWER, "").strip().casefold()
        number = western_digits(values.get(ROW, "").strip())
        if not answer:
            continue
        if not number.isdigit():
            faults.append(AnswerFault(line, gettext_noop("The number of the row cannot be read.")))
        elif answer not in ACCEPTED | REJECTED:
            faults.append(
                AnswerFault(
                    line, gettext_noop("“%(answer)s” is neither “accepted” nor “rejected”."), {"answer": answer[:40]}
                )
            )
        else:
            found.append((line, int(number), answer in ACCEPTED, values.get(REASON, "").strip()))
    return found, faults
