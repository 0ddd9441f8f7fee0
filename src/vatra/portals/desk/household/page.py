"""The household's page: rows for the template, and the days of which it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import code, zone
from vatra.journeys.household_page import Happening, HouseholdFile, open_household
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.look.reading import day_text, said
from vatra.rooms.people import lists
from vatra.rooms.people.models import Consent, Household
from vatra.rooms.people.queries import (
    HouseholdCard,
    KinshipRow,
    KnownFact,
    MemberCard,
    Opening,
    RepresentationRow,
)
from vatra.web.actions import needs
from vatra.web.middleware import translated

from ..cases.words import CASE, LEVELS
from ..choices import language
from ..days import typed_day

WITH_THE_NAME = {"birth_date", "birth_year", "sex"}  # shown and corrected where the members stand
SAID = 8  # facts named in one line of the timeline


@dataclass
class Person:
    """A member with what their kin are to them."""

    card: MemberCard
    role: Any
    age: int | None
    sex: Any
    kin: list[str] = field(default_factory=list)


@dataclass
class Group:
    """What is known about one of them; `name` is empty for the household itself."""

    name: str
    facts: list[KnownFact]


@dataclass(frozen=True)
class Acting:
    """Who acts or is paid, with the ground in words."""

    row: RepresentationRow
    basis: Any


@dataclass(frozen=True)
class Agreed:
    """A consent, with its purpose and who gave it in words."""

    row: Consent
    purpose: Any
    name: str
    withdrawn: bool  # as known then


@dataclass
class Look:
    """Somebody opened the file, so many times in a row on one day; the last time at `at`."""

    by: str
    at: datetime
    times: int = 1


@dataclass(frozen=True)
class Line:
    """A happening in the reader's language."""

    of: Happening
    text: str


@needs("people.view")
def household(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Open a household's file. `?on=` and `?known=` (days) show it as it was, and as it was known."""
    on, known_on, wrong = _days(request)
    try:
        file = open_household(
            household_id, valid_on=on, known_on=known_on, actor=request.actor, at=timezone.now()
        )  # fmt: skip
    except Household.DoesNotExist:
        raise Http404 from None
    actor = request.actor
    context = {
        "file": file, "card": file.card, "persons": persons(file.card, file.valid_on), "groups": groups(file),
        "lines": [Line(happening, sentence(happening)) for happening in file.happened],
        "as_known": known_on is not None or on is not None, "wrong": wrong, "on": request.GET.get("on", ""),
        "known": request.GET.get("known", ""), "may_record": may(actor, "people.record") and known_on is None,
        "may_register": may(actor, "people.register") and known_on is None, "may_seal": may(actor, "people.seal"),
        "representatives": acting(file.card.representatives), "payees": acting(file.card.payees),
        "cases": [(row, CASE[row.state], LEVELS[row.level]) for row in file.cases],
        "may_open_case": may(actor, "cases.work") and known_on is None and not file.card.closed_at,
        "may_see_cases": may(actor, "cases.view"), "consents": agreed(file), "looked": looked(file.openings or []),
        "draft_done": request.session.pop("draft_done", ""),
    }  # fmt: skip
    return render(request, "desk/household/page.html", context)


def _days(request: HttpRequest) -> tuple[date | None, date | None, str]:
    """The days asked for, and what is wrong with them."""
    found: list[date | None] = []
    wrong = ""
    for name in ("on", "known"):
        try:
            text = request.GET.get(name, "").strip()
            found.append(typed_day(text) if text else None)
        except Refused as refusal:
            found.append(None)
            wrong = " ".join(translated(part, refusal.values) for part in (refusal.sentence, refusal.next_step))
    return found[0], found[1], wrong


def titles(code_list: str, used: Any) -> dict[str, Any]:
    """The titles of the codes that were used; a code that the list does not have stands for itself."""
    return {used_code: (row.title if (row := code(code_list, used_code)) else used_code) for used_code in used}


def acting(rows: list[RepresentationRow]) -> list[Acting]:
    bases = titles(lists.BASIS, (row.basis for row in rows))
    return [Acting(row, bases[row.basis]) for row in rows]


def agreed(file: HouseholdFile) -> list[Agreed]:
    purposes = titles(lists.PURPOSE, (row.purpose for row in file.consents))
    standing, then = file.card.standing, file.known_at
    names = {member.person_id: member.name for member in (*file.card.members, *file.card.former)}
    return [
        Agreed(
            row=row, purpose=purposes[row.purpose], name=names.get(standing[row.person_id], ""),
            withdrawn=row.withdrawn_at is not None and row.withdrawn_at <= then,
        )
        for row in file.consents
    ]  # fmt: skip


def looked(openings: list[Opening]) -> list[Look]:
    found: list[Look] = []
    for opening in openings:
        last = found[-1] if found else None
        if last and last.by == opening.by and day(last.at, zone()) == day(opening.at, zone()):
            last.times += 1
        else:
            found.append(Look(opening.by, opening.at))
    return found


def persons(card: HouseholdCard, on: date) -> list[Person]:
    roles = titles(lists.ROLE, (member.role for member in card.members))
    sexes = titles(lists.SEX, (member.sex for member in card.members if member.sex))
    names = {member.person_id: member.name for member in card.members}
    found = {m.person_id: Person(m, roles[m.role], m.age(on), sexes.get(m.sex, "")) for m in card.members}
    for row in card.kinship:
        if row.person_id in found and row.relative_id in names:
            found[row.person_id].kin.append(_kin(row, names))
    return list(found.values())


def _kin(row: KinshipRow, names: Mapping[UUID, str]) -> str:
    relation = code(lists.RELATION, row.relation)
    title = said(relation.title, language()).text if relation else row.relation
    return gettext("%(relation)s of %(name)s") % {"relation": title, "name": names[row.relative_id]}


def groups(file: HouseholdFile) -> list[Group]:
    """Facts by whom they are about: the members in their order, then the household."""
    found: dict[UUID, Group] = {m.person_id: Group(m.name, []) for m in file.card.members}
    found[file.card.id] = Group("", [])
    for fact in file.facts:
        if fact.subject_id in found and fact.code not in WITH_THE_NAME:
            found[fact.subject_id].facts.append(fact)
    return [group for group in found.values() if group.facts]


def sentence(happening: Happening) -> str:
    """What happened, in the reader's language."""
    return gettext(happening.sentence) % {name: _words(value) for name, value in happening.values.items()}


def _words(value: Any) -> str:
    if isinstance(value, date):
        return day_text(value, language())
    if isinstance(value, list):
        shown = [_words(one) for one in value[:SAID]]
        return ", ".join(shown) + (" …" if len(value) > SAID else "")
    return said(value, language()).text
