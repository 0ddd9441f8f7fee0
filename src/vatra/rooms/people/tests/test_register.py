"""Registering: nothing missing blocks it, and what is registered is kept as it should be."""

from datetime import date, timedelta

import pytest
from conftest import NOON, TODAY

from vatra.foundation.audit.models import About, Event
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.people import vault
from vatra.rooms.people.commands import (
    PersonDraft,
    add_contact,
    add_identifier,
    add_member,
    add_name,
    correct_person,
    end_membership,
    move_household,
    record_kinship,
    register_household,
    register_person,
)  # fmt: skip
from vatra.rooms.people.models import Contact, Household, Identifier, Identity, Membership, Name, NameKey, Person
from vatra.rooms.people.numbers import told_by
from vatra.rooms.people.queries import household_card, search

from .conftest import ION, MARIA, MOHAMAD, SINCE

LATER = NOON + timedelta(days=1)


@pytest.mark.parametrize(
    "draft",
    [PersonDraft(given="Aylin"), PersonDraft(full_name="Umm Khaled"), PersonDraft(birth_year=1960),
     PersonDraft(mother="Rozalia"), MOHAMAD, PersonDraft(identifiers=[("unhcr", "245-18C00123", None)])],
    ids=["given", "kunya", "year", "mother", "arabic", "number"],
)  # fmt: skip
def test_whatever_is_known_is_enough(cast, offices, definitions, draft):
    person = register_person(office=offices.spas.pk, draft=draft, actor=cast.elena, at=NOON)
    assert Identity.objects.get(person=person).display_name == draft.name
    assert Event.objects.get(kind="people.person_registered").ref_id == person.pk


def test_a_draft_that_says_nothing_is_refused(cast, offices):
    with pytest.raises(Refused) as refusal:
        register_person(office=offices.spas.pk, draft=PersonDraft(language="ro"), actor=cast.elena, at=NOON)
    assert refusal.value.code == "nothing_said"
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "draft",
    [PersonDraft(given="A", birth_year=1492), PersonDraft(given="A", birth_date=date(2000, 1, 1), birth_year=2001),
     PersonDraft(given="A", contacts=[("phone", "12", True)]), PersonDraft(given="A", identifiers=[("cnp", " - ", None)]),
     PersonDraft(full_name="A" * 201), PersonDraft(given="A", contacts=[("phone", "1" * 300, True)])],
    ids=["year", "years", "phone", "number", "long", "long phone"],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_kept(cast, offices, definitions, draft):
    with pytest.raises(Refused):
        register_person(office=offices.spas.pk, draft=draft, actor=cast.elena, at=NOON)
    assert not Person.objects.exists()


def test_nobody_registers_in_an_office_that_is_not_theirs(cast, offices):
    for actor in (cast.sami, cast.rozalia):
        with pytest.raises(NoGrant):
            register_person(office=offices.spas.pk, draft=MARIA, actor=actor, at=NOON)


def test_a_household_has_a_number_an_address_and_members(cast, family, offices):
    assert family.number == "SPAS-00001"
    card = household_card(family.pk, valid_on=TODAY, known_at=NOON, actor=cast.elena)
    assert (card.address, card.area, card.lives_here_since) == ("Str. Avram Iancu 12", offices.town, SINCE)
    assert [(m.name, m.role) for m in card.members] == [("Maria Popa", "head"), ("Ion Popa", "spouse"), ("Ana Popa", "child")]  # fmt: skip
    maria = card.members[0]
    assert maria.identifiers[0].masked == "•••••••••4429"
    assert maria.phones == ["0744123456"]
    assert maria.age(TODAY) == 42
    assert card.members[1].age(TODAY) is None, "only the year is known"
    event = Event.objects.get(kind="people.household_registered")
    assert About.objects.filter(event=event).count() == 3


def test_numbers_are_gapless_and_tell_offices_apart(cast, family, offices):
    made = [
        register_household(office=o.pk, area=None, since=TODAY, members=[(ION, "head")], actor=a, at=NOON).number
        for o, a in ((offices.spas, cast.elena), (offices.elsewhere, cast.sami), (offices.spas, cast.elena))
    ]
    assert made == ["SPAS-00002", "ELSE-00001", "SPAS-00003"]


def test_two_offices_with_one_beginning_get_different_letters(cast, family, offices):
    offices.elsewhere.code = "spas-mures"
    offices.elsewhere.save()
    made = register_household(
        office=offices.elsewhere.pk, area=None, since=TODAY, members=[(ION, "head")], actor=cast.sami, at=NOON
    )
    assert made.number == "SPAS2-00001"


def test_a_household_without_anybody_or_from_tomorrow_is_refused(cast, offices):
    for members, since, code in (([], TODAY, "nobody_in_household"), ([(ION, "head")], TODAY + timedelta(2), "day_to_come")):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            register_household(
                office=offices.spas.pk, area=None, since=since, members=members, actor=cast.elena, at=NOON
            )
        assert refusal.value.code == code
    assert not Household.objects.exists()


def test_identifiers_are_unreadable_in_the_store_and_bound_to_their_person(family, persons):
    kept = Identifier.objects.get()
    assert b"2840517264429" not in bytes(kept.cipher)
    assert vault.decrypt(kept.cipher, person=kept.person_id, kind="cnp") == "2840517264429"
    with pytest.raises(vault.CannotOpen):
        vault.decrypt(kept.cipher, person=persons["Ion"].pk, kind="cnp")
    assert kept.blind == vault.blind("284-0517-264429") != vault.blind("2840517264420")


def test_another_secret_key_opens_and_finds_nothing(family, settings):
    kept = Identifier.objects.get()
    settings.SECRET_KEY = "another"
    with pytest.raises(vault.CannotOpen):
        vault.decrypt(kept.cipher, person=kept.person_id, kind="cnp")
    assert vault.blind("2840517264429") != kept.blind


def test_masks_show_little():
    assert [vault.masked(v) for v in ("2840517264429", "12345", "1234", "")] == ["•••••••••4429", "••••5", "•••4", ""]


@pytest.mark.parametrize(
    "typed", ["0744123456", "0744-123-456", "+40 744 123 456", "٠٧٤٤١٢٣٤٥٦", "0040744123456"]
)  # fmt: skip
def test_one_phone_however_typed(typed):
    assert vault.contact_key("phone", typed) == "44123456"


def test_phones_keep_their_plus():
    assert [vault.normal_phone(v) for v in ("+40 744", "0040744", "0744/1")] == ["+40744", "+40744", "07441"]


@pytest.fixture
def cnp_declared(definitions):
    """The kind as the pack of Târnăveni declares it."""
    from vatra.foundation.catalogue.models import Code, CodeList
    from vatra.foundation.catalogue.queries import forget_all

    kinds = CodeList.objects.create(code="identifier_kind", title={"en": "Kind"})
    Code.objects.create(
        code_list=kinds, code="cnp", title={"en": "CNP"},
        extra={
            "pattern": "[1-9][0-9]{12}", "shown": 3,
            "check": {"weights": [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9], "modulus": 11, "instead": {"10": 1}},
            "tells": {
                "sex": {"digit": 1, "female": ["2", "6"], "male": ["1", "5"]},
                "birth_date": {"from": 2, "order": "yymmdd", "century": {"1": 1900, "2": 1900, "5": 2000, "6": 2000}},
            },
        },
    )  # fmt: skip
    forget_all()


@pytest.mark.parametrize(
    ("number", "sound", "born", "sex"),
    [("2840517264422", True, date(1984, 5, 17), "female"), ("2840517264429", False, None, ""),
     ("284051726442", False, None, ""), ("٢٨٤٠٥١٧٢٦٤٤٢٢", True, date(1984, 5, 17), "female"), ("hello", False, None, "")],
)  # fmt: skip
def test_a_number_that_cannot_be_is_kept_and_flagged(cast, offices, cnp_declared, number, sound, born, sex):
    draft = PersonDraft(given="A", identifiers=[("cnp", number, None)])
    register_person(office=offices.spas.pk, draft=draft, actor=cast.elena, at=NOON)
    assert Identifier.objects.get().doubtful is not sound
    assert told_by("cnp", number) == (born, sex)


def test_a_kind_that_the_pack_does_not_have_is_refused(cast, offices, cnp_declared):
    with pytest.raises(Refused) as refusal:
        register_person(
            office=offices.spas.pk, draft=PersonDraft(identifiers=[("ssn", "1", None)]), actor=cast.elena, at=NOON
        )
    assert refusal.value.code == "unknown_code"
    assert "cnp" in refusal.value.next_step % refusal.value.values


def test_a_correction_keeps_the_earlier_name_and_moves_the_keys(cast, family, persons):
    correct_person(person=persons["Maria"], draft=PersonDraft(given="Maria", family="Ionescu"), actor=cast.elena, at=LATER)  # fmt: skip
    before = household_card(family.pk, valid_on=TODAY, known_at=NOON, actor=cast.elena)
    after = household_card(family.pk, valid_on=TODAY, known_at=LATER, actor=cast.elena)
    assert (before.members[0].name, after.members[0].name) == ("Maria Popa", "Maria Ionescu")
    assert search("Maria Ionescu", actor=cast.elena)[0].person_id == persons["Maria"].pk
    assert Name.objects.filter(person=persons["Maria"]).count() == 2
    assert Identity.objects.get(person=persons["Maria"]).birth_date == MARIA.birth_date, "what is not said stays"


def test_a_person_is_found_by_their_other_names_and_later_numbers(cast, family, persons):
    add_name(person=persons["Ion"], kind="known_as", full="Nelu Croitoru", actor=cast.elena, at=LATER)
    add_contact(person=persons["Ion"], kind="phone", value="0265 440 111", actor=cast.elena, at=LATER)
    add_identifier(person=persons["Ion"], kind="cnp", value="1810101264421", actor=cast.elena, at=LATER)
    for text in ("Nelu Croitoru", "0265440111", "1810101264421"):
        assert search(text, actor=cast.elena)[0].person_id == persons["Ion"].pk, text


def test_a_phone_said_again_is_kept_once(cast, family, persons):
    add_contact(person=persons["Maria"], kind="phone", value="+40744123456", safe=False, actor=cast.elena, at=LATER)
    live = Contact.objects.filter(person=persons["Maria"], superseded_at=None)
    assert [(c.value, c.safe) for c in live] == [("+40744123456", False)]


def test_who_leaves_was_a_member_before(cast, family, persons):
    end_membership(household=family, person=persons["Ion"], on=date(2026, 6, 1), actor=cast.elena, at=LATER)

    def names(valid_on, known_at):
        return [m.name for m in household_card(family.pk, valid_on=valid_on, known_at=known_at, actor=cast.elena).members]  # fmt: skip

    assert "Ion Popa" in names(date(2026, 5, 31), LATER)
    assert "Ion Popa" not in names(date(2026, 6, 1), LATER)
    assert "Ion Popa" in names(date(2026, 6, 1), NOON), "as it was known then"
    card = household_card(family.pk, valid_on=TODAY, known_at=LATER, actor=cast.elena)
    assert [m.name for m in card.former] == ["Ion Popa"]
    with pytest.raises(Refused):
        end_membership(household=family, person=persons["Ion"], on=TODAY, actor=cast.elena, at=LATER)


def test_nobody_is_a_member_twice_and_may_come_back(cast, family, persons):
    with pytest.raises(Refused) as refusal:
        add_member(household=family, person=persons["Ion"], role="other", since=TODAY, actor=cast.elena, at=LATER)
    assert refusal.value.code == "already_a_member"
    end_membership(household=family, person=persons["Ion"], on=date(2026, 6, 1), actor=cast.elena, at=LATER)
    add_member(household=family, person=persons["Ion"], role="spouse", since=TODAY, actor=cast.elena, at=LATER)
    assert Membership.objects.filter(person=persons["Ion"], superseded_at=None).count() == 2


def test_a_move_leaves_the_old_address_where_it_was(cast, family):
    move_household(household=family, area=None, line="Botorca 3", since=date(2026, 1, 1), actor=cast.elena, at=LATER)

    def address(valid_on, known_at):
        return household_card(family.pk, valid_on=valid_on, known_at=known_at, actor=cast.elena).address

    assert address(TODAY, LATER) == "Botorca 3"
    assert address(TODAY, NOON) == address(date(2025, 12, 31), LATER) == "Str. Avram Iancu 12"


def test_kinship_is_known_between_members(cast, family, persons):
    for since in (None, date(2016, 2, 3)):
        record_kinship(
            person=persons["Maria"], relative=persons["Ana"], relation="mother", since=since, actor=cast.elena, at=LATER
        )
    card = household_card(family.pk, valid_on=TODAY, known_at=LATER, actor=cast.elena)
    assert [(k.person_id, k.relative_id, k.relation) for k in card.kinship] == [
        (persons["Maria"].pk, persons["Ana"].pk, "mother")
    ]
    with pytest.raises(Refused):
        record_kinship(
            person=persons["Ana"], relative=persons["Ana"], relation="mother", actor=cast.elena, at=LATER
        )  # fmt: skip


def test_another_office_cannot_touch_the_household(cast, family, persons):
    with pytest.raises(Household.DoesNotExist):
        move_household(household=family, area=None, line="x", since=TODAY, actor=cast.sami, at=LATER)
    with pytest.raises(Person.DoesNotExist):
        correct_person(person=persons["Ion"], draft=ION, actor=cast.sami, at=LATER)
    with pytest.raises(Household.DoesNotExist):
        household_card(family.pk, valid_on=TODAY, known_at=NOON, actor=cast.sami)


def test_keys_are_written_with_the_name(family, persons):
    assert NameKey.objects.filter(person=persons["Ana"]).count() > 5
