"""A demonstration says so on every page; an installation for real people does not."""

import dataclasses

import pytest
from django.conf import settings


@pytest.mark.parametrize(("demo", "says"), [(True, True), (False, False)])
def test_a_demonstration_says_that_its_people_are_invented(client, db, monkeypatch, demo, says):
    monkeypatch.setattr(settings, "VATRA", dataclasses.replace(settings.VATRA, demo=demo))
    html = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert ("everybody here is invented" in html) is says
