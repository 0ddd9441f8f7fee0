"""Work reaches whoever may do it, once, and never through a closed door."""

from datetime import date, timedelta

import pytest
from conftest import NOON, TODAY

from vatra.foundation.refs import ref
from vatra.foundation.worklist.commands import done, done_for, open_item
from vatra.foundation.worklist.models import Item
from vatra.foundation.worklist.queries import late, waiting_for


@pytest.fixture
def household(offices):
    from vatra.rooms.people.models import Household

    return Household.objects.create(number="TV-1", office=offices.spas, area=offices.town, registered_at=NOON)


def to_draft(household, key="draft:1", **more):
    what = {"kind": "draft", "action": "benefits.draft", "due_on": TODAY, "at": NOON, **more}
    return open_item(key=key, ref=ref(household), office=household.office_id, **what)


def test_who_holds_the_action_in_the_office_sees_it(household, cast):
    item = to_draft(household)
    assert waiting_for(cast.ioana) == [item]
    assert waiting_for(cast.elena) == []  # may not draft
    assert waiting_for(cast.sami) == []  # another office


def test_it_never_comes_twice_and_comes_back_when_it_must(household, cast):
    first = to_draft(household)
    assert to_draft(household, due_on=date(2026, 12, 1)).pk == first.pk
    assert Item.objects.count() == 1
    assert done(key="draft:1", at=NOON) and not done(key="draft:1", at=NOON)
    assert waiting_for(cast.ioana) == []
    again = to_draft(household, at=NOON + timedelta(days=1))
    assert waiting_for(cast.ioana) == [again] and again.pk == first.pk


def test_work_for_one_person_waits_for_them(household, cast):
    item = to_draft(household, action="", user=cast.mihai.id)
    assert [waiting_for(a) for a in (cast.mihai, cast.ioana)] == [[item], []]


def test_a_sealed_household_takes_its_work_out_of_sight(household, cast):
    to_draft(household)
    household.sealed_at = NOON
    household.save()
    assert waiting_for(cast.ioana) == []


def test_the_nearest_day_comes_first_and_late_work_is_known(household, cast):
    to_draft(household, key="b", due_on=None)
    to_draft(household, key="a", due_on=TODAY - timedelta(days=1))
    assert [item.key for item in waiting_for(cast.ioana)] == ["a", "b"]
    assert [item.key for item in late(waiting_for(cast.ioana), TODAY)] == ["a"]
    assert done_for(ref=ref(household), at=NOON) == 2


def test_ten_times_the_work_takes_no_more_queries(household, cast, django_assert_max_num_queries):
    for n in range(20):
        to_draft(household, key=f"k{n}")
    with django_assert_max_num_queries(4):
        assert len(waiting_for(cast.ioana)) == 20
