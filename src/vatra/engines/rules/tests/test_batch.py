from datetime import date

import duckdb
import pyarrow.parquet as pq
import pytest
import sqlglot

from vatra.engines.rules import Unit, load_ruleset
from vatra.engines.rules.batch import Batch, Source
from vatra.engines.rules.population import complete_columns, run, tables
from vatra.engines.rules.tests.cast import CATALOGUE, HEATING, ON, wrapped
from vatra.kernel.refused import Refused

RULES = load_ruleset(HEATING, CATALOGUE)
CHILD = {"net_income": 0, "birth_date": date(2022, 1, 1), "disability_degree": 0}
UNITS = [
    Unit([{"id": "a", "facts": {**CHILD, "net_income": income}}, {"id": "b", "facts": CHILD}], {"heating_fuel": "gas"})
    for income in (0, 40100, 90000000)
]


@pytest.fixture
def files(tmp_path):
    paths = tmp_path / "p.parquet", tmp_path / "h.parquet"
    for table, path in zip(tables(RULES, ON, UNITS), paths, strict=True):
        pq.write_table(table, path)
    return paths


def test_parquet_in_parquet_out(files, tmp_path):
    out = tmp_path / "out.parquet"
    run(RULES, ON, *files, out=out)
    rows = pq.read_table(out).sort_by("household_id").to_pylist()
    assert [(r["status"], r["amount"]) for r in rows] == [
        ("entitled", 25000),
        ("entitled", 22500),
        ("not_entitled", None),
    ]
    assert rows[2]["clause:means"] is False


def test_the_files_own_statistics_say_where_nothing_is_missing(files):
    assert {"net_income", "heating_fuel", "household_id"} <= complete_columns(*files)


def test_a_value_out_of_its_bounds_refuses_the_population(tmp_path, files):
    bad = pq.read_table(files[0]).set_column(2, "net_income", [[10**14] * 6])
    pq.write_table(bad, tmp_path / "bad.parquet")
    with pytest.raises(Refused, match="outside"):
        run(RULES, ON, tmp_path / "bad.parquet", files[1])


def test_overflow_fails_and_writes_nothing(tmp_path):
    text = wrapped("sum(member.net_income * (disability_degree * 10000000)) > 1 RON")
    rules = load_ruleset(text, CATALOGUE)
    units = [Unit([{"id": "a", "facts": {"net_income": 10**13, "disability_degree": 100}}])]
    paths = tmp_path / "p.parquet", tmp_path / "h.parquet"
    for table, path in zip(tables(rules, ON, units), paths, strict=True):
        pq.write_table(table, path)
    with pytest.raises(Refused, match="too large"):
        run(rules, ON, *paths, out=tmp_path / "out.parquet")
    with pytest.raises(Refused, match="too large"):
        rules.determine(units[0], on=ON)


def test_household_facts_without_households_are_refused():
    with pytest.raises(Refused, match="no table of households"):
        Batch(RULES, ON, Source("persons"))


def test_sparks_text_is_well_formed_in_its_dialect_and_says_the_same():
    sql = Batch(RULES, ON, Source("persons", "households"), "spark").sql
    tree = sqlglot.parse_one(sql, read="spark")
    names = [e.alias_or_name for e in tree.selects]
    assert names == ["household_id", "status", "clause:means", "clause:need", "amount", "amount_min", "amount_max"]
    assert " div " in sql and "//" not in sql and "::" not in sql


def test_sparks_text_run_through_duckdb_gives_the_same_rows():
    persons, homes = tables(RULES, ON, UNITS)
    con = duckdb.connect()
    con.register("persons", persons)
    con.register("households", homes)
    spark = Batch(RULES, ON, Source("persons", "households"), "spark").sql
    translated = sqlglot.transpile(spark, read="spark", write="duckdb")[0]
    ours = Batch(RULES, ON, Source("persons", "households")).sql
    columns = "status, amount"
    query = "SELECT " + columns + " FROM ({}) ORDER BY household_id"
    assert con.execute(query.format(translated)).fetchall() == con.execute(query.format(ours)).fetchall()
