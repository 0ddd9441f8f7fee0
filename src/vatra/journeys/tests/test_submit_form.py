"""A screening at the window: answers are kept, facts follow, and a question on the panel is answered."""

from datetime import date

import pytest
from conftest import LONG_AGO, NOON, TODAY

from vatra.foundation.catalogue.models import Pack
from vatra.foundation.forms.commands import AnswersRefused, publish_form
from vatra.foundation.forms.models import Answers
from vatra.foundation.forms.tests.test_forms import workbook
from vatra.journeys.answer_question import answer_question
from vatra.journeys.submit_form import submit_form
from vatra.rooms.intake.models import Screening
from vatra.rooms.people.commands import PersonDraft, register_household
from vatra.rooms.people.models import Fact
from vatra.rooms.people.queries import facts_of, household_card


@pytest.fixture
def town(definitions) -> None:
    """A pack with a zone and a currency, which facts of money need."""
    Pack.objects.create(
        code="test", version="1", title={"en": "Test"}, digest="x", loaded_at=LONG_AGO,
        settings={"zone": "Europe/Bucharest", "currency": "RON", "currencies": {"RON": {"exponent": 2}},
                  "languages": ["en"]},
    )  # fmt: skip


@pytest.fixture
def household(town, cast, offices):
    maria = PersonDraft(full_name="Mureșan Maria", birth_date=date(1954, 3, 2))
    ion = PersonDraft(full_name="Mureșan Ion", birth_date=date(2014, 5, 1))
    return register_household(
        office=offices.spas.pk, area=None, line="", since=TODAY, members=[(maria, "head"), (ion, "grandchild")],
        actor=cast.elena, at=NOON,
    )  # fmt: skip


@pytest.fixture
def form(db):
    from vatra.kernel.actor import system

    return publish_form(data=workbook(), purpose="screening", actor=system("test"), at=LONG_AGO)


def members(household, actor) -> list[str]:
    card = household_card(household.pk, valid_on=TODAY, known_at=NOON, actor=actor)
    return [str(m.person_id) for m in card.members]


def screen(form, household, answers, actor, instance="uuid:1"):
    return submit_form(
        form_version=form, household=household, answers=answers, instance_id=instance, actor=actor, at=NOON
    )


def test_a_screening_becomes_facts_that_know_their_question(form, household, cast):
    maria, ion = members(household, cast.elena)
    answers = {
        "heating": "gas",
        "member": [{"person": maria, "income": "1200"}, {"person": ion, "income": "0", "pupil": "yes"}],
    }
    stored = screen(form, household, answers, cast.elena)
    known = facts_of(household.pk, valid_on=TODAY, known_at=NOON)
    assert known.household["heating"][-1][2] == "gas"
    persons = {str(key): facts for key, facts in known.persons.items()}
    assert persons[maria]["net_income"][-1][2] == 120000
    assert persons[ion]["pupil"][-1][2] is True
    fact = Fact.objects.get(definition_id="pupil")
    assert (fact.source, fact.question, fact.source_id) == ("form", "/data/member/pupil", stored.pk)
    assert Screening.objects.get().answers_id == stored.pk


def test_the_same_form_sent_twice_happens_once(form, household, cast):
    screen(form, household, {"heating": "gas"}, cast.elena)
    screen(form, household, {"heating": "gas"}, cast.elena)
    assert (
        Answers.objects.count(),
        Screening.objects.count(),
        Fact.objects.filter(definition_id="heating").count(),
    ) == (1, 1, 1)


def test_nothing_is_kept_of_answers_that_are_refused(form, household, cast):
    with pytest.raises(AnswersRefused):
        screen(form, household, {"heating": "coal"}, cast.elena)
    assert (Answers.objects.count(), Fact.objects.filter(definition_id="heating").count()) == (0, 0)


def test_one_question_answered_at_the_window(household, cast):
    answer_question(subject=household, fact="heating", value="wood", actor=cast.elena, at=NOON)
    assert facts_of(household.pk, valid_on=TODAY, known_at=NOON).household["heating"][-1][2] == "wood"
