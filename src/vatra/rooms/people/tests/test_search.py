"""Search: any script, with reasons, within reach, few queries; what is sealed leaves no trace."""

from datetime import date, timedelta

import pytest
from conftest import LONG_AGO, NOON, TODAY

from vatra.kernel.refused import NoGrant
from vatra.rooms.people.commands import PersonDraft, add_member, register_household, seal_household, unseal_household
from vatra.rooms.people.models import NameKey, Person
from vatra.rooms.people.queries import household_card, likely_duplicates, likely_duplicates_of, search

from .conftest import ANA, ION, MARIA, MOHAMAD

NOW = NOON + timedelta(days=1)


@pytest.fixture
def neighbours(cast, family, offices):
    return register_household(
        office=offices.spas.pk, area=offices.town, line="Str. Morii 4", since=TODAY,
        members=[(MOHAMAD, "head"), (PersonDraft(given="Işık", family="Yılmaz", birth_year=1990), "spouse")],
        actor=cast.elena, at=NOON,
    )  # fmt: skip


def names(text, actor, **more):
    return [hit.name for hit in search(text, actor=actor, **more)]


@pytest.mark.parametrize(
    ("text", "first"),
    [("Maria Popa", "Maria Popa"), ("popa maria", "Maria Popa"), ("Marya Poppa", "Maria Popa"), ("ma", "Maria Popa"),
     ("2840517264429", "Maria Popa"), ("284-0517-264429", "Maria Popa"), ("0744 123 456", "Maria Popa"),
     ("Popa 1981", "Ion Popa"), ("Ion 45 ani", "Ion Popa"), ("Mohamad Haddad", "محمد عبد الرحمن حداد"),
     ("Muhammed Abdurrahman", "محمد عبد الرحمن حداد"), ("٠٧٥٥١٢٣٤٥٦", "محمد عبد الرحمن حداد"), ("ISIK", "Işık Yılmaz"),
     ("isik yilmaz", "Işık Yılmaz"), ("spas-00001", "Maria Popa"), ("M. Popa", "Maria Popa")],
)  # fmt: skip
def test_found_however_written(cast, neighbours, text, first):
    assert names(text, cast.elena, today=TODAY)[:1] == [first]


def test_a_hit_says_who_where_and_why(cast, family, neighbours):
    hit = search("Popa Maria 1984", actor=cast.elena)[0]
    assert (hit.household_id, hit.household_number, hit.area_name) == (family.pk, "SPAS-00001", {"ro": "Târnăveni"})
    assert (hit.birth_year, hit.masked_identifier) == (1984, "•••••••••4429")
    assert "Same year of birth: 1984" in hit.why
    assert search("SPAS-00001", actor=cast.elena)[0].why[0] == "Same household number: SPAS-00001"


@pytest.mark.parametrize("text", ["", "   ", "-", "؟", "Zzyzx Qwrtp", "%", "' OR 1=1 --", "9" * 400])
def test_nothing_is_found_for_nothing(cast, neighbours, text):
    assert search(text, actor=cast.elena) == []


def test_another_office_finds_nobody_and_who_has_no_grant_is_told(cast, neighbours):
    assert search("Maria Popa", actor=cast.sami) == []
    assert search("2840517264429", actor=cast.sami) == []
    for text in ("Maria", ""):
        with pytest.raises(NoGrant):
            search(text, actor=cast.rozalia)


@pytest.mark.parametrize("text", ["Maria Popa", "2840517264429", "SPAS-00001", "ma"])
def test_four_queries(cast, neighbours, django_assert_max_num_queries, text):
    with django_assert_max_num_queries(4):
        assert search(text, actor=cast.elena)


def test_a_sealed_family_is_as_if_it_were_not_there(cast, family, neighbours, django_assert_max_num_queries):
    """Not found, not counted, not inferred from 'more', and not touched: it has no keys."""
    seal_household(household=family, because="violence, shelter", team=[cast.mihai.id], actor=cast.doina, at=LONG_AGO)
    for text in ("Maria Popa", "Popa", "2840517264429", "0744123456", "SPAS-00001"):
        assert search(text, actor=cast.elena) == [], text
        assert "Maria Popa" in names(text, cast.mihai), "the team still finds them"
        with django_assert_max_num_queries(4):
            search(text, actor=cast.mihai)
    assert likely_duplicates(MARIA, actor=cast.elena) == []
    assert not NameKey.objects.filter(person__sealed_at__isnull=False).exists()
    assert "Maria Popa" not in names("Işık", cast.mihai), "who was not asked for is not shown to the team either"
    unseal_household(household=family, because="safe again", actor=cast.doina, at=LONG_AGO)
    assert search("Maria Popa", actor=cast.elena)


def test_the_test_of_seals_would_notice_a_leak(cast, family, neighbours):
    """The faulty control: a seal on the household alone leaves its persons to be found."""
    type(family).objects.filter(pk=family.pk).update(sealed_at=NOW)
    hits = search("Maria Popa", actor=cast.elena)
    assert hits
    assert hits[0].household_id is None, "but even then the household is not shown"


def test_who_comes_into_a_sealed_household_is_sealed(cast, family):
    seal_household(household=family, because="violence", team=[cast.mihai.id], actor=cast.doina, at=LONG_AGO)
    baby = PersonDraft(given="Luca", family="Popa", birth_year=2019)
    add_member(household=family, person=baby, role="child", since=TODAY, actor=cast.mihai, at=LONG_AGO)
    assert search("Luca Popa", actor=cast.elena) == []
    assert search("Luca Popa", actor=cast.mihai)[0].name == "Luca Popa"
    born = search("Luca Popa", actor=cast.mihai)[0].person_id
    assert born.version == 4, "an ordered id would tell the hour"
    card = household_card(family.pk, valid_on=TODAY, known_at=NOW, actor=cast.mihai)
    assert len(card.members) == 4


def test_a_member_sealed_elsewhere_is_left_out(cast, family, persons, offices):
    shelter = register_household(
        office=offices.spas.pk, area=None, since=TODAY, members=[(persons["Ana"], "child")], actor=cast.elena, at=NOON
    )
    seal_household(household=shelter, because="placement", actor=cast.doina, at=LONG_AGO)
    card = household_card(family.pk, valid_on=TODAY, known_at=NOW, actor=cast.elena)
    assert [m.name for m in card.members] == ["Maria Popa", "Ion Popa"]


def test_likely_duplicates_of_a_draft(cast, neighbours):
    again = PersonDraft(given="Marya", family="Popa", birth_date=date(1984, 5, 17))
    hit = likely_duplicates(again, actor=cast.elena)[0]
    assert hit.name == "Maria Popa"
    assert "Same date of birth" in hit.why
    by_number = PersonDraft(given="M", identifiers=[("cnp", "2840517264429", None)])
    assert likely_duplicates(by_number, actor=cast.elena)[0].name == "Maria Popa"
    assert likely_duplicates(PersonDraft(given="Zoltán", family="Kovács"), actor=cast.elena) == []
    assert likely_duplicates(PersonDraft(), actor=cast.elena) == []


def test_a_merged_record_shows_who_stands_for_it(cast, family, persons, offices):
    other = register_household(
        office=offices.spas.pk, area=None, since=TODAY, members=[(PersonDraft(given="Marioara", family="Popescu"), "head")],
        actor=cast.elena, at=NOON,
    )  # fmt: skip
    double = Person.objects.exclude(pk__in=[p.pk for p in persons.values()]).get()
    Person.objects.filter(pk=double.pk).update(canonical_id=persons["Maria"].pk)
    hit = search("Marioara Popescu", actor=cast.elena)[0]
    assert (hit.person_id, hit.name, hit.household_id) == (persons["Maria"].pk, "Maria Popa", family.pk)
    assert household_card(other.pk, valid_on=TODAY, known_at=NOW, actor=cast.elena).members[0].person_id == hit.person_id  # fmt: skip
    Person.objects.filter(pk=persons["Maria"].pk).update(sealed_at=NOW)
    assert search("Marioara Popescu", actor=cast.elena) == [], "the record must not betray the person"
    assert {ION.name, ANA.name} >= set(names("Popa", cast.elena))


def test_a_whole_household_of_drafts_takes_four_queries(cast, neighbours, django_assert_max_num_queries):
    drafts = [MARIA, PersonDraft(), PersonDraft(given="Zoltán", family="Kovács"), ION, *[ANA] * 6]
    with django_assert_max_num_queries(4):
        found = likely_duplicates_of(drafts, actor=cast.elena)
    assert [[hit.name for hit in hits][:1] for hits in found[:4]] == [["Maria Popa"], [], [], ["Ion Popa"]]
    assert found[0] == likely_duplicates(MARIA, actor=cast.elena)


def test_reasons_name_people_as_they_are_written(cast, neighbours):
    assert "Same family name: Yılmaz" in search("isik yilmaz", actor=cast.elena)[0].why
