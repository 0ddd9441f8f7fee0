"""Somebody of the cast at a browser."""

import pytest

from vatra.foundation.access.models import User


@pytest.fixture
def desk(client, cast):
    """A browser in front of which somebody sits: `desk("elena")`."""

    def sit(name):
        client.force_login(User.objects.get(username=name))
        return client

    return sit
