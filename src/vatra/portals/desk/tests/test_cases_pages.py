"""Cases at the desk: from the household's file to a closed case, with no more queries than a page may make."""

from datetime import timedelta
from uuid import uuid4

import pytest
from conftest import LONG_AGO
from django.utils import timezone

from vatra.foundation.access.models import RelationshipGrant
from vatra.rooms.cases import commands
from vatra.rooms.cases.models import Case, Note
from vatra.rooms.cases.tests.conftest import family, in_force, opened, planned, sealed, town

__all__ = ["family", "in_force", "opened", "planned", "sealed", "town"]

MOST_QUERIES = 25


@pytest.fixture
def mihai(town, signed_in):
    return signed_in(town.mihai)


@pytest.fixture
def doina(town, signed_in):
    return signed_in(town.doina)


@pytest.fixture
def ties_hold_now(monkeypatch):
    made = RelationshipGrant.save

    def save(self, *args, **kwargs):
        self.valid_from = LONG_AGO
        made(self, *args, **kwargs)

    monkeypatch.setattr(RelationshipGrant, "save", save)


def page(case, what=""):
    return f"/desk/cases/{case.pk}/{what}"


def test_a_case_is_opened_from_the_household(mihai, family, town):
    home = f"/desk/household/{family.home.pk}/"
    assert f"{home}case/" in mihai.get(home).content.decode()
    form = mihai.get(f"{home}case/").context["form"]
    sent = {
        "type": "family-at-risk",
        "risk": "high",
        "worker": town.mihai.id,
        "reason": "Frig",
        "key": form["key"].value(),
    }
    for _ in range(2):  # pressed twice
        answer = mihai.post(f"{home}case/", sent, follow=True)
        assert answer.status_code == 200
    text = answer.content.decode()
    assert Case.objects.count() == 1
    assert "Veta Lupean" in text
    assert "First visit at home" in text
    assert "Family at risk" in mihai.get(home).content.decode()


def test_what_cannot_open_is_said_on_the_form(mihai, family, town):
    sent = {"type": "older-person-alone", "risk": "low", "worker": town.mihai.id, "key": str(uuid4())}
    answer = mihai.post(f"/desk/household/{family.home.pk}/case/", sent)
    assert answer.status_code == 422
    assert "about one person" in answer.content.decode()


def test_the_whole_way_by_forms(mihai, doina, opened, town):
    day = f"{timezone.now().date() + timedelta(days=3):%d.%m.%Y}"

    def send(what, **said):
        answer = mihai.post(page(opened, what), said, follow=True)
        assert answer.status_code == 200, answer.content.decode()[-3000:]
        return answer.context["card"]

    card = send("need/", code="heating", note="Three rooms, one stove")
    need = card.needs[0].row
    card = send("plan/", strengths="The aunt next door")
    card = send("goal/", text="A warm room", need=str(need.pk))
    goal = card.plan.goals[0].row
    card = send(f"goal/{goal.pk}/action/", text="Firewood", owner="worker", due_on=day)
    action = card.plan.goals[0].actions[0]
    send("visit/", on=day, purpose="See the stove")
    card = send("visit/made/", state="done", findings="Cold")
    visit = next(v for v in card.visits if v.state == "planned")
    send(f"visit/{visit.pk}/", state="cancelled", reason="Was there already")
    send("note/", text="She is tired", do="write")
    send("level/", level="case_management", reason="Two children")
    send("risk/", risk="high", because="Frost")
    card = send("review/", kind="plan", summary="Ready")
    review = card.asked
    assert review is not None
    shown = doina.get(page(opened, f"review/{review.pk}/")).content.decode()
    assert "A warm room" in shown
    assert "The aunt next door" in shown
    assert doina.post(page(opened, f"review/{review.pk}/"), {"do": "return"}).status_code == 422
    assert doina.post(page(opened, f"review/{review.pk}/"), {"do": "approve"}).status_code == 302
    send(f"action/{action.pk}/", state="done")
    refused = mihai.post(page(opened, "close/"), {"outcome": "manages"})
    assert refused.status_code == 422
    assert "neither met nor unmet" in refused.content.decode()
    card = send("close/", **{"outcome": "manages", f"need-{need.pk}": "met"})
    assert card.row.state == "closed"
    assert mihai.get(page(opened)).status_code == 200


def test_pages_ask_little(mihai, doina, in_force, town, family, django_assert_max_num_queries):
    by = {"actor": town.mihai, "at": timezone.now()}
    for n in range(8):
        commands.write_note(case=in_force.case, text=f"Note {n}", **by)
        commands.add_goal(case=in_force.case, text=f"Goal {n}", **by)
        commands.plan_visit(case=in_force.case, on=timezone.now().date() + timedelta(days=n + 1), **by)
    addresses = [page(in_force.case), "/desk/cases/", "/desk/cases/?mine=1&overdue=1", "/desk/day/",
                 f"/desk/household/{family.home.pk}/", f"/desk/household/{family.home.pk}/case/"]  # fmt: skip
    for what in ("need/", "plan/", "goal/", "visit/", "review/", "level/", "close/"):
        addresses.append(page(in_force.case, what))
    for browser in (mihai, doina):
        for address in addresses:
            assert browser.get(address).status_code == 200, address
            with django_assert_max_num_queries(MOST_QUERIES):
                browser.get(address)


def test_my_day_says_once_what_it_reminds_of(mihai, doina, in_force, town):
    """The worker reads the action in its own words and no reminder beside it; the supervisor is told of it."""
    from vatra.rooms.cases.reminders import remind

    now = timezone.now()
    commands.add_action(
        goal=in_force.goal, text="Bring the wood", owner="worker", due_on=(now - timedelta(days=30)).date(),
        actor=town.mihai, at=now,
    )  # fmt: skip
    remind(at=now)
    day = mihai.get("/desk/day/").content.decode()
    assert day.count("Bring the wood") == 1 and "planned action" not in day
    told = doina.get("/desk/day/").content.decode()
    assert "A planned action has been late for days" in told and "Bring the wood" not in told
    assert page(in_force.case) in told


def test_the_list_does_not_grow_with_its_rows(mihai, town, family, opened, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def open_for(*persons):
        for person in persons:
            commands.open_case(
                household=family.home, type="child-protection", person=person, worker=town.mihai.id, actor=town.mihai,
                at=timezone.now(),
            )  # fmt: skip

    open_for(family.veta)
    mihai.get("/desk/cases/")
    with CaptureQueriesContext(connection) as two:
        mihai.get("/desk/cases/")
    open_for(family.ilie, family.sanda)
    with django_assert_num_queries(len(two)):
        assert len(mihai.get("/desk/cases/").context["rows"]) == 4


def test_a_draft_reaches_the_server_while_it_is_typed(mihai, opened, signed_in, town):
    first = mihai.post(page(opened, "note/draft/"), {"text": "She sa", "version": "0"}).json()
    assert first["version"] == 1
    mihai.post(page(opened, "note/draft/"), {"text": "She said that", "version": first["version"]})
    late = mihai.post(page(opened, "note/draft/"), {"text": "Other window", "version": first["version"]})
    assert (late.status_code, late.json()["text"]) == (409, "She said that")
    assert ">She said that</textarea>" in signed_in(town.mihai).get(page(opened)).content.decode()
    assert "She said that" not in signed_in(town.doina).get(page(opened)).content.decode()


def test_without_scripts_the_draft_is_kept_by_a_button_and_both_texts_are_shown(mihai, opened):
    assert mihai.post(page(opened, "note/"), {"text": "Kept", "version": "0", "do": "keep"}).status_code == 302
    again = mihai.post(page(opened, "note/"), {"text": "From elsewhere", "version": "0", "do": "write"})
    text = again.content.decode()
    assert again.status_code == 409
    assert ">From elsewhere</textarea>" in text
    assert "Kept" in text
    assert Note.objects.get().state == "draft"


def test_the_window_officer_sees_no_case(town, family, opened, signed_in):
    elena = signed_in(town.elena)
    assert elena.get("/desk/cases/").status_code == 403
    assert elena.get(page(opened)).status_code == 403
    assert "1/2026" not in elena.get(f"/desk/household/{family.home.pk}/").content.decode()


def test_another_office_does_not_find_it(town, opened, signed_in):
    dan = signed_in(town.dan)
    assert dan.get(page(opened)).status_code == 404
    assert dan.post(page(opened, "need/"), {"code": "home"}).status_code == 404
    assert dan.get("/desk/cases/").context["rows"] == []


def test_a_part_of_another_case_is_not_found(mihai, town, family, in_force):
    other = commands.open_case(
        household=family.home, type="child-protection", person=family.ilie, worker=town.mihai.id, actor=town.mihai,
        at=timezone.now(),
    )  # fmt: skip
    assert mihai.get(page(other, f"need/{in_force.need.pk}/")).status_code == 404
    assert mihai.get(page(other, f"goal/{in_force.goal.pk}/")).status_code == 404


@pytest.mark.usefixtures("ties_hold_now")
class TestSealed:
    def test_it_is_nowhere_but_with_its_team(self, request, signed_in):
        sealed = request.getfixturevalue("sealed")
        town, family = request.getfixturevalue("town"), request.getfixturevalue("family")
        mihai, ligia = signed_in(town.mihai), signed_in(town.ligia)
        places = ["/desk/cases/", f"/desk/household/{family.home.pk}/", "/desk/day/"]
        for place in places:
            assert sealed.number in mihai.get(place).content.decode(), place
            assert sealed.number not in ligia.get(place).content.decode(), place
        assert ligia.get(page(sealed)).status_code == 404
        text = mihai.get(page(sealed)).content.decode()
        assert "<title>File · Vatra</title>" in text.replace("\n", "")

    def test_who_opens_it_for_others_is_told_but_does_not_see_it(self, request, signed_in):
        town, family = request.getfixturevalue("town"), request.getfixturevalue("family")
        ligia = signed_in(town.ligia)
        sent = {
            "type": "domestic-violence", "person": str(family.veta.pk), "risk": "high", "worker": town.mihai.id,
            "supervisor": town.doina.id, "key": str(uuid4()),
        }  # fmt: skip
        answer = ligia.post(f"/desk/household/{family.home.pk}/case/", sent, follow=True)
        assert "only its team sees it" in answer.content.decode()
        assert answer.context["rows"] == []

    def test_the_glass_is_broken_with_a_reason_and_reviewed(self, request, signed_in):
        sealed, town = request.getfixturevalue("sealed"), request.getfixturevalue("town")
        ligia, aurel, doina = signed_in(town.ligia), signed_in(town.aurel), signed_in(town.doina)
        ask = {"number": sealed.number, "because": "short"}
        assert ligia.post("/desk/cases/glass/", ask).status_code == 422
        assert (
            ligia.post("/desk/cases/glass/", {**ask, "number": "S-NOTHING", "because": "He is at the door"}).status_code
            == 422
        )
        answer = ligia.post("/desk/cases/glass/", {**ask, "because": "He is at her door now"}, follow=True)
        assert answer.status_code == 200
        assert sealed.number in answer.content.decode()
        assert ligia.post(page(sealed, "need/"), {"code": "safety"}).status_code == 404, "seen, not worked on"
        assert ligia.get("/desk/cases/glass/opened/").status_code == 403
        for supervisor in (aurel, doina):
            assert "He is at her door now" in supervisor.get("/desk/cases/glass/opened/").content.decode()
        text = aurel.get("/desk/day/").content.decode()
        assert "a sealed record was opened" in text
        row = aurel.get("/desk/cases/glass/opened/").context["rows"][0]
        assert aurel.post(f"/desk/cases/glass/opened/{row.pk}/", {"verdict": "not_justified"}).status_code == 422
        assert aurel.post(f"/desk/cases/glass/opened/{row.pk}/", {"verdict": "justified"}).status_code == 302
        assert "a sealed record was opened" not in aurel.get("/desk/day/").content.decode()
        RelationshipGrant.objects.filter(breaks_glass=True).update(valid_until=timezone.now() - timedelta(seconds=1))
        assert ligia.get(page(sealed)).status_code == 404, "four hours later"

    def test_nobody_reviews_their_own(self, request, signed_in):
        sealed, town = request.getfixturevalue("sealed"), request.getfixturevalue("town")
        aurel = signed_in(town.aurel)
        aurel.post("/desk/cases/glass/", {"number": sealed.number, "because": "He is at her door now"})
        row = aurel.get("/desk/cases/glass/opened/").context["rows"][0]
        answer = aurel.post(f"/desk/cases/glass/opened/{row.pk}/", {"verdict": "justified"})
        assert answer.status_code == 422
        assert "yourself" in answer.content.decode()


def test_advice_alone_needs_no_case(town, family, signed_in):
    from vatra.rooms.intake.commands import open_contact

    contact = open_contact(
        office=town.office.pk, channel="window", household=family.home, actor=town.elena, at=timezone.now()
    )
    elena = signed_in(town.elena)
    elena.post(f"/desk/contacts/{contact.pk}/close/", {"outcome": "advised", "advice": "Go to the tax office, room 4"})
    contact.refresh_from_db()
    assert (contact.outcome, contact.advice) == ("advised", "Go to the tax office, room 4")
    assert "room 4" in elena.get(f"/desk/household/{family.home.pk}/").content.decode()
