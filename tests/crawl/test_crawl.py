"""Nobody reads a name that is not theirs to read: every address, as every role, whole bodies."""

import pytest
from conftest import CAST
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from vatra.config import urls
from vatra.foundation.access import scope
from vatra.foundation.access.models import RoleGrant, User
from vatra.foundation.access.scope import ScopedQuerySet
from vatra.rooms.cases.models import Case, Referral
from vatra.rooms.people.models import Name
from vatra.rooms.people.queries import cards
from vatra.rooms.providers.models import Service
from vatra.web.actions import PUBLIC, needs

from .crawler import crawl
from .scene import ASKED, ASKED_SEALED, GONE, OUTSIDER, Scene, set_up

pytestmark = pytest.mark.slow
LINKS = ["link open", "link sealed"]  # who holds a signed link, and no account
EVERYBODY = [None, *CAST, *LINKS, OUTSIDER]  # in this order the three parts take about as long


@pytest.fixture
def scene(cast, definitions, offices) -> "Scene":
    return set_up(cast, offices)


@needs(PUBLIC)
def leaking(request: HttpRequest) -> HttpResponse:
    """All that nobody may say: names, why cases were opened, what was asked of providers, where a shelter stands."""
    said = [
        *Name.objects.values_list("family", flat=True), *Service.objects.values_list("street", flat=True),
        *Case.objects.values_list("reason", flat=True),
    ]  # fmt: skip
    return HttpResponse(", ".join([*said, *(row.payload["request"] for row in Referral.objects.all())]))


PLANTED = (path("planted/", leaking),)
urlpatterns = [*PLANTED, *urls.urlpatterns]  # the menu of every page still finds its addresses


@pytest.mark.once
@pytest.mark.parametrize("readers", [EVERYBODY[::3], EVERYBODY[1::3], EVERYBODY[2::3]], ids=["some", "others", "rest"])
def test_no_body_says_what_its_reader_may_not_know(scene, readers):
    leaks, read = crawl(scene, readers)
    assert not leaks, "\n".join(map(str, leaks[:40]))
    assert read > 9 * 20  # it did read something


def test_a_planted_leak_is_found_by_everybody(scene):
    """The faulty control: one page that says all names."""
    with override_settings(ROOT_URLCONF=__name__):
        leaks, _ = crawl(scene, EVERYBODY, PLANTED)
    found = {(leak.who, leak.whose) for leak in leaks}
    assert found == {(who or "a stranger", whose) for who in EVERYBODY for whose in scene.forbidden(who)}


def test_a_predicate_that_forgets_seals_and_offices_is_found(scene, monkeypatch):
    """The faulty control of the product's own predicate: records visible to all, and the crawl must see it."""
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda self, actor, action: self.all())
    leaks, _ = crawl(scene, ["elena", "sami"])
    assert {leak.whose for leak in leaks} >= {"open", "sealed", "foreign"}


def test_a_name_that_stays_behind_is_found(scene, monkeypatch):
    """The faulty control of who left the open file for the sealed one: records that name everybody they speak of."""
    monkeypatch.setattr(cards, "_known_to", lambda actor: Q())
    leaks, _ = crawl(scene, ["ioana"], only="desk/entitlements/")
    assert {(leak.whose, leak.word) for leak in leaks} == {("sealed", GONE)}


def test_a_case_that_forgets_its_seal_is_found(scene):
    """The faulty control of the sealed case in the open file: without its seal a colleague reads it."""
    Case.objects.filter(household=scene.open).update(sealed_at=None)
    leaks, _ = crawl(scene, [OUTSIDER], only="desk/cases/")
    assert {leak.whose for leak in leaks} == {"sealed case"}


def test_each_link_opens_its_referral_and_says_nothing_else(scene):
    """What was asked is read, so the crawl did open it; and nothing that is not theirs."""
    for who, asked in (("link open", ASKED), ("link sealed", ASKED_SEALED)):
        page = Client().get(f"/provider/link/{scene.tokens[who]}/")
        assert asked in page.content.decode()
    for who, asked in (("petra", ASKED), ("oana", ASKED_SEALED)):
        client = Client()
        client.force_login(User.objects.get(username=who), "allauth.account.auth_backends.AuthenticationBackend")
        sent = Referral.objects.get(to_body=RoleGrant.objects.get(user__username=who).office)
        assert asked in client.get(f"/provider/referrals/{sent.pk}/").content.decode()


def test_a_recipients_reach_without_its_body_is_found(scene, monkeypatch):
    """The faulty control of the recipients' part: what was sent to anybody opens for everybody."""
    monkeypatch.setattr(scope, "_addressed", lambda *given: Q())
    leaks, _ = crawl(scene, ["petra", "link open"], only="provider/")
    assert {(leak.who, leak.whose) for leak in leaks} >= {("petra", "sealed referral"), ("petra", "shelter")}
