"""Consent, representation, seals, the trail, erasure."""

from datetime import date, timedelta

import pytest
from conftest import LONG_AGO, NOON, TODAY

from vatra.foundation.audit.models import About, Event
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.people.commands import (
    NewFact,
    PersonDraft,
    end_membership,
    end_representation,
    erase_person,
    give_consent,
    lift_hold,
    open_file,
    place_hold,
    record_facts,
    register_household,
    represent,
    seal_household,
    unseal_household,
    withdraw_consent,
)  # fmt: skip
from vatra.rooms.people.models import Contact, Dwelling, Household, Identifier, Identity, Name, NameKey, Person
from vatra.rooms.people.queries import consented, consents_of, household_card, search, who_opened

from .conftest import ION, MARIA

NOW = NOON + timedelta(days=1)


def test_no_consent_means_no(cast, family, persons, offices):
    maria = persons["Maria"]

    def agreed(**more):
        return consented(maria.pk, purpose="referral", on=TODAY, known_at=NOW, **more)

    assert not agreed()
    consent = give_consent(person=maria, purpose="referral", how="signed", recipient=offices.elsewhere.pk,
                           actor=cast.elena, at=NOON)  # fmt: skip
    assert agreed(recipient=offices.elsewhere.pk)
    assert not agreed(), "not for everybody"
    withdraw_consent(consent=consent.pk, actor=cast.elena, at=NOW)
    assert not agreed(recipient=offices.elsewhere.pk)
    assert consented(maria.pk, purpose="referral", on=TODAY, known_at=NOON, recipient=offices.elsewhere.pk)
    assert [c.purpose for c in consents_of([maria.pk])] == ["referral"]
    with pytest.raises(Refused):
        withdraw_consent(consent=consent.pk, actor=cast.elena, at=NOW)


def test_a_consent_ends_on_its_day(cast, family, persons):
    give_consent(person=persons["Maria"], purpose="referral", how="spoken", expires_on=TODAY, actor=cast.elena, at=NOON)
    assert not consented(persons["Maria"].pk, purpose="referral", on=TODAY, known_at=NOW)


def act(cast, person, by, capacity="representative", **more):
    given = {"basis": "parent", "valid_from": TODAY, "actor": cast.elena, "at": NOON} | more
    return represent(person=person, by_person=by, capacity=capacity, **given)


def test_representative_and_payee_are_separate(cast, family, persons):
    act(cast, persons["Ana"], persons["Maria"])
    act(cast, persons["Ana"], persons["Ion"], "payee")
    card = household_card(family.pk, valid_on=TODAY, known_at=NOW, actor=cast.elena)
    assert [(r.person, r.by, r.basis) for r in card.representatives] == [("Ana Popa", "Maria Popa", "parent")]
    assert [r.by for r in card.payees] == ["Ion Popa"]


def test_two_payees_at_once_are_refused(cast, family, persons):
    first = act(cast, persons["Ana"], persons["Ion"], "payee", scope=["child-allowance"])
    with pytest.raises(Refused) as refusal:
        act(cast, persons["Ana"], persons["Maria"], "payee")
    assert refusal.value.code == "second_payee"
    act(cast, persons["Ana"], persons["Maria"], "payee", scope=["home-heating-aid"])
    end_representation(representation=first.pk, on=TODAY, actor=cast.elena, at=NOW)
    act(cast, persons["Ana"], persons["Maria"], "payee", scope=["child-allowance"], at=NOW)
    card = household_card(family.pk, valid_on=TODAY, known_at=NOW, actor=cast.elena)
    assert {p.by for p in card.payees} == {"Maria Popa"}
    then = household_card(family.pk, valid_on=TODAY, known_at=NOON, actor=cast.elena)
    assert "Ion Popa" in {p.by for p in then.payees}, "as it was known then"
    with pytest.raises(Refused):
        end_representation(representation=first.pk, on=TODAY, actor=cast.elena, at=NOW)


def test_a_child_or_oneself_does_not_represent(cast, family, persons):
    for person, by in (("Maria", "Ana"), ("Maria", "Maria")):
        with pytest.raises(Refused):
            act(cast, persons[person], persons[by])


def test_only_who_may_seals_and_says_why(cast, family):
    with pytest.raises(NoGrant):
        seal_household(household=family, because="x", actor=cast.elena, at=LONG_AGO)
    with pytest.raises(Refused):
        seal_household(household=family, because=" ", actor=cast.doina, at=LONG_AGO)
    seal_household(household=family, because="violence", actor=cast.doina, at=LONG_AGO)
    with pytest.raises(Refused):
        seal_household(household=family, because="violence", actor=cast.doina, at=LONG_AGO)
    with pytest.raises(Household.DoesNotExist):
        open_file(household=family, actor=cast.elena, at=NOW)


def test_who_left_before_is_not_sealed_with_the_household(cast, offices, definitions):
    home = register_household(
        office=offices.spas.pk, area=None, since=date(2015, 1, 1), members=[(MARIA, "head"), (ION, "spouse")],
        actor=cast.elena, at=LONG_AGO,
    )  # fmt: skip
    ion = search("Ion Popa", actor=cast.elena)[0].person_id
    end_membership(household=home, person=ion, on=date(2019, 6, 1), actor=cast.elena, at=LONG_AGO)
    seal_household(household=home, because="violence", actor=cast.doina, at=LONG_AGO)
    assert [h.name for h in search("Popa", actor=cast.elena)] == ["Ion Popa"]
    assert search("Popa", actor=cast.elena)[0].household_id is None
    unseal_household(household=home, because="safe", actor=cast.doina, at=NOW)
    assert not Person.objects.filter(sealed_at__isnull=False).exists()


def test_every_opening_is_on_the_trail(cast, family, persons):
    for actor in (cast.elena, cast.mihai):
        open_file(household=family.pk, actor=actor, at=NOW)
    assert [o.by for o in who_opened(family.pk, actor=cast.elena)] == ["Mihai Pop", "Elena Moldovan"]
    event = Event.objects.filter(kind="people.opened").first()
    assert set(About.objects.filter(event=event).values_list("person_id", flat=True)) == {p.pk for p in persons.values()}  # fmt: skip
    with pytest.raises(Household.DoesNotExist):
        who_opened(family.pk, actor=cast.sami)


def test_erasure_blanks_who_they_are_and_keeps_what_was_done(cast, family, persons):
    maria = persons["Maria"]
    record_facts(facts=[NewFact(maria, "net_income", 1, TODAY)], source="declared", actor=cast.elena, at=NOON)
    with pytest.raises(NoGrant):
        erase_person(person=maria, because="asked", actor=cast.elena, at=NOW)
    erase_person(person=maria, because="asked, art. 17", actor=cast.doina, at=NOW)
    for text in ("Maria Popa", "2840517264429", "0744123456"):
        assert maria.pk not in {h.person_id for h in search(text, actor=cast.elena)}
    assert list(Name.objects.filter(person=maria).values_list("full", "given", "family")) == [("", "", "")]
    assert Identity.objects.get(person=maria).display_name == ""
    assert not Contact.objects.filter(person=maria).exclude(value="").exists()
    assert not Identifier.objects.filter(person=maria).exclude(masked="").exists()
    assert not NameKey.objects.filter(person=maria).exists()
    card = household_card(family.pk, valid_on=TODAY, known_at=NOW, actor=cast.elena)
    assert [m.name for m in card.members] == ["", "Ion Popa", "Ana Popa"]
    assert card.address, "others still live there"
    with pytest.raises(Refused):
        record_facts(facts=[NewFact(maria, "net_income", 2, TODAY)], source="declared", actor=cast.elena, at=NOW)
    with pytest.raises(Refused):
        erase_person(person=maria, because="again", actor=cast.doina, at=NOW)
    for name in ("Ion", "Ana"):
        erase_person(person=persons[name], because="asked", actor=cast.doina, at=NOW)
    assert not Dwelling.objects.exclude(line="").exists()
    assert not Event.objects.filter(payload__icontains="Popa").exists()


def test_a_legal_hold_forbids_erasure(cast, family, persons):
    hold = place_hold(person=persons["Maria"], because="court 123/2026", actor=cast.doina, at=NOON)
    with pytest.raises(Refused) as refusal:
        erase_person(person=persons["Maria"], because="asked", actor=cast.doina, at=NOW)
    assert refusal.value.code == "legal_hold"
    assert Identity.objects.get(person=persons["Maria"]).display_name == "Maria Popa"
    lift_hold(hold=hold.pk, because="closed", actor=cast.doina, at=NOW)
    erase_person(person=persons["Maria"], because="asked", actor=cast.doina, at=NOW)


def test_somebody_from_outside_represents_without_being_shown_where_they_may_not_be_seen(cast, family, persons, offices):  # fmt: skip
    from vatra.rooms.people.commands import register_person

    notary = register_person(
        office=offices.spas.pk, draft=PersonDraft(given="Dan", family="Rus", birth_date=date(1970, 1, 1)),
        actor=cast.elena, at=NOON,
    )  # fmt: skip
    act(cast, persons["Maria"], notary, basis="power_of_attorney")
    card = household_card(family.pk, valid_on=TODAY, known_at=NOW, actor=cast.elena)
    assert [r.by for r in card.representatives] == ["Dan Rus"]
    Person.objects.filter(pk=notary.pk).update(sealed_at=NOW)
    card = household_card(family.pk, valid_on=TODAY, known_at=NOW, actor=cast.elena)
    assert [r.by for r in card.representatives] == [""]
