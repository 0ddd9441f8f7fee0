"""A field for the value of any fact, and a value as it is typed into it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vatra.foundation.catalogue.queries import codes, currencies
from vatra.foundation.catalogue.rows import FactRow
from vatra.kernel.numbers import parse_number
from vatra.kernel.refused import Refused
from vatra.look.reading import said

from ..choices import language
from ..fields import DayField, Typed, as_error

YES, NO = "yes", "no"


class FigureField(Typed):
    """A number as people type it, times 10^`shift`, whole unless `parts`: money is typed in units, kept in minor ones."""

    def __init__(self, *, shift: int = 0, parts: bool = False, **kwargs: Any) -> None:
        super().__init__(width="w-mid", direction="ltr", max_length=40, **kwargs)
        self.shift, self.parts = shift, parts
        self.widget.attrs |= {"inputmode": "decimal"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            number = parse_number(text.rstrip("%٪ ")).scaleb(self.shift)
        except Refused as refusal:
            raise as_error(refusal) from None
        if self.parts:
            return number
        if number != number.to_integral_value():
            raise forms.ValidationError(_("This is finer than can be counted."))
        return int(number)


def value_field(definition: FactRow) -> forms.Field:
    """The field in which the value of this fact is given; it cleans to the typed value."""
    label = {"label": _("Value")}
    match definition.type:
        case "boolean":
            choices = [(YES, _("Yes")), (NO, _("No"))]
            return forms.TypedChoiceField(
                choices=choices, coerce=lambda text: text == YES, widget=forms.RadioSelect, **label
            )
        case "code":
            listed = [(row.code, said(row.title, language()).text) for row in codes(definition.code_list)]
            return forms.ChoiceField(choices=[("", "—"), *listed], **label)
        case "money":
            return FigureField(shift=exponent(definition), help_text=definition.currency, **label)
        case "integer":
            return FigureField(**label)
        case "number" | "percentage":
            return FigureField(parts=True, help_text="%" if definition.type == "percentage" else "", **label)
        case "date":
            return DayField(**label)
    return Typed(max_length=500, **label)


def exponent(definition: FactRow) -> int:
    return currencies().get(definition.currency, {"exponent": 2})["exponent"]


def typed_again(definition: FactRow, value: Any) -> Any:
    """What stands in the field when a known value is corrected."""
    match definition.type:
        case "boolean":
            return YES if value else NO
        case "money":
            return format(Decimal(value).scaleb(-exponent(definition)).normalize(), "f")
        case "number" | "percentage":
            return format(value, "f")
        case "date":
            return f"{value:%d.%m.%Y}" if isinstance(value, date) else value
    return value
