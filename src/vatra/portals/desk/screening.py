"""The screening page: the same first questions for everyone who comes."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from vatra.foundation.catalogue.queries import currencies, fact_definitions, zone
from vatra.foundation.forms.commands import AnswersRefused
from vatra.foundation.forms.instance import Problem
from vatra.foundation.forms.models import FormVersion
from vatra.foundation.forms.queries import current_version
from vatra.foundation.forms.questions import Question, questions_of
from vatra.journeys.submit_form import submit_form
from vatra.kernel.days import day
from vatra.kernel.ids import uuid7
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop
from vatra.rooms.people.models import Household
from vatra.rooms.people.queries import UnitFacts, facts_of, household_card
from vatra.web.actions import needs

from .filling import Answers, Round, empty, read_post, sections


@needs("intake.screen")
def screening(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Ask, and keep what is answered. With htmx the questions that apply change as one answers; without, the page
    comes back once more when an answer brings up further questions."""
    household = get_object_or_404(Household.objects.visible_to(request.actor, "intake.screen"), pk=household_id)
    version = _version()
    form = questions_of(version)
    now = timezone.now()
    today = day(now, zone())
    card = household_card(household.pk, valid_on=today, known_at=now, actor=request.actor)
    rounds = [Round(str(m.person_id), m.name) for m in card.members]
    page = {"card": card, "version": version}
    if request.method != "POST":
        known = facts_of(household.pk, valid_on=today, known_at=now)
        answers = _known(form, known, rounds, today)
        return _page(request, page, sections(form, answers, rounds, [], today), str(uuid7()))
    answers = read_post(form, request.POST, rounds)
    instance = request.POST.get("instance") or str(uuid7())
    shown = sections(form, answers, rounds, [], today)
    if "refresh" in request.POST:
        return _page(request, page, shown, instance)
    if _unseen(request, shown):
        messages.info(request, _("Your answers brought up further questions; please look at them too."))
        return _page(request, page, shown, instance)
    try:
        submit_form(
            form_version=version, household=household, answers=answers, instance_id=f"uuid:{instance}",
            actor=request.actor, at=now,
        )  # fmt: skip
    except AnswersRefused as refusal:
        return _page(
            request, page, sections(form, answers, rounds, refusal.problems, today), instance, refusal.problems
        )
    messages.success(request, _("The answers are kept."))
    return redirect("household_window", household_id=household.pk)


def _version() -> FormVersion:
    version = current_version("screening")
    if version is None:
        raise Refused(
            "no_screening_form",
            gettext_noop("This installation has no screening form yet."),
            gettext_noop("Ask the administrator to load the pack."),
        )
    return version


def _unseen(request: HttpRequest, shown: list) -> bool:
    """Whether questions apply that were not on the page that was sent."""
    seen = set(request.POST.get("shown", "").split())
    return bool({row.place for section in shown for row in section.rows} - seen)


def _page(
    request: HttpRequest, page: dict, shown: list, instance: str, problems: list[Problem] | None = None
) -> HttpResponse:
    places = " ".join(row.place for section in shown for row in section.rows)
    context = {**page, "sections": shown, "instance": instance, "shown": places, "problems": problems or []}
    template = "desk/screening_questions.html" if "refresh" in request.POST else "desk/screening.html"
    return render(request, template, context, status=422 if problems else 200)


def _known(form: Question, known: UnitFacts, rounds: list[Round], today: date) -> Answers:
    """What is known already is on the page already: nobody tells their story again."""

    def last(values: list | None) -> object | None:
        current = [v for start, end, v in values or [] if start <= today and (end is None or today < end)]
        return current[-1] if current else None

    answers = empty(form, rounds)

    def fill(node: Question, into: dict, facts: dict) -> None:
        for child in node.children:
            if child.kind == "group":
                fill(child, into[child.name], facts)
            elif child.kind == "repeat":
                for one, values in zip(rounds, into.get(child.name, []), strict=False):
                    fill(child, values, known.persons.get(UUID(one.id), {}))
            elif child.fact and (value := last(facts.get(child.fact))) is not None:
                into[child.name] = _as_text(child, value)

    fill(form, answers, known.household)
    return answers


def _as_text(question: Question, value: object) -> str:
    """A fact's value as the form writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    definition = fact_definitions()[question.fact]
    if definition.type == "money":
        exponent = currencies()[definition.currency]["exponent"]
        return format((Decimal(int(value)) / 10**exponent).normalize(), "f")
    return value.isoformat() if isinstance(value, date) else str(value)
