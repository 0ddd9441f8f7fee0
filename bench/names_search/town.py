"""The persons of the search bench, and what people type who look for them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vatra.engines.linkage.synthetic.corruption import plain, style_of_typing, typo
from vatra.engines.linkage.synthetic.population import SHARES, _pools, _written
from vatra.engines.linkage.synthetic.romanise import pick_style, romanise
from vatra.engines.names import fold
from vatra.engines.names.folding import is_arabic

SEED = 7100
FORMS = 20_000
"""Written forms of each part of the name, for each culture and script; persons recombine them."""
OFFICES = 40
ACTOR_OFFICES = 24
BLOCK = 250_000


@dataclass(frozen=True)
class Form:
    """A part of a name as it is written, and what it is in truth: a name, or (Arabic, romanised)."""

    text: str
    true: str | tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """A query: who was meant, which parts of the name were meant (the last or first perhaps only begun), what was typed,
    and what was done to it."""

    person: int
    name: str
    year: int | None
    meant: tuple[str, ...]
    text: str
    kinds: tuple[str, ...]

    def is_answered(self, person: int, name: str, year: int) -> bool:
        """Without a year, another person of the very same name is as good an answer."""
        return person == self.person or (name == self.name and self.year in (None, year))

    def fits(self, person: int, name: str, year: int) -> bool:
        """All that was meant is true of this person, so nobody could tell the two apart by what was typed."""
        held = f" {fold(name)} "
        begun = {"two letters": self.meant[-1:], "initial": self.meant[:1]}
        begins = next((begun[kind] for kind in self.kinds if kind in begun), ())
        parts = (f" {fold(part)}{'' if part in begins else ' '}" in held for part in self.meant)
        return person == self.person or (self.year in (None, year) and all(parts))


class Town:
    """`size` persons; everything follows from the seed and the size, block by block."""

    def __init__(self, size: int, seed: int = SEED) -> None:
        self.size, self.seed = size, seed
        rng = random.Random(f"forms {seed}")
        groups = [(c, latin) for c in SHARES for latin in ((False, True) if c == "arabic" else (False,))]
        self.shares = [SHARES[c] * ((0.38 if latin else 0.62) if c == "arabic" else 1.0) for c, latin in groups]
        self.forms = [
            tuple(self._forms(c, part, latin, rng) for part in ("given", "male", "family")) for c, latin in groups
        ]

    @staticmethod
    def _forms(culture: str, part: str, latin: bool, rng: random.Random) -> list[Form]:
        pools = _pools(culture)
        out = []
        for _ in range(FORMS):
            true = pools[part if part != "given" else rng.choice(["male", "female"])].pick(rng)
            if part == "given" and culture == "romanian" and rng.random() < 0.3:
                true = f"{true}{rng.choice([' ', '-'])}{pools['male'].pick(rng)}"
            written = _written(true, latin=latin, style=pick_style(rng), rng=rng)
            out.append(Form(style_of_typing(written, rng), true))
        return out

    def blocks(self) -> Iterator[tuple[int, list[tuple[Form, ...]], list[int], list[int], list[int]]]:
        """(first id, the parts of each name, years of birth, offices, sealed) of a block of persons at a time."""
        for first in range(0, self.size, BLOCK):
            pick = np.random.default_rng([self.seed, first])
            count = min(BLOCK, self.size - first)
            group = pick.choice(len(self.forms), count, p=self.shares).tolist()
            three = pick.integers(0, FORMS, (count, 3)).tolist()
            parts = [
                tuple(f[i] for f, i in zip(self.forms[g], t, strict=True)) for g, t in zip(group, three, strict=True)
            ]
            years = (1930 + pick.integers(0, 95, count)).tolist()
            yield (
                first,
                parts,
                years,
                pick.integers(0, OFFICES, count).tolist(),
                (pick.random(count) < 0.01).astype(int).tolist(),
            )

    def questions(self, count: int) -> list[Asked]:
        """Queries for persons drawn at random among those the actor may see."""
        rng = random.Random(f"queries {self.seed}")
        share = 2.2 * count / self.size
        asked: list[Asked] = []
        for first, parts, years, offices, sealed in self.blocks():
            for i, part in enumerate(parts):
                if rng.random() < share and offices[i] < ACTOR_OFFICES and not sealed[i]:
                    asked.append(worse(first + i, part, years[i], rng))
        rng.shuffle(asked)
        return asked[:count]


def full_name(parts: tuple[Form, ...]) -> str:
    """The name as the registry holds it."""
    return " ".join(part.text for part in parts)


def other_script(form: Form, rng: random.Random) -> str:
    """The same name as somebody writes it who reads the other script; unchanged where there is none."""
    if isinstance(form.true, str):
        return form.text
    arabic, base = form.true
    if not is_arabic(form.text):
        return arabic
    return romanise(base, pick_style(rng), rng, article=arabic.startswith("ال") and not base.startswith("al"))


def worse(person: int, parts: tuple[Form, ...], year: int, rng: random.Random) -> Asked:
    """What somebody types who looks for this person, and what is wrong with it: parts left out and turned round,
    slips, no marks, the other script, an initial, two letters of a part not yet typed to its end."""
    kinds = []
    chosen = [parts[0], parts[2]] if rng.random() < 0.55 else list(parts)
    said = [form.text for form in chosen]
    meant = said[:]
    if isinstance(parts[0].true, tuple) and rng.random() < 0.3:
        said = [other_script(form, rng) for form in chosen]
        kinds.append("script")
    begun = rng.random()
    if begun < 0.08 and len(said) == 3:
        said[-1] = said[-1][:2]
        meant[-1] = meant[-1][:2]
        kinds.append("two letters")
    elif begun < 0.16 and len(said) == 3:
        said[0] = said[0][:1] + "."
        meant[0] = meant[0][:1]
        kinds.append("initial")
    elif rng.random() < 0.45:
        place = rng.randrange(len(said))
        said[place] = typo(said[place], rng)
        kinds.append("slip")
    if not {"two letters", "initial"} & {*kinds} and rng.random() < 0.3:
        said = said[::-1] if len(said) == 2 else [said[2], *said[:2]]
        kinds.append("order")
    text = " ".join(said)
    if rng.random() < 0.5:
        text = fold(text) if is_arabic(text) else plain(text)
        kinds.append("marks")
    if rng.random() < 0.3:
        text = text.lower()
    with_year = rng.random() < 0.3
    return Asked(
        person,
        full_name(parts),
        year if with_year else None,
        tuple(meant),
        f"{text} {year}" if with_year else text,
        tuple(kinds),
    )
