"""The register page: without scripts, with whatever is known, once, and never past somebody alike."""

from datetime import date

import pytest
from conftest import NOON

from vatra.foundation.audit.models import Event
from vatra.rooms.intake.models import Contact
from vatra.rooms.people.commands import PersonDraft, register_household
from vatra.rooms.people.models import Consent, Household, Identity, Membership, Name

MARIA = PersonDraft(given="Maria", family="Popa", birth_date=date(1984, 5, 17))


def sheet(*members, do="register", **household):
    """The page as a browser would post it."""
    data = {"do": do, "rows": str(len(members)), "h-how": "signed", "draft": household.pop("draft", "")}
    data |= {f"h-{name}": value for name, value in household.items()}
    for place, member in enumerate(members):
        data |= {
            f"m{place}-{name}": value for name, value in ({"role": "head", "number_kind": "other"} | member).items()
        }
    return data


def test_the_page_opens_with_one_member_and_few_queries(desk, django_assert_max_num_queries):
    browser = desk("elena")
    browser.get("/desk/register/")
    with django_assert_max_num_queries(14):
        page = browser.get("/desk/register/")
    assert page.status_code == 200
    assert page.content.count(b'name="m0-given"') == 1
    assert len(page.content) < 100_000


def test_a_household_is_registered_with_contact_and_consent(desk, offices):
    page = desk("elena").post(
        "/desk/register/",
        sheet(
            {"given": "Maria", "family": "Popa", "born": "17.05.1984", "sex": "female", "phone": "٠٧٤٤١٢٣٤٥٦", "unsafe": "on"},
            {"whole": "محمد حداد", "born": "١٩٧٩", "role": "other"},
            {}, area=str(offices.town.pk), line="Str. Morii 3", reason="nu ne ajung banii", consents=["registration"],
        ),
    )  # fmt: skip
    home = Household.objects.get()
    assert page.status_code == 302
    assert page.url == f"/desk/household/{home.pk}/"
    assert sorted(Name.objects.values_list("full", flat=True)) == ["Maria Popa", "محمد حداد"]
    assert set(Identity.objects.values_list("birth_year", flat=True)) == {1984, 1979}
    contact = Contact.objects.get()
    assert (contact.household, contact.outcome, contact.reason) == (home, "registered", "nu ne ajung banii")
    assert Consent.objects.get().person == Membership.objects.order_by("id").first().person


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(desk):
    page = desk("elena").post("/desk/register/", sheet({"given": "Maria", "born": "yesterday"}, line="Str. Morii 3"))
    assert page.status_code == 422
    text = page.content.decode()
    assert "yesterday" in text
    assert 'value="Maria"' in text
    assert 'value="Str. Morii 3"' in text
    assert 'href="#id_m0-born"' in text
    assert not Household.objects.exists()


def test_nobody_at_all_is_refused_on_the_page(desk):
    page = desk("elena").post("/desk/register/", sheet({}))
    assert page.status_code == 422
    assert "at least one member" in page.content.decode()


def test_members_are_added_and_taken_off_without_scripts(desk):
    browser = desk("elena")
    more = browser.post("/desk/register/", sheet({"given": "Maria"}, do="add")).content.decode()
    assert 'name="m1-given"' in more
    assert 'value="Maria"' in more
    fewer = browser.post("/desk/register/", sheet({"given": "Maria"}, {"given": "Ion"}, do="drop:0")).content.decode()
    assert 'value="Ion"' in fewer
    assert 'value="Maria"' not in fewer
    assert 'name="m1-given"' not in fewer


@pytest.fixture
def known(cast, offices):
    return register_household(
        office=offices.spas.pk, area=offices.town, since=date(2024, 1, 1), members=[(MARIA, "head")], actor=cast.elena,
        at=NOON,
    )  # fmt: skip


def test_somebody_alike_stops_the_page_once(desk, known):
    browser = desk("elena")
    typed = {"given": "Marya", "family": "Popa", "born": "17.05.1984"}
    page = browser.post("/desk/register/", sheet(typed))
    assert page.status_code == 422
    text = page.content.decode()
    assert "SPAS-00001" in text
    assert "Same date of birth" in text
    assert Household.objects.count() == 1
    seen = {"seen": str(Membership.objects.get().person_id)}
    assert browser.post("/desk/register/", sheet(typed) | seen).status_code == 302
    assert Household.objects.count() == 2


def test_the_duplicate_is_taken_as_the_member(desk, known):
    browser, person = desk("elena"), Membership.objects.get().person
    page = browser.post("/desk/register/", sheet({"given": "Marya", "family": "Popa"}, do=f"take:0:{person.pk}"))
    assert "known already" in page.content.decode()
    assert browser.post("/desk/register/", sheet({"existing": str(person.pk)})).status_code == 302
    assert Membership.objects.filter(person=person).count() == 2
    assert Identity.objects.count() == 1


def test_a_person_whom_the_officer_may_not_see_cannot_be_taken(desk, known):
    person = Membership.objects.get().person
    page = desk("sami").post("/desk/register/", sheet({"existing": str(person.pk)}))
    assert "Maria" not in page.content.decode()
    assert Household.objects.count() == 1


def test_the_same_page_sent_twice_registers_once(desk):
    browser = desk("elena")
    sent = sheet({"given": "Maria"}, draft="01a1fd8c-6900-7445-b198-6a28b4a6440c")
    pages = [browser.post("/desk/register/", sent) for _ in range(2)]
    assert [page.status_code for page in pages] == [302, 302] or "SPAS-00001" in pages[1].content.decode()
    assert Household.objects.count() == 1


def test_while_typing_only_the_part_comes(desk, known, django_assert_max_num_queries):
    browser = desk("elena")
    typed = {"given": "Maria", "family": "Popa", "born": "1984"}
    with django_assert_max_num_queries(12):
        page = browser.post("/desk/register/likely/", sheet(*[typed] * 6, do=""))
    assert b"<html" not in page.content
    assert b"SPAS-00001" in page.content


def test_who_may_not_register_is_told(desk, client, cast):
    assert desk("rozalia").get("/desk/register/").status_code == 403
    assert desk("radu").post("/desk/register/", sheet({"given": "Maria"})).status_code == 403
    client.logout()
    assert client.get("/desk/register/").status_code == 302


def test_the_open_contact_is_closed_by_registering(desk, cast, offices):
    from vatra.rooms.intake.commands import open_contact

    contact = open_contact(office=offices.spas.pk, channel="window", reason="frig", actor=cast.elena, at=NOON)
    browser = desk("elena")
    page = browser.get(f"/desk/register/?contact={contact.pk}").content.decode()
    assert f'name="draft" value="{contact.pk}"' in page
    browser.post("/desk/register/", sheet({"given": "Maria"}, draft=str(contact.pk)))
    contact.refresh_from_db()
    assert contact.household == Household.objects.get()
    assert contact.closed_at
    assert Event.objects.filter(kind="intake.contact_opened").count() == 1
