"""Somebody of the cast at a browser; the town with its pack."""

import pytest
from django.test import Client

from vatra.foundation.access.models import User
from vatra.kernel.actor import Actor
from vatra.rooms.benefits.tests.conftest import family, town

__all__ = ["desk", "family", "signed_in", "town"]


@pytest.fixture
def desk(client, cast):
    """A browser in front of which somebody sits: `desk("elena")`."""

    def sit(name):
        client.force_login(User.objects.get(username=name))
        return client

    return sit


@pytest.fixture
def signed_in(db):
    """A browser of its own for each actor."""

    def of(actor: Actor) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=actor.id))
        return client

    return of
