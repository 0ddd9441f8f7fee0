"""Two roles that may not go together are kept apart by the database as well, past every command."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from vatra.foundation.access.models import Role, RoleGrant, User

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def user():
    Role.objects.create(code="prepares", title={}, incompatible_with=["approves"])
    Role.objects.create(code="approves", title={})
    Role.objects.create(code="reads", title={})
    return User.objects.create(username="carmen", name="Carmen", password="!")


def grant(user, role, **more):
    return RoleGrant.objects.create(user=user, role_id=role, valid_from=AT, because="x", **more)


@pytest.mark.parametrize(("first", "second"), [("prepares", "approves"), ("approves", "prepares")])
def test_incompatible_roles_are_refused_in_either_order(user, first, second):
    grant(user, first)
    grant(user, "reads")
    with pytest.raises(IntegrityError), transaction.atomic():
        grant(user, second)
    other = User.objects.create(username="horia", name="Horia", password="!")
    grant(other, second)  # another person may


def test_what_has_ended_is_no_hindrance_until_it_comes_back(user):
    ended = grant(user, "prepares", valid_until=AT)
    grant(user, "approves")
    ended.because = "corrected"
    ended.save()
    ended.valid_until = None
    with pytest.raises(IntegrityError), transaction.atomic():
        ended.save()
