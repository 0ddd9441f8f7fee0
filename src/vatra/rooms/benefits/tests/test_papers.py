"""Which papers an application asks for: those whose condition the facts do not rule out."""

from datetime import date

import pytest
from conftest import NOON

from vatra.rooms.benefits.commands import apply
from vatra.rooms.benefits.models import Paper


def papers(application) -> set[str]:
    return set(Paper.objects.filter(application=application).values_list("code", flat=True))


@pytest.mark.parametrize("programme", ["minimum-inclusion-income", "heating-aid", "state-child-allowance"])
def test_conditions_speak_of_what_the_rules_derive(family, town, programme):
    """`children > 0`, `age >= 18`, `disabled_child`: figures of the programme's own rules, for the person's unit."""
    beneficiary = family.ion if programme == "state-child-allowance" else family.maria
    made = apply(
        household=family.home, programme=programme, applicant=family.maria, beneficiary=beneficiary,
        filed_on=date(2026, 11, 20), actor=town.elena, at=NOON,
    )  # fmt: skip
    asked = papers(made)
    assert ("birth_certificates" in asked) == (programme == "minimum-inclusion-income")
    assert "school_certificate" not in asked  # ten years old
