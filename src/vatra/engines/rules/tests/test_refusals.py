"""Every refusal of a text: right line, right column, a code and a sentence; and never an exception."""

import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vatra.engines.rules import check_text
from vatra.engines.rules.tests.cast import CATALOGUE, HEATING, ON, wrapped

FORMULA_LINE = 6  # of `when:` in the smallest document
FORMULA_COLUMN = 11


def found(text, **more):
    return [(p.line, p.column, p.code) for p in check_text(text, CATALOGUE, "x.yaml", **more)]


@pytest.mark.parametrize(
    ("formula", "at", "code", "word"),
    [
        ("rooms > 1 and romms > 2", "romms", "unknown_fact", "rooms"),
        ("any(disability_degre > 1)", "disability_degre", "unknown_fact", "disability_degree"),
        ("heating_fuel = 'wod'", "'wod'", "unknown_code", "wood"),
        ("heating_fuel in ('gas', 'coal')", "'coal'", "unknown_code", "coal"),
        ("has('heating-aid')", "'heating-aid'", "unknown_code", "home-heating-aid"),
        ("rent > :reference_indicatr", ":reference_indicatr", "unknown_parameter", "reference_indicator"),
        ("rooms > contains(1)", "contains(1)", "unknown_function", "contains"),
        ("rent > 5 RUB", "5 RUB", "unknown_currency", "RUB"),
        ("rent + 5 > 5 RON", "+ 5", "wrong_type", "money in RON"),
        ("rent > 5", "> 5", "wrong_type", "money in RON"),
        ("rooms and owns_home", "rooms", "wrong_type", "integer"),
        ("owns_home > true", "> true", "wrong_type", "boolean"),
        ("since = 5", "= 5", "wrong_type", "date"),
        ("area_m2 > 50%", "> 50%", "wrong_type", "percentage"),
        ("rent > 5 EUR", "> 5 EUR", "wrong_currency", "EUR"),
        ("sum(member.pension_abroad) + sum(member.net_income) > 1 RON", "+ sum", "wrong_currency", "EUR"),
        ("rent / 2 > 1 RON", "/ 2", "rounding_missing", "div"),
        ("div(rent, 2) > 1 RON", "div(rent", "rounding_missing", "half_up"),
        ("div(rent, 2, 'nearest') > 1 RON", "'nearest'", "rounding_missing", "half_up"),
        ("pct(10%, rent) > 1 RON", "pct(", "rounding_missing", "half_up"),
        ("rent * 0.5 > 1 RON", "* 0.5", "rounding_missing", "pct"),
        ("avg(member.net_income) > 1 RON", "avg(", "rounding_missing", "half_up"),
        ("div(rent, count(member where age < 6), 'up') > 1 RON", "count(", "division_by_zero", "greatest"),
        ("div(rent, rooms - 1, 'up') > 1 RON", "- 1", "division_by_zero", "zero"),
        ("net_income > 5 RON", "net_income", "unit_mismatch", "sum(member.net_income)"),
        ("member.age > 5", "member.age", "unit_mismatch", "any(member.age)"),
        ("count(member where heating_fuel = 'gas') > 1", "heating_fuel", "unit_mismatch", "unit.heating_fuel"),
        ("sum(member.rent) > 1 RON", "member.rent", "unit_mismatch", "unit.rent"),
        ("max(member.net_income where is_student) > 1 RON", "max(", "wrong_type", "qualifies"),
        ("(select 1) = 1", "select", "not_allowed", "select"),
        ("rooms in (select rooms from x)", "select", "not_allowed", "select"),
        ("exists(select 1)", "exists", "not_allowed", "exists"),
        ("drop table persons", "drop", "not_allowed", "drop"),
        ("rooms > 1; delete from x", ";", "not_allowed", ";"),
        ("rooms > 1 -- or true", "--", "not_allowed", "--"),
        ("rooms /* > */ > 1", "/*", "not_allowed", "/*"),
        ("rооms > 1", "оо", "look_alike_letter", "CYRILLIC"),
        ("rooms ＞ 1", "＞", "look_alike_letter", "FULLWIDTH"),
        ("heating_fuel = 'wооd'", "оо", "look_alike_letter", "CYRILLIC"),
        ("rooms > ١", "١", "look_alike_letter", "ARABIC-INDIC"),
        ("rent is not null", "is not", "not_allowed", "is"),
        ("rooms > 1 and", None, "syntax", "too early"),
        ("(rooms > 1", None, "syntax", "too early"),
        ("rooms > 1)", ")", "syntax", "one thing too many"),
        ("case when owns_home then true end", "end", "syntax", "ELSE"),
        ("heating_fuel = 'wood", "'wood", "syntax", "closed"),
        ("1 < rooms < 3", "< 3", "syntax", "AND"),
        ("rooms > 99999999999999999999", "99999", "syntax", "too large"),
        ("eval('1') = 1", "eval", "unknown_function", "eval"),
        ("__class__ = 1", "__class__", "unknown_fact", "__class__"),
    ],
)
def test_a_formula_is_refused_where_it_is_wrong(formula, at, code, word):
    problems = check_text(wrapped(f"{formula!r}" if "'" not in formula else f'"{formula}"'), CATALOGUE, "x.yaml")
    assert len(problems) == 1, problems
    problem = problems[0]
    column = FORMULA_COLUMN + 1 + (len(formula) if at is None else formula.index(at))
    assert (problem.line, problem.column, problem.code) == (FORMULA_LINE, column, code)
    assert word.lower() in problem.text.lower()
    assert str(problem).startswith(f"x.yaml:{problem.line}:{problem.column}: ")


CLAUSE = "  - {id: a, when: rooms > 1, because: {en: x}}\n"
HEAD = "code: c\nlaw: {act: A}\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "code"),
    [
        (HEAD + "derive:\n  a: b + 1\n  b: c + 1\n  c: a + 1\nclauses:\n" + CLAUSE, 6, 6, "circular"),
        (HEAD + "derive:\n  a: a + 1\nclauses:\n" + CLAUSE, 4, 6, "circular"),
        (HEAD + "clauses:\n  - {id: a, when: rooms > 1}\n", 4, 5, "clause_without_reason"),
        (HEAD + "clauses:\n  - {id: a, when: rooms > 1, because: {en: ''}}\n", 4, 39, "clause_without_reason"),
        ("code: c\nclauses:\n" + CLAUSE, 3, 5, "clause_without_law"),
        ("code: c\nlaw: {url: x}\nclauses:\n" + CLAUSE, 2, 6, "clause_without_law"),
        (HEAD + "clauses:\n" + CLAUSE + CLAUSE, 5, 10, "duplicate_id"),
        (HEAD + "derive:\n  rooms: 1\nclauses:\n" + CLAUSE, 4, 3, "duplicate_id"),
        (HEAD + "law: {act: B}\nclauses:\n" + CLAUSE, 3, 1, "duplicate_key"),
        (HEAD + "parameters:\n  p: {2020-01-01: 1, 2020-01-01: 2}\nclauses:\n" + CLAUSE, 4, 22, "duplicate_key"),
        (
            HEAD
            + "parameters:\n  p:\n    - {from: 2020-01-01, to: 2021-06-01, value: 1}\n    - {from: 2021-01-01, value: 2}\nclauses:\n"
            + CLAUSE,
            6,
            7,
            "overlapping_dates",
        ),
        (
            HEAD + "parameters:\n  p: {schedule: [[2 RON, 1], [1 RON, 2]]}\nclauses:\n" + CLAUSE,
            4,
            17,
            "overlapping_dates",
        ),
        (
            HEAD + "parameters:\n  p: {2020-01-01: 1 RON, 2021-01-01: 2 EUR}\nclauses:\n" + CLAUSE,
            4,
            38,
            "wrong_currency",
        ),
        (HEAD + "parameters:\n  p: {2020-01-01: 1 RON, 2021-01-01: 2}\nclauses:\n" + CLAUSE, 4, 38, "wrong_type"),
        (HEAD + "parameters:\n  p: {2020-13-01: 1 RON}\nclauses:\n" + CLAUSE, 4, 7, "wrong_type"),
        (
            "code: c\nparameters:\n  p: 1\nclauses:\n  - {id: a, law: {act: A}, when: rooms > :p, because: {en: x}}\n",
            3,
            3,
            "clause_without_law",
        ),
        (HEAD + "parameters:\n  p: 12.3456 RON\nclauses:\n" + CLAUSE, 4, 6, "wrong_type"),
        (HEAD + "clauzes:\n" + CLAUSE, 1, 1, "syntax"),
        (HEAD + "clauses:\n  - {id: a, when: rooms > 1, because: {en: '{nothing}'}}\n", 4, 45, "unknown_fact"),
        (HEAD + "amount: rooms\nclauses:\n" + CLAUSE, 3, 9, "wrong_type"),
        (HEAD + "amount: 1 RON\nrounding: {to: 1 RON}\nclauses:\n" + CLAUSE, 4, 11, "rounding_missing"),
        (HEAD + "priority: high\nclauses:\n" + CLAUSE, 3, 11, "wrong_type"),
        (HEAD + "period: fortnight\nclauses:\n" + CLAUSE, 3, 9, "unknown_code"),
        (HEAD + "a: &x 1\nclauses:\n" + CLAUSE, 3, 4, "not_allowed"),
        (HEAD + "title: !!python/object:os.system x\nclauses:\n" + CLAUSE, 3, 8, "not_allowed"),
        (HEAD + "clauses:\n  - {id: а, when: rooms > 1, because: {en: x}}\n", 4, 10, "look_alike_letter"),
        (HEAD + "clauѕes:\n" + CLAUSE, 3, 5, "look_alike_letter"),
        ("code: [\n", 2, 1, "yaml"),
        ("", 1, 1, "yaml"),
        ("- a\n", 1, 1, "yaml"),
        ("a: 1\n---\nb: 2\n", 3, 1, "yaml"),
        ("\x00", 1, 1, "yaml"),
    ],
)
def test_a_document_is_refused_where_it_is_wrong(text, line, column, code):
    assert (line, column, code) in found(text)


def test_a_parameter_without_a_value_on_the_day():
    text = wrapped("rooms > :p", parameters="p: {2030-01-01: 1}")
    assert found(text) == []
    assert found(text, on=ON) == [(5, 3, "parameter_without_value")]
    assert found(text + "in_force: 2029-01-01\n") == [(5, 3, "parameter_without_value")]
    assert found(text + "in_force: 2030-01-01\n") == []
    assert found(text + "in_force: 2030-01-01\n", on=ON) == []  # a law that is not yet in force
    assert found(text + "in_force: 2030-01-01\n", on=ON.replace(year=2031)) == []
    ended = wrapped(
        "rooms > :p",
        parameters="p: {2020-01-01: 1, 2024-01-01: null}",
        more="in_force: {from: 2020-01-01, to: 2024-01-01}",
    )
    assert found(ended, on=ON) == []
    assert found(ended.replace("to: 2024", "to: 2034"), on=ON) == [(5, 3, "parameter_without_value")]
    assert found(wrapped("rent > :reference_indicator"), on=ON.replace(year=2019)) == [
        (1, 1, "parameter_without_value")
    ]


def test_places_inside_block_and_folded_formulas():
    text = wrapped(">-\n      rooms > 1\n      and romms > 2")
    assert found(text) == [(8, 11, "unknown_fact")]
    assert found(wrapped('"rooms > 1 and\n      romms > 2"')) == [(7, 7, "unknown_fact")]


def test_all_problems_are_shown_at_once():
    text = (
        HEAD
        + "clauses:\n  - {id: a, when: romms > 1, because: {en: x}}\n  - {id: b, when: rent > 1, because: {en: x}}\n"
    )
    assert [p.code for p in check_text(text, CATALOGUE)] == ["unknown_fact", "wrong_type"]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000_000,
        "code: c\n" + "# " + "y" * 10_000_000,
        "a:\n" * 3_000_000,
        wrapped('"' + "(" * 10_000 + "1" + ")" * 10_000 + ' = 1"'),
        wrapped('"' + "not " * 2_499 + 'owns_home"'),
        wrapped('"' + "- " * 5_000 + '1 = 1"'),
        wrapped('"' + "rooms + " * 1_200 + '1 > 1"'),
        wrapped('"' + "case when owns_home then " * 300 + "true" + " else false end" * 300 + '"'),
        "[" * 200_000,
        "{a: " * 100_000,
        "- " * 200_000,
        wrapped(derive="\n".join(f'd{i}: "{"+".join([f"d{i + 1}"] * 40)}"' for i in range(300)) + "\nd300: 1"),
        HEAD + "clauses:\n" + "".join(f"  - {{id: a{i}, when: x{i} > 1, because: {{en: x}}}}\n" for i in range(3_000)),
    ],
    ids=lambda text: text[:20].replace("\n", " "),
)
def test_monsters_are_refused_in_bounded_time_and_memory(text):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    problems = check_text(text, CATALOGUE)
    assert problems
    assert time.process_time() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KiB


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_document_never_raises(data):
    text = HEATING
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 12))
        text = (
            text[:at]
            + data.draw(st.text(max_size=6) | st.sampled_from(["(", "[", "{", "'", ": ", "\n", ":p", "%", "&a", "*a"]))
            + text[at + gone :]
        )
    for problem in check_text(text, CATALOGUE, on=ON):
        assert problem.line >= 1 and problem.column >= 1 and problem.text


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "rooms",
                "rent",
                "member",
                "age",
                "sum(",
                "count(",
                "where",
                ")",
                "(",
                ",",
                "and",
                "or",
                "not",
                "=",
                "<",
                "+",
                "-",
                "*",
                "1",
                "2.5",
                "5%RON",
                "'gas'",
                ":p",
                "case",
                "when",
                "then",
                "else",
                "end",
                "over",
                "last",
                "3",
                "months",
                "in",
                "between",
                "is",
                "null",
                "div(",
                "'up'",
                "unit",
                ".",
                "[",
                "]",
            ]
        ),
        max_size=14,
    )
)
def test_any_words_in_any_order_never_raise(words):
    for problem in check_text(wrapped('"' + " ".join(words) + '"'), CATALOGUE):
        assert problem.text
