"""Small gradient-boosted trees for a correction learnt from labels. numpy only; a few thousand rows.

Newton boosting of the logistic loss with an offset (Friedman 2001; Chen, Guestrin 2016, without their
engineering): the trees
learn what the log odds of the shipped model get wrong, and nothing where there is no label.
"""

from __future__ import annotations

import numpy as np

DEPTH = 3
RATE = 0.1
ROUNDS = 70
L2 = 4.0
MIN_WEIGHT = 3.0
BINS = 24


def fit(x: np.ndarray, y: np.ndarray, offset: np.ndarray, weight: np.ndarray, *, rounds: int = ROUNDS) -> list[dict]:
    """Trees whose sum is added to `offset`. x: (rows, features), y: 0/1, offset: log odds, weight: row weights."""
    cuts = [np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1)[1:-1])) for column in x.T]
    total = offset.astype(float).copy()
    trees = []
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-total))
        gradient, hessian = weight * (p - y), weight * p * (1 - p)
        tree = _grow(x, gradient, hessian, cuts, np.arange(len(y)), DEPTH)
        total += predict_one(tree, x)
        trees.append(tree)
    return trees


def _leaf(gradient: np.ndarray, hessian: np.ndarray) -> dict:
    return {"value": float(np.round(-RATE * gradient.sum() / (hessian.sum() + L2), 6))}


def _grow(x: np.ndarray, gradient: np.ndarray, hessian: np.ndarray, cuts: list, rows: np.ndarray, depth: int) -> dict:
    g, h = gradient[rows], hessian[rows]
    if depth == 0 or len(rows) < 8:
        return _leaf(g, h)
    best, where = 1e-3, None
    base = g.sum() ** 2 / (h.sum() + L2)
    for feature, edges in enumerate(cuts):
        if not len(edges):
            continue
        place = np.searchsorted(edges, x[rows, feature], side="right")
        gs = np.bincount(place, weights=g, minlength=len(edges) + 1).cumsum()[:-1]
        hs = np.bincount(place, weights=h, minlength=len(edges) + 1).cumsum()[:-1]
        counts = np.bincount(place, minlength=len(edges) + 1).cumsum()[:-1]
        gain = gs**2 / (hs + L2) + (g.sum() - gs) ** 2 / (h.sum() - hs + L2) - base
        gain[(counts < MIN_WEIGHT) | (len(rows) - counts < MIN_WEIGHT)] = 0
        if gain.max() > best:
            best, where = float(gain.max()), (feature, float(edges[int(gain.argmax())]))
    if where is None:
        return _leaf(g, h)
    feature, edge = where
    left = x[rows, feature] < edge
    return {
        "feature": feature,
        "below": edge,
        "then": _grow(x, gradient, hessian, cuts, rows[left], depth - 1),
        "else": _grow(x, gradient, hessian, cuts, rows[~left], depth - 1),
    }


def predict_one(tree: dict, x: np.ndarray) -> np.ndarray:
    """What one tree adds to every row."""
    if "value" in tree:
        return np.full(len(x), tree["value"])
    left = x[:, tree["feature"]] < tree["below"]
    out = np.empty(len(x))
    out[left] = predict_one(tree["then"], x[left])
    out[~left] = predict_one(tree["else"], x[~left])
    return out


def predict(trees: list[dict], x: np.ndarray) -> np.ndarray:
    """What all trees add to every row."""
    out = np.zeros(len(x))
    for tree in trees:
        out += predict_one(tree, x)
    return out
