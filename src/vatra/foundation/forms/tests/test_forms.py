"""A form is brought in, filled, and read."""

import json
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from conftest import NOON

from vatra.foundation.forms.commands import AnswersRefused, publish_form, store_answers
from vatra.foundation.forms.ingest import Said, ingest
from vatra.foundation.forms.instance import Instance
from vatra.foundation.forms.models import FormVersion
from vatra.foundation.forms.questions import questions_of, read_questions
from vatra.foundation.forms.xlsform import read_xlsform
from vatra.kernel.actor import system
from vatra.kernel.ids import stable_id
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused

SHARED = Path(__file__).resolve().parents[6] / "shared" / "data" / "forms"
HOUSE = Ref("people.household", stable_id("household"))
US = system("test")
SURVEY = [
    ["type", "name", "label::Română (ro)", "label::English (en)", "relevant", "required", "constraint",
     "bind::vatra:fact", "bind::vatra:each"],
    ["select_one heating", "heating", "Cu ce vă încălziți?", "How do you heat?", "", "yes", "", "heating", ""],
    ["decimal", "wood", "Câți metri de lemne?", "How many metres of wood?", "${heating}='wood'", "", ". < 50", "", ""],
    ["begin repeat", "member", "Membru", "Member", "", "", "", "", "members"],
    ["text", "person", "Persoana", "Person", "", "", "", "", ""],
    ["integer", "income", "Venit net", "Net income", "", "", "", "net_income", ""],
    ["select_one yes_no", "pupil", "Merge la școală?", "At school?", "${income} = 0", "", "", "pupil", ""],
    ["end repeat", "", "", "", "", "", "", "", ""],
]  # fmt: skip
CHOICES = [
    ["list_name", "name", "label::Română (ro)", "label::English (en)"],
    ["heating", "wood", "lemne", "wood"], ["heating", "gas", "gaz", "gas"],
    ["yes_no", "yes", "da", "yes"], ["yes_no", "no", "nu", "no"],
]  # fmt: skip
TYPES = {"heating": ("code", 0), "net_income": ("money", 2), "pupil": ("boolean", 0)}


def workbook(version: str = "1", choices: list = CHOICES) -> bytes:
    """The same bytes for the same content: a workbook holds the second in which it was made."""
    return _workbook(version, json.dumps(choices))


@cache
def _workbook(version: str, said: str) -> bytes:
    choices = json.loads(said)
    book = openpyxl.Workbook()
    settings = [
        ["form_id", "form_title", "version", "default_language", "namespaces"],
        ["screening", "Screening", version, "Română (ro)", 'vatra="urn:vatra:forms"'],
    ]
    for name, rows in [("survey", SURVEY), ("choices", choices), ("settings", settings)]:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book["Sheet"])
    book.save(out := BytesIO())
    return out.getvalue()


@pytest.fixture
def screening(db) -> FormVersion:
    return publish_form(data=workbook(), purpose="screening", actor=US, at=NOON)


def answer(version: FormVersion, answers: dict, instance: str = "uuid:1"):
    return store_answers(
        form_version=version, about=HOUSE, answers=answers, instance_id=instance, answered_at=NOON, actor=US, at=NOON
    )


def test_questions_keep_their_languages_choices_and_facts(screening):
    heating, wood, member = questions_of(screening).children
    assert heating.label == {"ro": "Cu ce vă încălziți?", "en": "How do you heat?"}
    assert [c.name for c in heating.choices] == ["wood", "gas"]
    assert (heating.fact, member.each, wood.relevant.strip()) == ("heating", "members", "/data/heating ='wood'")


def test_answers_become_typed_sayings_of_household_and_members(screening):
    answers = {
        "heating": "gas",
        "wood": "12",  # left over from an earlier answer: it does not apply
        "member": [{"person": "a", "income": "1200"}, {"person": "b", "income": "0", "pupil": "yes"}],
    }
    stored, new = answer(screening, answers)
    assert new
    assert ingest(stored, TYPES) == [
        Said("heating", None, "gas", "/data/heating"),
        Said("net_income", "a", 120000, "/data/member/income"),
        Said("net_income", "b", 0, "/data/member/income"),
        Said("pupil", "b", True, "/data/member/pupil"),
    ]


def test_the_same_instance_sent_again_is_the_same_answers(screening):
    first, _ = answer(screening, {"heating": "gas"})
    again, new = answer(screening, {"heating": "wood"})
    assert (again.pk, new) == (first.pk, False)


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ({}, "heating"),
        ({"heating": "coal"}, "heating"),
        ({"heating": "wood", "wood": "99"}, "wood"),
        ({"heating": "wood", "wood": "NaN"}, "wood"),
        ({"heating": "gas", "member": [{"person": "a", "income": "a lot"}]}, "member.0.income"),
    ],
)
def test_answers_that_do_not_fit_are_refused_with_their_place(screening, answers, place):
    with pytest.raises(AnswersRefused) as refusal:
        answer(screening, answers)
    assert [p.place for p in refusal.value.problems] == [place]


def test_a_version_never_changes(screening):
    assert publish_form(data=workbook(), purpose="screening", actor=US, at=NOON).pk == screening.pk
    with pytest.raises(Refused, match="exists with other content"):
        publish_form(data=workbook(choices=[*CHOICES, ["heating", "oil", "motorină", "oil"]]), purpose="screening",
                     actor=US, at=NOON)  # fmt: skip
    second = publish_form(data=workbook("2"), purpose="screening", actor=US, at=NOON)
    screening.refresh_from_db()
    assert (screening.retired_at, second.retired_at) == (NOON, None)


def test_what_is_no_workbook_is_refused():
    with pytest.raises(Refused, match="not an Excel workbook"):
        read_xlsform(b"%PDF-1.7")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared public inputs are not beside this checkout")
@pytest.mark.parametrize(
    "name", ["reach_2024_msna_household.xlsx", "socio_economic_survey.xlsx", "ifrc_distribution_site.xls"]
)
def test_public_forms_come_in_whole(name):
    converted = read_xlsform((SHARED / name).read_bytes())
    form = read_questions(converted.definition, converted.xform)
    instance = Instance(form, {}, today=date(2026, 11, 21))
    assert len([q for q in form.walk() if q.label]) > 20
    assert list(instance.answered())


@pytest.mark.skipif(not SHARED.exists(), reason="the shared public inputs are not beside this checkout")
def test_a_broken_public_form_is_refused_row_by_row():
    with pytest.raises(Refused) as refusal:
        read_xlsform((SHARED / "unhcr_xlsformutil_demo.xlsx").read_bytes())
    for row in (7, 8, 9, 13):
        assert f"[row : {row}]" in str(refusal.value)


@pytest.mark.parametrize(("day", "fits"), [("2026-11-20", True), ("2026-11-21", True), ("2026-11-22", False)])
def test_dates_are_compared_as_days(screening, day, fits):
    """XPath 1.0 compares numbers only; `. <= today()` must not turn every date away."""
    form = questions_of(screening)
    asked = replace(form.children[1], name="moved", kind="date", relevant="", constraint=". <= today()")
    instance = Instance(replace(form, children=[asked]), {"moved": day}, today=NOON.date())
    assert [one.value for one in instance.answered()] == [day]
    assert (instance.problems() == []) is fits
