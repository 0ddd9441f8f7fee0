"""Rules with effect in the past: which determinations are to be looked at again, and who sees them."""

from datetime import date

import pytest
from conftest import NOON, TODAY
from django.urls import reverse

from vatra.foundation.access.models import User
from vatra.foundation.worklist.queries import waiting_for
from vatra.kernel.actor import system
from vatra.rooms.benefits.commands import apply
from vatra.rooms.benefits.models import Determination
from vatra.rooms.benefits.queries import to_take_again
from vatra.rooms.programmes import commands, queries


@pytest.fixture
def determined(family, town):
    """The family's heating aid, determined today under the first rules."""
    family.say(family.home, "excluding_asset", "none")
    family.say(family.home, "children_income", 0)
    apply(
        household=family.home, programme="heating-aid", applicant=family.maria, beneficiary=family.maria,
        filed_on=TODAY, language="ro", actor=town.elena, at=NOON,
    )  # fmt: skip
    assert Determination.objects.filter(programme__code="heating-aid").exists()
    return family


def republish(day):
    """The same rules with another limit, drafted by one and published by another, in force from a day."""
    first = queries.versions(queries.programme("heating-aid")).last()
    text = first.text.replace("2021-11-01: 2053 RON", "2021-11-01: 2054 RON")
    draft = commands.draft_ruleset(programme=first.programme, text=text, cases=CASES, actor=system("one"), at=NOON)
    return commands.publish_ruleset(ruleset=draft, effective_from=day, actor=system("two"), at=NOON, today=TODAY)


CASES = """
ruleset: heating-aid
cases:
  - name: in summer nobody
    on: 2026-07-01
    given: {members: [{id: a}]}
    expect: {status: not_entitled}
"""


def test_what_was_determined_for_days_that_new_rules_cover_is_listed(determined, town, django_assert_max_num_queries):
    after = republish(date(2026, 11, 1))
    with django_assert_max_num_queries(5):
        rows, further = to_take_again(after, actor=town.ioana)
    assert [(row.household, row.beneficiary, row.version) for row in rows] == [
        (determined.home.number, "Maria Popescu", 1)
    ]
    assert further == ""


def test_days_before_the_new_rules_or_after_still_newer_ones_are_not_listed(determined, town):
    republish(date(2026, 11, 15))  # the version that covers today
    earlier = republish(date(2026, 9, 1))
    assert to_take_again(earlier, actor=town.ioana)[0] == []
    assert to_take_again(republish(date(2026, 12, 1)), actor=town.ioana)[0] == []


def test_another_office_sees_none_of_them(determined, town):
    after = republish(date(2026, 11, 1))
    assert to_take_again(after, actor=town.sami)[0] == []
    assert len(to_take_again(after, actor=town.ioana)[0]) == 1


def test_the_work_waits_for_the_benefits_officer_until_they_have_looked(determined, town, client):
    after = republish(date(2026, 11, 1))
    (item,) = [i for i in waiting_for(town.ioana) if i.kind == "programmes.backdated"]
    client.force_login(User.objects.get(username="ioana"))
    address = reverse("programme_again", args=["heating-aid", after.pk])
    assert address in client.get("/desk/day/").text
    page = client.get(address)
    assert determined.home.number in page.text and page.status_code == 200
    client.post(address)
    assert item.key not in {i.key for i in waiting_for(town.ioana)}
