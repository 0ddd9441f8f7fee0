"""The catalogues: complete, in their own language, with every place kept."""

import re
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import messages  # noqa: E402

ARABIC = re.compile(r"[\u0600-\u06ff]")
PLACES = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}|%[sd]")
# What is the same in another language: commands that are typed as they stand, names, loans.
COMMANDS = {"chmod 600 %(file)s", "chmod 700 %(folder)s", "make setup", "vatra pack load %(code)s"}
SAME = {
    "ro": COMMANDS | {"Vatra", "PostgreSQL %(here)d.", "program", "total", "cod", "original", "%(seconds)s s"},
    "tr": COMMANDS | {"Vatra", "PostgreSQL %(here)d.", "program", "no."},
    "ar": COMMANDS,
}


def texts(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [value or ""] if isinstance(value, str | None) else list(value)


def faults(catalogue: Catalog, language: str) -> list[str]:
    """What is wrong with the translations there are; whether any is missing is another question."""
    found = []
    for message in catalogue:
        ids, strings = texts(message.id), [s for s in texts(message.string) if s]
        if not message.id:
            continue
        if "fuzzy" in message.flags:
            found.append(f"{ids[0]!r} is only guessed")
        wanted = {frozenset(PLACES.findall(one)) for one in ids}
        most = frozenset().union(*wanted)
        for said in strings:
            places = frozenset(PLACES.findall(said))
            if places != most and not (len(ids) > 1 and places <= most):
                found.append(f"{ids[0]!r}: other places in {said!r}")
            if said in ids and said not in SAME[language] and re.search(r"[A-Za-z]{2}", PLACES.sub("", said)):
                found.append(f"{said!r} is not translated")
            letters = re.search(r"[A-Za-z]{2}", PLACES.sub("", ids[0]))
            if language == "ar" and letters and not ARABIC.search(said) and said not in SAME["ar"]:
                found.append(f"{said!r} has no Arabic letter")
    return found


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_are_in_their_language_and_keep_their_places(language):
    assert faults(messages.catalogue_of(language), language) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_message_is_empty(language):
    catalogue = messages.updated(language, messages.gathered())
    assert [texts(message.id)[0] for message in messages.missing(catalogue)] == []


@pytest.mark.parametrize(
    ("id_", "string"),
    [
        ("Open the file", "Open the file"),
        ("Open the file", "Deschis"),  # no Arabic letter
        ("%(n)s left", "بقي"),
        ("Born in {year}", "مواليد {day}"),
        (("%(n)s year", "%(n)s years"), ("%(m)s سنة",) * 6),
    ],
)
def test_each_fault_is_found(id_, string):
    catalogue = messages.blank("ar")
    catalogue.add(id_, string)
    assert faults(catalogue, "ar")


def test_a_guess_and_a_gap_are_found():
    catalogue = messages.blank("ro")
    catalogue.add("Open", "Deschide", flags={"fuzzy"})
    catalogue.add("Close", "")
    catalogue.add(("one", "many"), ("unu", "", ""))
    assert faults(catalogue, "ro") == ["'Open' is only guessed"]
    assert len(messages.missing(catalogue)) == 2


def test_every_marked_sentence_of_the_templates_is_gathered():
    """Counts by another way: whatever `{% translate "…" %}` says literally is in the catalogue."""
    said = set()
    for page in (ROOT / "src").rglob("templates/**/*.html"):
        said |= set(re.findall(r"""\{%\s*translate\s+"([^"]+)"\s*(?:as \w+\s*)?%\}""", page.read_text()))
        said |= set(re.findall(r"""\{%\s*translate\s+'([^']+)'\s*(?:as \w+\s*)?%\}""", page.read_text()))
    known = {one for message in messages.gathered() for one in texts(message.id)}
    assert len(said) > 50
    assert said - known == set()
