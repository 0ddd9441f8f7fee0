"""A case does not close over the heads of those who were asked to help."""

from types import SimpleNamespace

import pytest
from conftest import NOON

from vatra.kernel.refused import Refused
from vatra.rooms.cases.commands import close_case, close_referral, decline, refer_again, withdraw_referral
from vatra.rooms.cases.commands.referral_steps import number_of
from vatra.rooms.cases.models import Case, CaseType, Need, Referral


@pytest.fixture
def ending(town, cast) -> SimpleNamespace:
    """The case's type has an outcome, and its need is answered as the case closes."""
    CaseType.objects.filter(pk="care").update(definition={"outcomes": [{"code": "done", "title": {"en": "done"}}]})
    by = {"actor": cast.mihai, "at": NOON}

    def close() -> Case:
        return close_case(case=town.case, outcome="done", needs={town.need.pk: ("met", "")}, **by)

    def refused() -> Refused:
        with pytest.raises(Refused) as refusal:
            close()
        return refusal.value

    return SimpleNamespace(close=close, refused=refused, by=by)


def test_an_open_referral_keeps_the_case_open_and_is_named(sent, town, ending):
    refusal = ending.refused()
    assert refusal.code == "referrals_open" and number_of(sent) in str(refusal) and refusal.next_step
    assert Need.objects.get(pk=town.need.pk).state == "open", "what was refused leaves nothing behind"
    withdraw_referral(referral=sent.pk, because="She moves to her daughter.", **ending.by)
    assert ending.close().state == "closed"


def test_an_answer_must_be_taken_note_of(sent, town, cast, ending):
    decline(referral=sent.pk, reason="no_places", actor=cast.petra, at=NOON)
    assert ending.refused().code == "referrals_open"
    close_referral(referral=sent.pk, **ending.by)
    assert ending.close().state == "closed"


def test_each_open_referral_is_named_and_the_ended_are_not(sent, town, cast, ending):
    decline(referral=sent.pk, reason="no_places", actor=cast.petra, at=NOON)
    again = refer_again(
        referral=sent.pk, request="A place.", fields=["age"], service=town.services.old_home, legal_basis="law",
        **ending.by,
    )  # fmt: skip
    values = ending.refused().values
    assert values["numbers"] == number_of(Referral.objects.get(pk=again.pk))
    withdraw_referral(referral=again.pk, because="No longer wanted.", **ending.by)
    assert ending.close().outcome == "done"
