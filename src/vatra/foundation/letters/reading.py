"""Reading the letters of a pack: `letters/CODE.typ` is the layout, `letters/CODE.yaml` its title and texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .commands import check_texts


@dataclass(frozen=True, slots=True)
class TemplateFile:
    code: str
    title: dict[str, str]
    source: str
    texts: dict[str, dict[str, str]]


def read_templates(folder: Path) -> Iterator[TemplateFile]:
    """Every letter of a pack, checked. Refuses one without texts."""
    for layout in sorted(folder.glob("*.typ")):
        words = layout.with_suffix(".yaml")
        if not words.exists():
            raise Refused(
                "letter_without_texts", gettext_noop("The letter %(file)s has no texts beside it."),
                gettext_noop("Write %(words)s with a title and texts in each language."), file=layout.name, words=words.name,
            )  # fmt: skip
        said = yaml.safe_load(words.read_text())
        check_texts(layout.stem, said["texts"])
        yield TemplateFile(layout.stem, said["title"], layout.read_text(encoding="utf-8"), said["texts"])
