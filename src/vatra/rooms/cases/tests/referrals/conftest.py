"""Fixtures of the tests of referrals."""

from types import SimpleNamespace

import pytest

from . import referral_cast as said


@pytest.fixture
def town(cast, offices, definitions) -> SimpleNamespace:
    """A widow with an open case and a need, a directory, and her consent for the provider of home care."""
    said.words()
    services = said.directory(offices)
    household = said.family(cast, offices)
    made = said.a_case(household, cast.mihai)
    given = said.consent(made, offices.caritas, cast.mihai)
    return SimpleNamespace(
        household=household, case=made.case, need=made.need, person=made.person, consent=given, services=services
    )


@pytest.fixture
def sent(town, cast):
    """Her need sent to home care, with her name, age and telephone."""
    from conftest import NOON

    from vatra.rooms.cases.commands.referrals import send_referral

    return send_referral(
        case=town.case, need=town.need, person=town.person.pk, service=town.services.home_care, consent=town.consent.pk,
        request="Please bring a warm meal each day.", fields=["name", "age", "phone"], actor=cast.mihai, at=NOON,
    )  # fmt: skip
