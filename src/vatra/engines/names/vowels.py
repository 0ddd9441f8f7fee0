"""Vowel masks: what tells سالم from سليم once the skeleton has dropped their vowels.

A mask has three bits for every consonant of the skeleton's reading: a-like, u-like, i-like. For Arabic the bits are the
long vowels that are written; for Latin letters every vowel that could stand for one. A long vowel written
in Arabic must be possible in the Latin spelling: ``conflicts`` counts where it is not.
"""

from __future__ import annotations

from functools import lru_cache

from .folding import is_arabic
from .variants import spelling_of

_LATIN = {"a": 1, "e": 1 | 4, "i": 4, "o": 1 | 2, "u": 2, "y": 4, "w": 2}
_ARABIC = {"ا": 1, "و": 2, "ي": 4}
_SERVANT = "ءعىه"
SLOTS = 20


@lru_cache(maxsize=20_000)
def vowel_mask(word: str) -> int:
    """The mask of one folded token, at most 60 bits. Slot 0 is what stands before the first consonant."""
    arabic = is_arabic(word)
    if arabic and spelling_of(word) is not None:
        return 0  # the table knows how it is spelt
    if arabic and word.startswith("ال") and len(word) >= 5:
        word = word[2:]
    table = _ARABIC if arabic else _LATIN
    mask, slot, previous = 0, 0, ""
    last = len(word) - 1
    for i, letter in enumerate(word):
        bits = table.get(letter) if i or letter not in "ywوي" else None
        if bits is not None:
            # The last letter's vowel is written in too many ways (ه ى ا ة, a e ah eh) to tell names apart.
            if i != last and not (arabic and i == 0):
                mask |= bits << (3 * slot)
        elif letter == "ع" or (letter == "h" and i == last):
            continue
        elif letter != previous and slot < SLOTS - 1 and not (not arabic and letter == "h" and previous in "sktgdpc"):
            slot += 1
        previous = letter
    return mask


def conflicts(a: str, b: str) -> int:
    """How many long vowels written in the Arabic token are impossible in the other; 0 within one script."""
    first, second = is_arabic(a), is_arabic(b)
    if first == second:
        return 0
    arabic, latin = (vowel_mask(a), vowel_mask(b)) if first else (vowel_mask(b), vowel_mask(a))
    return (arabic & ~latin).bit_count()
