"""The search box of the window: as one types, without a script, and never in the address."""

from datetime import date

import pytest
from conftest import NOON
from django.test import Client

from vatra.foundation.access.models import User
from vatra.rooms.intake.models import Contact
from vatra.rooms.people.commands import PersonDraft, register_household, seal_household

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def maria(cast, offices, definitions):
    """Maria Mureșan, 72, with a grandchild, in Târnăveni."""
    members = [
        (PersonDraft(full_name="Mureșan Maria", birth_date=date(1954, 3, 2), sex="female"), "head"),
        (PersonDraft(full_name="Mureșan Andrei", birth_date=date(2015, 5, 5), sex="male"), "grandchild"),
    ]
    return register_household(
        office=offices.spas.pk, area=offices.town, line="Str. Armatei 41", since=date(2019, 1, 1), members=members,
        actor=cast.elena, at=NOON,
    )  # fmt: skip


def test_a_misspelt_name_finds_with_its_reason(desk, maria, django_assert_max_num_queries):
    client = desk("elena")
    with django_assert_max_num_queries(15):
        page = client.post("/desk/", {"q": "muresan marya"})
    text = page.content.decode()
    assert "Mureșan Maria" in text
    assert "1954" in text
    assert 'class="hit-why"' in text


def test_typing_gets_only_the_hits(desk, maria):
    text = desk("elena").post("/desk/", {"q": "mures"}, **HTMX).content.decode()
    assert "Mureșan Maria" in text
    assert "<html" not in text


def test_one_letter_searches_nothing_yet(desk, maria):
    text = desk("elena").post("/desk/", {"q": "m"}, **HTMX).content.decode()
    assert "Mureșan" not in text


def test_the_form_posts_so_that_no_name_stays_in_an_address(desk, maria):
    client = desk("elena")
    text = client.post("/desk/", {"q": "mures"}).content.decode()
    assert 'role="search" method="post"' in text
    assert "mures" not in text.replace('value="mures"', "").split("</header>")[0]
    assert "Mureșan Maria" in client.get("/desk/?q=mures").content.decode()


def test_nobody_found_says_what_to_do(desk, maria):
    text = desk("elena").post("/desk/", {"q": "Popescu Gheorghe"}).content.decode()
    assert "Nobody found" in text


def test_another_office_and_sealed_files_are_not_found(signed_in, cast, maria):
    assert "Mureșan" not in signed_in(cast.sami).post("/desk/", {"q": "mureșan maria"}).content.decode()
    seal_household(household=maria, because="danger", actor=cast.doina, at=NOON)
    assert "Mureșan Maria" not in signed_in(cast.elena).post("/desk/", {"q": "mureșan maria"}).content.decode()


def test_who_may_not_see_people_is_told_so(desk, maria):
    elsewhere = desk("rozalia").get("/desk/")  # who works at other pages is led to the first of them
    assert elsewhere.status_code == 302
    assert not elsewhere.headers["Location"].endswith("/desk/")
    User.objects.create(username="newcomer", name="Newcomer", password="!")
    page = desk("newcomer").get("/desk/")
    assert page.status_code == 403
    assert "Your post does not include this" in page.content.decode()
    assert Client().get("/desk/").status_code == 302


def test_a_contact_is_kept_in_their_own_words_and_closed(desk, maria):
    client = desk("elena")
    sent = {"ticket": "A 017", "channel": "window", "reason": "Nu avem lemne", "danger": ["no_heat", "x"]}
    assert client.post("/desk/contacts/", sent).status_code == 302
    contact = Contact.objects.get()
    assert (contact.ticket, contact.reason, contact.danger) == ("A 017", "Nu avem lemne", ["no_heat"])
    waiting = client.get("/desk/").content.decode()
    assert "A 017" in waiting
    assert "No heating" in waiting
    assert "Nu avem lemne" not in waiting  # only where the file is open
    assert client.post(f"/desk/contacts/{contact.pk}/close/", {"outcome": "advised"}).status_code == 302
    assert client.post(f"/desk/contacts/{contact.pk}/close/", {"outcome": "advised"}).status_code == 422
    contact.refresh_from_db()
    assert contact.outcome == "advised"


def test_a_contact_of_another_office_cannot_be_closed(desk, maria):
    desk("elena").post("/desk/contacts/", {"reason": "x", "channel": "window"})
    contact = Contact.objects.get()
    assert desk("sami").post(f"/desk/contacts/{contact.pk}/close/", {"outcome": "advised"}).status_code == 404
