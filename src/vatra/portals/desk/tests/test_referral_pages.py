"""The desk's pages about referrals: from a need to a service, what will be told, and what came of it."""

import pytest
from django.test import Client
from django.utils import timezone

from vatra.foundation.access.models import User
from vatra.rooms.cases.commands import accept, decline
from vatra.rooms.cases.models import Referral
from vatra.rooms.cases.tests.referrals import referral_cast as said
from vatra.rooms.cases.tests.referrals.conftest import town  # noqa: F401
from vatra.rooms.people.models import Consent


def as_user(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def mihai(town):  # noqa: F811
    return as_user("mihai")


def sheet(town, **more) -> dict:  # noqa: F811
    return {
        "service": str(town.services.home_care.pk), "request": "A warm meal.", "fields": ["name", "age"],
        "ground": str(town.consent.pk), "key": "0194a1b2-0000-7000-8000-000000000001", "do": "send", **more,
    }  # fmt: skip


def send(client, town, **more):  # noqa: F811
    return client.post(f"/desk/referrals/need/{town.need.pk}/write/", sheet(town, **more))


def test_suggestions_with_their_reasons(mihai, town, django_assert_max_num_queries):  # noqa: F811
    with django_assert_max_num_queries(20):
        page = mihai.get(f"/desk/referrals/need/{town.need.pk}/").content.decode()
    assert "Îngrijire la domiciliu" in page and "It is in the same place." in page and "Elsewhere" in page


def test_the_sheet_offers_what_is_known_and_previews_it(mihai, town, django_assert_max_num_queries):  # noqa: F811
    address = f"/desk/referrals/need/{town.need.pk}/write/"
    with django_assert_max_num_queries(25):
        page = mihai.get(address, {"service": town.services.home_care.pk}).content.decode()
    assert said.STREET in page and "Maria Mureșan" in page, "the worker sees what could be told"
    with django_assert_max_num_queries(25):
        preview = mihai.post(address, sheet(town, do="preview")).content.decode()
    assert "This is what they will read" in preview and said.STREET not in preview
    assert Referral.objects.count() == 0


def test_it_is_sent_from_the_preview_and_once(mihai, town):  # noqa: F811
    first, second = send(mihai, town), send(mihai, town)
    made = Referral.objects.get()
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == f"/desk/referrals/{made.pk}/"


def test_without_a_ground_nothing_goes_out_and_nothing_typed_is_lost(mihai, town):  # noqa: F811
    for ground in ("", "law"):
        answer = send(mihai, town, ground=ground, request="Something typed")
        assert answer.status_code == 422 and "Something typed" in answer.content.decode()
    assert Referral.objects.count() == 0


def test_a_consent_given_on_the_page_is_recorded_with_it_or_not_at_all(mihai, town):  # noqa: F811
    old_home = str(town.services.old_home.pk)
    before = Consent.objects.count()
    assert send(mihai, town, service=old_home, ground="signed", request=" ").status_code == 422
    assert Consent.objects.count() == before
    assert send(mihai, town, service=old_home, ground="signed").status_code == 302
    given = Consent.objects.order_by("given_at").last()
    assert Consent.objects.count() == before + 1 and given.recipient_id == town.services.old_home.provider.body_id


def test_the_page_its_steps_and_the_way_on(mihai, town, cast, django_assert_max_num_queries):  # noqa: F811
    send(mihai, town)
    made = Referral.objects.get()
    with django_assert_max_num_queries(25):
        page = mihai.get(f"/desk/referrals/{made.pk}/").content.decode()
    assert "A warm meal." in page and "Write down what you were told" in page
    told = {"state": "declined", "reason": "no_places", "note": "by telephone"}
    assert mihai.post(f"/desk/referrals/{made.pk}/told/", told).status_code == 302
    again = f"/desk/referrals/need/{town.need.pk}/?again={made.pk}"
    assert again in mihai.get(f"/desk/referrals/{made.pk}/").content.decode()
    send(
        mihai, town, service=str(town.services.old_home.pk), ground="spoken", again=str(made.pk),
        key="0194a1b2-0000-7000-8000-000000000002",
    )  # fmt: skip
    later = Referral.objects.get(previous=made)
    assert Referral.objects.get(pk=made.pk).state == "closed"
    page = mihai.get(f"/desk/referrals/{later.pk}/").content.decode()
    assert "Sent one after another" in page
    accept(referral=later.pk, actor=cast.oana, at=timezone.now())
    assert "Oana Bucur" in mihai.get(f"/desk/referrals/{later.pk}/").content.decode()


def test_a_link_is_shown_once_and_taken_back(mihai, town):  # noqa: F811
    send(mihai, town)
    made = Referral.objects.get()
    page = mihai.post(f"/desk/referrals/{made.pk}/link/", {"days": "7"})
    text = page.content.decode()
    address = text.split('<bdi dir="ltr">')[1].split("<")[0]
    assert page["Referrer-Policy"] == "same-origin" and "<svg" in text and "style=" not in text
    assert Client().get(address.removeprefix("http://testserver")).status_code == 200
    here = mihai.get(f"/desk/referrals/{made.pk}/").content.decode()
    assert address not in here and "opens" in here
    from vatra.foundation.access.models import SignedLink

    mihai.post(f"/desk/referrals/{made.pk}/link/{SignedLink.objects.get().pk}/end/")
    assert Client().get(address.removeprefix("http://testserver")).status_code == 410
    assert mihai.post(f"/desk/referrals/{made.pk}/link/", {"days": "700"}).status_code == 422


def test_the_list_and_my_day_lead_there(mihai, town, cast, django_assert_max_num_queries):  # noqa: F811
    send(mihai, town)
    made = Referral.objects.get()
    with django_assert_max_num_queries(15):
        assert "Maria Mureșan" in mihai.get("/desk/referrals/").content.decode()
    for which in ("late", "answered", "ended", "all"):
        assert mihai.get("/desk/referrals/", {"which": which, "mine": "1"}).status_code == 200
    decline(referral=made.pk, reason="too_far", actor=cast.petra, at=timezone.now())
    assert f"/desk/referrals/{made.pk}/" in mihai.get("/desk/day/").content.decode()


def test_who_works_elsewhere_or_on_other_things_sees_none_of_it(mihai, town):  # noqa: F811
    send(mihai, town)
    made = Referral.objects.get()
    for username, status in (("sami", 403), ("elena", 403), ("petra", 403)):
        client = as_user(username)
        for address in (f"/desk/referrals/{made.pk}/", "/desk/referrals/", f"/desk/referrals/need/{town.need.pk}/"):
            assert client.get(address).status_code == status, (username, address)
        assert client.post(f"/desk/referrals/{made.pk}/withdraw/", {"because": "x"}).status_code == status


def test_the_page_of_the_case_has_its_referrals(mihai, town, django_assert_max_num_queries):  # noqa: F811
    send(mihai, town)
    made = Referral.objects.get()
    page = mihai.get(f"/desk/cases/{town.case.pk}/").content.decode()
    assert f"/desk/referrals/{made.pk}/" in page and f"/desk/referrals/need/{town.need.pk}/" in page


def test_an_earlier_referral_that_is_not_there_is_not_found(mihai, town):  # noqa: F811
    assert send(mihai, town, again="0194a1b2-0000-7000-8000-00000000abcd").status_code == 404
    assert Referral.objects.count() == 0


def test_figures_in_reasons_and_refusals_are_the_readers_own(mihai, town):  # noqa: F811
    """In Arabic a number of places, and a number of days in a refusal, stand in Arabic-Indic digits."""
    page = mihai.get(f"/desk/referrals/need/{town.need.pk}/", {"lang": "ar"}, follow=True).content.decode()
    (reasons,) = (part for part in page.split("</li>\n") if "Îngrijire la domiciliu" in part and "٢" in part)
    assert "It has" not in reasons and " 2 " not in reasons
    send(mihai, town)
    refused = mihai.post(f"/desk/referrals/{Referral.objects.get().pk}/link/", {"days": "700"})
    assert refused.status_code == 422 and "٦٠" in refused.content.decode()


def test_what_belongs_to_referrals_stands_under_referrals(mihai, town):  # noqa: F811
    """And so in the menu: the entry that is marked is the one from which the page is reached."""
    for address in ("/desk/referrals/", f"/desk/referrals/need/{town.need.pk}/"):
        request = mihai.get(address).wsgi_request
        assert [link.label for link in request.navigation if link.here] == ["Referrals"], address
