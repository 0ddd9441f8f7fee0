"""What the language can say: laws of several countries, as somebody would write them who knows them, with their cases."""

from pathlib import Path

import duckdb
import pytest

from vatra.engines.rules import check_text, load_ruleset
from vatra.engines.rules.batch import Batch, Source
from vatra.engines.rules.cases import read_cases, run_case, unit_of
from vatra.engines.rules.files import load_catalogue, read_text
from vatra.engines.rules.population import tables

LAWS = Path(__file__).parent / "laws"
CATALOGUE = load_catalogue(LAWS / "catalogue.yaml")
NAMES = sorted(path.name.removesuffix(".rules.yaml") for path in LAWS.glob("*.rules.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_the_law_can_be_said_and_decides_its_cases(name):
    text = read_text(LAWS / f"{name}.rules.yaml")
    assert [str(p) for p in check_text(text, CATALOGUE)] == []
    rules = load_ruleset(text, CATALOGUE)
    suite = read_cases(read_text(LAWS / f"{name}.cases.yaml"))
    assert suite.ruleset == rules.code
    found = {case.name: run_case(rules, case).differences for case in suite.cases}
    assert {name: why for name, why in found.items() if why} == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_law_decides_the_same_by_sql(name):
    """Each case as a town of one household, for cases stand on days of their own."""
    rules = load_ruleset(read_text(LAWS / f"{name}.rules.yaml"), CATALOGUE)
    for case in read_cases(read_text(LAWS / f"{name}.cases.yaml")).cases:
        unit = unit_of(case, CATALOGUE)
        outcome = rules.determine(unit, on=case.on)
        with duckdb.connect(config={"threads": 1}) as con:
            for table, rows in zip(("persons", "homes"), tables(rules, case.on, [unit]), strict=True):
                con.register(table, rows)
            got = con.execute(Batch(rules, case.on, Source("persons", "homes")).sql).to_arrow_table().to_pylist()
        subject = unit.ids[unit.subject] if rules.unit == "person" else None
        (row,) = [r for r in got if r.get("person_id") == subject]
        assert row["status"] == outcome.status
        assert row["amount"] == (outcome.amount and outcome.amount.minor)
        assert {c.id: row[f"clause:{c.id}"] for c in outcome.clauses} == {c.id: c.holds for c in outcome.clauses}
