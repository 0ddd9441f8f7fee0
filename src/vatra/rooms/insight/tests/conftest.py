"""The pack's service with a few households, each standing differently against high risk."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from conftest import LONG_AGO, NOON

from vatra.foundation.access.models import RoleGrant, User
from vatra.foundation.bodies.models import Body
from vatra.foundation.places.models import Area
from vatra.kernel.actor import system
from vatra.kernel.ref import Ref
from vatra.rooms.people.commands import NewFact, PersonDraft, record_facts, register_household, seal_household
from vatra.rooms.people.queries import household_card
from vatra.rooms.staff.models import Post
from vatra.web.actor import actor_of

SYSTEM = system("test")
BEGUN = datetime(2026, 9, 10, 9, tzinfo=UTC)


def worker(role: str = "window_officer", username: str = "somebody"):
    user = User.objects.create(username=username, name="Somebody", password="!")
    office = Body.objects.get(code="spas-tarnaveni")
    Post.objects.create(user=user, office=office, title={"en": role}, valid_from=LONG_AGO.date())
    RoleGrant.objects.create(user=user, role_id=role, office=office, valid_from=LONG_AGO, because="test")
    return actor_of(user)


def household(given: str, born: int, *, area: str = "114934-plevna", at: datetime = BEGUN, **facts):
    """One person of working age or older, living alone; `facts` of the person or the household."""
    made = register_household(
        office=Body.objects.get(code="spas-tarnaveni").pk, area=Area.objects.get(code=area), line="",
        since=date(2024, 1, 1), members=[(PersonDraft(given=given, birth_date=date(born, 5, 1), sex="female"), "head")],
        actor=SYSTEM, at=at,
    )  # fmt: skip
    say(made, at=at, **facts)
    return made


def say(made, *, at: datetime = NOON, **facts) -> None:
    card = household_card(made.pk, valid_on=at.date(), known_at=at, actor=SYSTEM)
    (person,) = [Ref("people.person", member.person_id) for member in card.members]
    of_household = {"heating", "housing"}
    rows = [
        NewFact(made if code in of_household else person, code, value, valid_from=date(2026, 1, 1))
        for code, value in facts.items()
    ]  # fmt: skip
    record_facts(facts=rows, source="declared", source_ref=None, actor=SYSTEM, at=at)


POOR = {"net_income": 10000, "occupation": "unemployed", "disability_degree": "severe", "heating": "solid",
        "housing": "owned"}  # fmt: skip


@pytest.fixture
def town(pack_loaded, db) -> SimpleNamespace:
    """`poor` is at high risk; `settled` is not; `asked` still has a question; `hidden` is poor and sealed."""
    found = SimpleNamespace(
        poor=household("Ana", 1975, **POOR),
        settled=household(
            "Ion", 1980, **{**POOR, "net_income": 400000, "disability_degree": "none", "occupation": "employed"}
        ),
        asked=household("Eva", 1970, heating="none", housing="informal"),
        hidden=household("Ada", 1985, **POOR),
    )
    chief = worker("head_of_service", "chief")
    seal_household(
        household=found.hidden.pk, because="protection order, partner nearby", team=[], actor=chief, at=BEGUN
    )
    found.chief = chief
    found.officer = worker()
    return found
