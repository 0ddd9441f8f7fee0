"""Numbers as people type them, in any of our languages."""

import re
import unicodedata
from decimal import Decimal

from .refused import Refused
from .words import gettext_noop

_GROUPED = re.compile(r"\d{1,3}(?:([.,٬' ])\d{3})(?:\1\d{3})*")


def western_digits(text: str) -> str:
    """Arabic-Indic and other decimal digits as 0–9; everything else as it stands."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def parse_number(text: str) -> Decimal:
    """`1.200,50`, `1,200.50`, `1 200.5`, `١٢٠٠٫٥` are one number. Refuses what is not a number.

    The last separator is the decimal one, unless it is the only kind there is and groups by threes (`1.200`).
    """
    plain = (
        western_digits(text.strip()).replace("\u00a0", " ").replace("\u202f", " ").replace("٫", ",").replace("٬", " ")
    )
    sign = -1 if plain[:1] in {"-", "−"} else 1
    body = plain.lstrip("+-−").strip()
    if _GROUPED.fullmatch(body):
        body = re.sub(r"\D", "", body)
    else:
        last = max(body.rfind("."), body.rfind(","))
        whole, part = (body[:last], body[last + 1 :]) if last >= 0 else (body, "")
        whole = re.sub(r"(?<=\d)[.,' ](?=\d{3}(\D|$))", "", whole)
        body = f"{whole or '0'}.{part}" if part else whole
    if not re.fullmatch(r"\d+(\.\d+)?", body):
        raise Refused(
            "not_a_number",
            gettext_noop("“%(text)s” is not a number."),
            gettext_noop("Write it with digits only, for example 1200 or 1200.50."),
            text=text,
        )
    return sign * Decimal(body)
