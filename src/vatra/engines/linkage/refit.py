"""Refitting the parameters from labelled pairs, judged on labels held back before it is believed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop as _

from . import boost
from .cluster import components
from .correction import correct, features
from .reading import columns_in, quoted_name, reader_of, reading
from .run import Run, compare

LEFT = ("left_id", "left", "id_l", "unique_id_l", "id_left", "l")
RIGHT = ("right_id", "right", "id_r", "unique_id_r", "id_right", "r")
LABEL = ("match", "label", "is_match", "same", "clerical_match_score")
YES = frozenset(["1", "1.0", "true", "t", "yes", "y", "match", "same", "da", "evet", "نعم"])
NO = frozenset(["0", "0.0", "false", "f", "no", "n", "not", "different", "nu", "hayir", "لا"]) | {
    "not the same",
    "not_the_same",
    "non-match",
    "hayır",
}
FEWEST = 40
HELD_BACK = 0.3


def read_labels(run: Run, path: Path) -> int:
    """Table `labelled` (l, r, y) from a CSV or Parquet of labelled pairs; returns how many were understood.

    Refuses a file without columns for left, right and label, or with too few labels of records in the lists.
    """
    con = run.con
    have = columns_in(run, path)
    chosen = []
    for wanted in (LEFT, RIGHT, LABEL):
        found = next((have[h] for w in wanted for h in have if h.lower() == w), None)
        if found is None:
            raise Refused(
                "linkage.labels_columns",
                _("%(path)s needs the columns left_id, right_id and match."),
                _("Name them so; match is 1 for the same person and 0 for not the same."),
                path=str(path),
            )
        chosen.append(found)
    left, right, label = (quoted_name(c) for c in chosen)
    said = f"lower(trim(CAST(f.{label} AS VARCHAR)))"
    listed = lambda words: ", ".join("'" + w.replace("'", "''") + "'" for w in sorted(words))  # noqa: E731
    sides = "AND a.src = 0 AND b.src = 1" if run.link else ""
    with reading(path):
        con.execute(
            f"CREATE TABLE labelled AS SELECT least(a.rid, b.rid) AS l, greatest(a.rid, b.rid) AS r, "
            f"max(CASE WHEN {said} IN ({listed(YES)}) THEN 1 ELSE 0 END) AS y FROM {reader_of(path)} f "
            f"JOIN raw a ON CAST(f.{left} AS VARCHAR) = a.id JOIN raw b ON CAST(f.{right} AS VARCHAR) = b.id {sides} "
            f"WHERE a.rid <> b.rid AND {said} IN ({listed(YES | NO)}) GROUP BY 1, 2"
        )
    count = con.execute("SELECT count(*), sum(y), sum(1 - y) FROM labelled").fetchall()[0]
    if count[0] < FEWEST or not count[1] or not count[2]:
        raise Refused(
            "linkage.labels_few",
            _("%(path)s labels %(count)s pairs of these records; at least %(fewest)s of both kinds are needed."),
            _("Label more pairs, some the same person and some not."),
            path=str(path),
            count=count[0],
            fewest=FEWEST,
        )
    return int(count[0])


def _population_weights(label_scores: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Weights that give the labels the spread of scores all compared pairs have; clipped, mean 1."""
    edges = np.array([-4.0, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 4.0, 6.0, 9.0])
    here = np.bincount(np.searchsorted(edges, label_scores), minlength=len(edges) + 1) + 1.0
    there = np.bincount(np.searchsorted(edges, scores), minlength=len(edges) + 1) + 1.0
    ratio = (there / there.sum()) / (here / here.sum())
    weight = np.clip(ratio, 0.3, 3.0)[np.searchsorted(edges, label_scores)]
    return weight / weight.mean()


def _quality(score: np.ndarray, y: np.ndarray) -> dict[str, float]:
    said = score >= 0
    hit = float((said & (y == 1)).sum())
    precision = hit / max(1.0, float(said.sum()))
    recall = hit / max(1.0, float((y == 1).sum()))
    f1 = 2 * precision * recall / (precision + recall) if hit else 0.0
    p = np.clip(1 / (1 + np.exp(-np.clip(score, -30, 30))), 1e-6, 1 - 1e-6)
    loss = float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
        "log_loss": round(loss, 4),
    }


def refit_run(run: Run, labels: Path) -> dict:
    """Fit a correction to the labels; if it is better on held-back labels, score `scored` anew with it.

    The held-back third shares no record with the rest. Returns the figures of old and new side by side
    and, if accepted, the new parameters; old and new are compared by log loss and must not lose F1.
    """
    con = run.con
    count = read_labels(run, labels)
    compare(run, "labelled", "labelled_scored", keep=None)
    rows = con.execute(
        "SELECT s.*, g.y FROM labelled_scored s JOIN labelled g ON s.l = g.l AND s.r = g.r ORDER BY s.l, s.r"
    ).fetchnumpy()
    y = np.asarray(rows["y"], dtype=float)
    score = np.asarray(rows["score"], dtype=float)
    make = lambda r, s: features(  # noqa: E731
        np.asarray(r["pattern"], dtype=np.int64),
        np.asarray(r["frequency"], dtype=float),
        s,
        run.parameters,
        run.records,
    )
    x = make(rows, score)
    everyone = np.asarray(con.execute("SELECT score FROM scored").fetchnumpy()["score"], dtype=float)
    weight = _population_weights(score, everyone)
    home = components(zip(rows["l"].tolist(), rows["r"].tolist(), strict=True))
    group = np.array([home[x_] for x_ in rows["l"].tolist()])
    back = (group * 2654435761 % 1000) < HELD_BACK * 1000
    if back.sum() < 10 or (~back).sum() < 20:
        back = np.arange(len(y)) % 3 == 0
    trial = boost.fit(x[~back], y[~back], score[~back], weight[~back])
    old = _quality(score[back], y[back])
    new = _quality(score[back] + boost.predict(trial, x[back]), y[back])
    accepted = new["log_loss"] < old["log_loss"] and new["f1"] >= old["f1"] - 0.002
    report = {"labels": count, "held_back": int(back.sum()), "old": old, "new": new, "accepted": bool(accepted)}
    if accepted:
        run.parameters.trees = boost.fit(x, y, score, weight)
        report["parameters"] = run.parameters.as_dict()
        correct(run, "scored")
    con.execute("DROP TABLE labelled")
    con.execute("DROP TABLE labelled_scored")
    run.say("labels learnt" if accepted else "labels taught nothing new")
    return report
