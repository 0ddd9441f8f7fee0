"""Every setting is documented, and read in one place."""

import ast
import re
from dataclasses import fields

import pytest

from vatra.config.settings import BadSetting, Settings, read

from .sources import ROOT, Source, parsed, sources

# Who else may look at the environment, each with its reason.
READERS = {
    "config/settings.py": "the one place",
    "config/wsgi.py": "tells Django where its settings are",
    "portals/cli/main.py": "tells Django where its settings are",
    "portals/cli/start.py": "tells Django where its settings are",
}


def documented(page: str) -> dict[str, str]:
    """VATRA_NAME → its default, as docs/settings.md says: a heading for each, then a line `Default: …`."""
    found = re.findall(r"^### `(VATRA_\w+)`\n+Default: (.*)$", page, re.M)
    return {name: default.split("`")[1] if "`" in default else "" for name, default in found}


def undocumented(page: str) -> list[str]:
    """Settings that the page misses, tells a wrong default of, or invents."""
    told = documented(page)
    real = {f"VATRA_{field.name.upper()}": str(field.metadata["default"]) for field in fields(Settings)}
    wrong = [name for name in real if name not in told] + [name for name in told if name not in real]
    for name in set(real) & set(told):
        if name != "VATRA_PACKS" and told[name] != real[name]:
            wrong.append(f"{name}: {told[name]} is said, {real[name]} is true")
    return sorted(wrong)


def test_every_setting_is_documented():
    assert undocumented((ROOT / "docs" / "settings.md").read_text()) == []


def test_an_undocumented_setting_is_found():
    page = (ROOT / "docs" / "settings.md").read_text()
    assert undocumented(page.replace("### `VATRA_HTTPS`", "### HTTPS")) == ["VATRA_HTTPS"]
    assert undocumented(page + "\n### `VATRA_MAGIC`\n\nDefault: none\n") == ["VATRA_MAGIC"]
    assert undocumented(page.replace("Default: `ro-tarnaveni`", "Default: `xx`")) != []


def environment_reads(source: Source) -> list[str]:
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        and isinstance(node.value, ast.Name) and node.value.id == "os"
    ]  # fmt: skip


def test_the_environment_is_read_in_one_place():
    assert [line for source in sources() if source.path not in READERS for line in environment_reads(source)] == []


def test_a_reader_of_the_environment_is_found():
    assert environment_reads(parsed("rooms/x.py", 'import os\nos.environ["VATRA_X"]\nos.getenv("Y")'))


def test_a_misspelt_setting_is_refused():
    with pytest.raises(BadSetting, match="VATRA_HTPS"):
        read({"VATRA_HTPS": "1"})
    with pytest.raises(BadSetting, match="0 or 1"):
        read({"VATRA_HTTPS": "perhaps", "VATRA_SECRET_KEY": "x"})
