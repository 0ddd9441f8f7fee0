"""Who sees what."""

from datetime import timedelta

import pytest
from conftest import LONG_AGO

from vatra.foundation.access.commands import tie, untie
from vatra.foundation.refs import ref
from vatra.kernel.refused import NoGrant
from vatra.rooms.people.models import Household


@pytest.fixture
def household(offices) -> Household:
    return Household.objects.create(number="T-1", office=offices.spas, area=offices.town, registered_at=LONG_AGO)


def seen_by(actor, action="people.view") -> int:
    return Household.objects.visible_to(actor, action).count()


def test_an_officer_sees_their_own_office_and_not_another(cast, household):
    assert seen_by(cast.elena) == 1
    assert seen_by(cast.sami) == 0


def test_who_holds_the_action_nowhere_is_told_so(cast, household):
    with pytest.raises(NoGrant):
        seen_by(cast.rozalia)


def test_a_sealed_household_is_not_there_except_for_who_is_tied_to_it(cast, household):
    Household.objects.update(sealed_at=LONG_AGO)
    assert seen_by(cast.elena) == 0
    tie(
        ref=ref(household),
        user=cast.sami.id,
        action_class="view",
        because="shelter team",
        actor=cast.doina,
        at=LONG_AGO,
    )
    assert seen_by(cast.sami) == 1
    assert seen_by(cast.sami, "people.record") == 0, "seeing is not working"
    untie(ref=ref(household), user=cast.sami.id, actor=cast.doina, at=LONG_AGO)
    assert seen_by(cast.sami) == 0


def test_a_tie_ends_when_it_says(cast, household):
    Household.objects.update(sealed_at=LONG_AGO)
    tie(
        ref=ref(household), user=cast.sami.id, action_class="view", because="emergency", actor=cast.doina,
        at=LONG_AGO, until=LONG_AGO + timedelta(days=1),
    )  # fmt: skip
    assert seen_by(cast.sami) == 0


def test_a_tie_gives_no_power(cast, household):
    tie(ref=ref(household), user=cast.sami.id, action_class="work", because="x", actor=cast.doina, at=LONG_AGO)
    with pytest.raises(NoGrant):
        seen_by(cast.sami, "benefits.sign")
