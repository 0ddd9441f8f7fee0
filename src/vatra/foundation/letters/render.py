"""A letter as PDF: the same bytes each time."""

import io
import json
from functools import lru_cache
from pathlib import Path

import segno
import typst

import vatra
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from .models import Letter, LetterBody

LOOK = Path(vatra.__file__).parent / "look" / "static" / "vendor"
FACE = "Vazirmatn-Regular.ttf"  # covers Latin with ș ț ă ğ ş İ, and Arabic


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """The faces that letters are set in. Refuses where they were not collected: no letter in a face without Arabic."""
    found = next(LOOK.rglob(FACE), None)
    if found is None:
        raise Refused(
            "no_letter_font", gettext_noop("The typeface of letters is not installed here."),
            gettext_noop("Have the administrator run “make setup”."),
        )  # fmt: skip
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(found.parent)])


def pdf(letter: Letter) -> bytes:
    """The letter on A4. Its text is data to Typst, never source; its time stamp is the time it was made."""
    body = LetterBody.objects.get(digest=letter.body_digest)
    return set_in_type(body.source, letter)


def set_in_type(source: str, letter: Letter) -> bytes:
    said = {**letter.content, "check": {**letter.content["check"], "qr": qr(letter.content["check"]["address"])}}
    made = typst.compile(
        source.encode(),
        font_paths=fonts(),
        sys_inputs={"letter": json.dumps(said)},
        timestamp=letter.made_at.replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


def qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=0, svgclass=None, lineclass=None)
    return out.getvalue().decode()
