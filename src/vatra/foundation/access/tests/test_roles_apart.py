"""Two roles that may not go together are kept apart by the database as well, past every command."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from vatra.foundation.access.commands import grant_role
from vatra.foundation.access.models import Role, RoleGrant, User
from vatra.kernel.actor import system
from vatra.kernel.refused import Refused

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


SUMMER, AUTUMN = datetime(2027, 6, 1, tzinfo=UTC), datetime(2027, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "wanted", "together"),
    [
        ((AT, SUMMER), (AT, None), True),
        ((AT, None), (SUMMER, AUTUMN), True),
        ((SUMMER, AUTUMN), (AT, None), True),
        ((AT, AUTUMN), (SUMMER, None), True),
        ((AT, SUMMER), (SUMMER, None), False),  # one follows the other
        ((SUMMER, AUTUMN), (AT, SUMMER), False),
    ],
)
def test_a_grant_that_runs_out_by_itself_is_kept_apart_as_long_as_it_runs(user, held, wanted, together):
    """By the command and, past it, by the database."""
    RoleGrant.objects.create(user=user, role_id="prepares", valid_from=held[0], valid_until=held[1], because="x")
    given = dict(valid_from=wanted[0], valid_until=wanted[1], because="x")
    by_command = partial(
        grant_role, user=user, role="approves", because="x", actor=system("tests"), at=wanted[0], until=wanted[1]
    )
    if not together:
        RoleGrant.objects.create(user=user, role_id="approves", **given).delete()
        by_command()
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, role_id="approves", **given)
    with pytest.raises(Refused) as refused:
        by_command()
    assert refused.value.code == "incompatible_roles"
