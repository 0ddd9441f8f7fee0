"""The forms by which a household's file is changed."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from vatra.foundation.catalogue.queries import fact_definitions
from vatra.foundation.catalogue.rows import FactRow
from vatra.kernel.words import gettext_noop
from vatra.look.reading import said
from vatra.rooms.people.queries import HouseholdCard, MemberCard

from .. import choices
from ..fields import BirthField, Chosen, DayField, Typed
from ..register.forms import HOW
from .values import value_field

SOURCES = [
    ("declared", _("They said so")),
    ("document", _("A paper was seen")),
    ("register", _("Looked up in a register")),
]
PERSON, HOUSEHOLD = "person", "household"


def recordable(subject_kind: str = "") -> list[FactRow]:
    """The facts that somebody can record, in the pack's order."""
    rows = [f for f in fact_definitions().values() if f.retired_on is None and not f.formula]
    return [row for row in rows if not subject_kind or row.subject == subject_kind]


def subjects(card: HouseholdCard) -> list[tuple[str, Any]]:
    """Whom a fact can be about: each member, and the household as a whole."""
    return [
        *((f"{PERSON}:{m.person_id}", m.name or _("No name known")) for m in card.members),
        (f"{HOUSEHOLD}:{card.id}", _("The household")),
    ]


def members(card: HouseholdCard) -> list[tuple[str, Any]]:
    return [(str(m.person_id), m.name or _("No name known")) for m in card.members]


class WhatForm(forms.Form):
    """The first step of recording: about whom, and what."""

    subject = forms.ChoiceField(label=_("About whom"))
    fact = forms.ChoiceField(label=_("What"))

    def __init__(self, *args: Any, card: HouseholdCard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = subjects(card)
        groups = ((PERSON, _("About a person")), (HOUSEHOLD, _("About the household")))
        self.fields["fact"].choices = [("", "—")] + [
            (title, [(row.code, said(row.title, choices.language()).text) for row in recordable(kind)])
            for kind, title in groups
        ]

    def clean(self) -> dict[str, Any]:
        kept = super().clean() or {}
        definition = fact_definitions().get(kept.get("fact", ""))
        if definition and kept.get("subject") and definition.subject != kept["subject"].partition(":")[0]:
            self.add_error("subject", _("This is known about a person, or about the household: choose the other."))
        return kept


class FactForm(forms.Form):
    """The second step: the value, since when, and who says so."""

    valid_from = DayField(label=_("True since"))
    valid_to = DayField(
        label=_("Until"), required=False, help_text=_("Empty: it goes on. The first day on which it no longer holds.")
    )
    source = forms.ChoiceField(label=_("How do we know"), choices=SOURCES)
    field_order = ("value", "valid_from", "valid_to", "source")

    def __init__(self, *args: Any, definition: FactRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = value_field(definition)
        self.order_fields(self.field_order)


class RetractForm(forms.Form):
    because = Typed(label=_("Why it is wrong"), max_length=300)


class EndForm(forms.Form):
    """Something ends: on which day, and why."""

    on = DayField(label=_("From this day on"))
    because = Typed(label=_("Why"), max_length=300, required=False)


class AccountForm(forms.Form):
    """To which account a member is paid."""

    person = forms.ChoiceField(label=_("Who is paid"))
    iban = Typed(
        label=_("Account number (IBAN)"), direction="ltr", max_length=60,
        help_text=_("As on the bank's paper; spaces do not matter. The account used before ends."),
    )  # fmt: skip
    holder_name = Typed(
        label=_("In whose name it is"), max_length=140, required=False, help_text=_("Empty: in their own name")
    )
    valid_from = DayField(label=_("Paid to it since"), required=False, help_text=_("Empty: from today on"))

    def __init__(self, *args: Any, card: HouseholdCard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = members(card)


class JoinForm(forms.Form):
    since = DayField(label=_("Belongs to the household since"))


class MoveForm(forms.Form):
    area = Chosen(choices.places, label=_("Area"), required=False)
    line = Typed(label=_("Address"), max_length=300, required=False)
    since = DayField(label=_("They live there since"))


class ActingForm(forms.Form):
    """Somebody of the household, or found by number, acts or is paid for a member."""

    person = forms.ChoiceField(label=_("For whom"))
    by_person = forms.ChoiceField(label=_("Who acts or is paid"))
    capacity = forms.ChoiceField(
        label=_("What they do"),
        choices=[("representative", _("acts for them (representative)")), ("payee", _("is paid for them (payee)"))],
    )  # fmt: skip
    basis = Chosen(choices.bases, label=_("On which ground"))
    valid_from = DayField(label=_("Since"))
    valid_to = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, card: HouseholdCard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = members(card)
        self.fields["by_person"].choices = [("", "—"), *members(card)]


class ConsentForm(forms.Form):
    person = forms.ChoiceField(label=_("Who agrees"))
    purpose = Chosen(choices.purposes, label=_("To what"))
    how = forms.ChoiceField(label=_("How"), choices=HOW)

    def __init__(self, *args: Any, card: HouseholdCard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = members(card)


class PersonForm(forms.Form):
    """What is corrected or added about a member. What is left empty stays as it is."""

    given = Typed(label=_("Given name"), max_length=100, required=False)
    family = Typed(label=_("Family name"), max_length=100, required=False)
    father = Typed(label=_("Father's name"), max_length=100, required=False)
    mother = Typed(label=_("Mother's name"), max_length=100, required=False)
    whole = Typed(label=_("Whole name, as it is written"), max_length=200, required=False)
    born = BirthField(label=_("Born"), required=False, help_text=_("Day or only the year"))
    sex = Chosen(choices.sexes, blank=gettext_noop("Not known"), label=_("Sex"), required=False)
    language = Chosen(choices.languages, label=_("Language"), required=False)
    number_kind = Chosen(choices.identifier_kinds, label=_("Kind of number"), required=False)
    number = Typed(label=_("New number"), direction="ltr", max_length=64, required=False)
    expires = DayField(label=_("Card valid until"), required=False)
    phone = Typed(label=_("New telephone"), direction="ltr", max_length=40, required=False)
    unsafe = forms.BooleanField(label=_("Never call or write there"), required=False)


def first_values(member: MemberCard) -> dict[str, Any]:
    born = member.birth_date or member.birth_year or ""
    return {
        "whole": member.name, "father": member.father, "mother": member.mother, "sex": member.sex,
        "born": f"{born:%d.%m.%Y}" if member.birth_date else born, "language": member.language,
    }  # fmt: skip


class ReasonForm(forms.Form):
    because = Typed(label=_("Why"), max_length=300)


def split(subject: str) -> tuple[str, UUID]:
    kind, _colon, id_ = subject.partition(":")
    return kind, UUID(id_)
