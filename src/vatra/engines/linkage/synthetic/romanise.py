"""Latin spellings of Arabic names, in the styles offices really use.

The input is a plain vocalised romanisation (``muhammad``, ``khalid``, ``nuruddin``); a style is an ordered list of
replacements, each applied with its own chance, so that two clerks of one school still differ.
"""

from __future__ import annotations

import random

_ENGLISH = [("uddin", " El Din", 0.3), ("uddin", "eddin", 0.5), ("abdu", "Abdel ", 0.35), ("abdu", "abdul", 0.3),
            ("ay", "ai", 0.5), ("ay", "ei", 0.4), ("aw", "au", 0.3), ("uu", "oo", 0.5), ("u", "o", 0.45), ("i", "e", 0.3),
            ("q", "k", 0.25), ("mm", "m", 0.35), ("ss", "s", 0.3), ("iyy", "i", 0.5), ("ya", "ia", 0.3), ("dh", "z", 0.3)]  # fmt: skip
_FRENCH = [("uddin", "eddine", 0.8), ("abdu", "abdel", 0.8), ("sh", "ch", 0.9), ("w", "ou", 0.35), ("u", "ou", 0.85),
           ("ay", "ei", 0.6), ("j", "dj", 0.2), ("q", "k", 0.4), ("th", "t", 0.6), ("iyy", "i", 0.6), ("mm", "m", 0.3),
           ("a", "e", 0.12), ("i", "e", 0.15), ("dh", "d", 0.5)]  # fmt: skip
_TURKISH = [("uddin", "ettin", 0.7), ("uddin", "eddin", 1.0), ("kh", "h", 1.0), ("sh", "ş", 0.7), ("sh", "s", 1.0),
            ("j", "c", 1.0), ("w", "v", 1.0), ("q", "k", 1.0), ("th", "s", 1.0), ("dh", "z", 1.0), ("gh", "g", 1.0),
            ("ay", "ey", 0.7), ("a", "e", 0.2)]  # fmt: skip
_EGYPTIAN = [("uddin", " Eldin", 0.6), ("abdu", "abdel", 0.7), ("j", "g", 0.9), ("q", "k", 0.3), ("u", "o", 0.7), ("th", "s", 0.3),
             ("ay", "ei", 0.5), ("i", "e", 0.3), ("dh", "z", 0.5)]  # fmt: skip
STYLES = {"english": _ENGLISH, "french": _FRENCH, "turkish": _TURKISH, "egyptian": _EGYPTIAN, "plain": []}
_WEIGHTS = [("english", 0.42), ("french", 0.22), ("egyptian", 0.14), ("plain", 0.14), ("turkish", 0.08)]


def pick_style(rng: random.Random) -> str:
    """A style of spelling by its share."""
    return rng.choices([s for s, _ in _WEIGHTS], [w for _, w in _WEIGHTS])[0]


def romanise(base: str, style: str, rng: random.Random, *, article: bool = False) -> str:
    """One Latin spelling of a romanised base; `article` is whether the Arabic begins with ال."""
    text = base.replace("_", " ")
    for old, new, chance in STYLES[style]:
        if old in text and rng.random() < chance:
            text = text.replace(old, new.lower())
    if rng.random() < 0.08 and len(text) > 4:
        i = rng.randrange(1, len(text) - 1)
        if text[i] in "lmnrstd" and text[i + 1] != text[i] and text[i - 1] != text[i]:
            text = text[:i] + text[i] + text[i:]
    if text.endswith("a") and rng.random() < 0.25:
        text += "h"
    if article:
        text = rng.choice(["Al ", "Al-", "El ", "Al", "", "", "el-"]) + text
    return " ".join(w[:1].upper() + w[1:] for w in text.split())
