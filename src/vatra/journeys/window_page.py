"""Everything that the window shows of one household, read once; the opening is on its trail."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from vatra.foundation.access.queries import may
from vatra.foundation.catalogue.queries import zone
from vatra.foundation.docket.queries import delivered
from vatra.kernel.actor import Actor
from vatra.kernel.days import day
from vatra.rooms.benefits.answers import Panel
from vatra.rooms.benefits.queries import (
    ApplicationRow,
    MissingPaper,
    last_letter,
    missing_papers,
    open_applications,
    what_could_help,
)  # fmt: skip
from vatra.rooms.people.commands import open_file
from vatra.rooms.people.models import Household
from vatra.rooms.people.queries import HouseholdCard, MemberCard, Opening, household_card, who_opened

OPENINGS = 4  # people


@dataclass(frozen=True, slots=True)
class LastLetter:
    made_at: datetime
    delivered_on: date | None


@dataclass(frozen=True, slots=True)
class WindowPage:
    """`person` is who stands at the window: the one searched for, else the first of the household.

    `panel` is None for whoever may not see benefits.
    """

    today: date
    card: HouseholdCard
    person: MemberCard | None
    panel: Panel | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is under way, what is missing, who looked. What the actor may not see is None or empty."""

    today: date
    applications: list[ApplicationRow] = field(default_factory=list)
    papers: list[MissingPaper] = field(default_factory=list)
    letter: LastLetter | None = None
    openings: list[Opening] = field(default_factory=list)


def open_window(household_id: UUID, *, person_id: UUID | None, actor: Actor, at: datetime) -> WindowPage:
    """Open a household's file at the window. Raises Household.DoesNotExist where the actor may not see it."""
    household = open_file(household=household_id, actor=actor, at=at)
    today = day(at, zone())
    card = household_card(household_id, valid_on=today, known_at=at, actor=actor, household=household, kinship=False)
    helps = may(actor, "benefits.view")
    return WindowPage(
        today=today, card=card,
        person=(card.member(person_id) if person_id else None) or (card.members[0] if card.members else None),
        panel=what_could_help(household_id, on=today, known_at=at, actor=actor) if helps else None,
    )  # fmt: skip


def beside_window(household_id: UUID, *, actor: Actor, at: datetime) -> Beside:
    """What stands beside the panel; asked for by itself, so that the answer does not wait for it.

    Raises Household.DoesNotExist where the actor may not see the household.
    """
    today = day(at, zone())
    if not Household.objects.visible_to(actor, "people.view").filter(pk=household_id).exists():
        raise Household.DoesNotExist
    openings = _openings(household_id, actor) if may(actor, "people.trail") else []
    if not may(actor, "benefits.view"):
        return Beside(today, openings=openings)
    return Beside(
        today=today, openings=openings, applications=open_applications(household_id, actor=actor),
        papers=missing_papers(household_id, actor=actor), letter=_letter(household_id, actor),
    )  # fmt: skip


def _openings(household_id: UUID, actor: Actor) -> list[Opening]:
    """The last opening of each of the last few people; the household's page tells every one."""
    latest: dict[str, Opening] = {}
    for opening in who_opened(household_id, actor=actor):
        latest.setdefault(opening.by, opening)
    return list(latest.values())[:OPENINGS]


def _letter(household_id: UUID, actor: Actor) -> LastLetter | None:
    letter = last_letter(household_id, actor=actor)
    if letter is None:
        return None
    proof = delivered(letter.entry_id) if letter.entry_id else None
    return LastLetter(letter.made_at, proof.on if proof else None)
