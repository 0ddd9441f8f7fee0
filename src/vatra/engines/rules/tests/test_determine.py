from datetime import date

import pytest

from vatra.engines.rules import MissingFact, Unit, fewest_questions, load_ruleset
from vatra.engines.rules.tests.cast import CATALOGUE, HEATING, ON, decide, figure, wrapped
from vatra.kernel.money import Money
from vatra.kernel.refused import Refused

RULES = load_ruleset(HEATING, CATALOGUE)


def family(*members, **facts):
    return Unit([{"id": f"p{i}", "facts": m} for i, m in enumerate(members)], facts)


PARENT = {"net_income": 20000, "birth_date": date(1990, 1, 1), "disability_degree": 0}
CHILD = {"net_income": 0, "birth_date": date(2022, 1, 1), "disability_degree": 0}


def test_a_family_is_entitled_with_a_reason_for_each_clause():
    outcome = RULES.determine(family(PARENT, CHILD, heating_fuel="wood"), on=ON)
    assert outcome.status == "entitled"
    assert outcome.amount == Money(32000, "RON")
    assert outcome.amount_bounds is None
    means = outcome.clauses[0]
    assert means.holds is True
    assert means.values["income_per_member"] == {"minor": 10000, "currency": "RON"}
    assert means.values["income_limit_per_member"] == {"minor": 138600, "currency": "RON"}
    assert means.law["act"] == "Legea 226/2021"
    assert outcome.missing == []


def test_one_failed_clause_settles_it_and_nothing_more_is_asked():
    outcome = RULES.determine(family({"net_income": 900000}, heating_fuel="wood"), on=ON)
    assert outcome.status == "not_entitled"
    assert outcome.amount is None
    assert outcome.missing == []


def test_what_is_unknown_is_asked_for_and_only_what_can_still_matter():
    outcome = RULES.determine(family(PARENT, {"net_income": 0, "birth_date": date(2010, 1, 1)}), on=ON)
    assert outcome.status == "unknown"
    assert outcome.missing == [MissingFact("disability_degree", "p1")]


def test_an_amount_that_waits_for_a_fact_is_asked_for_after_the_status():
    outcome = RULES.determine(family(PARENT, CHILD), on=ON)
    assert outcome.status == "entitled"
    assert outcome.amount is None
    assert outcome.missing == [MissingFact("heating_fuel", None)]


def test_the_trace_keeps_facts_parameters_and_law():
    trace = RULES.determine(family(PARENT, CHILD, heating_fuel="gas"), on=ON).trace_json()
    assert trace["facts"] == {"heating_fuel": "gas"}
    assert trace["members"][1]["facts"]["birth_date"] == "2022-01-01"
    assert trace["parameters"]["income_limit_per_member"]["from"] == "2021-11-01"
    assert trace["parameters"]["income_limit_per_member"]["law"]["act"] == "Legea 226/2021"
    assert trace["derived"]["income_per_member"] == {"minor": 10000, "currency": "RON"}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2 * 3", 7),
        ("div(7, 2, 'half_up')", 4),
        ("div(7, 2, 'down')", 3),
        ("div(5, 2, 'half_even')", 2),
        ("div(-7, 2, 'half_up')", -4),
        ("div(1, 3, 'half_up', 4)", "0.3333"),
        ("div(10 RON, 3, 'up')", {"minor": 334, "currency": "RON"}),
        ("div(10 RON, 2.5, 'up')", {"minor": 400, "currency": "RON"}),
        ("div(10 RON, 4 RON, 'half_up', 2)", "2.5"),
        ("pct(12.5%, 100 RON, 'up')", {"minor": 1250, "currency": "RON"}),
        ("round(10.49 RON, 1 RON, 'half_up')", {"minor": 1000, "currency": "RON"}),
        ("round(2.345, 2, 'half_up')", "2.35"),
        ("greatest(1, 5, 3)", 5),
        ("abs(-3)", 3),
        ("case when 1 < 2 then 'a' else 'b' end = 'a'", True),
        ("3 between 1 and 5", True),
        ("3 not in (1, 2)", True),
        ("age(DATE '2000-03-16')", 24),
        ("months_between(DATE '2024-01-31', DATE '2024-03-30')", 1),
        ("add_months(DATE '2024-01-31', 1)", "2024-02-29"),
        ("month_end(DATE '2024-02-03')", "2024-02-29"),
        ("quarter_start(on_date())", "2025-01-01"),
        ("days_between(DATE '2024-02-28', DATE '2024-03-01')", 2),
    ],
)
def test_formulas_give_exact_values(formula, value):
    assert figure(formula) == value


def test_unknown_stays_unknown_but_counts_and_bounds_still_decide():
    two = [{"is_student": True}, {}]
    assert decide("count(member where is_student) >= 1", members=two).status == "entitled"
    assert decide("count(member where is_student) > 2", members=two).status == "not_entitled"
    assert decide("count(member where is_student) = 2", members=two).status == "unknown"
    assert decide("sum(member.net_income) > 5 RON", members=[{"net_income": 1000}, {}]).status == "unknown"
    # The catalogue says that savings are never negative, so the known part already decides.
    assert decide("sum(member.savings) > 5 RON", members=[{"savings": 1000}, {}]).status == "entitled"
    assert decide("any(is_student)", members=two).status == "entitled"
    assert decide("all(is_student)", members=two).status == "unknown"
    assert decide("is_student or not is_student", members=[{}], unit="person").status == "unknown"


def test_bounds_of_an_unknown_amount():
    outcome = decide(members=[{}, {"is_student": True}], amount="100 RON * count(member where is_student)")
    assert outcome.amount is None
    assert outcome.amount_bounds == (Money(10000, "RON"), Money(20000, "RON"))


def test_looking_back_over_dated_facts():
    history = [(date(2024, 12, 1), date(2025, 1, 1), 10000), (date(2025, 1, 1), date(2025, 3, 1), 20000)]
    person = {"net_income": history}
    over = "sum(avg(member.net_income over last 3 months))"
    assert figure(over, members=[person]) == {"minor": 16667, "currency": "RON"}
    assert figure("sum(sum(member.net_income over last 1 quarter))", members=[person]) is None
    assert (
        decide("any(max(member.net_income over this quarter) > 1 RON)", members=[{"net_income": 500}]).status
        == "entitled"
    )


def test_a_persons_programme_sees_its_household():
    text = wrapped(
        "age >= 18 and unit.rooms < 3 and sum(member.net_income) < 100 RON and net_income <= unit.per_head",
        unit="person",
        derive="unit.per_head: div(sum(member.net_income), count(member), 'down')",
    )
    rules = load_ruleset(text, CATALOGUE)
    members = [
        {"id": "a", "facts": {"birth_date": date(2000, 1, 1), "net_income": 0}},
        {"id": "b", "facts": {"net_income": 300}},
    ]
    assert rules.determine(Unit(members, {"rooms": 2}, subject="a"), on=ON).status == "entitled"
    assert rules.determine(Unit(members, {"rooms": 2}, subject="b"), on=ON).status == "not_entitled"


def test_incompatible_programmes_are_clauses():
    more = "incompatible: [{with: other-aid, because: {en: Not both.}}]"
    assert decide(more=more, has=frozenset()).status == "entitled"
    refused = decide(more=more, has=frozenset({"other-aid"}))
    assert [c.id for c in refused.clauses if c.holds is False] == ["not-with-other-aid"]
    assert decide(more=more).missing_programmes == ["other-aid"]


def test_amount_is_capped_and_rounded_in_the_declared_order():
    more = "cap: 50.50 RON\nrounding: {to: 1 RON, mode: up}\nnothing_below: 10 RON"
    assert decide(amount="1000 RON", more=more).amount == Money(5100, "RON")
    assert decide(amount="8.20 RON", more=more).amount == Money(0, "RON")


def test_schedules_and_tables():
    parameters = """
steps: {thresholds: [[0 RON, 1], [100 RON, 2]]}
tax: {marginal: [[0 RON, 10%], [100 RON, 20%]]}
by_size: {table: {1: 100 RON, 2: 150 RON, 3+: 190 RON}}
"""
    assert figure("scale(100 RON, :steps)", parameters=parameters) == 2
    assert figure("scale(99.99 RON, :steps)", parameters=parameters) == 1
    assert figure("scale(150 RON, :tax, 'half_up')", parameters=parameters)["minor"] == 2000
    assert figure(":by_size[count(member)]", parameters=parameters, members=[{}] * 5)["minor"] == 19000


def test_a_parameter_without_a_value_on_the_day_is_refused():
    text = wrapped("sum(member.net_income) < :limit", parameters="limit: {2024-01-01: 5 RON, 2025-01-01: null}")
    rules = load_ruleset(text, CATALOGUE)
    assert rules.determine(family({"net_income": 1}), on=date(2024, 5, 1)).status == "entitled"
    with pytest.raises(Refused, match="no value on 2025-05-01"):
        rules.determine(family({"net_income": 1}), on=date(2025, 5, 1))


@pytest.mark.parametrize(
    "bad", [{"net_income": 1.5}, {"net_income": True}, {"disability_degree": 101}, {"net_income": 10**14}]
)
def test_values_that_are_not_of_their_type_are_refused(bad):
    with pytest.raises(Refused):
        decide("sum(member.net_income) > 1 RON and any(disability_degree > 5)", members=[bad])


def test_overflow_is_an_error_and_not_a_wrong_amount():
    member = {"net_income": 10**13, "disability_degree": 100}
    formula = "sum(member.net_income * (disability_degree * 10000000)) > 1 RON"
    with pytest.raises(Refused, match="too large"):
        decide(formula, members=[member])


def test_the_fewest_questions_decide_the_most_programmes():
    texts = {
        "wide": "any(is_student) and unit.rooms > 1 and unit.owns_home",
        "narrow": "unit.owns_home",
        "both": "unit.owns_home and unit.rooms > 2",
    }
    unit = family({})
    outcomes = []
    for code, when in texts.items():
        text = wrapped(when).replace("code: small", f"code: {code}")
        outcomes.append(load_ruleset(text, CATALOGUE).determine(unit, on=ON))
    questions = fewest_questions(outcomes)
    assert [(q.fact, q.decides) for q in questions] == [
        ("owns_home", ("narrow",)),
        ("rooms", ("both",)),
        ("is_student", ("wide",)),
    ]


def test_a_period_ago_is_that_period_alone():
    """Decided on 15 March 2025; of the year between, and of the running one, nothing need be known."""
    then = [(date(2023, 1, 1), date(2024, 1, 1), 10_000), (date(2024, 7, 1), date(2024, 10, 1), 30_000)]
    ago = {
        "sum(sum(member.net_income over 2 years ago))": 120_000,
        "sum(sum(member.net_income over 2 quarters ago))": 90_000,
        "sum(sum(member.net_income over 15 months ago))": 10_000,
    }
    for formula, minor in ago.items():
        assert figure(formula, members=[{"net_income": then}]) == {"minor": minor, "currency": "RON"}
    assert figure("sum(sum(member.net_income over last 2 years))", members=[{"net_income": then}]) is None
