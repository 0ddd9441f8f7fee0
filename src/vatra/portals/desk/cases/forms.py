"""The forms by which a case is opened and changed."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vatra.foundation.catalogue.queries import code, codes
from vatra.look.reading import said
from vatra.rooms.cases.models import CaseType, ReviewKind
from vatra.rooms.cases.queries import NeedRow

from ..choices import Choice, language
from ..fields import DayField, Typed
from . import words


def listed(of: dict[str, Any]) -> list[Choice]:
    """A table of words as choices: `{code: word}` or `{code: (shape, word)}`."""
    return [(value, gettext(word if isinstance(word, str) else word[1])) for value, word in of.items()]


def people(found: list[tuple[UUID, str]], *, blank: str = "—") -> list[Choice]:
    return [("", blank), *((str(user), name) for user, name in found)]


def members(found: dict[UUID, str], *, whole: str) -> list[Choice]:
    return [("", whole), *((str(person), name or gettext("No name known")) for person, name in found.items())]


def needs_by_domain() -> list[Any]:
    """The pack's needs, in groups by life domain."""
    groups: dict[str, list[Choice]] = {}
    for row in codes("need"):
        domain = code("life_domain", row.extra.get("domain", ""))
        title = said(domain.title, language()).text if domain else gettext("Other")
        groups.setdefault(title, []).append((row.code, said(row.title, language()).text))
    return [("", "—"), *groups.items()]


class Words(forms.CharField):
    """Several lines in somebody's own words, in whatever direction their script runs."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10_000)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}), **kwargs)


class OpenForm(forms.Form):
    """What a case begins with."""

    type = forms.ChoiceField(label=_("Kind of case"))
    person = forms.ChoiceField(label=_("Whom it is about"), required=False)
    risk = forms.ChoiceField(label=_("Risk"), help_text=_("The higher it is, the shorter the terms."))
    level = forms.ChoiceField(label=_("Level of care"), required=False, help_text=_("Empty: as the kind of case says."))
    worker = forms.ChoiceField(label=_("Worker"))
    supervisor = forms.ChoiceField(
        label=_("Supervisor"), required=False, help_text=_("Approves the plan. A sealed case needs one by name.")
    )
    reason = Words(label=_("Why it is opened"), rows=3, required=False)
    sealed = forms.BooleanField(label=_("Sealed: only its team sees that it exists"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, types: list[CaseType], persons: dict[UUID, str], workers: list[tuple[UUID, str]],
        supervisors: list[tuple[UUID, str]], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        titles = [(row.pk, said(row.title, language()).text) for row in types]
        self.fields["type"].choices = [("", "—"), *titles]
        self.fields["person"].choices = members(persons, whole=gettext("The whole household"))
        self.fields["risk"].choices = listed(words.RISK)
        self.fields["level"].choices = [("", "—"), *listed(words.LEVELS)]
        self.fields["worker"].choices = people(workers)
        self.fields["supervisor"].choices = people(supervisors)


class NeedForm(forms.Form):
    code = forms.ChoiceField(label=_("What is missing"))
    person = forms.TypedChoiceField(label=_("Whom it concerns"), required=False, empty_value=None)
    note = Words(label=_("In their words"), rows=3, required=False)

    def __init__(self, *args: Any, persons: dict[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = needs_by_domain()
        self.fields["person"].choices = members(persons, whole=gettext("The whole household"))


class AnswerForm(forms.Form):
    """How something ended, and why."""

    state = forms.ChoiceField(label=_("How it ended"))
    reason = Words(label=_("How, or why not"), rows=3, required=False)

    def __init__(self, *args: Any, states: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = states


class PlanForm(forms.Form):
    strengths = Words(
        label=_("What the family can build on"),
        help_text=_("What they can do and have done already, whom they can count on, what matters to them."),
    )


class SafetyPlanForm(PlanForm):
    safety = Words(
        label=_("What to do when danger comes"),
        help_text=_("The signs, where to go, whom to call, what to take along; written with the person."),
    )


class GoalForm(forms.Form):
    text = Words(label=_("What is to be reached"), rows=2, max_length=1000)
    need = forms.TypedChoiceField(label=_("Which need it answers"), required=False, empty_value=None)
    by = DayField(label=_("By"), required=False)

    def __init__(self, *args: Any, needs: list[NeedRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(str(n.row.pk), " · ".join(t for t in (said(n.title, language()).text, n.who) if t)) for n in needs]
        self.fields["need"].choices = [("", "—"), *titles]


class ActionForm(forms.Form):
    text = Words(label=_("What is done"), rows=2, max_length=1000)
    owner = forms.ChoiceField(label=_("Who does it"))
    owner_name = Typed(label=_("By name"), max_length=200, required=False)
    due_on = DayField(label=_("By"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = listed(words.OWNERS)


class PlanVisitForm(forms.Form):
    on = DayField(label=_("Day"))
    purpose = Typed(label=_("What for"), max_length=500, required=False)


class VisitForm(forms.Form):
    """What became of a visit."""

    state = forms.ChoiceField(label=_("What became of it"))
    on = DayField(label=_("Day"), required=False, help_text=_("Empty: today"))
    findings = Words(label=_("What was seen and agreed"), rows=6, required=False)
    reason = Typed(label=_("If it was not made: why"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [choice for choice in listed(words.VISIT) if choice[0] != "planned"]


class ReviewForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is asked"))
    summary = Words(label=_("How things stand"), rows=5)

    def __init__(self, *args: Any, kinds: list[ReviewKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [choice for choice in listed(words.REVIEW_KINDS) if choice[0] in kinds]


class DecideForm(forms.Form):
    """The supervisor's answer; two buttons, so `do` says which."""

    remark = Words(label=_("Remark"), rows=3, required=False, help_text=_("Needed when it is returned."))


class LevelForm(forms.Form):
    level = forms.ChoiceField(label=_("To which level"))
    reason = Words(label=_("Why"), rows=3)
    alternative = Words(label=_("What else was sought instead of living away from home"), rows=3, required=False)
    way_home = Words(label=_("What the way home is"), rows=3, required=False)

    def __init__(self, *args: Any, now: str, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [choice for choice in listed(words.LEVELS) if choice[0] != now]
        if not asks:
            del self.fields["alternative"], self.fields["way_home"]


class RiskForm(forms.Form):
    risk = forms.ChoiceField(label=_("Risk"))
    because = Words(label=_("Why"), rows=3)

    def __init__(self, *args: Any, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["risk"].choices = [choice for choice in listed(words.RISK) if choice[0] != now]


class WorkerForm(forms.Form):
    worker = forms.ChoiceField(label=_("Who takes the case over"))
    because = Words(label=_("Why"), rows=3)

    def __init__(self, *args: Any, workers: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = people(workers)


class CloseForm(forms.Form):
    """The outcome, and every need that is still open: met or unmet, and why."""

    outcome = forms.ChoiceField(label=_("How it ended"))
    note = Words(label=_("In a few words"), rows=3, required=False)

    def __init__(self, *args: Any, outcomes: list[Choice], needs: list[NeedRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [("", "—"), *outcomes]
        self.open_needs = needs
        for need in needs:
            title = " · ".join(text for text in (said(need.title, language()).text, need.who) if text)
            choices = [("", "—"), *(choice for choice in listed(words.NEED) if choice[0] != "open")]
            self.fields[f"need-{need.row.pk}"] = forms.ChoiceField(label=title, choices=choices, required=False)
            self.fields[f"why-{need.row.pk}"] = Words(
                label=gettext("%(need)s: how, or why not") % {"need": title}, rows=2, required=False
            )

    def answers(self) -> dict[UUID, tuple[str, str]]:
        """`{need: (state, reason)}` of those that were answered."""
        said = self.cleaned_data
        return {
            need.row.pk: (said[f"need-{need.row.pk}"], said[f"why-{need.row.pk}"])
            for need in self.open_needs if said.get(f"need-{need.row.pk}")
        }  # fmt: skip


class GlassForm(forms.Form):
    """An emergency: which record, and why it must be opened now."""

    number = Typed(
        label=_("Number of the household or of the case"), direction="ltr", max_length=64, width="w-mid",
        help_text=_("As it stands on a letter, or on the paper file."),
    )  # fmt: skip
    because = Words(
        label=_("Why it must be opened now"), rows=3, max_length=500,
        help_text=_("Ten characters at least. A supervisor will read it."),
    )  # fmt: skip


class GlassReviewForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Did it have to be opened?"),
        choices=[("justified", _("Yes")), ("not_justified", _("No"))],
    )  # fmt: skip
    remark = Typed(label=_("Remark"), max_length=500, required=False)
