"""Parsing a full name into its parts, without knowing the country.

The order of parts is not a law of language but of the form somebody filled in, so the caller may say which comes first;
the default is given name first. What the words themselves say is always heard: bin, bint, abu, al-, Hacı, -né.

Source of the parts: the usual description of the Arabic name (ism, nasab, laqab, nisba, kunya), Romanian and
Hungarian civil-status practice (family name first on forms, *-né* for a wife), Turkish law on family names 2525.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from .folding import fold, is_arabic

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "eng",
        "ing",
        "mme",
        "mlle",
        "sir",
        "madam",
        "herr",
        "frau",
        "sayyid",
        "sayed",
        "seyyid",
        "syed",
        "sayyida",
        "sheikh",
        "shaykh",
        "cheikh",
        "seyh",
        "hajj",
        "haj",
        "hadj",
        "hac",
        "haci",
        "hajji",
        "hadji",
        "hajja",
        "ustaz",
        "ustadh",
        "bay",
        "bayan",
        "bey",
        "hanim",
        "efendi",
        "dl",
        "dna",
        "domnul",
        "doamna",
        "dra",
        "av",
        "ozv",
        "id",
        "ifj",
        "dom",
        "jud",
        "السيد",
        "السيده",
        "سيد",
        "الدكتور",
        "الدكتوره",
        "دكتور",
        "الحاج",
        "الحاجه",
        "حاج",
        "حاجه",
        "الشيخ",
        "الشيخه",
        "شيخ",
        "الاستاذ",
        "الاستاذه",
        "المهندس",
        "المهندسه",
        "الانسه",
    ]
)
AFTER_NAME = frozenset(["bey", "bay", "bayan", "hanim", "efendi"])
ARTICLES = frozenset(["al", "el", "ar", "as", "ash", "at", "an", "az", "ad", "il", "ال"])
SON = frozenset(["bin", "ibn", "ben", "b", "بن", "ابن", "ولد", "ould", "oglu", "ogullari"])
DAUGHTER = frozenset(["bint", "binti", "bnt", "kizi", "بنت", "ابنه"])
FATHER_OF = frozenset(["abu", "abou", "abo", "aboo", "ebu", "abi", "ابو", "ابي", "ابا"])
MOTHER_OF = frozenset(["um", "umm", "oum", "om", "ummu", "ümmü", "ام"])
SERVANT = frozenset(["abd", "abdu", "abdul", "abdel", "abdal", "abdoul", "abdol", "abdur", "abdus", "abdel", "عبد"])
OF = frozenset(
    [
        "de",
        "del",
        "della",
        "di",
        "da",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "dos",
        "das",
        "y",
        "e",
        "st",
        "saint",
        "zu",
    ]
)
FAITH = frozenset(["din", "deen", "dine", "eddin", "eddine", "uddin", "aldin", "ddin", "الدين"])
GOD = frozenset(["allah", "ullah", "lah", "الله", "اله"])
CHILD = SON | DAUGHTER
KUNYA = FATHER_OF | MOTHER_OF
PARTICLES = CHILD | ARTICLES | OF
NO_NAME = PARTICLES | TITLES
MARRIED = re.compile(r"(?<=[a-z]{3})ne$")


@dataclass(frozen=True, slots=True)
class NameParts:
    """The parts of one full name, folded. Absent parts are empty; `tokens` is what comparison works on."""

    given: str = ""
    father: str = ""
    grandfather: str = ""
    family: str = ""
    particles: tuple[str, ...] = ()
    kunya: str = ""
    title: str = ""
    married: bool = False
    tokens: tuple[str, ...] = field(default=())


@lru_cache(maxsize=16_384)
def tokens(text: str) -> tuple[str, ...]:
    """The name tokens of a text: folded, titles and particles dropped, compounds joined.

    ``Abd al-Rahman`` is one token, so are ``Nour El-Din``, ``Abu Zeid`` and ``سعد الله``; ``al-``, ``bin``, ``bint``,
    ``de`` go. If nothing but titles or particles is left, they are taken for names.
    """
    found = _tokens(fold(text).split())
    return tuple(t for t, _ in found)


def _tokens(parts: list[str]) -> list[tuple[str, str]]:
    """(token, the particle that stood before it)"""
    out: list[tuple[str, str]] = []
    i, particle = 0, ""
    while i < len(parts):
        word = parts[i]
        following = parts[i + 1] if i + 1 < len(parts) else ""
        if word in SERVANT and following:
            j = i + 1
            while j < len(parts) - 1 and parts[j] in ARTICLES:
                j += 1
            out.append((("عبد" if is_arabic(word) else "abdul") + parts[j], particle))
            i, particle = j + 1, ""
            continue
        if word in KUNYA and following and (word not in ("om", "um") or len(parts) > 2):
            j = i + 1
            while j < len(parts) - 1 and parts[j] in ARTICLES:
                j += 1
            head = (
                ("ابو" if word in FATHER_OF else "ام") if is_arabic(word) else ("abu" if word in FATHER_OF else "umm")
            )
            out.append((head + parts[j], "kunya"))
            i, particle = j + 1, ""
            continue
        if out and (word in FAITH or word in GOD or (word in ARTICLES and following in FAITH)):
            if word in ARTICLES:
                i += 1
                word = following
            base, before = out.pop()
            out.append((base + (word if is_arabic(word) else ("lah" if word in GOD else "din")), before))
        elif word in TITLES and ((out or particle) and word not in AFTER_NAME):
            out.append((word, particle))  # Al Hajj, El Sheikh: a family name once a name or an article stands before it
            particle = ""
        elif word in NO_NAME:
            initial = len(word) == 1 and word not in ("ال",)
            if initial and (word != "b" or not out):
                out.append((word, particle))
                particle = ""
            else:
                particle = word if word in CHILD or not particle else particle
        else:
            out.append((word, particle))
            particle = ""
        i += 1
    return out or [(p, "") for p in parts]


@lru_cache(maxsize=4_096)
def parse_name(full: str, order: str = "given_first") -> NameParts:
    """The parts of a full name. `order` is ``given_first`` or ``family_first``; a comma after the first
    part also says so.

    Never raises on a name; an unknown order raises ValueError.
    """
    if order not in ("given_first", "family_first"):
        raise ValueError(f"order must be given_first or family_first, not {order!r}")
    if "," in full or "،" in full:
        order = "family_first"
    parts = fold(full).split()
    title = " ".join(p for p in parts if p in TITLES)
    particles = tuple(p for p in parts if p in PARTICLES and len(p) > 1)
    found = _tokens(parts)
    if not found:
        return NameParts()
    every = tuple(t for t, _ in found)
    kunya = ""
    if found[0][1] == "kunya" and len(found) > 2:
        kunya, found = found[0][0], found[1:]
    married = False
    if order == "family_first" and len(found) > 1:
        if not is_arabic(found[0][0]) and MARRIED.search(found[0][0]) and "né" in full.lower():
            married, found = True, [(MARRIED.sub("", found[0][0]), ""), *found[1:]]
        found = [*found[1:], found[0]]
    names = [t for t, _ in found]
    marked = next((i for i, (_, p) in enumerate(found) if i and p in CHILD), None)
    given, father, grandfather, family = names[0], "", "", names[-1] if len(names) > 1 else ""
    if order == "given_first":
        if marked is not None:
            father = names[marked]
            family = names[-1] if len(names) - 1 > marked else ""
            grandfather = names[marked + 1] if len(names) - 1 > marked + 1 else ""
        else:
            father = names[1] if len(names) > 2 else ""
            grandfather = names[2] if len(names) > 3 else ""
    return NameParts(given, father, grandfather, family, particles, kunya, title, married, every)
