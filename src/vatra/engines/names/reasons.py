"""Reasons: the codes that explain why a person was found, and their English sentences.

A reason is a promise: what it says is true of the pair it stands beside (held by tests/test_reasons.py). The sentences
are marked for translation; `values` fills the named places.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vatra.kernel.words import gettext_noop as _

REASONS: dict[str, str] = {
    "given_name_same": _("Same given name: %(theirs)s"),
    "given_name_spelling": _("Same given name, written differently: %(theirs)s"),
    "given_name_similar": _("Similar given name: %(theirs)s"),
    "given_name_related": _("Another form of the same given name: %(theirs)s"),
    "given_name_begins": _("Given name begins with %(ours)s: %(theirs)s"),
    "given_name_differs": _("Given name differs: %(theirs)s"),
    "father_name_same": _("Same father's name: %(theirs)s"),
    "father_name_spelling": _("Same father's name, written differently: %(theirs)s"),
    "father_name_similar": _("Similar father's name: %(theirs)s"),
    "father_name_related": _("Another form of the same father's name: %(theirs)s"),
    "father_name_begins": _("Father's name begins with %(ours)s: %(theirs)s"),
    "father_name_differs": _("Father's name differs: %(theirs)s"),
    "mother_name_same": _("Same mother's name: %(theirs)s"),
    "mother_name_spelling": _("Same mother's name, written differently: %(theirs)s"),
    "mother_name_similar": _("Similar mother's name: %(theirs)s"),
    "mother_name_related": _("Another form of the same mother's name: %(theirs)s"),
    "mother_name_begins": _("Mother's name begins with %(ours)s: %(theirs)s"),
    "mother_name_differs": _("Mother's name differs: %(theirs)s"),
    "family_name_same": _("Same family name: %(theirs)s"),
    "family_name_spelling": _("Same family name, written differently: %(theirs)s"),
    "family_name_similar": _("Similar family name: %(theirs)s"),
    "family_name_related": _("Another form of the same family name: %(theirs)s"),
    "family_name_begins": _("Family name begins with %(ours)s: %(theirs)s"),
    "family_name_differs": _("Family name differs: %(theirs)s"),
    "name_part_same": _("Same part of the name: %(theirs)s"),
    "name_part_spelling": _("Same part of the name, written differently: %(theirs)s"),
    "name_part_similar": _("Similar part of the name: %(theirs)s"),
    "name_part_related": _("Another form of the same part of the name: %(theirs)s"),
    "name_part_begins": _("A part of the name begins with %(ours)s: %(theirs)s"),
    "name_part_missing": _("Not in this person's name: %(ours)s"),
    "given_name_initial": _("One given name is the initial of the other"),
    "given_name_part": _("One of several given names is the same: %(theirs)s"),
    "father_name_initial": _("One father's name is the initial of the other"),
    "father_name_part": _("One of several of the father's names is the same: %(theirs)s"),
    "mother_name_initial": _("One mother's name is the initial of the other"),
    "mother_name_part": _("One of several of the mother's names is the same: %(theirs)s"),
    "family_name_initial": _("One family name is the initial of the other"),
    "family_name_part": _("One of several family names is the same: %(theirs)s"),
    "birth_date_close": _("Date of birth differs in two figures: %(theirs)s"),
    "birth_day_same": _("Same day and month of birth, another year: %(theirs)s"),
    "name_parts_swapped": _("Given and family name are swapped"),
    "birth_date_same": _("Same date of birth"),
    "birth_date_swapped": _("Same date of birth with day and month swapped"),
    "birth_date_similar": _("Date of birth differs in one figure: %(theirs)s"),
    "birth_year_same": _("Same year of birth: %(theirs)s"),
    "birth_year_near": _("Year of birth is close: %(theirs)s"),
    "birth_year_differs": _("Year of birth differs: %(theirs)s"),
    "birth_date_differs": _("Date of birth differs: %(theirs)s"),
    "phone_same": _("Same telephone number"),
    "phone_similar": _("Telephone number differs by one figure"),
    "phone_differs": _("Telephone number differs"),
    "identifier_same": _("Same identifier"),
    "identifier_similar": _("Identifier differs by one or two characters"),
    "identifier_differs": _("Identifier differs"),
    "sex_same": _("Same sex"),
    "sex_differs": _("Sex differs"),
    "locality_same": _("Same locality: %(theirs)s"),
    "locality_similar": _("Similar locality: %(theirs)s"),
    "locality_differs": _("Locality differs: %(theirs)s"),
    "household_same": _("Same household"),
    "household_number_same": _("Same household number: %(theirs)s"),
    "household_differs": _("Different household"),
}
"""Reason code to English sentence, marked for translation."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `values` are shown in the sentence (``ours``: what was searched or written first,
    ``theirs``: found)."""

    code: str
    values: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def against(self) -> bool:
        """True when the reason speaks against the pair."""
        return self.code.endswith(("_differs", "_missing"))

    def head(self, translate=lambda text: text) -> str:
        """The sentence without what it is shown with: "Same given name". For lists, which hold the values themselves."""
        return translate(REASONS[self.code]).partition("%(")[0].rstrip(" :")

    def sentence(self, translate=lambda text: text) -> str:
        """The sentence in the language of `translate` (a gettext function)."""
        return translate(REASONS[self.code]) % self.values
