"""How a record gets worse: what clerks, keyboards, scanners and life do to the same person's data."""

from __future__ import annotations

import random
import unicodedata

_LATIN = "qwertyuiop asdfghjkl zxcvbnm"
_NEAR = {c: [row[i + d] for d in (-1, 1) if 0 <= i + d < len(row)] for row in _LATIN.split() for i, c in enumerate(row)}
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_ARABIC_LOOK = {"ج": "حخ", "ح": "جخ", "خ": "حج", "ب": "تن", "ت": "بث", "ث": "ت", "د": "ذ", "ذ": "د", "ر": "ز", "ز": "ر", "س": "ش",
                "ش": "س", "ص": "ض", "ض": "ص", "ط": "ظ", "ظ": "ط", "ع": "غ", "غ": "ع", "ف": "ق", "ق": "ف", "ة": "ه", "ي": "ى"}  # fmt: skip
_CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")


def typo(text: str, rng: random.Random) -> str:
    """One slip: a letter left out, doubled, swapped with the next, or hit beside or mistaken for another."""
    if len(text) < 3:
        return text
    i = rng.randrange(len(text) - 1)
    kind = rng.random()
    if kind < 0.28:
        return text[:i] + text[i + 1 :]
    if kind < 0.45:
        return text[: i + 1] + text[i] + text[i + 1 :]
    if kind < 0.62:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    c = text[i]
    if c in _ARABIC_LOOK or c in _ARABIC:
        other = rng.choice(_ARABIC_LOOK.get(c, _ARABIC))
    else:
        other = rng.choice(_NEAR.get(c.lower(), list("aeiou")))
        other = other.upper() if c.isupper() else other
    return text[:i] + other + text[i + 1 :]


def plain(text: str) -> str:
    """Without marks, as typed on a keyboard that lacks them (ş to s, ı to i)."""
    text = text.replace("ı", "i").replace("İ", "I")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def style_of_typing(text: str, rng: random.Random) -> str:
    """Marks dropped, cedillas for commas, capitals, hamza and ta marbuta left out."""
    r = rng.random()
    if any(c in _ARABIC for c in text):
        if r < 0.35:
            return text.replace("أ", "ا").replace("إ", "ا").replace("ة", "ه").replace("ى", "ي").replace("آ", "ا")
        return text
    if r < 0.34:
        text = plain(text)
    elif r < 0.42:
        text = text.translate(_CEDILLA)
    if rng.random() < 0.2:
        text = text.replace("i", "İ").upper() if "ı" in text or "ş" in text else text.upper()
    return text


def slip_date(dob: str, rng: random.Random) -> str:
    """A date of birth gone wrong: day and month swapped, another year, a digit, 1 January for unknown."""
    y, m, d = dob.split("-")
    r = rng.random()
    if r < 0.22 and int(d) <= 12:
        return f"{y}-{d}-{m}"
    if r < 0.42:
        return f"{int(y) + rng.choice([-2, -1, -1, 1, 1, 2, 10, -10])}-{m}-{d}"
    if r < 0.70:
        return f"{y}-01-01"
    if r < 0.86:
        return f"{y}-{m}-{rng.randint(1, 28):02d}"
    if r < 0.95:
        return f"{y}-{rng.randint(1, 12):02d}-{d}"
    return f"{int(y[::-1][:1] or 0) % 10 + int(y) // 10 * 10:04d}-{m}-{d}"


def slip_digits(number: str, rng: random.Random) -> str:
    """One digit wrong or two swapped."""
    i = rng.randrange(1, len(number) - 1)
    if rng.random() < 0.4:
        return number[:i] + number[i + 1] + number[i] + number[i + 2 :]
    return number[:i] + str(rng.randrange(10)) + number[i + 1 :]
