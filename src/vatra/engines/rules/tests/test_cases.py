"""Cases, and the commands that use them."""

import json
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from vatra.engines.rules import load_ruleset
from vatra.engines.rules.cases import read_cases, run_case
from vatra.engines.rules.tests.cast import CATALOGUE
from vatra.engines.rules.tests.test_docs import blocks
from vatra.kernel.refused import Refused
from vatra.portals.cli.rules import rules

(RULES,) = blocks("yaml ruleset")
(CASES,) = blocks("yaml cases")
FACTS = """\
currencies: {RON: {exponent: 2}}
programmes: [home-heating-aid, other-aid]
facts:
  net_income: {of: person, type: money, currency: RON}
  birth_date: {of: person, type: date}
  heating_fuel: {of: household, type: code, codes: [wood, gas, power]}
  rooms: {of: household, type: integer, min: 1}
  rent: {of: household, type: money, currency: RON, min: 0 RON}
  owns_home: {of: household, type: boolean}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "catalogue.yaml").write_text(FACTS)
    (tmp_path / "heating.rules.yaml").write_text(RULES)
    (tmp_path / "heating.cases.yaml").write_text(CASES)
    return tmp_path


def call(*args):
    result = CliRunner().invoke(rules, [str(a) for a in args])
    if isinstance(result.exception, Refused):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_cases_of_the_page_pass():
    ruleset = load_ruleset(RULES, CATALOGUE)
    for case in read_cases(CASES).cases:
        assert run_case(ruleset, case).differences == []


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("amount: 25 RON", "amount: 26 RON", "amount is 2500 minor units of RON, expected 2600"),
        ("status: entitled", "status: unknown", "status is entitled"),
        ("means: true", "means: false", "clause means is true, expected false"),
        ("heated: true", "heatd: true", "no such clause"),
        ("income_per_member: 725 RON", "income_per_member: 724 RON", "income_per_member is 72500"),
        ("missing: [Maria.net_income]", "missing: []", "missing is ['Maria.net_income']"),
        ("{id: Maria, net_income: 1450 RON", "{id: Maria, net_incme: 1450 RON", "net_incme"),
        ("on: 2025-01-15\n    has", "on: 2020-01-15\n    has", "no value on 2020-01-15"),
    ],
)
def test_a_case_that_is_not_met_says_what_differs(was, becomes, says):
    assert was in CASES
    ruleset = load_ruleset(RULES, CATALOGUE)
    results = [run_case(ruleset, case) for case in read_cases(CASES.replace(was, becomes, 1)).cases]
    assert says in "; ".join(d for r in results for d in r.differences)


def test_about_and_within():
    text = CASES.replace("amount: 25 RON", "amount: {about: 25.30 RON, within: 0.50 RON}")
    assert not any(run_case(load_ruleset(RULES, CATALOGUE), c).differences for c in read_cases(text).cases)
    text = CASES.replace("amount: 25 RON", "amount: {about: 25.60 RON, within: 0.50 RON}")
    assert any(run_case(load_ruleset(RULES, CATALOGUE), c).differences for c in read_cases(text).cases)


def test_check_finds_the_catalogue_and_exits_by_what_it_finds(folder):
    assert call("check", folder, "--on", "2025-01-01").exit_code == 0
    (folder / "heating.rules.yaml").write_text(RULES.replace("rooms > 0", "romms > 0"))
    result = call("check", folder, "--json")
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["line"], problem["code"]) == (22, "unknown_fact")
    assert call("check").exit_code == 2


def test_a_ruleset_may_bring_its_own_facts(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "facts: {height: {of: person, type: integer}}\ncode: c\nunit: person\nlaw: {act: A}\nclauses:\n  - {id: a, when: height > 1, because: {en: x}}\n"
    )
    assert call("check", path).exit_code == 0
    path.write_text(path.read_text().replace("type: integer", "type: whole"))
    assert "wrong_fact" in call("check", path).stdout


def test_test_prints_a_summary_and_writes_junit(folder, tmp_path):
    out = tmp_path / "junit.xml"
    result = call("test", folder, "--junit", out)
    assert result.exit_code == 0
    assert result.stdout.endswith("2 cases, 0 failed\n")
    (folder / "heating.cases.yaml").write_text(CASES.replace("amount: 25 RON", "amount: 1 RON"))
    result = call("test", folder, "--junit", out, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["failed"] == 1
    suite = ET.parse(out).getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "amount is 2500" in suite.find("testcase/failure").get("message")


def test_explain_gives_the_reason_and_the_law_of_each_clause(folder):
    result = call("explain", folder / "heating.rules.yaml", "--case", "a family")
    assert "entitled: 25.00 RON per month" in result.stdout
    assert "Income per member is 725.00 RON; the limit is 1450.00 RON." in result.stdout
    assert "art. 7" in result.stdout
    trace = json.loads(call("explain", folder / "heating.rules.yaml", "--json").stdout)
    assert trace["parameters"]["income_limit_per_member"]["law"]["act"] == "HG 1/2023"


def test_diff_names_what_changed_and_which_cases_turn(folder):
    new = folder / "new.rules.yaml"
    new.write_text(RULES.replace("{value: 1450 RON", "{value: 700 RON").replace("when: rooms > 0", "when: rooms > 1"))
    result = call("diff", folder / "heating.rules.yaml", new, "--cases", folder / "heating.cases.yaml", "--json")
    changes = json.loads(result.stdout)["changes"]
    assert [(c["what"], c["name"]) for c in changes] == [
        ("parameter", "income_limit_per_member @ 2023-11-01"),
        ("clause", "heated"),
        ("case", "a family with a small child just under the limit"),
    ]
    assert changes[2]["after"]["status"] == "not_entitled"
    assert "No difference" in call("diff", folder / "heating.rules.yaml", folder / "heating.rules.yaml").stdout


def test_what_is_not_there_is_refused_in_words(folder):
    (folder / "bad.yaml").write_bytes(b"\xff\xfe")
    for name, code in (("nowhere.yaml", "no_file"), ("bad.yaml", "not_utf8")):
        result = call("check", folder / name, "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["problems"][0]["code"] == code
    with pytest.raises(Refused, match="cannot be read"):
        call("test", folder / "nowhere.cases.yaml")
