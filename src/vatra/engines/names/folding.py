"""Folding: one spelling for what a reader would call the same letters.

`fold` is for exact-ish comparison inside one script. It loses what typists lose (case, accents, cedilla against comma,
the Turkish dots, hamza seats, vowel marks, tatweel, the dots of ta marbuta, digits of another script) and nothing else.

Sources of the tables: Unicode 15 (NFKC, general categories), the Turkish casing note in SpecialCasing.txt, and the
orthographic normalisation usual for Arabic retrieval (Larkey, Ballesteros, Connell 2002, "light stemming", its
normalisation step only).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LATIN_SPECIAL = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i",
    "ŋ": "n", "ə": "a", "ʿ": "", "ʾ": "", "ʼ": "", "ʻ": "", "’": "", "‘": "", "'": "", "`": "", "´": "", "ʹ": "",
}  # fmt: skip

_ARABIC = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ئ": "ي", "ء": "", "ى": "ي", "ة": "ه", "ـ": "",
    "ک": "ك", "ڪ": "ك", "ی": "ي", "ې": "ي", "ێ": "ي", "ۆ": "و", "ۇ": "و", "ھ": "ه", "ہ": "ه", "ە": "ه", "ۀ": "ه",
    "ڵ": "ل", "ڕ": "ر",
}  # fmt: skip

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ye", "ё": "yo", "ж": "zh", "з": "z",
    "и": "i", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj",
    "ћ": "c", "џ": "dz", "ӂ": "g",
}  # fmt: skip

_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "kh", "ψ": "ps", "ω": "o",
}  # fmt: skip

_SPECIAL = {**_LATIN_SPECIAL, **_ARABIC, **_CYRILLIC, **_GREEK}


def _fold_letter(letter: str) -> str:
    """What one character becomes: folded letters, nothing for a mark, a space for what parts words."""
    if letter in "İI":
        return "i"
    if letter in _LATIN_SPECIAL and not _LATIN_SPECIAL[letter]:
        return ""
    out = []
    for c in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", letter).lower()):
        if unicodedata.category(c) in ("Mn", "Me", "Cf"):
            continue
        c = str(unicodedata.decimal(c)) if c.isdecimal() else _SPECIAL.get(c, c)
        out.append(c if not c or (c.isalnum() and c != "_") else " ")
    return "".join(out)


class _Folds(dict):
    """Character to what it folds to, filled as characters are met; `str.translate` reads it."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _fold_letter(chr(code))
        return found


_FOLDS = _Folds()
_ARABIC_LETTER = re.compile(r"[\u0600-\u06ff\u0750-\u077f]")


def digits(text: str) -> str:
    """Every decimal digit of any script as ASCII; the rest unchanged (``٠٣`` becomes ``03``)."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def is_arabic(text: str) -> bool:
    """True if the text holds a letter of the Arabic script."""
    return not text.isascii() and _ARABIC_LETTER.search(text) is not None


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Text folded for exact-ish comparison: lower case, one space between words, no marks.

    ș ş s are one letter, so are ı i İ I, and أ إ آ ا; harakat, tatweel and format characters vanish; ة is ه, ى is ي;
    digits of any script are ASCII; an apostrophe vanishes and other punctuation parts words. Cyrillic and Greek are
    written in Latin letters. Never raises; an empty text stays empty.
    """
    return " ".join(text.translate(_FOLDS).split())


def words(text: str) -> list[str]:
    """The folded words of a text."""
    return fold(text).split()
