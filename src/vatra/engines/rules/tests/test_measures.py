from datetime import date
from pathlib import Path

import duckdb
import pytest

from vatra.engines.rules import Catalogue, check_text, load_ruleset
from vatra.engines.rules.batch import Source
from vatra.engines.rules.measures import measure
from vatra.engines.rules.tests.test_docs import blocks

CATALOGUE = Catalogue.from_dict(
    {
        "currencies": {"EUR": {"exponent": 2}},
        "facts": {
            "eq_income": {"of": "person", "type": "money", "currency": "EUR"},
            "survey_weight": {"of": "person", "type": "number", "decimals": 6},
            "sex": {"of": "person", "type": "code", "codes": ["female", "male"]},
        },
    }
)
(TEXT,) = blocks("yaml indicator")
EU_SILC = (
    Path(__file__).parents[5].parent / "shared" / "data" / "households" / "eusilc_austria_synthetic" / "eusilc.csv"
)


def table(rows):
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE people (household_id BIGINT, person_id BIGINT, eq_income BIGINT, survey_weight BIGINT, sex VARCHAR)"
    )
    con.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", rows)
    return con


def run(text, con):
    return {m.name: m for m in measure(load_ruleset(text, CATALOGUE), date(2025, 1, 1), Source("people"), con)}


def small(formula, weight="weight: survey_weight\n"):
    return f'code: c\nkind: indicator\nunit: person\nlaw: {{act: a}}\n{weight}measures:\n  m: "{formula}"\n'


ROWS = [
    (i, i, x * 100, w * 10**6, "female" if i % 2 else "male")
    for i, (x, w) in enumerate([(10, 1), (20, 2), (30, 1), (40, 4)])
]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("people(member)", "8"),
        ("people(member where sex = 'male')", "2"),
        ("rows(member)", 4),
        ("total(eq_income)", {"minor": 24000, "currency": "EUR"}),
        ("mean(eq_income)", {"minor": 3000, "currency": "EUR"}),
        ("median(eq_income)", {"minor": 3500, "currency": "EUR"}),  # half of the weight lies exactly at 30
        ("quantile(eq_income, 30%)", {"minor": 2000, "currency": "EUR"}),
        ("share(eq_income < 25 EUR)", "37.5%"),
        ("rate(total(eq_income where sex = 'male'), total(eq_income))", "16.6667%"),
        ("ratio(total(eq_income), total(eq_income where eq_income > 99 EUR))", None),
    ],
)
def test_a_measure_of_four_people(formula, value):
    assert run(small(formula), table(ROWS))["m"].value == value


def test_unknown_rows_are_left_out_and_counted():
    con = table([*ROWS, (9, 9, None, 10**6, "male"), (10, 10, 500, None, "male")])
    result = run(small("mean(eq_income)"), con)["m"]
    assert result.value == {"minor": 3000, "currency": "EUR"}
    assert result.left_out == 2


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("eq_income", "unknown_fact"),
        ("share(eq_income)", "wrong_type"),
        ("total(eq_income) + 1", "wrong_type"),
        ("quantile(eq_income, 120%)", "wrong_type"),
        ("div(total(eq_income), people(member), 'up')", "division_by_zero"),
    ],
)
def test_a_measure_is_checked(formula, code):
    assert [p.code for p in check_text(small(formula), CATALOGUE)] == [code]


@pytest.mark.skipif(not EU_SILC.exists(), reason=f"the EU-SILC sample is not here: {EU_SILC}")
def test_the_published_indicators_of_the_eu_silc_sample():
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE people AS SELECT db030 AS household_id, rb030 AS person_id, CAST(round(eqIncome * 100) AS BIGINT) AS eq_income, "
        f"CAST(round(rb050 * 1000000) AS BIGINT) AS survey_weight, rb090 AS sex FROM read_csv('{EU_SILC}', nullstr=['NA', ''])"
    )
    found = run(TEXT, con)
    close = {
        "at_risk_of_poverty": 14.444,
        "poverty_gap": 18.929,
        "gini_coefficient": 26.490,
        "quintile_share_ratio": 3.970,
    }
    for name, published in close.items():
        assert float(found[name].value.rstrip("%")) == pytest.approx(published, abs=0.005)
    assert set(found["at_risk_by_sex"].value) == {"female", "male"}
