"""From the window to a complete application: number, receipt, checklist, one letter, terms that stand still."""

from datetime import date, timedelta

import pytest
from conftest import NOON, TODAY

from vatra.foundation.docket.models import Deadline
from vatra.foundation.letters.models import Letter
from vatra.foundation.worklist.queries import waiting_for
from vatra.kernel.moves import IllegalMove
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.benefits.commands import (
    apply,
    complete,
    invalidate_paper,
    request_papers,
    see_paper,
    withdraw,
)  # fmt: skip
from vatra.rooms.benefits.models import Application, Determination, Paper
from vatra.rooms.benefits.queries import number_of


def kinds(actor):
    return [item.kind for item in waiting_for(actor)]


def deadline(application, kind="decide"):
    return Deadline.objects.get(ref_id=application.pk, kind=kind)


def ask(family, town, programme="heating-aid", **more):
    what = {"applicant": family.maria, "beneficiary": family.maria, "actor": town.elena, "at": NOON, **more}
    return apply(household=family.home, programme=programme, **what)


def test_an_application_has_a_number_a_receipt_a_checklist_and_a_term(applied, town):
    assert (number_of(applied.entry), applied.state) == ("1/2026", "registered")
    codes = set(Paper.objects.filter(application=applied).values_list("code", flat=True))
    assert codes == {"request", "identity", "income_proof", "housing_title"}  # a heating bill is for gas and current
    due = deadline(applied)
    assert (due.starts_on, due.days, due.verified, due.due_on) == (TODAY, 30, False, date(2026, 12, 21))
    receipt = Letter.objects.get(ref_id=applied.pk, template_code="receipt")
    assert receipt.language == "ar" and receipt.content["dir"] == "rtl"
    assert len(receipt.content["parts"]["bullets"]) == 4
    assert kinds(town.elena) == ["benefits.papers"]


def test_a_determination_is_frozen_where_we_decide(applied):
    frozen = Determination.objects.get(application=applied)
    assert (frozen.status, frozen.amount, frozen.currency) == ("entitled", 28800, "RON")
    assert frozen.frozen["unit"]["members"] and frozen.frozen["facts"] and frozen.frozen["parameters"]
    assert "Popescu" not in str(frozen.frozen)


def test_nothing_is_determined_where_another_decides(known_family, town):
    made = ask(known_family, town, "state-child-allowance", beneficiary=known_family.ion)
    assert not Determination.objects.filter(application=made).exists()
    with pytest.raises(Refused, match="does not decide"):
        from vatra.rooms.benefits.commands import determine_application

        determine_application(application=made, actor=town.elena, at=NOON)


def test_no_second_open_application_for_the_same_person(applied, known_family, town):
    with pytest.raises(Refused, match="1/2026"):
        ask(known_family, town)
    withdraw(application=applied, because="changed her mind", actor=town.elena, at=NOON)
    assert number_of(ask(known_family, town).entry) == "2/2026"


def test_what_cannot_be_is_refused(family, town):
    from vatra.rooms.people.commands import register_person
    from vatra.rooms.people.drafts import PersonDraft

    stranger = register_person(
        office=town.office.pk, draft=PersonDraft(full_name="Altcineva"), actor=town.elena, at=NOON
    )
    with pytest.raises(Refused, match="does not belong"):
        ask(family, town, beneficiary=stranger)
    with pytest.raises(Refused, match="not offered"):
        ask(family, town, "no-such-aid")
    with pytest.raises(Refused, match="has not come"):
        ask(family, town, filed_on=TODAY + timedelta(days=1))
    with pytest.raises(NoGrant):
        ask(family, town, actor=town.radu)
    assert Application.objects.count() == 0


def test_the_last_paper_makes_it_complete_and_it_waits_for_a_draft(papers_seen, town):
    assert papers_seen.state == "complete"
    assert kinds(town.elena) == []
    assert "benefits.draft" in kinds(town.ioana)


def test_complete_says_what_is_missing(applied, town):
    with pytest.raises(Refused, match="4 papers"):
        complete(application=applied, actor=town.elena, at=NOON)


def test_one_dated_letter_asks_for_all_missing_papers_and_the_term_stands_still(applied, town):
    letter = request_papers(application=applied, actor=town.elena, at=NOON)
    assert letter.entry.direction == "out" and len(letter.content["parts"]["bullets"]) == 4
    assert deadline(applied).suspended_on == TODAY
    with pytest.raises(Refused, match="already asked"):
        request_papers(application=applied, actor=town.elena, at=NOON)
    later = NOON + timedelta(days=10)
    for code in ("request", "identity", "income_proof", "housing_title"):
        see_paper(application=applied, code=code, seen="original", actor=town.elena, at=later)
    assert deadline(applied).suspended_on is None
    assert deadline(applied).due_on == date(2026, 12, 31)
    with pytest.raises(Refused, match="No paper"):
        request_papers(application=applied, actor=town.elena, at=later)


def test_a_paper_that_turns_out_invalid_opens_it_again(papers_seen, town):
    invalidate_paper(application=papers_seen, code="identity", because="expired card", actor=town.elena, at=NOON)
    papers_seen.refresh_from_db()
    assert papers_seen.state == "registered"
    assert kinds(town.ioana) == kinds(town.elena) == ["benefits.papers"]


def test_an_expired_paper_and_an_unknown_one_are_refused(applied, town):
    with pytest.raises(Refused, match="expired"):
        see_paper(
            application=applied, code="identity", seen="original", expires_on=date(2026, 1, 1), actor=town.elena,
            at=NOON,
        )  # fmt: skip
    with pytest.raises(Refused, match="checklist"):
        see_paper(application=applied, code="passport", seen="original", actor=town.elena, at=NOON)


def test_withdrawing_ends_the_term_and_the_waiting(papers_seen, town):
    withdraw(application=papers_seen, because="moved away", actor=town.elena, at=NOON)
    assert deadline(papers_seen).met_on == TODAY
    assert kinds(town.ioana) == []
    with pytest.raises(IllegalMove):
        withdraw(application=papers_seen, because="again", actor=town.elena, at=NOON)


def test_another_office_cannot_touch_it(applied, town):
    with pytest.raises(Application.DoesNotExist):
        see_paper(application=applied, code="identity", seen="original", actor=town.sami, at=NOON)
