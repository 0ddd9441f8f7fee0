"""The register form: the household, and one small form for each member."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from vatra.kernel.words import gettext_noop
from vatra.rooms.people.commands import PersonDraft
from vatra.rooms.people.numbers import told_by

from .. import choices
from ..fields import BirthField, Chosen, ChosenSeveral, DayField, Typed

HOW = [("signed", _("on paper, signed")), ("spoken", _("spoken, in front of me"))]


class HouseholdForm(forms.Form):
    """Where they live, what brought them, what they agree to."""

    area = Chosen(choices.places, label=_("Area"), required=False)
    line = Typed(
        label=_("Address"), max_length=300, required=False, help_text=_("Street and number, or how to find it")
    )
    since = DayField(label=_("Living together like this since"), required=False, help_text=_("Empty means today"))
    reason = forms.CharField(
        label=_("What brought them, in their own words"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip
    consents = ChosenSeveral(
        choices.purposes, label=_("They agree to"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what was really explained and agreed to. Registering does not depend on it."),
    )  # fmt: skip
    how = forms.ChoiceField(label=_("How they agreed"), choices=HOW, required=False)


class MemberForm(forms.Form):
    """A member. An empty one does not count; a person who is known already is taken by `existing`."""

    existing = forms.UUIDField(required=False, widget=forms.HiddenInput)
    given = Typed(label=_("Given name"), max_length=100, required=False)
    family = Typed(label=_("Family name"), max_length=100, required=False)
    born = BirthField(label=_("Born"), required=False, help_text=_("Day or only the year"))
    sex = Chosen(choices.sexes, blank=gettext_noop("Not known"), label=_("Sex"), required=False)
    role = Chosen(choices.roles, label=_("Role in the household"))
    number_kind = Chosen(choices.identifier_kinds, label=_("Kind of number"), required=False)
    number = Typed(label=_("Number"), direction="ltr", max_length=64, required=False)
    phone = Typed(label=_("Telephone"), direction="ltr", max_length=40, required=False)
    unsafe = forms.BooleanField(label=_("Never call or write there"), required=False)
    father = Typed(label=_("Father's name"), max_length=100, required=False)
    mother = Typed(label=_("Mother's name"), max_length=100, required=False)
    whole = Typed(
        label=_("Whole name, as it is written"), max_length=200, required=False,
        help_text=_("Where it does not come apart into given and family name"),
    )  # fmt: skip
    expires = DayField(label=_("Card valid until"), required=False)
    language = Chosen(choices.languages, label=_("Language"), required=False)

    MORE = ("father", "mother", "whole", "expires", "language")

    def more(self) -> list[forms.BoundField]:
        """What is folded away: rarely known, never needed."""
        return [self[name] for name in self.MORE]

    def more_open(self) -> bool:
        return any(self[name].value() for name in self.MORE) or any(name in self.errors for name in self.MORE)

    def draft(self) -> PersonDraft:
        """What the row says of a person, as far as it could be read. A sound number tells birth and sex where the row
        does not."""
        said: dict[str, Any] = getattr(self, "cleaned_data", {})
        text = {name: said.get(name) or "" for name in ("given", "family", "father", "mother", "whole", "language")}
        on, year = said.get("born") or (None, None)
        kind, number, sex = said.get("number_kind") or "other", said.get("number") or "", said.get("sex") or ""
        if number and not year:
            on, told = told_by(kind, number)
            year, sex = (on.year if on else None), sex or told
        return PersonDraft(
            full_name=text["whole"], given=text["given"], father=text["father"], mother=text["mother"],
            family=text["family"], birth_date=on, birth_year=year, sex=sex, language=text["language"],
            identifiers=[(kind, number, said.get("expires"))] if number else [],
            contacts=[("phone", said["phone"], not said.get("unsafe"))] if said.get("phone") else [],
        )  # fmt: skip

    def existing_id(self) -> UUID | None:
        return getattr(self, "cleaned_data", {}).get("existing")

    def counts(self) -> bool:
        """Whether the row says anything at all."""
        return bool(self.existing_id() or self.errors or not self.draft().empty)


MEMBERS = 20
