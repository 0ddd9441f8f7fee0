"""What the repository may not carry: addresses of registries, addresses in locks or commit messages."""

import json
import re
import subprocess

import pytest

from .sources import ROOT

INSTALLERS = ["Makefile", ".ci/run", ".npmrc", "pyproject.toml", "package.json"]
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'`)]+", re.I)
REGISTRY = re.compile(r"(?i)(--(extra-)?index-url|--find-links|--registry|(?<![-\w])registry\s*=|index-url\s*=)")


def addresses(text: str) -> list[str]:
    return ADDRESS.findall(text)


def test_locks_hold_hashes_and_no_addresses():
    locks = [*sorted((ROOT / "requirements").glob("*.txt")), *ROOT.glob("package-lock.json")]
    assert len(locks) >= 4
    assert {lock.name: addresses(lock.read_text())[:3] for lock in locks if addresses(lock.read_text())} == {}
    for lock in (ROOT / "requirements").glob("*.txt"):
        for block in re.split(r"\n(?=\S)", lock.read_text()):
            if "==" in block.split("\n")[0]:
                assert "--hash=sha256:" in block, (lock.name, block.split("\n")[0])
    for lock in ROOT.glob("package-lock.json"):
        for name, package in json.loads(lock.read_text())["packages"].items():
            assert not name or "integrity" in package, name


@pytest.mark.parametrize(
    "planted", ["# from https://registry.example/simple\n", '"resolved": "http://mirror.example/x.tgz"']
)
def test_an_address_in_a_lock_is_found(planted):
    assert addresses(planted)
    assert not addresses("django==5.2.19 \\\n    --hash=sha256:00")


def test_installers_name_no_registry():
    files = [ROOT / name for name in INSTALLERS if (ROOT / name).exists()] + sorted((ROOT / "tools").glob("*.py"))
    wrong = {
        file.name: REGISTRY.findall(
            file.read_text().replace("--no-emit-index-url", "").replace("--no-emit-find-links", "")
        )
        for file in files
    }
    assert {name: found for name, found in wrong.items() if found} == {}


def test_a_named_registry_is_found():
    assert REGISTRY.search("pip install --index-url x")
    assert REGISTRY.search("registry=x")
    assert not REGISTRY.search("omit-lockfile-registry-resolved=true")


def test_commit_messages_name_no_addresses():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout (an unpacked archive)")
    messages = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "log", "--format=%B"], cwd=ROOT, capture_output=True, text=True
    )
    assert messages.returncode == 0, messages.stderr
    assert addresses(messages.stdout) == []
