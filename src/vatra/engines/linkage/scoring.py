"""From patterns of agreement to log odds of being one person.

The model is a mixture: a pair that is not a match is of one household, of kin, or strangers, and the odds
are against all three
together. Inside a class the fields are independent (Fellegi, Sunter 1969); it is the classes that carry the dependence:
family name, father, telephone and address agree together because people live together.
"""

from __future__ import annotations

import numpy as np

from .parameters import CLASSES, LEVELS, Parameters
from .sql import ORDER


def decode(patterns: np.ndarray) -> dict[str, np.ndarray]:
    """Levels by field of an array of patterns (int64)."""
    out = {}
    rest = patterns.copy()
    for name in reversed(ORDER):
        out[name] = rest & 15
        rest >>= 4
    return out


def class_scores(patterns: np.ndarray, parameters: Parameters, records: int, cross: float = 1.0) -> np.ndarray:
    """Log of the expected pairs of each class with each pattern, shape (patterns, classes); without value
    frequencies."""
    levels = decode(patterns)
    out = np.tile([parameters.prior(c, records, cross=cross) for c in CLASSES], (len(patterns), 1))
    for name in ORDER:
        if name not in parameters.levels:
            continue
        table = np.zeros((16, len(CLASSES)))
        for i, level in enumerate(LEVELS[name], start=1):
            table[i] = [parameters.share(name, level, c)[0] for c in CLASSES]
        out += table[levels[name]]
    return out


def log_odds(classes: np.ndarray, frequency: np.ndarray, kin_frequency: np.ndarray) -> np.ndarray:
    """Natural log odds of a match, from `class_scores` rows and the log frequencies of the values that agree."""
    others = np.logaddexp(np.logaddexp(classes[:, 1], classes[:, 2] + kin_frequency), classes[:, 3] + frequency)
    return classes[:, 0] - others


def pattern_table(
    patterns: np.ndarray, parameters: Parameters, records: int, cross: float = 1.0
) -> dict[str, np.ndarray]:
    """Columns to join on: the pattern and the log of what each class expects of it."""
    scores = class_scores(patterns, parameters, records, cross)
    return {"pattern": patterns, **{c: scores[:, i] for i, c in enumerate(CLASSES)}}


_TOP = "greatest(t.household, t.kin + q.kin_frequency, t.stranger + q.frequency)"
SCORE_SQL = (
    "SELECT q.l, q.r, q.pattern, q.frequency, q.kin_frequency, "
    f"t.match - {_TOP} - ln(exp(t.household - {_TOP}) + exp(t.kin + q.kin_frequency - {_TOP}) "
    f"+ exp(t.stranger + q.frequency - {_TOP})) AS score "
    "FROM patterned q JOIN pattern_scores t ON q.pattern = t.pattern"
)
"""The same as `log_odds`, in SQL."""
