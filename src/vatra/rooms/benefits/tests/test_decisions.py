"""Draft, report, countersignature, signature: by different people, frozen, delivered, appealed in time."""

from datetime import date, timedelta

import pytest
from conftest import NOON, TODAY
from django.db import IntegrityError, transaction

from vatra.foundation.docket.models import Deadline
from vatra.foundation.letters.queries import check
from vatra.foundation.worklist.queries import waiting_for
from vatra.kernel.moves import IllegalMove
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.benefits.commands import (
    countersign,
    draft_decision,
    record_delivery,
    report,
    return_draft,
    sign,
    withdraw,
)  # fmt: skip
from vatra.rooms.benefits.models import Decision
from vatra.rooms.benefits.queries import number_of


def kinds(actor):
    return [item.kind for item in waiting_for(actor)]


def test_it_passes_from_hand_to_hand(papers_seen, town):
    decision = draft_decision(application=papers_seen, actor=town.ioana, at=NOON)
    assert decision.grants and kinds(town.doina)[0] == "benefits.report"
    report(decision=decision, reason="Ancheta socială confirmă.", actor=town.doina, at=NOON)
    assert kinds(town.vasile) == ["benefits.countersign"]
    countersign(decision=decision, actor=town.vasile, at=NOON)
    assert kinds(town.radu) == ["benefits.sign"]
    signed = sign(decision=decision, actor=town.radu, at=NOON)
    assert number_of(signed.entry) == "1/2026" and signed.entry.register.code == "decision"
    papers_seen.refresh_from_db()
    assert papers_seen.state == "decided" and kinds(town.radu) == []
    assert "benefits.deliver" in kinds(town.elena)


def test_the_letter_says_amount_reasons_law_and_appeal_in_her_language(signed):
    said = signed.letter.content
    assert (said["language"], signed.letter.template_code) == ("ar", "decision_granting")
    assert "٢٨٨" in said["parts"]["particulars"][0]["value"]["said"]
    assert said["parts"]["reasons"] and all(reason["holds"] for reason in said["parts"]["reasons"])
    assert "Legea 554/2004" in said["texts"]["appeal"]["said"] and "٣٠" in said["texts"]["appeal"]["said"]
    assert "Tribunalul" in said["texts"]["appeal_court"]["said"]
    assert [each["name"]["said"] for each in said["signatures"]] == ["Radu Câmpean", "Vasile Suciu"]
    assert check(said["check"]["code"]).number == "1"


def test_a_refusal_names_the_clause_that_fails(known_family, papers_seen, town):
    known_family.say(known_family.maria, "net_income", 900000)
    decision = draft_decision(application=papers_seen, actor=town.ioana, at=NOON + timedelta(minutes=1))
    assert not decision.grants
    report(decision=decision, actor=town.doina, at=NOON)
    countersign(decision=decision, actor=town.vasile, at=NOON)
    said = sign(decision=decision, actor=town.radu, at=NOON).letter
    assert said.template_code == "decision_refusing"
    (reason,) = said.content["parts"]["reasons"]
    assert reason["holds"] is False and "٣٬٠٠٠" in reason["said"]["said"]


def test_it_cannot_be_drafted_before_papers_are_seen_or_while_something_is_unknown(applied, papers_seen, family, town):
    from vatra.rooms.benefits.commands import apply

    other = apply(
        household=family.home, programme="emergency-aid", applicant=family.maria, beneficiary=family.maria,
        actor=town.elena, at=NOON,
    )  # fmt: skip
    with pytest.raises(Refused, match="every paper"):
        draft_decision(application=other, actor=town.ioana, at=NOON)
    from vatra.rooms.benefits.commands import see_paper
    from vatra.rooms.benefits.models import Paper

    for code in Paper.objects.filter(application=other).values_list("code", flat=True):
        see_paper(application=other, code=code, seen="original", actor=town.elena, at=NOON)
    with pytest.raises(Refused, match="cannot decide yet"):
        draft_decision(application=other, actor=town.ioana, at=NOON)


def test_nobody_takes_two_steps(papers_seen, town):
    decision = draft_decision(application=papers_seen, actor=town.doina, at=NOON)
    with pytest.raises(Refused, match="earlier step"):
        report(decision=decision, actor=town.doina, at=NOON)
    with pytest.raises(NoGrant):
        report(decision=decision, actor=town.ioana, at=NOON)


def test_no_step_is_skipped(papers_seen, town):
    decision = draft_decision(application=papers_seen, actor=town.ioana, at=NOON)
    with pytest.raises(IllegalMove):
        sign(decision=decision, actor=town.radu, at=NOON)


STEPS = ("drafted_by", "reported_by", "countersigned_by", "signed_by")


@pytest.mark.parametrize(("one", "other"), [(a, b) for n, a in enumerate(STEPS) for b in STEPS[n + 1 :]])
def test_the_database_itself_refuses_one_person_in_two_steps(signed, one, other):
    """The faulty control: code that forgets to ask who took which step cannot store it."""
    values = {other: getattr(signed, one)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=signed.pk).update(**values)
    nobody = {**getattr(signed, one), "id": "somebody-else"}
    Decision.objects.filter(pk=signed.pk).update(**{other: nobody})  # and another person it does store


def test_the_database_refuses_a_signature_without_a_number(signed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=signed.pk).update(entry=None)


def test_a_returned_draft_says_why_and_a_new_one_follows(papers_seen, town):
    decision = draft_decision(application=papers_seen, actor=town.ioana, at=NOON)
    report(decision=decision, actor=town.doina, at=NOON)
    with pytest.raises(Refused, match="Say why"):
        return_draft(decision=decision, because=" ", actor=town.vasile, at=NOON)
    return_draft(decision=decision, because="Lipsește ancheta.", actor=town.vasile, at=NOON)
    assert "benefits.returned" in kinds(town.ioana) and kinds(town.vasile) == []
    again = draft_decision(application=papers_seen, actor=town.ioana, at=NOON)
    assert again.pk != decision.pk and "benefits.returned" not in kinds(town.ioana)


def test_facts_that_change_overtake_a_draft(known_family, papers_seen, town):
    from vatra.rooms.benefits.commands import determine_application

    decision = draft_decision(application=papers_seen, actor=town.ioana, at=NOON)
    report(decision=decision, actor=town.doina, at=NOON)
    later = NOON + timedelta(hours=1)
    known_family.say(known_family.maria, "net_income", 900000, at=later)
    determine_application(application=papers_seen, actor=town.elena, at=later)
    with pytest.raises(Refused, match="Facts changed"):
        countersign(decision=decision, actor=town.vasile, at=later)


def test_a_draft_is_overtaken_even_before_anybody_determined_again(known_family, papers_seen, town):
    decision = draft_decision(application=papers_seen, actor=town.ioana, at=NOON)
    report(decision=decision, actor=town.doina, at=NOON)
    countersign(decision=decision, actor=town.vasile, at=NOON)
    later = NOON + timedelta(hours=1)
    known_family.say(known_family.maria, "net_income", 110000, at=later)  # still entitled, to less
    with pytest.raises(Refused, match="Facts changed"):
        sign(decision=decision, actor=town.radu, at=later)


def test_withdrawing_returns_a_draft(papers_seen, town):
    decision = draft_decision(application=papers_seen, actor=town.ioana, at=NOON)
    withdraw(application=papers_seen, because="found work", actor=town.elena, at=NOON)
    decision.refresh_from_db()
    assert decision.state == "returned" and kinds(town.doina) == []


def test_arrival_starts_the_time_for_appeal_and_a_return_does_not(signed, town):
    record_delivery(decision=signed, way="returned", on=TODAY, actor=town.elena, at=NOON)
    assert not Deadline.objects.filter(ref_id=signed.pk, kind="appeal").exists()
    assert "benefits.deliver" in kinds(town.elena)
    later = NOON + timedelta(days=3)
    record_delivery(
        decision=signed,
        way="handed_over",
        on=date(2026, 11, 24),
        received_by="Maria Popescu",
        actor=town.elena,
        at=later,
    )
    appeal = Deadline.objects.get(ref_id=signed.pk, kind="appeal")
    assert (appeal.starts_on, appeal.due_on) == (date(2026, 11, 24), date(2026, 12, 24))
    assert "benefits.deliver" not in kinds(town.elena)
    with pytest.raises(Refused, match="already"):
        record_delivery(decision=signed, way="posted", on=date(2026, 11, 24), actor=town.elena, at=later)


def test_only_a_signed_decision_is_delivered(papers_seen, town):
    decision = draft_decision(application=papers_seen, actor=town.ioana, at=NOON)
    with pytest.raises(Refused, match="signed"):
        record_delivery(decision=decision, way="handed_over", on=TODAY, actor=town.elena, at=NOON)
