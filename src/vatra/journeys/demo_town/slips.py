"""What real registers get wrong: numbers missing, names the wrong way round, marks lost, years of birth that slip."""

import random
import unicodedata
from dataclasses import replace
from datetime import date

from .town import Member


def plain(text: str) -> str:
    """Without marks, as a keyboard without them types it."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))


def cedilla(text: str) -> str:
    """As older programmes wrote it."""
    return text.translate(str.maketrans("șțȘȚ", "şţŞŢ"))


def slip(text: str, rng: random.Random) -> str:
    """Two letters exchanged, one doubled or one left out, never the first."""
    if len(text) < 4:
        return text
    i = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    return text[:i] + text[i] * (2 if kind == 1 else 0) + text[i + 1 :]


def as_written(member: Member, rng: random.Random, *, careless: bool = False) -> Member:
    """The member as an officer wrote them down; `careless` for a second registration of somebody known."""
    more = 4.0 if careless else 1.0
    given, family, born, number = member.given, member.family, member.born, member.number
    if rng.random() < 0.10 * more:
        given, family = plain(given), plain(family)
    elif rng.random() < 0.08:
        given, family = cedilla(given), cedilla(family)
    if rng.random() < 0.02 * more:
        given, family = family, given
    if rng.random() < 0.015 * more:
        family = slip(family, rng)
    if rng.random() < 0.02 * more:
        born = year_slips(born, rng)
    if rng.random() < 0.14 * (2 if careless else 1):
        number = ""
    return replace(member, given=given, family=family, born=born, number=number)


def year_slips(born: date, rng: random.Random) -> date:
    year = born.year + rng.choice([-10, -1, 1, 10])
    return born.replace(year=year, day=min(born.day, 28)) if 1905 < year < 2026 else born
