"""What the pack says of identifiers: how they look, how their last digit follows, what they tell of birth and sex."""

import re
from datetime import date
from typing import Any

from vatra.foundation.catalogue.queries import code

from .lists import IDENTIFIER
from .vault import normal_identifier


def _said(kind: str) -> dict[str, Any]:
    found = code(IDENTIFIER, kind)
    return found.extra if found else {}


def shown_of(kind: str) -> int:
    """How many of the last figures a mask may show."""
    return int(_said(kind).get("shown", 4))


def is_sound(kind: str, value: str) -> bool:
    """Whether a number looks like one of its kind. What does not is kept and flagged, never refused."""
    said, plain = _said(kind), normal_identifier(value)
    pattern = said.get("pattern", "").replace(" ?", "")
    if pattern and not re.fullmatch(pattern, plain):
        return False
    rule = said.get("check")
    if not rule:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(plain, rule["weights"], strict=False))
    rest = str(total % rule["modulus"])
    return plain[-1] == str(rule.get("instead", {}).get(rest, rest))


def told_by(kind: str, value: str) -> tuple[date | None, str]:
    """(date of birth, sex) as a sound number tells them; None and empty where it tells nothing."""
    tells, plain = _said(kind).get("tells"), normal_identifier(value)
    if not tells or not is_sound(kind, value):
        return None, ""
    sex, born = tells.get("sex", {}), tells.get("birth_date")
    digit = plain[sex.get("digit", 1) - 1]
    told = next((name for name, digits in sex.items() if name != "digit" and digit in digits), "")
    return (_born(born, plain, digit) if born else None), told


def _born(said: dict[str, Any], plain: str, digit: str) -> date | None:
    century, at = said["century"].get(digit), said["from"] - 1
    if century is None or said.get("order") != "yymmdd":
        return None
    try:
        return date(century + int(plain[at : at + 2]), int(plain[at + 2 : at + 4]), int(plain[at + 4 : at + 6]))
    except ValueError:
        return None
