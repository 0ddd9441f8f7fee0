"""The arrays agree with the closures wherever they run, and leave to SQL what they cannot do."""

from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from vatra.engines.rules import Unit, arrays_files, arrays_summaries, arrays_values, load_ruleset
from vatra.engines.rules.arrays_run import batches
from vatra.engines.rules.arrays_values import Unfit
from vatra.engines.rules.columns import columns_of
from vatra.engines.rules.population import run, tables
from vatra.engines.rules.tests import generate
from vatra.engines.rules.tests.cast import CATALOGUE, ON, wrapped
from vatra.engines.rules.tests.test_both_ways import expected
from vatra.kernel.refused import Refused

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
        rows = by_arrays(rules, generate.ON, written(rules, generate.ON, units, folder), ALL)
    except Unfit:
        return []
    fitting += 1
    compared += len(rows)
    found = disagreeing(rules, units, rows, lambda unit: {**expected(rules, unit, None), **figures(rules, unit)})
    return [(number, *one, text) for one in found]


def disagreeing(rules, units, rows, decide) -> list[tuple]:
    out = []
    for i, unit in enumerate(units):
        for subject, member in enumerate(unit.ids if rules.unit == "person" else [None]):
            unit.subject = subject
            mine, theirs = decide(unit), rows[i, member]
            if any(theirs[k] != x for k, x in mine.items() if k in theirs) or set(mine) - set(theirs) - BOUNDS:
                out.append((i, member, mine, theirs))
    return out


def differences_however_it_lies(number: int, folder) -> list[tuple]:
    """The same through `run`, which chooses: a town in no order, or one of whom not all is known."""
    random = Random(number)
    rules = load_ruleset(generate.ruleset(random, certain=number % 2 == 0), generate.CATALOGUE)
    units = [generate.unit(random, 0.0 if number % 3 else 0.1) for _ in range(UNITS)]
    persons, homes = tables(rules, generate.ON, units)
    if rules.programmes_read:
        return []  # files do not say which programmes a household has
    table = run(rules, generate.ON, *paths_of((shuffled(persons) if number % 3 else persons, homes), folder))
    rows = {(row["household_id"], row.get("person_id")): row for row in table.to_pylist()}
    return [(number, *one) for one in disagreeing(rules, units, rows, lambda unit: expected(rules, unit, None))]


BOUNDS = {"amount_min", "amount_max"}  # of what is not known
ALL = ["status", "clause", "amount", "derived"]


def figures(rules, unit) -> dict:
    """The derived figures of the decided."""
    outcome = rules.determine(unit, on=generate.ON)
    return {
        f"derived:{name}": act(outcome.row)
        for name, level, act, _type in outcome.program.derived
        if level == rules.home
    }


@pytest.fixture
def few_rows(monkeypatch):
    monkeypatch.setattr(arrays_files, "AT_A_TIME", 11)


def half_up_goes_down(a, b, mode):
    return DIVIDED(a, b, "down" if mode == "half_up" else mode)


def fields_of_nine_bits_in_ten(rows, *flags):
    return COUNTS(rows, *flags) + (1 << 10)


def nobody_is_somebody(node, everyone):
    return BEST(node, True)


DIVIDED, COUNTS, BEST = arrays_values._divided, arrays_summaries.counts, arrays_summaries._best


@pytest.mark.parametrize(
    ("module", "name", "fault"),
    [
        (arrays_values, "_divided", half_up_goes_down),
        (arrays_summaries, "counts", fields_of_nine_bits_in_ten),
        (arrays_summaries, "_best", nobody_is_somebody),
        (arrays_summaries, "per_unit", lambda total, rows: total.take(rows.ends)),
    ],
    ids=["rounding", "a count reaches its neighbour", "nobody qualifies", "the unit before is not taken off"],
)
def test_a_planted_fault_is_caught(module, name, fault, few_rows, monkeypatch, tmp_path):
    monkeypatch.setattr(module, name, fault)
    assert any(differences(number, tmp_path) for number in range(40))


SETTINGS = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.slow
@seed(2)
@settings(max_examples=RULESETS, **SETTINGS)
@given(number=st.integers(0, 2**48))
def test_arrays_and_closures_agree(few_rows, tmp_path, number):
    assert differences(number, tmp_path) == []


@pytest.mark.slow
def test_at_least_five_thousand_cases_were_decided_on_arrays(few_rows, tmp_path):
    # Runs after the test above; alone, it makes its own cases.
    for number in range(RULESETS if compared == 0 else 0):
        assert differences(number, tmp_path) == []
    assert compared >= 5000
    assert fitting > RULESETS * 0.6


@pytest.mark.slow
@seed(3)
@settings(max_examples=40, **SETTINGS)
@given(number=st.integers(0, 2**48))
def test_every_town_is_decided_alike_however_it_lies(few_rows, tmp_path, number):
    assert differences_however_it_lies(number, tmp_path) == []


TEXT = (
    wrapped(
        "sum(net_income) <= 900 RON and (count(member where disability_degree >= 50) > 0 or heating_fuel = 'gas')",
        amount="greatest(0 RON, 500 RON - max(net_income where is_student, 0 RON)) + by_fuel(heating_fuel)",
    )
    .replace("by_fuel(heating_fuel)", ":price[heating_fuel]")
    .replace(
        "clauses:", "parameters:\n  price: {2020-01-01: {table: {wood: 3 RON, gas: 2 RON, power: 1 RON}}}\nclauses:"
    )
)
RULES = load_ruleset(TEXT, CATALOGUE)


def town() -> list[Unit]:
    random = Random(5)

    def member(i: int) -> dict:
        facts = {"net_income": random.randrange(60_000), "disability_degree": random.choice([0, 0, 60])}
        return {"id": f"p{i}", "facts": {**facts, "is_student": random.random() < 0.3}}

    return [
        Unit([member(i) for i in range(random.randrange(1, 5))], {"heating_fuel": random.choice(["wood", "gas"])})
        for _ in range(40)
    ]


def changed(column, at, value):
    """A table with one value changed."""

    def change(table):
        values = table[column].to_pylist()
        values[at] = value
        i = table.column_names.index(column)
        return table.set_column(i, column, pa.array(values, table[column].type))

    return change


def shuffled(table):
    return table.take(pa.array(np.random.default_rng(3).permutation(len(table))))


def cast_to_doubles(table):
    i = table.column_names.index("net_income")
    return table.set_column(i, "net_income", table["net_income"].cast("float64"))


def coded(column):
    def change(table):
        i = table.column_names.index(column)
        return table.set_column(i, column, table[column].cast("string").dictionary_encode())

    return change


def numbered(column):
    def change(table):
        i = table.column_names.index(column)
        return table.set_column(i, column, pa.array([7] * len(table)))

    return change


def same(table):
    return table


SPOILT = {
    "persons are not sorted": (shuffled, same),
    "households are not sorted": (same, shuffled),
    "a unit comes in two places": (changed("household_id", -1, 3), same),
    "a household has no members": (changed("household_id", 0, 1), same),
    "a household has no row": (same, lambda t: t.slice(0, len(t) - 1)),
    "a household has two rows": (same, lambda t: pa.concat_tables([t, t.slice(len(t) - 1)])),
    "a figure is missing": (changed("net_income", 7, None), same),
    "a truth is missing": (changed("is_student", 7, None), same),
    "a code is missing": (same, changed("heating_fuel", 7, None)),
    "keys are coded": (coded("household_id"), coded("household_id")),
    "codes are numbers": (same, numbered("heating_fuel")),
    "a column has another type": (cast_to_doubles, same),
}


def paths_of(tables_, folder):
    paths = folder / "p.parquet", folder / "h.parquet"
    for table, path in zip(tables_, paths, strict=True):
        pq.write_table(table, path, row_group_size=16)
    return paths


def fresh(table) -> list[dict]:
    return sorted(table.to_pylist(), key=lambda row: row["household_id"])


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_not_for_arrays_is_left_to_sql(name, few_rows, tmp_path, monkeypatch):
    spoilt = [act(t) for act, t in zip(SPOILT[name], tables(RULES, ON, town()), strict=True)]
    paths = paths_of(spoilt, tmp_path)
    with pytest.raises(Unfit):
        by_arrays(RULES, ON, paths)
    mine = fresh(run(RULES, ON, *paths))
    monkeypatch.setattr("vatra.engines.rules.population.batches", refuse)
    assert mine == fresh(run(RULES, ON, *paths))


def refuse(*_args):
    raise Unfit


def test_keys_may_be_words(few_rows, tmp_path):
    """In the order of words: 10 before 2."""
    persons, homes = tables(RULES, ON, town())
    by_number = by_arrays(RULES, ON, paths_of((persons, homes), tmp_path))
    words = [coded("household_id")(t) for t in (persons, homes)]
    words = [t.set_column(0, "household_id", t["household_id"].cast("string")).sort_by("household_id") for t in words]
    by_word = by_arrays(RULES, ON, paths_of(words, tmp_path))
    assert {int(key): row["status"] for (key, _m), row in by_word.items()} == {
        key: row["status"] for (key, _m), row in by_number.items()
    }


def test_the_same_town_unspoilt_is_for_arrays_and_gives_what_sql_gives(few_rows, tmp_path, monkeypatch):
    paths = paths_of(tables(RULES, ON, town()), tmp_path)
    assert len(by_arrays(RULES, ON, paths)) == 40
    mine = run(RULES, ON, *paths)
    monkeypatch.setattr("vatra.engines.rules.population.batches", refuse)
    theirs = run(RULES, ON, *paths)
    assert mine.schema.equals(theirs.schema)
    assert fresh(mine) == fresh(theirs)


@pytest.mark.parametrize(
    ("guard", "name"),
    [("must_ascend", "a unit comes in two places"), ("must_be_complete", "a truth is missing")],
)
def test_without_its_guard_a_spoilt_town_is_decided_wrongly(guard, name, few_rows, tmp_path, monkeypatch):
    spoilt = [act(t) for act, t in zip(SPOILT[name], tables(RULES, ON, town()), strict=True)]
    paths = paths_of(spoilt, tmp_path)
    right = fresh(run(RULES, ON, *paths))
    monkeypatch.setattr(arrays_files, guard, lambda _column: None)
    try:
        wrong = list(by_arrays(RULES, ON, paths).values())
    except Unfit:
        wrong = []
    assert wrong != right


def test_a_value_out_of_bounds_refuses_the_population(tmp_path):
    persons, homes = tables(RULES, ON, town())
    paths = paths_of((changed("net_income", 3, 10**14)(persons), homes), tmp_path)
    with pytest.raises(Refused, match="outside"):
        run(RULES, ON, *paths)


def test_a_file_is_only_there_once_it_is_whole(few_rows, tmp_path):
    """The last household spoils the town after most of it has been written."""
    persons, homes = tables(RULES, ON, town())
    out = tmp_path / "out.parquet"
    run(RULES, ON, *paths_of((persons, homes), tmp_path), out=out)
    assert pq.read_table(out).num_rows == 40
    run(RULES, ON, *paths_of((changed("net_income", -1, None)(persons), homes), tmp_path), out=out)
    rows = pq.read_table(out).to_pylist()
    assert len(rows) == 40 and "amount_min" in rows[0]
    assert not list(tmp_path.glob("*.part"))
