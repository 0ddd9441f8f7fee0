"""The SQL that compares names, two values at a time: see `sql` for the rest and for the dialects."""

from __future__ import annotations

from .parameters import NAME_LEVELS

NAMES = {"given": "g", "father": "p", "mother": "o", "family": "n"}
"""Field to the prefix of its columns in `records`."""


def unlike_names_statement(pairs: str, *, present: set[str]) -> str:
    """SELECT DISTINCT (va, vb): the unlike name values, by their numbers, that stand against each other in some pair.

    Far fewer than the pairs: comparing letters is what costs, so every two values are compared once.
    """
    against = [(c, c, "TRUE") for f, c in NAMES.items() if f in present]
    if {"given", "family"} <= present:
        against += [("n", "g", "a.g_s = b.n_s"), ("g", "n", "a.n_s = b.g_s")]
    selects = (
        f"SELECT least(a.{x}_v, b.{y}_v) AS va, greatest(a.{x}_v, b.{y}_v) AS vb FROM {pairs} q "
        f"JOIN records a ON q.l = a.rid JOIN records b ON q.r = b.rid WHERE a.{x}_v <> b.{y}_v AND {where}"
        for x, y, where in against
    )
    return f"SELECT DISTINCT va, vb FROM ({' UNION ALL '.join(selects)})"


def name_levels_statement(unlike: str) -> str:
    """SELECT (va, vb, level, near) for a table of (va, vb): how two name values agree, and whether one may be a slip of the other."""
    flat = ", ".join(f"{side}.{x} AS {side}_{x}" for x in NAME_FEATURES for side in "ab")
    return (
        f"SELECT va, vb, CAST({_NAME_LEVEL} AS TINYINT) AS level, {_NEAR} AS near FROM (SELECT *, {_DISTANCE} AS distance, "
        f"least(length(a_f), length(b_f)) AS shortest FROM (SELECT q.va, q.vb, {flat} FROM {unlike} q "
        "JOIN name_values a ON q.va = a.v JOIN name_values b ON q.vb = b.v))"
    )


NAME_FEATURES = ("f", "k", "s", "a", "t1", "t2", "x", "m", "bag", "r1", "r2")
"""Columns of `name_values` that comparison reads."""
_DISTANCE = (
    "CASE WHEN a_f = b_f OR a_x <> b_x OR abs(length(a_f) - length(b_f)) > 3 THEN 99 ELSE levenshtein(a_f, b_f) END"
)
"""Letters apart, 99 where it does not matter."""
_NEAR = "distance <= greatest(1, shortest / 3)"


def _name_level() -> str:
    """The level of agreement of two known values, from the columns a_… and b_…, `distance` and `shortest`."""
    at = {level: i for i, level in enumerate(NAME_LEVELS, start=1)}
    arabic_bits = "CASE WHEN a_x THEN a_m & ~b_m ELSE b_m & ~a_m END"
    part = "((a_t2 IS NOT NULL OR b_t2 IS NOT NULL) AND (a_t1 = b_t1 OR a_t1 = b_t2 OR a_t2 = b_t1 OR a_t2 = b_t2))"
    return (
        f"CASE WHEN a_f = b_f THEN {at['same']} "
        "WHEN a_s = b_s OR a_s = b_a OR a_a = b_s THEN CASE WHEN a_x <> b_x THEN "
        f"CASE WHEN bit_count({arabic_bits}) = 0 THEN {at['script']} ELSE {at['sounds']} END "
        f"WHEN {_NEAR} THEN {at['spelling']} ELSE {at['sounds']} END "
        "WHEN length(a_f) = 1 OR length(b_f) = 1 THEN "
        "CASE WHEN left(a_k, 1) = left(b_k, 1) OR (a_x = b_x AND left(a_f, 1) = left(b_f, 1)) "
        f"THEN {at['initial']} WHEN a_x = b_x THEN {at['differs']} ELSE {at['differs_script']} END "
        f"WHEN {part} THEN {at['part']} "
        "WHEN distance <= 3 AND (distance <= CASE WHEN shortest >= 7 THEN 2 WHEN shortest >= 4 THEN 1 ELSE 0 END "
        f"OR (a_bag = b_bag AND distance <= 2)) THEN {at['similar']} "
        f"WHEN a_x = b_x AND a_bag = b_bag AND shortest >= 5 THEN {at['similar']} "
        f"WHEN distance <= CASE WHEN shortest >= 8 THEN 3 WHEN shortest >= 5 THEN 2 ELSE 0 END THEN {at['close']} "
        "WHEN a_x <> b_x AND least(length(a_k), length(b_k)) >= 3 AND abs(length(a_k) - length(b_k)) <= 1 "
        f"AND levenshtein(a_k, b_k) <= 1 THEN {at['similar']} "
        f"WHEN a_r1 = b_r1 OR a_r1 = b_r2 OR a_r2 = b_r1 OR a_r2 = b_r2 THEN {at['related']} "
        f"WHEN a_x = b_x THEN {at['differs']} ELSE {at['differs_script']} END"
    )


_NAME_LEVEL = _name_level()


def levels_of(x: str, y: str, value: str) -> str:
    """Join `name_levels`, as xy, of the left record's name x against the right one's name y."""
    other = f"b.{y}_v"
    return f"LEFT JOIN name_levels {x}{y} ON least({value}, {other}) = {x}{y}.va AND greatest({value}, {other}) = {x}{y}.vb"
