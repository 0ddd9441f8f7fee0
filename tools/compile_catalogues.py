"""Compile translation catalogues (`.po` → `.mo`) without the gettext tools, which not every machine has."""

import os
import sys
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_one(source: Path) -> None:
    """Written beside the source in one step, so that a server that is just starting never reads half a catalogue."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
    handle, draft = tempfile.mkstemp(dir=source.parent, suffix=".mo.part")
    with os.fdopen(handle, "wb") as file:
        write_mo(file, catalogue, use_fuzzy=False)
    os.chmod(draft, 0o644)
    os.replace(draft, source.with_suffix(".mo"))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compile_one(Path(name))
