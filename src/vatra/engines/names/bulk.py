"""Search keys for millions of persons at once: the same numbers as `search_keys`, computed by columns.

For imports and for rebuilding the key table; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .keys import KINDS, MASK, MAX_TOKENS, READINGS, _bare, _hash
from .parts import tokens
from .skeletons import skeletons
from .variants import related_codes

_GOLDEN = 0x9E3779B97F4A7C15
_MOST_READINGS = 4


def _mix(value: np.ndarray) -> np.ndarray:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (value ^ (value >> np.uint64(31))).view(np.int64)


def _base(kind: str) -> np.uint64:
    return np.uint64(KINDS[kind] * _GOLDEN & MASK)


class _Tokens:
    """Hashes of every distinct token, by number; row 0 is no token."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.rows: list[tuple] = [(0,) * (_MOST_READINGS + 5)]

    def of(self, token: str) -> int:
        found = self.number.get(token)
        if found is None:
            frames = skeletons(token)
            if token.isdigit() or not frames:
                found = 0
            else:
                found = len(self.rows)
                related = sorted(related_codes(token))
                self.rows.append((
                    *(_hash(f) for f in frames), *(0 for _ in range(_MOST_READINGS - len(frames))),
                    _hash(frames[0][:2]), _hash(_bare(token)) if len(token) >= 2 else 0,
                    _hash(_bare(token)[:2]) if len(token) >= 2 else 0,
                    _hash(related[0]) if related else 0, _hash(related[1]) if len(related) > 1 else 0,
                ))  # fmt: skip
            self.number[token] = found
        return found


def bulk_search_keys(
    ids: np.ndarray, names: Sequence[str], birth_years: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(keys, ids): every key of every person, one name each, unsorted, without repeats of a key for a person.

    `ids`: int64, one for each name. `birth_years`: int64, 0 where unknown. Memory is about 16 bytes a key and 25
    keys a name; give a few hundred thousand names at a time. At most two groups of related names per part.
    """
    table = _Tokens()
    cache: dict[str, list[int]] = {}
    matrix = np.zeros((len(names), MAX_TOKENS), dtype=np.int32)
    for row, name in enumerate(names):
        found = cache.get(name)
        if found is None:
            found = cache[name] = [table.of(t) for t in tokens(name)[:MAX_TOKENS] if not t.isdigit()]
        matrix[row, : len(found)] = found
    hashes = np.array(table.rows, dtype=np.uint64)
    long_enough = np.zeros(len(table.rows), dtype=bool)
    for token, number in table.number.items():
        long_enough[number] |= len(token) > 1
    out: list[tuple[np.ndarray, np.ndarray]] = []

    def add(keys: np.ndarray, mask: np.ndarray) -> None:
        out.append((_mix(keys[mask]), ids[mask]))

    with np.errstate(over="ignore"):
        _alone(matrix, hashes, long_enough, birth_years, add)
        _together(matrix, hashes, add)
    keys = np.concatenate([k for k, _ in out])
    owners = np.concatenate([i for _, i in out])
    order = np.lexsort((owners, keys))
    keys, owners = keys[order], owners[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    return keys[first], owners[first]


def _alone(matrix: np.ndarray, hashes: np.ndarray, long_enough: np.ndarray, years: np.ndarray | None, add) -> None:
    """Keys of one part: one, year, start, related."""
    year_hash = None
    if years is not None:
        distinct, place = np.unique(years, return_inverse=True)
        year_hash = np.array([_hash(str(int(y))) for y in distinct], dtype=np.uint64)[place]
    for column in range(MAX_TOKENS):
        token = matrix[:, column]
        if not token.any():
            continue
        for reading in range(_MOST_READINGS):
            h = hashes[token, reading]
            add(_base("one") + h, (h != 0) & long_enough[token])
            if year_hash is not None:
                add(_base("year") + h + year_hash * np.uint64(3), (h != 0) & (years != 0))
        start = hashes[token, _MOST_READINGS + 2]
        add(_base("start") + start, start != 0)
        for place in (3, 4):
            h = hashes[token, _MOST_READINGS + place]
            add(_base("related") + h, h != 0)


def _together(matrix: np.ndarray, hashes: np.ndarray, add) -> None:
    """Keys of two parts: pair, same, stem."""
    for i in range(MAX_TOKENS):
        for j in range(i + 1, MAX_TOKENS):
            a, b = matrix[:, i], matrix[:, j]
            if not b.any():
                continue
            for x in range(READINGS):
                for y in range(READINGS):
                    ha, hb = hashes[a, x], hashes[b, y]
                    add(_base("pair") + ha + hb, (ha != 0) & (hb != 0))
            ha, hb = (hashes[token, _MOST_READINGS + 1] for token in (a, b))
            add(_base("same") + ha + hb, (ha != 0) & (hb != 0))
            for whole, other in ((a, b), (b, a)):
                h, second = hashes[whole, 0], hashes[other, _MOST_READINGS]
                add(_base("stem") + h + second * np.uint64(3), (h != 0) & (second != 0))
