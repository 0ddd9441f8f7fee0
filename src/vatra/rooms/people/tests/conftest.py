"""The family Popa of Târnăveni, as the window registers them."""

from datetime import date

import pytest
from conftest import NOON

from vatra.rooms.people.commands import PersonDraft, register_household

SINCE = date(2024, 3, 1)
MARIA = PersonDraft(
    given="Maria", family="Popa", birth_date=date(1984, 5, 17), sex="female", language="ro",
    identifiers=[("cnp", "2840517264429", date(2031, 5, 17))], contacts=[("phone", "0744 123 456", True)],
)  # fmt: skip
ION = PersonDraft(given="Ion", family="Popa", birth_year=1981, sex="male")
ANA = PersonDraft(given="Ana", mother="Maria", family="Popa", birth_date=date(2016, 2, 3), sex="female")
MOHAMAD = PersonDraft(full_name="محمد عبد الرحمن حداد", contacts=[("phone", "٠٧٥٥١٢٣٤٥٦", False)])


@pytest.fixture
def family(cast, definitions, offices):
    """Maria, Ion and their daughter Ana, registered by Elena."""
    return register_household(
        office=offices.spas.pk, area=offices.town, line="Str. Avram Iancu 12", since=SINCE,
        members=[(MARIA, "head"), (ION, "spouse"), (ANA, "child")], actor=cast.elena, at=NOON,
    )  # fmt: skip


@pytest.fixture
def persons(family):
    """Their person records by given name."""
    from vatra.rooms.people.models import Name

    return {name.given: name.person for name in Name.objects.select_related("person")}
