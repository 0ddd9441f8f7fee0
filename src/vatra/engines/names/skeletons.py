"""Skeletons: the consonants of a name, tolerant of how it was transliterated.

A skeleton is written in fourteen classes: ``a`` (any initial vowel, alif or ayn) and ``b t k g s h f m n l r w y``.
Short vowels are not written in Arabic and are guessed in every transliteration, so all vowels after the first letter
go, and with them w and y (و and ي stand for long vowels as often as for consonants). Letters that transliterations
exchange share a class: ت ط د ض and t d; س ص ش ز ظ and s ş sh ch z; ك ق and k q c; ج غ and g j gh; ح ه خ and h kh.

What is ambiguous has *readings*: Turkish writes c for ج, v for و and z for ض ذ ظ, s for ث; an Arabic word
may begin with the article
or only look so. `skeleton` is the first reading; `skeletons` all of them, at most four. Two names meet when their
sets of readings meet.

Sources: correspondences of letters after ALA-LC and ISO 233 romanisation of Arabic, the Turkish law on alphabet 1353
and its usual renderings of Arabic names; the classes are in the spirit of Soundex variants for Arabic names
(e.g. Aqeel, Beitzel, Jensen, Grossman, Frieder 2006), written anew and measured in tests/test_real_names.py.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .folding import fold, is_arabic
from .variants import spelling_of

_VOWELS = frozenset("aeiouy")

_ARABIC_CLASS = {
    "ب": "b", "پ": "b", "ت": "t", "ط": "t", "د": "t", "ض": "t", "ث": "t", "ذ": "t", "ٹ": "t", "ڈ": "t",
    "س": "s", "ص": "s", "ش": "s", "چ": "s", "ز": "s", "ظ": "s", "ژ": "s", "ك": "k", "ق": "k", "ج": "g", "غ": "g",
    "گ": "g", "ح": "h", "خ": "h", "ه": "h", "ف": "f", "ڤ": "f", "ڨ": "g", "ڭ": "g", "م": "m", "ن": "n", "ل": "l",
    "ر": "r",
}  # fmt: skip
_ARABIC_TURKISH = {**_ARABIC_CLASS, "ث": "s", "ذ": "s", "ض": "s"}
_ARABIC_WEST = {**_ARABIC_CLASS, "ظ": "t"}

_LATIN_CLASS = {
    "b": "b", "p": "b", "t": "t", "d": "t", "k": "k", "q": "k", "c": "k", "g": "g", "j": "g", "s": "s", "z": "s",
    "h": "h", "f": "f", "v": "f", "m": "m", "n": "n", "l": "l", "r": "r",
}  # fmt: skip
_DIGRAPHS = {
    "tsch": "s", "dzs": "g", "sch": "s", "tch": "s", "tsh": "s", "shch": "s", "sh": "s", "cz": "s",
    "kh": "h", "gh": "g", "th": "t", "dh": "t", "ph": "f", "rh": "r", "dj": "g", "dz": "s", "ck": "k", "cs": "s",
    "sz": "s", "zs": "s", "zh": "s", "ts": "s", "tz": "s", "x": "ks", "bh": "b",
    "chr": "kr", "chl": "kl", "ch": "s",
}  # fmt: skip


def _units(digraphs: dict[str, str], letters: dict[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    longest_first = sorted(digraphs, key=len, reverse=True)
    return re.compile("|".join([*longest_first, "."])), {**letters, **digraphs}


_HARD = {k: v for k, v in _DIGRAPHS.items() if k != "ch"} | {"ch": "k"}
_LATIN = {
    "": _units(_DIGRAPHS, _LATIN_CLASS),
    "turkish": _units(_DIGRAPHS, {**_LATIN_CLASS, "c": "g", "v": ""}),
    "west": _units(_HARD, {**_LATIN_CLASS, "v": ""}),
    "plain": _units({"x": "ks"}, _LATIN_CLASS),
}
_SOFT_C = re.compile("c(?=[eiy])")

_ABD_ARABIC = re.compile(r"عبد ?(?:ال)?(?=..)")
_ABD_LATIN = re.compile(r"(?:ab|3ab|eb)d(?:[aeiou]{1,2}(?:l-?|([rsztdn])(?=\1)|(?=sh|s|r)|)|-|)(?=[a-z]{3})")
_DIN_ARABIC = re.compile(r"(?<=..)الدين$")
_DIN_LATIN = re.compile(r"(?<=[a-z]{2})[aeiou]{0,2}[dtl]?[dt](?:i|ee|y|ei)n{1,2}e?$")


def _arabic_frame(word: str, table: dict[str, str]) -> str:
    first, rest = word[:1], word
    out = []
    if first in "اع":
        out.append("a")
        rest = word[1:]
    elif first in "وي" and len(word) > 1:
        out.append("w" if first == "و" else "y")
        rest = word[1:]
    previous = ""
    last = len(rest) - 1
    for i, letter in enumerate(rest):
        code = table.get(letter)
        if not code or (i == last and letter in "هح" and len(out) > 0):
            previous = ""
            continue
        if code == "s" and previous == "ت" and letter == "ش":
            out[-1:] = ["s"]  # تش is how Arabic writes ch
        elif letter != previous:
            out.append(code)
        previous = letter
    return "".join(out)


def _latin_frame(word: str, reading: str) -> str:
    pattern, codes = _LATIN[reading]
    out: list[str] = []
    if word[:1] in _VOWELS and (word[0] != "y" or word[1:2] not in _VOWELS):
        out.append("a")
        word = word[1:]
    elif word[:1] in "wy" or (word[:1] == "j" and reading == "west"):
        out.append("w" if word[:1] == "w" else "y")
        word = word[1:]
    if reading in ("", "west") and "c" in word:
        word = _SOFT_C.sub("s", word)
    units = pattern.findall(word)
    if units and units[-1] == "h" and (out or len(units) > 1):
        units.pop()
    previous = ""
    for unit in units:
        code = codes.get(unit, "")
        if code and code != previous:
            out.append(code)
        previous = code
    return "".join(out)


def _frame(word: str, *, arabic: bool, reading: str) -> str:
    if arabic:
        table = {"turkish": _ARABIC_TURKISH, "west": _ARABIC_WEST}.get(reading, _ARABIC_CLASS)
        return _arabic_frame(word, table)
    return _latin_frame(word, reading)


def _compound(word: str, *, arabic: bool) -> tuple[str, str, str]:
    """(servant prefix, rest, -din suffix): the article inside a compound is pronounced in many ways, so it goes."""
    head = tail = ""
    if arabic:
        if (m := _ABD_ARABIC.match(word)) and len(word) > m.end() + 1:
            head, word = "abt", word[m.end() :]
        if m := _DIN_ARABIC.search(word):
            word, tail = word[: m.start()], "tn"
    else:
        if (m := _ABD_LATIN.match(word)) and len(word) - m.end() >= 3:
            head, word = "abt", word[m.end() :]
        if len(word) >= 7 and (m := _DIN_LATIN.search(word)):
            word, tail = word[: m.start()], "tn"
    return head, word, tail


_TURKISH_LETTERS = re.compile("[cvثذض]")
_WEST_LETTERS = re.compile("[vjظ]|ch")
_DIGRAPH = re.compile("[sktgdpcbr]h|ts|tz|dz|dj|sz|cz|zs|ck|cs")


@lru_cache(maxsize=50_000)
def skeletons(token: str) -> tuple[str, ...]:
    """All readings of one name token, the likeliest first; at most four; empty for a token without letters.

    A token in a script whose letters have no classes is its own skeleton: it is found as it is written.
    """
    word = fold(token).replace(" ", "")
    if not word or word.isdigit():
        return ()
    if (known := spelling_of(word)) is not None:
        return known
    arabic = is_arabic(word)
    found: list[str] = []

    def add(text: str, reading: str) -> None:
        head, rest, tail = _compound(text, arabic=arabic)
        frame = head + _frame(rest, arabic=arabic, reading=reading) + tail
        if frame and frame not in found:
            found.append(frame)

    bare = word[2:] if arabic and word.startswith("ال") and len(word) >= 5 else None
    add(bare or word, "")
    if not token.isascii():
        raw = unicodedata.normalize("NFKC", token).lower()
        if "ç" in raw or "č" in raw or "ć" in raw:
            add(fold(re.sub("[çčć]", "ch", raw)).replace(" ", ""), "")
    if _TURKISH_LETTERS.search(word):
        add(bare or word, "turkish")
    if bare:
        add(word, "")
    if _WEST_LETTERS.search(word):
        add(bare or word, "west")
    if not arabic and _DIGRAPH.search(word):
        add(word, "plain")
    return tuple(found[:4]) or (() if arabic or word.isascii() else (word,))


def skeleton(token: str) -> str:
    """The transliteration-tolerant skeleton of one name token; empty if it holds no letter.

    محمد, Mohamad, Mohammed, Muhammed and Mehmet share ``mhmt``; Mureșan and Muresan share ``mrsn``. A token whose
    letters all vanish (a lone vowel other than the first) never happens: the first vowel is kept as ``a``.
    """
    found = skeletons(token)
    return found[0] if found else ""
