from datetime import timedelta
from uuid import UUID

import pytest
from conftest import NOON, TODAY

from vatra.kernel.actor import system
from vatra.kernel.refused import Refused
from vatra.rooms.staff import commands, queries

BY = {"actor": system("test"), "at": NOON}


def test_a_post_is_held_until_the_day_it_ends(cast, offices):
    user = UUID(cast.elena.id)
    post = commands.appoint(user=user, office=offices.elsewhere.pk, title={"en": "Guest"}, valid_from=TODAY, **BY)
    assert queries.post_of(user, on=TODAY).pk == post.pk
    commands.end_post(post=post, on=TODAY + timedelta(days=5), **BY)
    assert queries.post_of(user, on=TODAY + timedelta(days=4)).pk == post.pk
    assert queries.post_of(user, on=TODAY + timedelta(days=5)).office_id == offices.spas.pk
    with pytest.raises(Refused):
        commands.end_post(post=post, on=TODAY + timedelta(days=9), **BY)


def test_who_works_in_an_office(cast, offices, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [post.user.name for post in queries.posts_in(offices.elsewhere.pk, on=TODAY)] == ["Sami Haddad"]


def test_nobody_stands_in_for_themselves_and_no_post_ends_before_it_begins(cast, offices):
    user = UUID(cast.elena.id)
    own = queries.post_of(user, on=TODAY)
    said = {"user": user, "office": offices.spas.pk, "title": {"en": "x"}, "valid_from": TODAY}
    with pytest.raises(Refused):
        commands.appoint(**said, substitutes=own, **BY)
    with pytest.raises(Refused):
        commands.appoint(**said, valid_until=TODAY, **BY)
