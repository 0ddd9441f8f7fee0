"""The screening page: what is known is filled in, questions follow answers, nothing typed is lost."""

import re

import pytest

from vatra.rooms.people.models import Fact


@pytest.fixture
def page(family, signed_in, town):
    """Elena's browser, and the address of the family's screening."""
    return signed_in(town.elena), f"/desk/household/{family.home.pk}/screening/"


def sent(html: str) -> dict[str, str]:
    """What the page would send if nothing were touched."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    return {key: hidden[key] for key in ("instance", "shown")}


def test_what_is_known_is_filled_in(page):
    browser, address = page
    html = browser.get(address).content.decode()
    assert 'name="home.heating" value="solid" checked' in html
    assert 'name="member.0.net_income" value="900"' in html
    assert "Ana Popescu" in html
    assert 'name="need.emergency_on"' not in html, "asked only when there is an emergency"


def test_the_page_takes_at_most_25_queries(page, django_assert_max_num_queries):
    browser, address = page
    with django_assert_max_num_queries(25):
        browser.get(address)


def test_answers_are_kept_as_facts_and_lead_back_to_the_window(page, family):
    browser, address = page
    answers = sent(browser.get(address).content.decode())
    answers |= {"home.heating": "gas", "home.children_income": "1.200,50", "member.1.schooling": "primary"}
    response = browser.post(address, answers)
    assert response.status_code == 302, response.content.decode()[:3000]
    assert Fact.objects.get(definition_id="children_income", source="form").number == 120050
    heating = Fact.objects.get(definition_id="heating", superseded_at=None, source="form")
    assert heating.text == "gas"
    again = browser.post(address, answers)
    assert again.status_code == 302
    assert Fact.objects.filter(definition_id="heating", source="form").count() == 1, "sent twice, kept once"


def test_an_answer_that_brings_up_questions_shows_them_first(page):
    browser, address = page
    answers = sent(browser.get(address).content.decode()) | {"need.emergency": "fire"}
    html = browser.post(address, answers).content.decode()
    assert 'name="need.emergency_on"' in html
    assert not Fact.objects.filter(source="form").exists()


def test_what_does_not_fit_is_said_in_its_place_and_nothing_is_lost(page):
    browser, address = page
    answers = sent(browser.get(address).content.decode())
    answers |= {"member.0.net_income": "a lot", "home.heating": "gas"}
    response = browser.post(address, answers, headers={"accept-language": "ro"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'id="member.0.net_income-error"' in html
    assert 'value="a lot"' in html
    assert not Fact.objects.filter(source="form").exists()


def test_another_office_does_not_find_the_page(page, signed_in, town):
    _, address = page
    assert signed_in(town.sami).get(address).status_code == 404
