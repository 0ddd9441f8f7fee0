"""The examples of docs/rules.md are run as they stand."""

import re
from datetime import date
from pathlib import Path

import pytest

from vatra.engines.rules import Unit, check_text, load_ruleset
from vatra.engines.rules.tests.cast import CATALOGUE, ON, wrapped
from vatra.engines.rules.types import as_json, read_literal

PAGE = (Path(__file__).parents[5] / "docs" / "rules.md").read_text()
FAMILY = Unit(
    [
        {
            "id": "Maria",
            "facts": {
                "net_income": 200000,
                "birth_date": date(1980, 1, 1),
                "disability_degree": 70,
                "is_student": False,
            },
        },
        {
            "id": "Ion",
            "facts": {
                "net_income": 100000,
                "birth_date": date(1984, 5, 1),
                "disability_degree": 0,
                "is_student": False,
            },
        },
        {
            "id": "Ana",
            "facts": {"net_income": 0, "birth_date": date(2015, 1, 1), "disability_degree": 0, "is_student": False},
        },
    ],
    {"owns_home": True},
)


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.M | re.S)


def lines(kind):
    return [
        tuple(part.strip() for part in line.rsplit("=>", 1)) for block in blocks(kind) for line in block.splitlines()
    ]


@pytest.mark.parametrize(("formula", "expected"), lines("formulas"))
def test_a_formula_gives_what_the_page_says(formula, expected):
    rules = load_ruleset(wrapped(derive=f'figure: "{formula}"'), CATALOGUE)
    outcome = rules.determine(FAMILY, on=ON)
    type_, value = read_literal(expected, CATALOGUE.currencies)
    assert outcome.derived["figure"] == as_json(value, type_)


@pytest.mark.parametrize(("formula", "code"), lines("refusals"))
def test_a_refusal_has_the_code_the_page_says_and_points_into_the_formula(formula, code):
    problems = check_text(wrapped(f'"{formula}"'), CATALOGUE)
    assert [p.code for p in problems] == [code], problems
    assert problems[0].line == 6
    assert 11 < problems[0].column <= 13 + len(formula)
    assert problems[0].text


def test_the_whole_ruleset_and_the_parameters_load():
    (text,) = blocks("yaml ruleset")
    assert check_text(text, CATALOGUE) == []
    (own,) = blocks("yaml own")
    assert check_text(own, CATALOGUE) == []
    (parameters,) = blocks("yaml parameters")
    assert check_text(wrapped(parameters=parameters), CATALOGUE) == []
    assert len(load_ruleset(wrapped(parameters=parameters), CATALOGUE).parameters) == 10
