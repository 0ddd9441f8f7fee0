"""The demonstration town: the same seed gives the same people; the service really works, by the clock."""

from collections import Counter
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
import yaml

from vatra.journeys.demo_town import build
from vatra.journeys.demo_town.clock import OfficeHours
from vatra.journeys.demo_town.slips import as_written
from vatra.journeys.demo_town.town import Builder
from vatra.kernel.days import Calendar

PACK = Path(__file__).resolve().parents[5] / "packs" / "ro-tarnaveni"
SHEET = yaml.safe_load((PACK / "demo.yaml").read_text())
CODES = yaml.safe_load((PACK / "codes" / "identifier_kind.yaml").read_text())["codes"]
NUMBER = next(code["extra"] for code in CODES if code["code"] == "cnp")
DAY = date(2026, 11, 20)  # a Friday
ZONE = ZoneInfo("Europe/Bucharest")


def town(seed: int = 1, count: int = 300):
    return Builder(SHEET, NUMBER, DAY, seed).homes(count)


def test_the_same_seed_gives_the_same_town():
    assert town() == town()
    assert town() != town(seed=2)


def test_people_are_plausible_and_nobody_s_number_can_exist():
    homes = town()
    for home in homes:
        assert any(member.age(DAY) >= 18 for member in home.members)
        for one, relation, other in home.kin:
            if relation in {"mother", "father"}:
                assert home.members[one].age(DAY) - home.members[other].age(DAY) >= 16
        for member in home.members:
            assert member.number[7:9] == "99"  # no county has this code
            assert member.number[1:7] == f"{member.born:%y%m%d}"
            total = sum(int(d) * w for d, w in zip(member.number, NUMBER["check"]["weights"], strict=False))
            assert member.number[-1] == str(1 if total % 11 == 10 else total % 11)
            assert not member.phone or member.phone.startswith("0700")


def test_registers_have_the_errors_of_registers():
    members = [member for home in town() for member in home.members]
    written = [as_written(member, Random(n)) for n, member in enumerate(members)]
    differ = Counter(
        name
        for member, row in zip(members, written, strict=True)
        for name in ("given", "family", "born", "number")
        if getattr(member, name) != getattr(row, name)
    )
    assert all(0.005 < differ[name] / len(members) < 0.3 for name in ("given", "family", "born", "number"))


def test_offices_work_in_their_hours():
    calendar = Calendar(frozenset({5, 6}), frozenset({date(2026, 11, 30), date(2026, 12, 1)}))
    hours = OfficeHours(calendar, "Europe/Bucharest", first=date(2026, 11, 1), last=date(2026, 12, 10))
    rng = Random(1)
    at = hours.moment(date(2026, 11, 2), rng)
    for _ in range(300):
        at = hours.after(at, rng.choice([0, 0, 0, 1]), rng) if at.date() < date(2026, 12, 8) else hours.moment(DAY, rng)
        assert calendar.is_working(at.date())
        assert time(8, 0) <= at.time() <= time(16, 0)


@pytest.fixture
def built(db, settings):
    said: list[str] = []
    users = build(households=24, seed=7, say=said.append, today=DAY)
    return users, said


def test_the_service_worked_through_its_commands(built):
    from vatra.foundation.audit.models import Event
    from vatra.foundation.docket.models import Entry
    from vatra.rooms.benefits.models import Application, Decision
    from vatra.rooms.people.models import Household, Identity, Person

    users, said = built
    assert {user["role"] for user in users} >= {"window_officer", "benefits_officer", "mayor", "administrator"}
    assert all(user["username"] and user["password"] and user["name"] and user["title"] for user in users)
    assert Household.objects.count() >= 24
    assert Identity.objects.filter(display_name="Maria Mureșan", birth_year=1954).exists()
    assert Person.objects.filter(sealed_at__isnull=False, identity__display_name="Zamfira Albăstrelu").exists()
    assert Application.objects.exists()
    for decision in Decision.objects.filter(state="signed"):
        steps = (decision.drafted_by, decision.reported_by, decision.countersigned_by, decision.signed_by)
        assert len({step["id"] for step in steps}) == 4
    entries = list(Entry.objects.order_by("register", "number").values_list("register", "number", "registered_at"))
    for one, following in pairwise(entries):
        if one[0] == following[0]:
            assert following[1] == one[1] + 1
            assert following[2] >= one[2]
    worked = [e.at.astimezone(ZONE) for e in Event.objects.filter(actor_kind="post")]
    assert worked and all(at.weekday() < 5 and 8 <= at.hour <= 16 for at in worked)
    assert max(worked) < datetime(2026, 11, 20, tzinfo=ZONE)
    assert "refused {}" in said[-1] or "not_yet_known" in said[-1]


def test_one_question_is_left_about_maria_and_it_decides(built):
    from vatra.rooms.benefits.queries import what_could_help
    from vatra.rooms.people.models import Membership

    home = Membership.objects.get(person__identity__display_name="Maria Mureșan").household_id
    panel = what_could_help(home, on=DAY, known_at=datetime(2026, 11, 20, 23, tzinfo=ZONE), actor=None)
    (question,) = panel.questions
    assert question.fact == "excluding_asset"
    assert set(question.decides) == {"heating-aid", "minimum-inclusion-income"}


def test_help_goes_on_after_the_first_day(built):
    """Cases, people sent to services, money: made by whoever may, and nothing sealed is told to a provider."""
    from vatra.foundation.worklist.models import Item
    from vatra.rooms.cases.models import Case, Referral, Visit
    from vatra.rooms.insight.models import Standing
    from vatra.rooms.ledger.models import Entry
    from vatra.rooms.payments.models import Instruction
    from vatra.rooms.people.models import Household

    sealed = Case.objects.filter(household__sealed_at__isnull=False)
    assert sealed.count() == len(SHEET["sealed"])
    assert all(case.sealed_at and case.number.startswith("S-") for case in sealed)
    assert not Referral.objects.filter(case__in=sealed).exists()
    assert Visit.objects.filter(state="done").exists() and Case.objects.filter(state="active").exists()
    assert Entry.objects.filter(step="adopted").exists()
    assert Standing.objects.count() == Household.objects.filter(closed_at=None).count()
    paid = Instruction.objects.filter(state="paid").select_related("cycle")
    assert all(row.cycle.approved_by["id"] != row.cycle.prepared_by["id"] for row in paid)
    assert Item.objects.filter(done_at=None).exists()


@pytest.mark.slow
@pytest.mark.once
def test_a_larger_town_sees_every_turn(db, settings):
    """Cases that end, people whom a service declines, cycles that are paid and closed, lists that are answered."""
    from vatra.rooms.benefits.models import ListedChange
    from vatra.rooms.cases.models import Case, ReferralStep
    from vatra.rooms.payments.models import Cycle, Instruction

    said: list[str] = []
    build(households=120, seed=7, say=said.append, today=DAY)
    assert {"active", "closed"} <= set(Case.objects.values_list("state", flat=True))
    assert {"declined", "closed"} <= set(ReferralStep.objects.values_list("state", flat=True))
    assert {"paid"} <= set(Instruction.objects.values_list("state", flat=True))
    assert {"closed"} <= set(Cycle.objects.values_list("state", flat=True))
    assert {"accepted"} <= set(ListedChange.objects.values_list("state", flat=True))
