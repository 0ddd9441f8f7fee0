"""What is wrong with a document, where, in a sentence a policy officer understands."""

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from vatra.kernel.words import gettext_noop as _

MAX_PROBLEMS = 100


@dataclass(frozen=True)
class Problem:
    """`sentence` is a template with `%(name)s` places, marked for translation; `text` is it filled in English."""

    line: int
    column: int
    code: str
    sentence: str
    values: dict[str, object] = field(default_factory=dict)
    path: str = ""

    @property
    def text(self) -> str:
        return self.sentence % self.values

    def __str__(self) -> str:
        return f"{self.path or '-'}:{self.line}:{self.column}: {self.text} [{self.code}]"

    def as_json(self) -> dict[str, object]:
        return {
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "sentence": self.text,
        }


class Trouble(Exception):
    """One problem at a place; the checker collects them and goes on with the next formula."""

    def __init__(self, pos: tuple[int, int], code: str, sentence: str, **values: object) -> None:
        super().__init__(sentence % values)
        self.problem = Problem(pos[0], pos[1], code, sentence, values)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name most like `word`, as a hint to append, or nothing."""
    # difflib is quadratic in the word: a long one is not a slip of the pen.
    if len(word) > 60:
        return ""
    names = sorted(known)
    near = difflib.get_close_matches(word, names[:5000], n=1, cutoff=0.6)
    return near[0] if near else ""


def unknown(pos: tuple[int, int], code: str, sentence: str, name: str, known: Iterable[str]) -> Trouble:
    """A Trouble about an unknown name, with the nearest known one if there is one."""
    near = nearest(name, known)
    if near:
        return Trouble(pos, code, sentence + " " + _("Did you mean “%(near)s”?"), name=name[:60], near=near)
    return Trouble(pos, code, sentence, name=name[:60])


def foreign_letter(text: str) -> tuple[int, str] | None:
    """The place and description of the first character that is not plain ASCII, or None."""
    if text.isascii():
        return None
    for i, char in enumerate(text):
        if ord(char) > 127:
            return i, f"{char} ({unicodedata.name(char, f'U+{ord(char):04X}')})"
    return None
