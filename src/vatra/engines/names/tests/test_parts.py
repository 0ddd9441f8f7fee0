import pytest

from vatra.engines.names import parse_name, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Mohamad bin Ali al-Hassan", ("mohamad", "ali", "hassan")),
        ("محمد بن علي الحسن", ("محمد", "علي", "الحسن")),
        ("Nour El-Din Haddad", ("nourdin", "haddad")),
        ("Abd al-Rahman Khoury", ("abdulrahman", "khoury")),
        ("محمد أبو زيد", ("محمد", "ابوزيد")),
        ("M. Haddad", ("m", "haddad")),
        ("Sheikh", ("sheikh",)),
        ("Georges El Hajj", ("georges", "hajj")),
        ("Ahmet Bey", ("ahmet",)),
        ("", ()),
    ],
)
def test_tokens_drop_particles_and_join_compounds(text, expected):
    assert tokens(text) == expected


def test_parts_of_an_arabic_name():
    name = parse_name("أبو علي محمد بن حسن الحداد")
    assert (name.kunya, name.given, name.father, name.family) == ("ابوعلي", "محمد", "حسن", "الحداد")


def test_a_patronymic_alone_is_no_family_name():
    name = parse_name("Mohamad bin Ali")
    assert (name.given, name.father, name.family) == ("mohamad", "ali", "")


def test_four_parts_are_given_father_grandfather_family():
    name = parse_name("Mohamad Ali Hassan Haddad")
    assert (name.given, name.father, name.grandfather, name.family) == ("mohamad", "ali", "hassan", "haddad")


def test_family_name_first_when_told_or_when_a_comma_says_so():
    assert parse_name("Kovácsné Szabó Mária", "family_first").married
    for name in (parse_name("Popescu Ion", "family_first"), parse_name("Popescu, Ion")):
        assert (name.given, name.family) == ("ion", "popescu")


def test_an_unknown_order_is_refused():
    with pytest.raises(ValueError, match="order"):
        parse_name("Ion", "backwards")
