"""`vatra pack`: exit codes, and machine output alone on standard output."""

import json
import shutil

import pytest
from click.testing import CliRunner

from vatra.config.settings import SOURCE
from vatra.portals.cli.pack import pack

PACK = SOURCE / "packs" / "ro-tarnaveni"


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(PACK, tmp_path / PACK.name)


def run(*words):
    done = CliRunner().invoke(pack, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def test_a_sound_pack_exits_with_0_and_a_faulty_one_with_1(copy):
    code, out, _ = run("check", copy, "--json", "--no-cases")
    assert code == 0 and json.loads(out) == {"pack": "ro-tarnaveni", "version": "2026.1", "faults": []}
    facts = copy / "facts.yaml"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace("subject: person", "subjet: person", 1), encoding="utf-8"
    )
    code, out, _ = run("check", copy, "--json", "--no-cases")
    first = json.loads(out)["faults"][0]
    assert code == 1 and (first["file"], first["line"]) == ("facts.yaml", 3)
    code, out, err = run("check", copy, "--no-cases")
    assert code == 1 and "facts.yaml:4:3: Unknown key “subjet”" in out and "2 faults" in err


def test_a_wrong_call_exits_with_2():
    assert run("check", "--jsn")[0] == 2


def test_loading_says_what_it_did_and_a_faulty_pack_is_not_loaded(db, copy):
    code, out, _ = run("load", copy, "--json")
    assert code == 0 and json.loads(out)["counts"]["programme"]["created"] == 6
    roles = copy / "roles.yaml"
    roles.write_text(roles.read_text(encoding="utf-8").replace("intake.screen", "intake.scren", 1), encoding="utf-8")
    code, out, err = run("load", copy, "--json")
    assert code == 1 and out == "" and "roles.yaml" in err
