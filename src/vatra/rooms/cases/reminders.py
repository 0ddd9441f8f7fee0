"""Reminding of what is due, and telling the head what stays undone: once each, whatever became of the worker between.

A room of work declares its *duties*: what must be done on a record by a day, by whom. Each duty climbs a ladder: the
one who does it is reminded some days before (`soon`) and on the day after (`late`), and some days later (`head`) their
supervisor is told, or where none is named the head of the office. Which rungs a duty has reached follows from its day and today alone, and every rung has a key
that can be opened once. So a round that did not run for two days catches up with its next run, one that runs twice
does nothing, and two at once share the work.

    register_duties("cases.referrals", call="vatra.rooms.cases.duties.of_referrals", kinds=["referral.answer", …])

The function takes `until` (the last day of interest) and `only` (ids of records, or None for all), and gives the
duties that are not yet done. With `only` it is called inside a transaction and locks what it reads. Several duties may
lie on one record: each then names its `part`, an action of a case for instance.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string

from vatra.foundation.audit.commands import record
from vatra.foundation.catalogue.queries import calendar, definitions, zone
from vatra.foundation.worklist.commands import done, done_under, open_once
from vatra.foundation.worklist.queries import known_keys, open_of
from vatra.kernel.actor import system
from vatra.kernel.days import Calendar, day
from vatra.kernel.ref import Ref

ACTOR = system("cases.remind")
TERM, ACTION = "case.term", "case.action"  # the kinds of duties on a case
BATCH = 20  # records in one transaction: none lasts over a second


class Rung(StrEnum):
    SOON = "soon"
    LATE = "late"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Ladder:
    """In working days: how long before its day somebody is reminded, how long after it the head is told."""

    soon: int = 2
    head: int = 3


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that must be done on a record by a day. Another day makes another duty of it."""

    ref: Ref
    kind: str  # what is to be done: "referral.answer"
    due_on: date
    office: UUID
    worker: UUID  # the user who is reminded
    head: str  # the action of those in the office who are told when it stays undone
    supervisor: UUID | None = None  # who is told in their place
    part: UUID | None = None  # what it is of the record, where there is more than one of the kind
    values: dict[str, Any] = field(default_factory=dict)

    def key(self, rung: Rung) -> str:
        """Another day, or another worker, is another reminder; the head is told once whoever the worker is."""
        whom = "" if rung is Rung.HEAD else f":{self.worker}"
        return f"{begin_of_key(self.kind, rung, self.part or self.ref.id)}{self.due_on.isoformat()}{whom}"

    def item_kind(self, rung: Rung) -> str:
        return item_kind(self.kind, rung)

    def holder(self, rung: Rung) -> dict[str, Any]:
        """For whom the item waits: a user by name, or whoever holds the action in the office."""
        if rung is not Rung.HEAD:
            return {"user": self.worker}
        return {"user": self.supervisor} if self.supervisor else {"action": self.head}


Source = Callable[..., Iterable[Duty]]


@dataclass(frozen=True, slots=True)
class Declared:
    call: str
    kinds: tuple[str, ...]

    def duties(self, until: date, only: Collection[UUID] | None = None) -> list[Duty]:
        source: Source = import_string(self.call)
        return list(source(until=until, only=only))


_SOURCES: dict[str, Declared] = {}


def register_duties(code: str, *, call: str, kinds: Sequence[str]) -> None:
    declared = Declared(call, tuple(kinds))
    if _SOURCES.setdefault(code, declared) != declared:
        raise ValueError(f"duties are declared twice as {code}")


def item_kind(kind: str, rung: Rung | str) -> str:
    """Of the work item: `remind.late:referral.answer`."""
    return f"remind.{rung}:{kind}"


def begin_of_key(kind: str, rung: Rung, of: UUID) -> str:
    return f"{item_kind(kind, rung)}:{of}:"


def ladder() -> Ladder:
    """As the pack says (`reminders: {soon: 2, head: 3}`)."""
    found = definitions().pack
    return Ladder(**(found.settings.get("reminders") or {})) if found else Ladder()


def reached(due_on: date, on: date, steps: Ladder, working: Calendar) -> list[Rung]:
    """The rungs that a duty of this day has reached on another. What is late is no longer announced as near."""
    if on <= due_on:
        return [Rung.SOON] if due_on <= working.add_working_days(on, steps.soon) else []
    told = on > working.add_working_days(due_on, steps.head)
    return [Rung.LATE, Rung.HEAD] if told else [Rung.LATE]


def remind(*, at: datetime) -> int:
    """Open what every duty has reached and clear away what is done. Returns how many reminders were given now."""
    if definitions().pack is None:
        return 0
    on, working, steps = day(at, zone()), calendar(), ladder()
    until = working.add_working_days(on, steps.soon)
    given = 0
    for source in _SOURCES.values():
        waiting = open_of(item_kind(kind, rung) for kind in source.kinds for rung in Rung)
        duties = source.duties(until)
        live = {duty.key(rung) for duty in duties for rung in reached(duty.due_on, on, steps, working)}
        for item in waiting:  # read before the duties: what is open and no duty any more was done meanwhile
            if item.key not in live:
                done(key=item.key, at=at)
        new = live - known_keys(live)
        ids = list(dict.fromkeys(d.ref.id for d in duties if any(d.key(rung) in new for rung in Rung)))
        for start in range(0, len(ids), BATCH):
            given += _give(source, ids[start : start + BATCH], until, on, at)
    return given


@transaction.atomic
def _give(source: Declared, ids: list[UUID], until: date, on: date, at: datetime) -> int:
    """The duties are read again under their locks: one that was done a moment ago gives nothing."""
    steps, working = ladder(), calendar()
    given = 0
    for duty in source.duties(until, ids):
        for rung in reached(duty.due_on, on, steps, working):
            values = {**duty.values, "duty": duty.kind, **({"of": str(duty.part)} if duty.part else {})}
            opened = open_once(
                key=duty.key(rung), kind=duty.item_kind(rung), ref=duty.ref, office=duty.office,
                due_on=duty.due_on, values=values, at=at, **duty.holder(rung),
            )  # fmt: skip
            if opened:
                record(
                    "cases.reminded", duty.ref, actor=ACTOR, at=at, duty=duty.kind, rung=rung.value,
                    due_on=duty.due_on.isoformat(),
                )  # fmt: skip
                given += 1
    return given


def settled(ref: Ref, kinds: Iterable[str], *, parts: Iterable[UUID] = (), at: datetime) -> None:
    """The duties of these kinds on a record are done or have another day: nobody is reminded of the old ones.

    Where a record has several of a kind, only those of `parts`; the others stay as they are.
    """
    of = list(parts) or [ref.id]
    done_under(ref=ref, keys=[begin_of_key(kind, rung, each) for kind in kinds for rung in Rung for each in of], at=at)
