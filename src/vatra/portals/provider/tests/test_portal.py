"""The provider's portal and signed links: exactly what was told, and nothing else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vatra.foundation.access import commands as access
from vatra.foundation.access.models import LinkTry, SignedLink, User
from vatra.foundation.audit.models import Event
from vatra.rooms.cases.commands import make_link, send_referral, withdraw_referral
from vatra.rooms.cases.models import Referral
from vatra.rooms.cases.tests.referrals import referral_cast as said
from vatra.rooms.cases.tests.referrals.conftest import town  # noqa: F401

HIDDEN = (said.STREET, "Andrei", "1954", "cannot cook", "SPAS-0", "C-")


@pytest.fixture
def sent(town, cast):  # noqa: F811
    return send_referral(
        case=town.case, need=town.need, person=town.person.pk, service=town.services.home_care, consent=town.consent.pk,
        request="A warm meal each day.", fields=["name", "age"], actor=cast.mihai, at=timezone.now(),
    )  # fmt: skip


def as_user(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def link_to(sent, cast, days: int = 14) -> tuple[SignedLink, str]:
    now = timezone.now()
    link, token = make_link(referral=sent.pk, expires_at=now + timedelta(days=days), actor=cast.mihai, at=now)
    return link, f"/provider/link/{token}/"


def text(answer) -> str:
    return answer.content.decode()


def test_the_inbox_and_the_page_say_what_was_told(sent, cast, django_assert_max_num_queries):
    petra = as_user("petra")
    with django_assert_max_num_queries(12):
        inbox = text(petra.get("/provider/"))
    assert "Maria Mureșan" in inbox and "1/2026" in inbox
    with django_assert_max_num_queries(40):  # the first opening writes that it was seen
        petra.get(f"/provider/referrals/{sent.pk}/")
    with django_assert_max_num_queries(16):
        page = text(petra.get(f"/provider/referrals/{sent.pk}/"))
    assert "A warm meal each day." in page and "Maria Mureșan" in page
    for hidden in HIDDEN:
        assert hidden not in page and hidden not in inbox
    assert Referral.objects.get(pk=sent.pk).state == "seen"


def test_the_inbox_does_not_grow_by_queries(town, cast, django_assert_max_num_queries):  # noqa: F811
    for n in range(6):
        send_referral(
            case=town.case, person=town.person.pk, service=town.services.home_care, consent=town.consent.pk,
            request=f"Help {n}", fields=["name"], actor=cast.mihai, at=timezone.now(),
        )  # fmt: skip
    petra = as_user("petra")
    with django_assert_max_num_queries(12):
        assert text(petra.get("/provider/")).count("Maria Mureșan") == 6


def test_a_provider_answers_step_by_step(sent):
    petra = as_user("petra")
    page = f"/provider/referrals/{sent.pk}/"
    petra.get(page)
    refused = petra.post(page + "declined/", {"note": "sorry"})
    assert refused.status_code == 422 and "sorry" in text(refused)
    assert petra.post(page + "waiting/", {"note": "two weeks"}).status_code == 302
    for step in ("accepted", "started", "delivered"):
        assert petra.post(page + f"{step}/").status_code == 302
    assert petra.post(page + "outcome/", {"outcome": "reached"}).status_code == 302
    assert Referral.objects.get(pk=sent.pk).state == "outcome"
    assert petra.post(page + "closed/").status_code == 404, "closing is the sender's"
    assert petra.post(page + "accepted/").status_code == 422


def test_another_provider_and_the_sender_do_not_answer_here(sent):
    for username, status in (("oana", 404), ("sami", 404), ("mihai", 404), ("radu", 403)):
        client = as_user(username)
        assert client.get(f"/provider/referrals/{sent.pk}/").status_code == status
        assert client.post(f"/provider/referrals/{sent.pk}/accepted/").status_code == status
    assert Referral.objects.get(pk=sent.pk).state == "sent"


def test_a_provider_has_no_way_into_the_desk(sent, town):  # noqa: F811
    petra = as_user("petra")
    assert petra.get("/desk/").headers["Location"] == "/provider/"
    for address in (
        "/desk/register/", f"/desk/household/{town.household.pk}/", f"/desk/household/{town.household.pk}/window/",
    ):  # fmt: skip
        assert petra.get(address).status_code == 403
        assert "Maria" not in text(petra.get(address))
    page = text(petra.get("/provider/"))
    assert "/desk/" not in page, "no officer's navigation, no search box"


def test_signing_in_leads_where_one_works(db, cast, settings):
    from vatra.foundation.access.models import User

    for username, where in (("petra", "/provider/"), ("elena", "/desk/")):
        user = User.objects.get(username=username)
        user.set_password("a-long-password-1")
        user.save()
        answer = Client().post("/accounts/login/", {"login": username, "password": "a-long-password-1"})
        assert (answer.status_code, answer.headers.get("Location")) == (302, where)


def test_a_provider_says_its_own_places(town, cast):  # noqa: F811
    petra = as_user("petra")
    own, other = town.services.home_care.pk, town.services.old_home.pk
    assert text(petra.get("/provider/places/")).count("places/") and "Cămin" not in text(petra.get("/provider/places/"))
    assert petra.post(f"/provider/places/{own}/", {"capacity": "5", "free": "٢"}).status_code == 302
    assert petra.post(f"/provider/places/{own}/", {"capacity": "1", "free": "2"}).status_code == 422
    assert petra.post(f"/provider/places/{own}/", {"capacity": "many", "free": ""}).status_code == 422
    assert petra.post(f"/provider/places/{other}/", {"capacity": "5", "free": "2"}).status_code == 404
    assert as_user("elena").get("/provider/places/").status_code == 403


# --- signed links ---------------------------------------------------------------------------------------------------


def test_a_link_shows_and_answers_without_an_account(sent, cast):
    _, address = link_to(sent, cast)
    stranger = Client()
    page = stranger.get(address)
    assert page.status_code == 200 and "A warm meal each day." in text(page)
    for hidden in (*HIDDEN, "/desk/", "/accounts/"):
        assert hidden not in text(page)
    assert page["Referrer-Policy"] == "same-origin" and "no-store" in page["Cache-Control"]
    assert stranger.post(address, {"step": "declined"}).status_code == 422
    assert stranger.post(address, {"step": "declined", "reason": "no_places"}).status_code == 302
    row = Referral.objects.get(pk=sent.pk)
    assert (row.state, row.decline_reason) == ("declined", "no_places")
    assert Event.objects.filter(kind="access.link_opened", actor_kind="link").exists()
    assert address.split("/")[3] not in repr(list(SignedLink.objects.values())), "only its hash is kept"


def test_looking_changes_nothing_but_that_it_was_seen(sent, cast):
    _, address = link_to(sent, cast)
    stranger = Client()
    stranger.get(address, {"step": "accepted"})
    stranger.get(address, {"step": "accepted"})
    assert Referral.objects.get(pk=sent.pk).state == "seen"


@pytest.mark.parametrize("end", ["expired", "revoked", "withdrawn", "consent"])
def test_a_link_that_has_ended_says_whom_to_ask_and_nothing_else(sent, cast, town, end):  # noqa: F811
    from vatra.rooms.people.commands import withdraw_consent

    link, address = link_to(sent, cast)
    now = timezone.now()
    if end == "expired":
        SignedLink.objects.filter(pk=link.pk).update(
            made_at=now - timedelta(days=3), expires_at=now - timedelta(days=1)
        )
    elif end == "revoked":
        access.revoke_link(link=link.pk, actor=cast.mihai, at=now)
    elif end == "withdrawn":
        withdraw_referral(referral=sent.pk, because="moved", actor=cast.mihai, at=now)
    else:
        withdraw_consent(consent=town.consent.pk, actor=cast.mihai, at=now)
    for answer in (Client().get(address), Client().post(address, {"step": "accepted"})):
        assert answer.status_code == 410
        assert "Serviciul Public" in text(answer) and "1/2026" in text(answer)
        for hidden in ("Maria", "warm meal", *HIDDEN):
            assert hidden not in text(answer)
    assert Referral.objects.get(pk=sent.pk).state in ("sent", "withdrawn")


def test_a_wrong_link_says_nothing_and_many_are_slowed_down(db):
    stranger = Client()
    for _ in range(access.WRONG_TRIES):
        assert stranger.get("/provider/link/not-a-token/").status_code == 404
    assert stranger.get("/provider/link/not-a-token/").status_code == 429
    assert LinkTry.objects.filter(link=None).count() == access.WRONG_TRIES


def test_a_right_link_opens_however_many_strangers_guessed(sent, cast):
    """All who come through one gateway have one address: guesses there lock nobody out."""
    for _ in range(access.WRONG_TRIES + 1):
        Client().get("/provider/link/not-a-token/")
    _, address = link_to(sent, cast)
    assert Client().get(address).status_code == 200
    assert Client().get("/provider/link/not-a-token/").status_code == 429


def test_one_link_opens_so_often_and_no_more(sent, cast, monkeypatch):
    monkeypatch.setattr(access, "OPENINGS", 3)
    _, address = link_to(sent, cast)
    assert [Client().get(address).status_code for _ in range(5)] == [200, 200, 200, 429, 429]


def test_a_link_that_forgets_to_expire_is_caught(sent, cast, monkeypatch):
    """The faulty control: with the clock taken out of the check, an old link still opens the referral."""
    from vatra.foundation.access import queries, scope
    from vatra.kernel.actor import Actor, ActorKind
    from vatra.kernel.refused import NoGrant
    from vatra.rooms.cases.queries.received import received

    link, _ = link_to(sent, cast)
    now = timezone.now()
    SignedLink.objects.filter(pk=link.pk).update(made_at=now - timedelta(days=3), expires_at=now - timedelta(days=1))
    holder = Actor(ActorKind.LINK, str(link.pk))
    with pytest.raises(NoGrant):
        received(holder)
    assert scope.live_link is queries.live_link
    monkeypatch.setattr(scope, "live_link", lambda id: SignedLink.objects.filter(pk=id).first())
    assert received(holder) != []
