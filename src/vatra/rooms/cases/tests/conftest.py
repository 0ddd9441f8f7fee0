"""Târnăveni with its pack, a widow and her two grandchildren, and the hands a case passes through."""

from datetime import date
from types import SimpleNamespace
from uuid import UUID

import pytest
from conftest import CAST, LONG_AGO, NOON


@pytest.fixture
def town(pack_loaded, db):
    """Actors by first name in their posts; Doina supervises, Mihai and Ligia are social workers."""
    from vatra.foundation.access.models import RoleGrant, User
    from vatra.foundation.bodies.models import Body
    from vatra.rooms.staff.models import Post
    from vatra.web.actor import actor_of

    offices = {
        "spas": Body.objects.get(code="spas-tarnaveni"),
        "elsewhere": Body.objects.filter(kind="office").exclude(code="spas-tarnaveni").first(),
    }
    cast = CAST | {
        "ligia": ("Ligia Bota", "social_worker", "spas"),
        "dan": ("Dan Rus", "social_worker", "elsewhere"),
        "aurel": ("Aurel Marin", "head_of_service", "spas"),
    }
    people = {}
    for username, (name, role, office) in cast.items():
        if office not in offices:  # of a provider: they see nothing of cases
            continue
        user = User.objects.create(username=username, name=name, password="!")
        Post.objects.create(user=user, office=offices[office], title={"en": role}, valid_from=LONG_AGO.date())
        RoleGrant.objects.create(user=user, role_id=role, office=offices[office], valid_from=LONG_AGO, because="cast")
        people[username] = actor_of(user)
    return SimpleNamespace(office=offices["spas"], elsewhere=offices["elsewhere"], **people)


@pytest.fixture
def family(town):
    """Rozalia, a widow of 71, with two grandchildren."""
    from vatra.rooms.people.commands import register_household
    from vatra.rooms.people.drafts import PersonDraft
    from vatra.rooms.people.models import Membership

    home = register_household(
        office=town.office.pk, area=None, line="Str. Plevnei 3", since=date(2015, 1, 1), actor=town.elena, at=NOON,
        members=[
            (PersonDraft(full_name="Veta Lupean", birth_date=date(1955, 5, 1), sex="female", language="ro"), "head"),
            (PersonDraft(full_name="Ilie Lupean", birth_date=date(2014, 5, 1), sex="male"), "grandchild"),
            (PersonDraft(full_name="Sanda Lupean", birth_date=date(2017, 9, 1), sex="female"), "grandchild"),
        ],
    )  # fmt: skip
    veta, ilie, sanda = [m.person for m in Membership.objects.filter(household=home).order_by("id")]
    return SimpleNamespace(home=home, veta=veta, ilie=ilie, sanda=sanda)


@pytest.fixture
def opened(town, family):
    """A case of a family at risk, in Mihai's hands."""
    from vatra.rooms.cases.commands import open_case

    return open_case(household=family.home, type="family-at-risk", worker=town.mihai.id, actor=town.mihai, at=NOON)


@pytest.fixture
def sealed(town, family):
    """A sealed case: Mihai works on it, Doina supervises."""
    from vatra.rooms.cases.commands import open_case

    return open_case(
        household=family.home, type="domestic-violence", person=family.veta, worker=town.mihai.id,
        supervisor=town.doina.id, actor=town.mihai, at=NOON,
    )  # fmt: skip


@pytest.fixture
def planned(town, opened):
    """The case with a need, strengths, a goal and an action: ready to be laid before a supervisor."""
    from vatra.rooms.cases.commands import add_action, add_goal, record_need, write_plan

    by = {"actor": town.mihai, "at": NOON}
    need = record_need(case=opened, code="heating", **by)
    plan = write_plan(case=opened, strengths="The aunt next door helps with the children.", **by)
    goal = add_goal(case=opened, text="A warm room before the frost", need=need, **by)
    action = add_action(goal=goal, text="Ask for firewood", owner="worker", due_on=date(2026, 11, 25), **by)
    return SimpleNamespace(case=opened, need=need, plan=plan, goal=goal, action=action)


@pytest.fixture
def in_force(town, planned):
    """The plan approved by Doina."""
    from vatra.rooms.cases.commands import approve_review, ask_review

    review = ask_review(case=planned.case, kind="plan", summary="Ready", actor=town.mihai, at=NOON)
    approve_review(review=review, actor=town.doina, at=NOON)
    planned.case.refresh_from_db()
    planned.plan.refresh_from_db()
    return planned


def user(actor) -> UUID:
    return UUID(actor.id)
