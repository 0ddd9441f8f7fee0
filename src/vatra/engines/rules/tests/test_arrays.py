"""The arrays agree with the closures wherever they run, and leave to SQL what they cannot do."""

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vatra.engines.rules import Unit, arrays, arrays_files, arrays_run, arrays_summaries, arrays_values, load_ruleset
from vatra.engines.rules.arrays_run import batches
from vatra.engines.rules.arrays_values import Unfit
from vatra.engines.rules.columns import columns_of
from vatra.engines.rules.population import run, tables
from vatra.engines.rules.tests import generate
from vatra.engines.rules.tests.cast import CATALOGUE, ON, wrapped
from vatra.engines.rules.tests.test_both_ways import expected

RULESETS = 170
UNITS = 30
compared = fitting = 0


def by_arrays(rules, on, paths, only=()):
    """Rows by (unit, member)."""
    made = batches(rules, on, *paths, columns_of(rules, only), {}, "household_id", "person_id")
    rows = pa.Table.from_batches(list(made)).to_pylist()
    return {(row["household_id"], row.get("person_id")): row for row in rows}


def written(rules, on, units, folder):
    paths = folder / "p.parquet", folder / "h.parquet"
    for table, path in zip(tables(rules, on, units), paths, strict=True):
        pq.write_table(table, path, row_group_size=16)
    return paths


def differences(number: int, folder) -> list[tuple]:
    """Every disagreement of one random ruleset over units of whom all is known, read a few rows at a time."""
    global compared, fitting
    random = Random(number)
    text = generate.ruleset(random, certain=True)
    rules = load_ruleset(text, generate.CATALOGUE)
    units = [generate.unit(random, 0.0) for _ in range(UNITS)]
    try:
        rows = by_arrays(rules, generate.ON, written(rules, generate.ON, units, folder))
    except Unfit:
        return []
    fitting += 1
    out = []
    for i, unit in enumerate(units):
        for subject, member in enumerate(unit.ids if rules.unit == "person" else [None]):
            unit.subject = subject
            mine, theirs = expected(rules, unit, None), rows[i, member]
            compared += 1
            if any(theirs[k] != x for k, x in mine.items() if k in theirs) or set(mine) - set(theirs) - BOUNDS:
                out.append((number, i, member, mine, theirs, text))
    return out


BOUNDS = {"amount_min", "amount_max"}


@pytest.fixture
def few_rows(monkeypatch):
    monkeypatch.setattr(arrays_files, "AT_A_TIME", 11)


@pytest.mark.slow
def test_arrays_and_closures_agree_on_thousands_of_cases(few_rows, tmp_path):
    for number in range(RULESETS):
        assert differences(number, tmp_path) == []
    assert fitting > RULESETS * 0.6
    assert compared >= 5000
