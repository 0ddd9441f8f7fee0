"""One household at the window: the panel, one answer, one request, and who may see what."""

from datetime import date

import pytest
from conftest import NOON

from vatra.foundation.audit.models import Event
from vatra.rooms.benefits.models import Application
from vatra.rooms.people.commands import seal_household
from vatra.rooms.people.models import Fact

HTMX = {"HTTP_HX_REQUEST": "true"}
MOST_QUERIES = 25


def address(home, what="window"):
    return f"/desk/household/{home.pk}/{what}/"


@pytest.fixture
def elena(town, signed_in):
    return signed_in(town.elena)


def test_the_window_shows_who_what_and_why(elena, family):
    page = elena.get(address(family.home))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Maria Popescu" in text
    assert "<title>Window · Vatra</title>" in text.replace("\n", "")  # titles name nobody
    assert text.count('class="answer answer-') >= 5
    assert "Legea 61/1993" in text
    assert Event.objects.filter(kind="people.opened", ref_id=family.home.pk).count() == 1


def test_the_person_searched_for_stands_at_the_window(elena, family):
    text = elena.get(address(family.home) + f"?person={family.ion.pk}").content.decode()
    assert '<h1 dir="auto">Ion Popescu</h1>' in text
    assert "10 years old" in text
    assert elena.get(address(family.home) + "?person=rubbish").status_code == 200


@pytest.mark.parametrize("what", ["window", "beside", "apply"])
def test_it_asks_the_database_no_more_than_it_must(elena, family, what, django_assert_max_num_queries):
    register(elena, family, "heating-aid", "emergency-aid")
    elena.get(address(family.home, what))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert elena.get(address(family.home, what)).status_code == 200


def register(browser, family, *codes):
    """Ask for programmes that the whole family is entitled to together."""
    offers = browser.get(address(family.home, "apply")).context["offers"]
    chosen = [offer.value for offer in offers if offer.value.split(":")[0] in codes]
    return browser.post(address(family.home, "apply"), {"person": str(family.maria.pk), "offer": chosen}, follow=True)


def test_beside_it_stands_what_is_open_and_who_looked(elena, family):
    elena.get(address(family.home))
    part = elena.get(address(family.home, "beside"), **HTMX).content.decode()
    assert "<html" not in part
    assert "Nothing is open" in part
    assert "Elena Moldovan" in part.split("Who opened the file")[1]
    assert "<html" in elena.get(address(family.home, "beside")).content.decode()


def question(elena, family, kind):
    """The first question of a kind that the panel asks, as its form posts it."""
    panel = elena.get(address(family.home)).context["panel"]
    asks = [ask for row in panel.rows for ask in (*row.asks, *row.later) if ask.question.type == kind]
    return {"fact": asks[0].question.fact, "subject": asks[0].subject}


def test_an_answer_updates_the_panel_at_once(elena, family):
    asked = question(elena, family, "boolean")
    before = elena.get(address(family.home)).context["panel"].questions
    page = elena.post(address(family.home, "answer"), {**asked, "value": "no"}, **HTMX)
    assert page.status_code == 200
    assert "<html" not in page.content.decode()
    assert page.context["panel"].questions < before
    fact = Fact.objects.get(definition_id=asked["fact"])
    assert (fact.number, fact.source, fact.question) == (0, "declared", "panel")


def test_without_a_script_the_same_form_comes_back_to_the_window(elena, family):
    asked = question(elena, family, "boolean")
    sent = {**asked, "value": "yes", "person": str(family.maria.pk)}
    page = elena.post(address(family.home, "answer"), sent)
    assert page.headers["Location"] == address(family.home) + f"?person={family.maria.pk}"


@pytest.mark.parametrize("htmx", [True, False])
def test_an_answer_that_cannot_be_read_stays_with_its_reason(elena, family, htmx):
    asked = question(elena, family, "money")
    page = elena.post(address(family.home, "answer"), {**asked, "value": "o mie"}, **(HTMX if htmx else {}))
    text = page.content.decode()
    assert page.status_code == 422
    assert 'value="o mie"' in text
    assert "is not a number" in text
    assert not Fact.objects.filter(definition_id=asked["fact"]).exists()


def test_money_is_read_as_people_type_it(elena, family):
    asked = question(elena, family, "money")
    elena.post(address(family.home, "answer"), {**asked, "value": "١٬٢٠٠٫٥٠"}, **HTMX)
    assert Fact.objects.get(definition_id=asked["fact"]).number == 120050


def test_an_answer_about_somebody_elses_household_is_not_taken(elena, family):
    asked = question(elena, family, "boolean")
    for subject in ("household:00000000-0000-7000-8000-000000000000", "person:x", "area:1", ""):
        sent = {**asked, "subject": subject, "value": "yes"}
        assert elena.post(address(family.home, "answer"), sent).status_code == 404
    unknown = {**asked, "fact": "no_such_fact", "value": "yes"}
    assert elena.post(address(family.home, "answer"), unknown).status_code == 404


def test_requests_are_registered_each_with_its_number(elena, family):
    offers = elena.get(address(family.home, "apply")).context["offers"]
    chosen = [offer.value for offer in offers if offer.chosen]
    assert chosen
    sent = {"person": str(family.maria.pk), "offer": chosen}
    page = elena.post(address(family.home, "apply"), sent, follow=True)
    assert "Registered under no." in page.content.decode()
    assert Application.objects.count() == len(chosen)
    beside = elena.get(address(family.home, "beside"))
    assert len(beside.context["under_way"]) == len(chosen)
    assert beside.context["beside"].letter is not None
    again = elena.get(address(family.home, "apply")).context["offers"]
    assert not any(offer.chosen for offer in again)


def test_nothing_chosen_and_a_second_request_are_refused(elena, family):
    send = address(family.home, "apply")
    assert elena.post(send, {"person": str(family.maria.pk)}).status_code == 422
    wish = {"person": str(family.maria.pk), "offer": [f"heating-aid:{family.maria.pk}"]}
    assert elena.post(send, wish).status_code == 302
    assert elena.post(send, wish).status_code == 422
    assert elena.post(send, {**wish, "offer": ["heating-aid"]}).status_code == 404
    assert Application.objects.count() == 1


def test_another_office_finds_no_window_and_a_sealed_one_closes(town, family, signed_in):
    elena, sami = signed_in(town.elena), signed_in(town.sami)
    assert sami.get(address(family.home)).status_code == 404
    asked = question(elena, family, "boolean")
    assert sami.post(address(family.home, "answer"), {**asked, "value": "yes"}).status_code == 404
    assert sami.get(address(family.home, "beside")).status_code == 404
    assert sami.get(address(family.home, "apply")).status_code == 404
    wish = {"person": str(family.maria.pk), "offer": f"heating-aid:{family.maria.pk}"}
    assert sami.post(address(family.home, "apply"), wish).status_code == 404
    seal_household(household=family.home, because="danger", actor=town.doina, at=NOON)
    assert elena.get(address(family.home)).status_code == 404


def test_each_role_sees_what_it_may(town, family, signed_in):
    mayor = signed_in(town.radu).get(address(family.home))
    text = mayor.content.decode()
    assert "What could help?" in text
    assert "Register the request" not in text
    assert "Who opened the file" not in signed_in(town.radu).get(address(family.home, "beside")).content.decode()
    assert signed_in(town.radu).get(address(family.home, "apply")).status_code == 403
    assert signed_in(town.rozalia).get(address(family.home)).status_code == 403


def test_in_arabic_the_page_runs_right_to_left_in_its_digits(elena, family):
    elena.cookies["django_language"] = "ar"
    text = elena.get(address(family.home)).content.decode()
    assert '<html lang="ar" dir="rtl">' in text
    assert "٣٦ سنة" in text or "٣٦" in text.split("who-words")[1].split("</p>")[0]
    assert "<bdi>Legea 61/1993" in text  # laws keep their own direction


def test_nothing_is_promised_while_it_is_not_known(elena, family):
    rows = elena.get(address(family.home)).context["panel"].rows
    waiting = [row for row in rows if row.state == "ask" and row.range]
    assert waiting
    assert all(row.range[0] is None and row.range[1] is not None for row in waiting)


def test_an_expired_card_is_said(elena, town, family):
    from vatra.rooms.people.commands import add_identifier

    add_identifier(
        person=family.maria, kind="cnp", value="2900501264413", expires_on=date(2020, 1, 1), actor=town.elena, at=NOON
    )
    assert "card expired on" in elena.get(address(family.home)).content.decode()


def test_somebody_alone_has_a_window_too(elena, town):
    """Programmes for units that this household does not have (children) are refused, not forgotten."""
    from vatra.rooms.people.commands import PersonDraft, register_household

    alone = register_household(
        office=town.office.pk, area=None, line="", since=date(2020, 1, 1), actor=town.elena, at=NOON,
        members=[(PersonDraft(full_name="Kovács Rozália", birth_year=1960), "head")],
    )  # fmt: skip
    for what in ("window", "beside", "apply"):
        assert elena.get(address(alone, what)).status_code == 200
    everyone = elena.get(address(alone)).context["panel"]
    assert everyone.programmes == 6
