"""What trees that were fitted to labelled pairs add to the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from . import boost
from .parameters import CLASSES, LEVELS, Parameters
from .scoring import class_scores, decode
from .sql import ORDER

if TYPE_CHECKING:
    from .run import Run


def features(
    patterns: np.ndarray, frequency: np.ndarray, score: np.ndarray, parameters: Parameters, records: int
) -> np.ndarray:
    """What the trees see of a pair: its log odds, the classes' own evidence, and every field's evidence;
    fixed order."""
    classes = class_scores(patterns, parameters, records)
    levels = decode(patterns)
    columns = [score, frequency]
    columns += [classes[:, 0] - classes[:, i] for i in range(1, len(CLASSES))]
    for name in ORDER:
        table = np.zeros(16)
        for i, level in enumerate(LEVELS[name], start=1):
            if name in parameters.levels:
                match, other = (parameters.share(name, level, c)[0] for c in ("match", "household"))
                table[i] = match - other
        columns += [table[levels[name]], (levels[name] == 0).astype(float)]
        if name in ("given", "family", "father", "birth"):
            columns.append(levels[name].astype(float))
    return np.column_stack(columns)


def correct(run: Run, table: str) -> None:
    """Add what the trees of the run's parameters say to the scores of a table (l, r, pattern, frequency, score)."""
    if not run.parameters.trees:
        return
    con = run.con
    rows = con.execute(f"SELECT l, r, pattern, frequency, score FROM {table}").fetchnumpy()
    score = np.asarray(rows["score"], dtype=float)
    if not len(score):
        return
    x = features(
        np.asarray(rows["pattern"], dtype=np.int64),
        np.asarray(rows["frequency"], dtype=float),
        score,
        run.parameters,
        run.records,
    )
    con.register(
        "corrected_view",
        pa.table({"l": rows["l"], "r": rows["r"], "new": score + boost.predict(run.parameters.trees, x)}),
    )
    con.execute(
        f"CREATE TABLE corrected AS SELECT t.* EXCLUDE (score), v.new AS score FROM {table} t "
        "JOIN corrected_view v ON t.l = v.l AND t.r = v.r"
    )
    con.unregister("corrected_view")
    con.execute(f"DROP TABLE {table}")
    con.execute(f"ALTER TABLE corrected RENAME TO {table}")
