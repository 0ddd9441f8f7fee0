"""Nobody reads a name that is not theirs to read: every address, as every role, whole bodies."""

import pytest
from conftest import CAST
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from vatra.config import urls
from vatra.foundation.access.scope import ScopedQuerySet
from vatra.rooms.people.models import Name
from vatra.web.actions import PUBLIC, needs

from .crawler import crawl
from .scene import Scene, set_up

pytestmark = pytest.mark.slow
EVERYBODY = [None, *CAST]


@pytest.fixture
def scene(cast, definitions, offices) -> Scene:
    return set_up(cast, offices)


@needs(PUBLIC)
def leaking(request: HttpRequest) -> HttpResponse:
    return HttpResponse(", ".join(Name.objects.values_list("family", flat=True)))


PLANTED = (path("planted/", leaking),)
urlpatterns = [*PLANTED, *urls.urlpatterns]  # the menu of every page still finds its addresses


def test_no_body_says_what_its_reader_may_not_know(scene):
    leaks, read = crawl(scene, EVERYBODY)
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
    assert {leak.whose for leak in leaks} == {"open", "sealed", "foreign"}
