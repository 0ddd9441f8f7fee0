"""From patterns of agreement to log odds of being one person.

The model is a mixture: a pair that is not a match is of one household, of kin, or strangers, and the odds are against all three
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
        rest, out[name] = np.divmod(rest, 10)
    return out


def class_scores(patterns: np.ndarray, parameters: Parameters, records: int, cross: float = 1.0) -> np.ndarray:
    """Log of the expected pairs of each class with each pattern, shape (patterns, classes); without value frequencies."""
    levels = decode(patterns)
    out = np.tile([parameters.prior(c, records, cross=cross) for c in CLASSES], (len(patterns), 1))
    for name in ORDER:
        if name not in parameters.levels:
            continue
        table = np.zeros((10, len(CLASSES)))
        for i, level in enumerate(LEVELS[name], start=1):
            table[i] = [parameters.share(name, level, c)[0] for c in CLASSES]
        out += table[levels[name]]
    return out


def log_odds(classes: np.ndarray, frequency: np.ndarray) -> np.ndarray:
    """Natural log odds of a match, from `class_scores` rows and the log frequency of the values that agree."""
    others = np.logaddexp(np.logaddexp(classes[:, 1], classes[:, 2]), classes[:, 3] + frequency)
    return classes[:, 0] - others


def pattern_table(patterns: np.ndarray, parameters: Parameters, records: int, cross: float = 1.0) -> dict[str, np.ndarray]:
    """Columns to join on: pattern, match, near (household and kin together), stranger."""
    scores = class_scores(patterns, parameters, records, cross)
    return {
        "pattern": patterns,
        "match": scores[:, 0],
        "near": np.logaddexp(scores[:, 1], scores[:, 2]),
        "stranger": scores[:, 3],
    }


SCORE_SQL = (
    "SELECT q.l, q.r, q.pattern, q.frequency, "
    "t.match - (greatest(t.near, t.stranger + q.frequency) "
    "+ ln(1 + exp(least(t.near, t.stranger + q.frequency) - greatest(t.near, t.stranger + q.frequency)))) AS score "
    "FROM patterned q JOIN pattern_scores t ON q.pattern = t.pattern"
)
"""The same as `log_odds`, in SQL."""
