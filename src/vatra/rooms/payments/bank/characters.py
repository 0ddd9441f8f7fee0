"""Letters that a bank takes.

ISO 20022 files are UTF-8 and may carry any letter; that is how we write them. Some banks still take only the basic
Latin set of the EPC's guidelines (EPC217-08): for them a name is written in it, letter by letter.
"""

import re
import unicodedata
from typing import Literal

from vatra.kernel.numbers import western_digits

Charset = Literal["utf8", "latin"]
NAME_LIMIT = 140

_LATIN = {
    "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "ə": "a", "Ə": "A",
    "’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-", "ʿ": "", "ʾ": "",
}  # fmt: skip
_CYRILLIC = dict(zip("абвгґдзиіклмнопрстуфыэјў", "abvggdziiklmnoprstufyeju", strict=True)) | {
    "е": "e", "ё": "yo", "є": "ye", "ж": "zh", "й": "y", "ї": "yi", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya", "ђ": "dj", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
}  # fmt: skip
_GREEK = dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)) | {
    "θ": "th", "χ": "ch", "ψ": "ps",
}  # fmt: skip
_ARABIC = dict(zip("ابتجحدرزسصضطظعغفقكلمنهويىةآأإئؤپگک", "abtjhdrzssdtz'gfqklmnhwyaaaaaywpgk", strict=True)) | {
    "ث": "th", "خ": "kh", "ذ": "dh", "ش": "sh", "غ": "gh", "ء": "'", "چ": "ch", "ژ": "zh", "ـ": "", "ی": "y",
}  # fmt: skip
_TABLE = {**_LATIN, **_CYRILLIC, **_GREEK, **_ARABIC}
_REFUSED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
# What XML 1.0 cannot carry at all, and what only steers the direction of text.
_NEVER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """One line without what no file can carry."""
    return " ".join(_NEVER.sub("", unicodedata.normalize("NFC", text)).split())


def latin(text: str) -> str:
    """The same in the basic Latin letters of the EPC: ț is t, ă is a, Ж is Zh, ش is sh; what has no letter is a space.

    Arabic does not write short vowels, so its consonants stand alone: enough for a bank that compares no names.
    """
    out = []
    for char in unicodedata.normalize("NFD", western_digits(clean(text))):
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            continue
        small = _TABLE.get(char.lower())
        if char in _TABLE:
            out.append(_TABLE[char])
        elif small is not None:
            out.append(small[:1].upper() + small[1:])
        else:
            out.append(char)
    return " ".join(_REFUSED.sub(" ", "".join(out)).split())


def written(text: str, charset: Charset, limit: int = NAME_LIMIT) -> str:
    """As the bank takes it, never longer than its field."""
    said = latin(text) if charset == "latin" else clean(text)
    return said[:limit].strip()
