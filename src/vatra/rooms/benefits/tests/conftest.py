"""Târnăveni with its whole pack, and families who come to its window."""

from datetime import date
from types import SimpleNamespace

import pytest
from conftest import CAST, LONG_AGO, NOON


@pytest.fixture
def town(pack_loaded, db):
    """The pack loaded, and its people in their posts: actors by first name, and the office."""
    from vatra.foundation.access.models import RoleGrant, User
    from vatra.foundation.bodies.models import Body
    from vatra.rooms.staff.models import Post
    from vatra.web.actor import actor_of

    offices = {
        "spas": Body.objects.get(code="spas-tarnaveni"),
        "elsewhere": Body.objects.filter(kind="office").exclude(code="spas-tarnaveni").first(),
    }
    people = {}
    for username, (name, role, office) in CAST.items():
        if office not in offices:  # who works for a provider has no post here
            continue
        user = User.objects.create(username=username, name=name, password="!")
        Post.objects.create(user=user, office=offices[office], title={"en": role}, valid_from=LONG_AGO.date())
        RoleGrant.objects.create(user=user, role_id=role, office=offices[office], valid_from=LONG_AGO, because="cast")
        people[username] = actor_of(user)
    return SimpleNamespace(office=offices["spas"], **people)


@pytest.fixture
def family(town):
    """A mother with two children, about whom enough is known for every programme but one."""
    from vatra.rooms.people.commands import record_facts, record_kinship, register_household
    from vatra.rooms.people.drafts import NewFact, PersonDraft
    from vatra.rooms.people.models import Membership

    home = register_household(
        office=town.office.pk, area=None, line="Str. Avram Iancu 12", since=date(2020, 1, 1), actor=town.elena, at=NOON,
        members=[
            (PersonDraft(full_name="Maria Popescu", birth_date=date(1990, 5, 1), sex="female", language="ro"), "head"),
            (PersonDraft(full_name="Ion Popescu", birth_date=date(2016, 5, 1), sex="male"), "child"),
            (PersonDraft(full_name="Ana Popescu", birth_date=date(2025, 9, 1), sex="female"), "child"),
        ],
    )  # fmt: skip
    maria, ion, ana = [m.person for m in Membership.objects.filter(household=home).order_by("id")]
    for child in (ion, ana):
        record_kinship(person=maria, relative=child, relation="mother", actor=town.elena, at=NOON)
    known = SimpleNamespace(home=home, maria=maria, ion=ion, ana=ana, office=town.office)

    def say(subject, code, value, since=date(2026, 10, 1), at=NOON):
        return record_facts(
            facts=[NewFact(subject, code, value, since)], source="declared", source_ref=None, actor=town.elena, at=at
        )

    known.say = say
    say(maria, "net_income", 90000)
    say(home, "heating", "solid")
    return known


@pytest.fixture
def known_family(family):
    """The family, with every question about heating answered: entitled to 288 lei."""
    family.say(family.home, "children_income", 0)
    family.say(family.home, "excluding_asset", "none")
    return family


@pytest.fixture
def applied(known_family, town):
    """Heating aid applied for, nothing seen yet."""
    from vatra.rooms.benefits.commands import apply

    return apply(
        household=known_family.home, programme="heating-aid", applicant=known_family.maria,
        beneficiary=known_family.maria, language="ar", actor=town.elena, at=NOON,
    )  # fmt: skip


@pytest.fixture
def papers_seen(applied, town):
    from vatra.rooms.benefits.commands import see_paper
    from vatra.rooms.benefits.models import Paper

    for code in Paper.objects.filter(application=applied).values_list("code", flat=True):
        see_paper(application=applied, code=code, seen="original", actor=town.elena, at=NOON)
    applied.refresh_from_db()
    return applied


@pytest.fixture
def signed(papers_seen, town):
    from vatra.rooms.benefits.commands import countersign, draft_decision, report, sign

    decision = draft_decision(application=papers_seen, actor=town.ioana, at=NOON)
    report(decision=decision, actor=town.doina, at=NOON)
    countersign(decision=decision, actor=town.vasile, at=NOON)
    return sign(decision=decision, actor=town.radu, at=NOON)
