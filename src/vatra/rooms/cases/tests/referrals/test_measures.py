"""What is counted of referrals."""

from datetime import timedelta

from conftest import NOON

from vatra.foundation.catalogue.measures import measure, month
from vatra.rooms.cases.commands import accept, decline, give_outcome, refer_again, start
from vatra.rooms.people.commands import seal_household

from . import referral_cast as said


def figures(code: str) -> list[tuple[int, int]]:
    return [(row.value, row.of) for row in measure(f"cases.{code}").rows(month(NOON.date()))]


def test_answers_days_and_outcomes(cast, town, sent, offices):
    decline(referral=sent.pk, reason="no_places", actor=cast.petra, at=NOON + timedelta(days=2))
    given = said.consent(town, offices.adapost, cast.mihai)
    again = refer_again(
        referral=sent.pk, service=town.services.old_home, consent=given.pk, request="x", fields=["name"],
        actor=cast.mihai, at=NOON + timedelta(days=2),
    )  # fmt: skip
    for act in (accept, start):
        act(referral=again.pk, actor=cast.oana, at=NOON + timedelta(days=6))
    assert figures("referrals") == [(2, 0)]
    assert figures("days_to_answer") == [(2 + 4, 2)]
    assert figures("referrals_accepted") == [(1, 2)]
    assert figures("outcome_reached") == []
    give_outcome(referral=again.pk, outcome="broken_off", actor=cast.oana, at=NOON + timedelta(days=7))
    assert figures("outcome_reached") == [(0, 1)]


def test_rows_of_sealed_files_are_marked(cast, town, sent):
    assert [row.sealed for row in measure("cases.referrals").rows(month(NOON.date()))] == [False]
    seal_household(household=town.household.pk, because="danger", team=[cast.mihai.id], actor=cast.doina, at=NOON)
    assert [row.sealed for row in measure("cases.referrals").rows(month(NOON.date()))] == [True]
