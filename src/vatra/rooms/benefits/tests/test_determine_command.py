"""`vatra determine`, called as from a shell."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from conftest import NOON

from vatra.kernel.refused import Refused


@pytest.fixture
def run():
    from vatra.portals.cli.determine import determine

    def call(*words):
        return CliRunner().invoke(determine, [str(word) for word in words], standalone_mode=True)

    return call


def ask(run, family, *more):
    return run("--household", family.home.pk, "--on", "2026-11-21", *more)


def test_the_answer_stands_alone_as_json(run, known_family):
    done = ask(run, known_family, "--known", NOON.isoformat(), "--json")
    said = json.loads(done.stdout)
    assert done.exit_code == 0 and done.stderr == ""
    assert {"household", "on", "known", "programmes"} <= set(said)
    assert (said["household"], said["on"]) == (str(known_family.home.pk), "2026-11-21")
    heating = next(p for p in said["programmes"] if p["code"] == "heating-aid")
    assert heating["status"] == "entitled" and heating["amount"] == {"minor": 28800, "currency": "RON"}
    assert (heating["decided_by"], heating["paid_by"]) == ("primaria-tarnaveni", "ajpis-mures")


def test_a_household_is_known_by_its_number_too(run, known_family):
    by_number = run("--household", known_family.home.number.lower(), "--on", "2026-11-21", "--known", NOON, "--json")
    assert by_number.stdout == ask(run, known_family, "--known", NOON, "--json").stdout


def test_as_known_then(run, known_family):
    known_family.say(known_family.maria, "net_income", 900000, at=NOON + timedelta(days=1))
    then, later = (
        json.loads(ask(run, known_family, "--known", day, "--json").stdout) for day in ("2026-11-21", "2026-11-22")
    )
    status = [next(p["status"] for p in s["programmes"] if p["code"] == "heating-aid") for s in (then, later)]
    assert status == ["entitled", "not_entitled"]


def test_people_read_a_page_of_reasons(run, known_family):
    done = ask(run, known_family, "--known", NOON, "--language", "en")
    assert "✓ heating-aid: entitled  288.00 RON" in done.stdout
    assert "Legea 226/2021" in done.stdout


def test_wrong_calls_and_refusals_are_told_apart(run, known_family):
    assert ask(run, known_family, "--known", "yesterday").exit_code == 2
    assert run("--household", "x").exit_code == 2
    refused = run("--household", "SPAS-99999", "--on", "2026-11-21", "--json")
    assert isinstance(refused.exception, Refused) and refused.stdout == ""  # the entry point makes it exit code 1
