"""The parts of linkage that can be checked alone."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vatra.engines.linkage import load, scoring, sql, values
from vatra.engines.linkage.cluster import components, split
from vatra.engines.linkage.explain import codes
from vatra.engines.linkage.parameters import CLASSES, LEVELS
from vatra.engines.linkage.synthetic import people
from vatra.engines.names import REASONS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1984-03-12", (19840312, 1984)),
        ("12/03/1984", (19840312, 1984)),
        ("١٢/٠٣/١٩٨٤", (19840312, 1984)),
        ("12.3.1984", (19840312, 1984)),
        ("1984-25-03", (19840325, 1984)),
        ("19840312", (19840312, 1984)),
        ("1984-03-12 00:00:00", (19840312, 1984)),
        ("1984", (None, 1984)),
        ("unknown", None),
    ],
)
def test_dates_in_the_usual_writings(text, expected):
    assert values.birth(text) == expected


def test_one_arabic_letter_is_one_letter_to_the_carrier():
    """DuckDB's levenshtein counts bytes; the faulty control shows what that would do."""
    one, two = values.name_features("ماهر")[0], values.name_features("ماعر")[0]
    distance = lambda a, b: duckdb.execute("SELECT levenshtein(?, ?)", [a, b]).fetchall()[0][0]  # noqa: E731
    assert distance(one, two) == 1
    assert distance("ماهر", "ماعر") == 2


PATTERN = st.tuples(*[st.integers(0, len(LEVELS[f])) for f in sql.ORDER]).map(
    lambda levels: sum(level << (4 * place) for place, level in enumerate(reversed(levels)))
)


CARRIER = duckdb.connect(config={"threads": 1})


@settings(max_examples=25)
@given(st.lists(PATTERN, min_size=1, max_size=20, unique=True), st.floats(-40, 0), st.floats(-40, 0))
def test_sql_and_numpy_score_alike(patterns, frequency, kin):
    parameters = load()
    array = np.array(patterns, dtype=np.int64)
    table = pa.table(scoring.pattern_table(array, parameters, 10_000))
    con = CARRIER
    con.register("pattern_scores", table)
    count = len(patterns)
    patterned = {
        "l": list(range(count)), "r": list(range(count)), "pattern": array,
        "frequency": [frequency] * count, "kin_frequency": [kin] * count,
    }  # fmt: skip
    con.register("patterned", pa.table(patterned))
    rows = dict(con.execute(f"SELECT pattern, score FROM ({scoring.SCORE_SQL})").fetchall())
    mine = scoring.log_odds(
        scoring.class_scores(array, parameters, 10_000), np.full(count, frequency), np.full(count, kin)
    )
    assert np.allclose([rows[p] for p in patterns], mine, atol=1e-6)


@given(PATTERN)
def test_every_pattern_has_reasons_with_sentences(pattern):
    for code in codes(pattern):
        assert code in REASONS


def test_the_shares_of_a_field_add_up():
    """Within one script and across two, the shares of a class over the levels of a field are about one."""
    parameters = load()
    for field, by_level in parameters.levels.items():
        for place, of in enumerate(CLASSES):
            if any(isinstance(row[place], str) for row in by_level.values()):
                continue
            across = {"same", "differs"} if "script" in by_level else set()
            total = sum(row[place] for level, row in by_level.items() if level not in {"script", "differs_script"})
            assert 0.9 <= total <= 1.15, (field, of, total)
            assert across <= set(by_level)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"levels": {"shoes": {}}}, "no such field"),
        ({"levels": {"sex": {"same": [0.1, 0.2]}}}, "one share for each"),
        ({"levels": {"sex": {"same": [0.1, 0.2, 2.0, 0.1]}}}, "between 0 and 1"),
        ({"levels": {"sex": {"often": [0.1, 0.2, 0.1, 0.1]}}}, "no such level"),
    ],
)
def test_wrong_parameters_are_refused_by_place(over, words):
    with pytest.raises(ValueError, match=words):
        load(over)


def test_a_record_between_two_people_does_not_make_them_one():
    edges = [(1, 2, 6.0), (2, 3, 1.0)]
    assert components([(a, b) for a, b, _ in edges])[3] == 1
    home = split(edges, {(1, 3): -8.0})
    assert home[1] == home[2] != home[3]
    assert len(set(split(edges, {(1, 3): 2.0}).values())) == 1


def test_populations_are_the_same_for_a_seed_and_hold_what_they_promise():
    one, two = list(people(2000, seed=3)), list(people(2000, seed=3))
    assert one == two != list(people(2000, seed=4))
    assert sum(1 for r in one) - len({r["entity"] for r in one}) == 300
    assert {r["culture"] for r in one} == {"arabic", "turkish", "romanian", "hungarian"}
    assert len({r["household"] for r in one}) < 1000
    arabic = [r["given_name"] for r in one if r["culture"] == "arabic" and r["given_name"]]
    in_script = sum(any("\u0600" < c < "\u06ff" for c in name) for name in arabic) / len(arabic)
    assert 0.4 < in_script < 0.8
    with pytest.raises(ValueError, match="culture"):
        next(people(100, culture="martian"))


def test_the_statements_name_the_hash_of_their_carrier():
    assert "xxhash64(" in sql.keys_statement(sql.blocks(1), sql.SPARK)
    assert "xxhash64(" not in sql.keys_statement(sql.blocks(1), sql.DUCKDB)
