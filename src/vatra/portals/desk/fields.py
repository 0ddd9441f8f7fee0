"""Fields that the desk's forms share."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext

from vatra.kernel.refused import Refused
from vatra.web.middleware import in_words

from .days import typed_birth, typed_day


def as_error(refusal: Refused) -> forms.ValidationError:
    """A refusal as a form shows it: what is wrong and the way out."""
    return forms.ValidationError(in_words(refusal))


class Typed(forms.CharField):
    """A line that somebody types, in whatever direction their script runs."""

    def __init__(self, *, width: str = "", direction: str = "auto", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"dir": direction, "autocomplete": "off", "spellcheck": "false"}
        if width:
            self.widget.attrs["class"] = width


class DayField(Typed):
    """A day as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(width="w-mid", direction="ltr", max_length=20, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric"}

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        try:
            return typed_day(text) if text else None
        except Refused as refusal:
            raise as_error(refusal) from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d.%m.%Y}" if isinstance(value, date) else value


class BirthField(Typed):
    """A day or only a year of birth: (date, year)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(direction="ltr", max_length=20, **kwargs)

    def clean(self, value: Any) -> tuple[date | None, int | None]:
        try:
            return typed_birth(super().clean(value))
        except Refused as refusal:
            raise as_error(refusal) from None


class _Listed:
    """A list that is read when a form is made: templates cannot query, and packs change without a restart."""

    def __init__(self, choices: Callable[[], list[tuple[str, str]]], *, blank: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.listed, self.blank = choices, blank

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copied = super().__deepcopy__(memo)  # type: ignore[misc]
        copied.choices = ([("", gettext(self.blank))] if self.blank else []) + self.listed()
        return copied


class Chosen(_Listed, forms.ChoiceField):
    """One of a list."""


class ChosenSeveral(_Listed, forms.MultipleChoiceField):
    """Several of a list."""
