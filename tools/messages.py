"""Gather the sentences to translate into `src/vatra/locale/*/LC_MESSAGES/django.po`, and compile them.

    python tools/messages.py             gather, keep what is translated, drop what is gone, compile
    python tools/messages.py --check     say what is missing, change nothing; exit 1 if anything is

Reads Python with Babel and templates with Django's own reader, so no GNU gettext is needed. The catalogues hold no
line numbers and no dates: they change when a sentence changes.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "vatra"
LOCALE = SOURCE / "locale"
LANGUAGES = ("ro", "ar", "tr")  # English is the source
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
BORN = datetime(2026, 11, 22, tzinfo=UTC)


def template_as_python(text: str, path: Path) -> str:
    """The sentences of a template as calls of gettext; everything else is blanked out by Django."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    calls = templatize(text, origin=str(path))
    # What is left between the calls is X and punctuation; only the calls and their comments matter.
    return "\n".join(line.strip() for line in calls.splitlines())


CALL = re.compile(
    r"\b(?:gettext|ngettext|pgettext|npgettext|_)\((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|[\s,]|count)*\)", re.S
)


def sentences() -> Iterator[tuple[str, object, str | None, str]]:
    """(file, id or ids, context) of each marked sentence."""
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "tests" in path.parts or "migrations" in path.parts:
            continue
        text = path.read_text()
        if path.suffix != ".py":
            text = "\n".join(CALL.findall(template_as_python(text, path)))
        found = extract("python", io.BytesIO(text.encode()), KEYWORDS)
        for _line, said, _comments, context in found:
            yield str(path.relative_to(ROOT)), said, context, text


HEADER = """# {language} sentences of Vatra. English is the source; gathered by tools/messages.py.
# SPDX-License-Identifier: AGPL-3.0-or-later
#"""


def blank(language: str | None = None) -> Catalog:
    """An empty catalogue whose head names no clock and no machine."""
    new = Catalog(
        locale=language, project="Vatra", version="1", charset="utf-8", creation_date=BORN, revision_date=BORN,
        header_comment=HEADER.format(language=language or "English"), msgid_bugs_address="", fuzzy=False,
        last_translator="Vatra", language_team="Vatra",
    )  # fmt: skip
    return new


def gathered() -> Catalog:
    """A catalogue of every sentence, with the files that say it."""
    catalogue = blank()
    for file, said, context, _ in sentences():
        if said and said != ("", ""):
            catalogue.add(said, context=context, locations=[(file, 0)])
    return catalogue


def catalogue_of(language: str) -> Catalog:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return blank(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, wanted: Catalog) -> Catalog:
    """What is wanted, with the translations there were; nothing is guessed, nothing that is gone lingers."""
    kept = catalogue_of(language)
    new = blank(language)
    for message in wanted:
        if message.id:
            before = kept.get(message.id, message.context)
            string = before.string if before else None
            places = sorted(set(message.locations))
            new.add(message.id, string, locations=places, flags=message.flags - {"fuzzy"}, context=message.context)
    return new


def missing(catalogue: Catalog) -> list[Message]:
    def empty(message: Message) -> bool:
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        plural = isinstance(message.id, tuple | list)
        return not all(strings) or (plural and len(strings) != catalogue.num_plurals)

    return [message for message in catalogue if message.id and empty(message)]


def save(language: str, catalogue: Catalog) -> None:
    folder = LOCALE / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalogue, width=0, sort_output=True, include_lineno=False)
    (folder / "django.po").write_bytes(text.getvalue())
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a translation is missing")
    check = parser.parse_args().check
    wanted, gaps = gathered(), 0
    for language in LANGUAGES:
        catalogue = updated(language, wanted)
        lacking = missing(catalogue)
        gaps += len(lacking)
        print(f"{language}: {len(catalogue)} sentences, {len(lacking)} not translated")
        for message in lacking if check else []:
            print(f"   {message.id!r} ({', '.join(file for file, _ in message.locations)})")
        if not check:
            save(language, catalogue)
    return 1 if check and gaps else 0


if __name__ == "__main__":
    sys.exit(main())
