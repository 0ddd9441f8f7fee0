"""Imports go down only; circles are design faults, wherever they are hidden."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import grimp
import pytest

from .sources import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
# A house of the same shape, in which each law is broken once: module → what it wrongly imports.
PLANTED = {
    "floors": ("foundation/refs/x.py", "vatra.rooms.staff"),
    "rooms": ("rooms/staff/x.py", "vatra.rooms.benefits"),
    "foundation": ("foundation/places/x.py", "vatra.foundation.letters"),
    "portals": ("portals/desk/x.py", "vatra.portals.public"),
    "engines": ("engines/names/x.py", "vatra.engines.rules"),
    "no-django-below": ("engines/rules/x.py", "django.db"),
    "config-apart": ("look/x.py", "vatra.config"),
}


def lint(where: Path, source: Path) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [command, "--no-cache", "--config", where], cwd=source, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(source)},
    )  # fmt: skip


def build(home: Path, planted: Mapping[str, tuple[str, str]]) -> Path:
    """The skeleton of a house under `home`, with the same contracts."""
    names = ["config", "journeys", "kernel", "look", "web"]
    for contract in CONTRACTS:
        if contract["type"] == "layers":
            for container in contract["containers"]:
                rooms = [room.strip(" ()") for layer in contract["layers"] for room in layer.split("|")]
                names += [f"{container}.{room}".removeprefix("vatra.") for room in rooms]
    names += ["portals.cli", "portals.desk", "portals.provider", "portals.public"]
    for name in names:
        folder = home / "vatra" / name.replace(".", "/")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").touch()
    (home / "vatra" / "__init__.py").touch()
    for module, wrong in planted.values():
        (home / "vatra" / module).write_text(f"import {wrong}\n")
    (home / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return home


def test_imports_go_down_only():
    found = lint(ROOT / "pyproject.toml", ROOT / "src")
    assert found.returncode == 0, found.stdout


def test_every_contract_catches_what_it_forbids(tmp_path):
    """The faulty control: first the empty house passes, then each planted import breaks its contract."""
    (tmp_path / "sound").mkdir()
    sound = build(tmp_path / "sound", {})
    found = lint(sound / "pyproject.toml", sound)
    assert found.returncode == 0, found.stdout + found.stderr
    (tmp_path / "faulty").mkdir()
    faulty = build(tmp_path / "faulty", PLANTED)
    found = lint(faulty / "pyproject.toml", faulty)
    assert found.returncode == 1
    broken = {contract["id"] for contract in CONTRACTS if f"{contract['name']} BROKEN" in found.stdout}
    assert broken == set(PLANTED) == {contract["id"] for contract in CONTRACTS}, found.stdout


def test_a_new_room_must_declare_its_place(tmp_path):
    house = build(tmp_path, {})
    (house / "vatra" / "rooms" / "attic").mkdir()
    (house / "vatra" / "rooms" / "attic" / "__init__.py").touch()
    found = lint(house / "pyproject.toml", house)
    assert found.returncode == 1
    assert "attic" in found.stdout


def circles(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import one another (strongly connected components, Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in edges.get(node, ()):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in list(edges):
        if node not in index:
            visit(node)
    return found


def test_no_circle_anywhere():
    """Also none within a room, nor one hidden inside a function. Type hints alone do not close a circle."""
    graph = grimp.build_graph("vatra", cache_dir=None, exclude_type_checking_imports=True)
    modules = [module for module in graph.modules if ".tests" not in module]
    edges = {module: graph.find_modules_directly_imported_by(module) for module in modules}
    assert circles(edges) == []


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, [["a", "b", "c"]]),
    ],
)
def test_a_circle_is_found(edges, expected):
    assert circles(edges) == expected
