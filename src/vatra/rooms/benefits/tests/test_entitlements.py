"""A signature entitles; what stands still is not due; who claims twice is named, never silently left out."""

from datetime import date, timedelta

import pytest
from conftest import NOON, TODAY
from django.db import IntegrityError, transaction

from vatra.kernel.days import Period
from vatra.kernel.moves import IllegalMove
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.benefits.commands import (
    apply,
    countersign,
    draft_decision,
    end_entitlement,
    report,
    resume_entitlement,
    see_paper,
    sign,
    suspend_entitlement,
)
from vatra.rooms.benefits.models import Entitlement, EntitlementChange, Paper
from vatra.rooms.benefits.queries import due_entitlements

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
DECEMBER = Period(date(2026, 12, 1), date(2027, 1, 1))


def through(application, town, at=NOON):
    """The four steps of a decision."""
    for code in Paper.objects.filter(application=application, seen="").values_list("code", flat=True):
        see_paper(application=application, code=code, seen="original", actor=town.elena, at=at)
    decision = draft_decision(application=application, actor=town.ioana, at=at)
    report(decision=decision, actor=town.doina, at=at)
    countersign(decision=decision, actor=town.vasile, at=at)
    return sign(decision=decision, actor=town.radu, at=at)


@pytest.fixture
def fire(known_family, town):
    """A fire of yesterday, 4,000 lei of costs."""
    say = known_family.say
    say(known_family.home, "emergency", "fire")
    say(known_family.home, "emergency_on", TODAY - timedelta(days=1))
    say(known_family.home, "emergency_costs", 400000)
    say(known_family.home, "emergency_aid_before", False)
    made = apply(
        household=known_family.home, programme="emergency-aid", applicant=known_family.maria,
        beneficiary=known_family.maria, actor=town.elena, at=NOON,
    )  # fmt: skip
    return through(made, town)


def due(programme="emergency-aid", period=NOVEMBER, at=NOON):
    return due_entitlements(programme=programme, period=period, known_at=at)


def test_a_signature_that_grants_entitles(fire, known_family):
    made = Entitlement.objects.get(decision=fire)
    assert (made.amount, made.currency, made.period, made.state) == (400000, "RON", "once", "active")
    assert made.payer.code == "primaria-tarnaveni" and made.starts_on == TODAY
    (row,) = due()
    assert (row.entitlement_id, row.amount, row.reason_not_payable) == (made.pk, 400000, "")
    assert row.payee_id == known_family.maria.pk and row.period_start == date(2026, 11, 1)


def test_a_refusal_and_an_unsigned_draft_entitle_nobody(known_family, papers_seen, town):
    known_family.say(known_family.maria, "net_income", 900000)
    through(papers_seen, town, NOON + timedelta(minutes=1))
    assert not Entitlement.objects.exists()


def test_what_is_given_once_stays_due_until_a_cycle_takes_it(fire):
    (row,) = due(period=DECEMBER)
    assert row.period_start == date(2026, 11, 1)
    assert due(period=Period(date(2026, 10, 1), date(2026, 11, 1))) == []


def test_it_stands_still_goes_on_and_ends(fire, town):
    made = Entitlement.objects.get(decision=fire)
    with pytest.raises(Refused, match="Say why"):
        suspend_entitlement(entitlement=made, on=TODAY, reason=" ", actor=town.ioana, at=NOON)
    with pytest.raises(NoGrant):
        suspend_entitlement(entitlement=made, on=TODAY, reason="in doubt", actor=town.elena, at=NOON)
    suspend_entitlement(entitlement=made, on=TODAY, reason="in doubt", actor=town.ioana, at=NOON)
    assert [row.reason_not_payable for row in due()] == ["suspended"]
    resume_entitlement(entitlement=made, on=TODAY, actor=town.ioana, at=NOON)
    assert [row.reason_not_payable for row in due()] == [""]
    end_entitlement(
        entitlement=made, on=TODAY - timedelta(days=1), reason="signed by mistake", actor=town.ioana, at=NOON
    )
    assert due() == []
    with pytest.raises(IllegalMove):
        resume_entitlement(entitlement=made, on=TODAY, actor=town.ioana, at=NOON)
    kinds = EntitlementChange.objects.filter(entitlement=made).order_by("id").values_list("kind", flat=True)
    assert sorted(kinds) == ["ended", "granted", "resumed", "suspended"]


def test_the_database_refuses_an_end_without_day_or_reason(fire):
    for wrong in ({"state": "ended"}, {"state": "suspended", "suspended_from": TODAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entitlement.objects.filter(decision=fire).update(**wrong)


def test_two_who_claim_to_be_paid_block_the_payment_by_name(fire, known_family, town):
    """The window refuses a second payee; two records that turn out to be one person bring it nevertheless."""
    from vatra.rooms.people.commands import PersonDraft, register_person, represent
    from vatra.rooms.people.models import Representation

    aunts = [
        register_person(
            office=town.office.pk,
            draft=PersonDraft(full_name=name, birth_date=date(1970, 1, 1)),
            actor=town.elena,
            at=NOON,
        )
        for name in ("Ileana Popescu", "Rodica Popescu")
    ]
    claim = represent(
        person=known_family.maria, by_person=aunts[0], capacity="payee", basis="guardianship",
        valid_from=date(2026, 1, 1), actor=town.elena, at=NOON,
    )  # fmt: skip
    assert [(row.payee_id, row.reason_not_payable) for row in due()] == [(aunts[0].pk, "")]
    claim.pk, claim.by_person = None, aunts[1]
    from vatra.kernel.ids import uuid7

    claim.pk = uuid7(NOON)
    claim._state.adding = True
    claim.save(force_insert=True)
    assert Representation.objects.count() == 2
    assert [(row.payee_id, row.reason_not_payable) for row in due()] == [(None, "competing_payees")]


def test_sealed_and_dead_are_named(fire, known_family):
    from vatra.rooms.people.models import Household, Identity

    Identity.objects.filter(person=known_family.maria).update(died_on=TODAY)
    assert [row.reason_not_payable for row in due()] == ["died"]
    Household.objects.update(sealed_at=NOON)
    assert [row.reason_not_payable for row in due()] == ["sealed"]


def test_records_that_are_one_person_with_two_accounts_are_not_paid_blindly(fire, known_family, town):
    from vatra.rooms.people.commands import PersonDraft, add_account, register_person
    from vatra.rooms.people.models import Person

    again = register_person(
        office=town.office.pk, draft=PersonDraft(full_name="Maria Popescu", birth_date=date(1990, 5, 1)),
        actor=town.elena, at=NOON,
    )  # fmt: skip
    add_account(person=known_family.maria, iban="RO49AAAA1B31007593840000", actor=town.elena, at=NOON)
    add_account(person=again, iban="DE89370400440532013000", actor=town.elena, at=NOON)
    assert [row.reason_not_payable for row in due()] == [""]
    Person.objects.filter(pk=again.pk).update(canonical_id=known_family.maria.pk)
    assert [row.reason_not_payable for row in due()] == ["competing_accounts"]


def test_what_another_body_pays_is_not_due_here(signed):
    assert Entitlement.objects.get(decision=signed).payer.code == "ajpis-mures"
    with pytest.raises(Refused, match="not paid by this authority"):
        due("heating-aid")


def test_a_new_decision_replaces_what_went_on(signed, known_family, town):
    """Heating aid again, after the income rose: the earlier amount ends the day before the new one begins."""
    first = Entitlement.objects.get(decision=signed)
    later = NOON + timedelta(days=30)
    known_family.say(known_family.maria, "net_income", 200000, since=date(2026, 12, 1), at=later)
    made = apply(
        household=known_family.home, programme="heating-aid", applicant=known_family.maria,
        beneficiary=known_family.maria, actor=town.elena, at=later,
    )  # fmt: skip
    second = Entitlement.objects.get(decision=through(made, town, later))
    first.refresh_from_db()
    assert second.replaces == first and first.state == "ended" and first.reason == "replaced"
    assert first.ends_on == second.starts_on - timedelta(days=1) and second.amount != first.amount
    assert EntitlementChange.objects.get(entitlement=second).kind == "changed"


def test_the_number_of_questions_to_the_database_does_not_grow(fire, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        due()


def test_when_the_rules_say_something_else_an_officer_is_asked_and_nothing_ends_by_itself(signed, known_family, town):
    from vatra.foundation.audit.commands import seal
    from vatra.foundation.worklist.queries import waiting_for
    from vatra.rooms.benefits.tasks import redetermine

    def waits():
        while seal(at=NOON):
            pass
        redetermine(at=NOON)
        return [item.kind for item in waiting_for(town.ioana) if item.kind == "benefits.review"]

    assert waits() == []
    known_family.say(known_family.maria, "net_income", 900000, since=date(2026, 11, 1))
    assert waits() == ["benefits.review"]
    assert Entitlement.objects.get(decision=signed).state == "active"
    known_family.say(known_family.maria, "net_income", 90000, since=date(2026, 11, 1), at=NOON + timedelta(minutes=1))
    from vatra.rooms.benefits.tasks import says_otherwise

    assert not says_otherwise(Entitlement.objects.get(decision=signed), at=NOON + timedelta(minutes=2))
