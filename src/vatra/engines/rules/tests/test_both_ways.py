"""One text, two ways to run: closures and SQL agree on status, every clause and the amount, unknown facts included."""

from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from vatra.engines.rules import check_text, load_ruleset
from vatra.engines.rules.batch import Batch, Source
from vatra.engines.rules.population import tables
from vatra.engines.rules.sql import Cell, Expressions
from vatra.engines.rules.tests import generate

pytestmark = pytest.mark.slow  # half a minute: in `make test`, not in `make quick`

HOLES = (0.0, 0.1, 0.3, 0.7)  # share of unknown facts; with none at all, the SQL without unknowns is what runs
EACH = 10
RULESETS = 130
compared = 0


def differences(number: int) -> list[tuple]:
    """Every disagreement of one random ruleset over its random units; one query for all of them."""
    global compared
    random = Random(number)
    text = generate.ruleset(random)
    assert check_text(text, generate.CATALOGUE) == [], text
    rules = load_ruleset(text, generate.CATALOGUE)
    out = []
    for holes in HOLES:
        units = [generate.unit(random, holes) for _ in range(EACH)]
        has = [random.choice([None, frozenset(), frozenset({"other"})]) for _ in units]
        rows = sql_rows(rules, units, has)
        for i, unit in enumerate(units):
            for subject, member in enumerate(unit.ids if rules.unit == "person" else [None]):
                unit.subject = subject
                mine, theirs = expected(rules, unit, has[i]), rows[i, member]
                compared += 1
                if any(theirs[k] != x for k, x in mine.items() if k in theirs):
                    out.append((number, i, member, mine, theirs, text))
    return out


def sql_rows(rules, units, has):
    persons, homes = tables(rules, generate.ON, units, has)
    known = frozenset(c for t in (persons, homes) for c in t.column_names if not t[c].null_count)
    column = {"other": "has:other"} if "other" in rules.programmes_read else {}
    batch = Batch(rules, generate.ON, Source("persons", "homes", known=known, has=column))
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("persons", persons)
        con.register("homes", homes)
        rows = con.execute(batch.sql).to_arrow_table().to_pylist()
    return {(row["household_id"], row.get("person_id")): row for row in rows}


def expected(rules, unit, has):
    outcome = rules.determine(unit, on=generate.ON, has=has)
    low, high = outcome.amount_bounds or (outcome.amount, outcome.amount)
    return {
        "status": outcome.status,
        **{f"clause:{c.id}": c.holds for c in outcome.clauses},
        "amount": outcome.amount and outcome.amount.minor,
        "amount_min": low and low.minor,
        "amount_max": high and high.minor,
    }


@seed(1)
@settings(
    max_examples=RULESETS, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.integers(0, 2**48))
def test_closures_and_sql_agree(number):
    assert differences(number) == []


def test_at_least_five_thousand_cases_were_compared():
    # Runs after the test above; alone, it makes its own cases.
    for number in range(RULESETS if compared == 0 else 0):
        assert differences(number) == []
    assert compared >= 5000


def half_up_goes_down(self, a, b, mode, *, plain, positive):
    return ROUNDED(self, a, b, "down" if mode == "half_up" else mode, plain=plain, positive=positive)


def unknown_counts_as_no(self, value, where, always, column):
    sure = COUNT(self, value, where, always, column)
    return Cell(sure.lo, sure.lo, False)


ROUNDED, COUNT = Expressions.rounded, Expressions._count


@pytest.mark.parametrize(
    ("name", "fault"), [("rounded", half_up_goes_down), ("_count", unknown_counts_as_no)], ids=["rounding", "unknown"]
)
def test_a_planted_difference_is_caught(monkeypatch, name, fault):
    monkeypatch.setattr(Expressions, name, fault)
    assert any(differences(number) for number in range(60))
