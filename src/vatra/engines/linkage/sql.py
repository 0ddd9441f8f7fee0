"""The SQL of linkage: one function, one named statement. Plain SQL that DuckDB and Spark both read.

What the two spell differently is in `Dialect`: hashing several values. Levenshtein, CASE and integer bits
are common to both.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from .parameters import LEVELS, NAME_LEVELS, Parameters
from .sql_names import NAMES, levels_of

ORDER = ("given", "father", "mother", "family", "birth", "sex", "phone", "locality", "household", "identifier")
"""A pattern is the number whose hexadecimal digits, in this order, are the levels of agreement: 0 unknown,
1 the first…"""


@dataclass(frozen=True)
class Dialect:
    """What differs between carriers."""

    name: str
    hash: str

    def key(self, kind: int, *parts: str) -> str:
        """A number for a kind and its values."""
        return f"{self.hash}({kind}, {', '.join(parts)})"


DUCKDB = Dialect("duckdb", "hash")
SPARK = Dialect("spark", "xxhash64")


@dataclass(frozen=True)
class Block:
    """One kind of blocking key: its values, what must be known, and the largest block that is still compared."""

    name: str
    parts: tuple[str, ...]
    most: int


def _pair(a: str, b: str) -> tuple[str, str]:
    return f"least({a}, {b})", f"greatest({a}, {b})"


def blocks(identifiers: int) -> list[Block]:
    """The blocking keys. Name tokens pair in any order, so swapped names and wrong parts still meet."""
    g, p, n, g1, n1 = "g_t1", "p_t1", "n_t1", "g_c", "n_c"
    out = []
    for i in range(identifiers):
        out += [
            Block(f"identifier{i}", (f"i{i}",), 20),
            Block(f"head{i}", (f"i{i}_head",), 8),
            Block(f"tail{i}", (f"i{i}_tail",), 8),
        ]
    out += [
        Block("phone", ("phone",), 12),
        Block("phone_given", ("phone", g), 40),
        Block("household", ("household",), 20),
        Block("birth", ("birth_key",), 8),
        Block("birth_given", ("birth_key", g), 40),
        Block("birth_family", ("birth_key", n), 40),
        Block("birth_father", ("birth_key", p), 40),
        Block("birth_locality", ("birth_key", "l_s"), 12),
        Block("given2_birth", ("birth_key", "g_t2"), 40),
        Block("day_given", ("md", g), 8),
        Block("day_family", ("md", n), 8),
        Block("given_family_year", (*_pair(g, n), "year"), 30),
        Block("given_father_year", (*_pair(g, p), "year"), 30),
        Block("father_family_year", (*_pair(p, n), "year"), 16),
        Block("given_year", (g, n1, "year"), 10),
        Block("family_year", (n, g1, "year"), 10),
        Block("given_family_locality", (*_pair(g, n), "l_s"), 16),
        Block("given_father_locality", (*_pair(g, p), "l_s"), 16),
        Block("given_locality", (g, n1, "l_s"), 10),
        Block("family_locality", (n, g1, "l_s"), 10),
        Block("given_family", _pair(g, n), 14),
        Block("given_father", _pair(g, p), 10),
        Block("given", (g,), 8),
        Block("family", (n,), 8),
        Block("three_names", (*_pair(g, n), p), 40),
    ]
    return out


_DIGITS = "'٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789'"


def phone(column: str) -> str:
    """The last eight digits of a telephone number; NULL if there are fewer than six."""
    number = f"regexp_replace(translate({column}, {_DIGITS}), '[^0-9]', '', 'g')"
    return f"CASE WHEN length({number}) >= 6 THEN right({number}, 8) END"


def identifier(column: str) -> str:
    """Upper case, ASCII digits, no separators."""
    return f"nullif(upper(regexp_replace(translate({column}, {_DIGITS}), '[\\s./-]', '', 'g')), '')"


def keys_statement(kinds: list[Block], dialect: Dialect = DUCKDB) -> str:
    """SELECT (key, most, rid) for every record and kind whose values are all known."""
    selects = []
    for block in kinds:
        known = " AND ".join(f"{part} IS NOT NULL" for part in columns_of(block))
        key = dialect.key(crc32(block.name.encode()), *block.parts)
        selects.append(f"SELECT {key} AS key, {block.most} AS most, rid, src FROM records WHERE {known}")
    return " UNION ALL ".join(selects)


def columns_of(block: Block) -> list[str]:
    """Columns of `records` a block reads, each once."""
    out = set()
    for part in block.parts:
        inner = part.partition("(")[2].rstrip(")") or part
        out |= {p.strip() for p in inner.split(",")}
    return sorted(out)


def pairs_statement(*, link: bool) -> str:
    """SELECT DISTINCT (l, r): records that share a key whose block is not too large."""
    sides = "a.src < b.src" if link else "a.rid < b.rid"
    return f"SELECT DISTINCT a.rid AS l, b.rid AS r FROM blocked a JOIN blocked b ON a.key = b.key AND {sides}"


def light_statement(present: set[str], identifiers: int, dialect: Dialect = DUCKDB) -> str:
    """SELECT the few numbers of every record that `worth_statement` reads, texts as hashes."""
    columns = ["rid"]
    for f, c in NAMES.items():
        if f in present and f != "mother":
            columns += [f"{c}_s", f"{c}_t1", f"{c}_q", f"{c}_tq"]
    if "birth" in present:
        columns += ["birth_key", "year", "md"]
    if "locality" in present:
        columns.append("l_s")
    texts = [f for f in ("sex", "phone", "household") if f in present]
    texts += [f"i{i}{part}" for i in range(identifiers) for part in ("", "_head", "_tail")]
    columns += [f"CASE WHEN {t} IS NOT NULL THEN {dialect.hash}({t}) END AS {t}" for t in texts]
    return f"SELECT {', '.join(columns)} FROM records"


def worth_statement(pairs: str, *, present: set[str], identifiers: int, above: float) -> str:
    """SELECT (l, r) whose equal and unequal numbers alone could make them one person: a cheap, hopeful score.

    Rounded weights in log odds; an unequal name costs little here, for it may be a slip. What it drops was
    measured: three true
    matches in a thousand at most, of those that would have been found, for three quarters of the work (ADR 0004).
    """
    terms = []
    for f, c, unequal in (("given", "g", 1.5), ("family", "n", 1.0), ("father", "p", 1.0)):
        if f in present:
            terms.append(
                f"CASE WHEN a.{c}_s = b.{c}_s OR a.{c}_t1 = b.{c}_t1 THEN -greatest(a.{c}_q, b.{c}_q, a.{c}_tq) "
                f"WHEN a.{c}_s IS NULL OR b.{c}_s IS NULL THEN 0 ELSE -{unequal} END"
            )
    if {"given", "family"} <= present:
        terms.append(
            "CASE WHEN a.g_s = b.n_s THEN -a.g_q - 1 ELSE 0 END + CASE WHEN a.n_s = b.g_s THEN -a.n_q - 1 ELSE 0 END"
        )
    if "birth" in present:
        terms.append(
            "CASE WHEN a.year IS NULL OR b.year IS NULL THEN 0 WHEN a.birth_key = b.birth_key THEN 8 "
            "WHEN a.md = b.md AND a.md <> 101 THEN 3.5 WHEN a.year = b.year THEN 2.5 ELSE -3 END"
        )
    simple = [("phone", 10, 0.5), ("household", 6, 0.5)]
    for f, equal, unequal in simple:
        if f in present:
            terms.append(
                f"CASE WHEN a.{f} = b.{f} THEN {equal} WHEN a.{f} IS NULL OR b.{f} IS NULL THEN 0 ELSE -{unequal} END"
            )
    if "locality" in present:
        terms.append("CASE WHEN a.l_s = b.l_s THEN 3.5 WHEN a.l_s IS NULL OR b.l_s IS NULL THEN 0 ELSE -1 END")
    if "sex" in present:
        terms.append("CASE WHEN a.sex <> b.sex THEN -3 ELSE 0 END")
    for i in range(identifiers):
        terms.append(
            f"CASE WHEN a.i{i} = b.i{i} THEN 14 WHEN a.i{i} IS NULL OR b.i{i} IS NULL THEN 0 "
            f"WHEN a.i{i}_head = b.i{i}_head OR a.i{i}_tail = b.i{i}_tail THEN 4 ELSE -3 END"
        )
    return (
        f"SELECT q.l, q.r FROM ({pairs}) q JOIN light a ON q.l = a.rid JOIN light b ON q.r = b.rid "
        f"WHERE {' + '.join(terms)} > {above}"
    )


_FIGURES = " + ".join(
    f"CASE WHEN a_birth % {10 ** (n + 1)} - a_birth % {10**n} <> b_birth % {10 ** (n + 1)} - b_birth % {10**n} THEN 1 ELSE 0 END"
    for n in range(8)
)
"""In how many of its eight figures one date differs from another."""
_AT_BIRTH = {level: i for i, level in enumerate(LEVELS["birth"], start=1)}
_BIRTH = (
    "CASE WHEN a_year IS NULL OR b_year IS NULL THEN 0 "
    "WHEN a_birth = b_birth THEN {same} "
    "WHEN a_birth IS NULL OR b_birth IS NULL THEN "
    "CASE WHEN a_year = b_year THEN {year} WHEN abs(a_year - b_year) <= 2 THEN {near} ELSE {differs} END "
    "WHEN a_year = b_year AND a_md = b_dm THEN {swapped} "
    "WHEN a_year = b_year AND (a_md = 101 OR b_md = 101) THEN {defaulted} "
    "WHEN a_md = b_md AND a_md <> 101 AND (abs(a_year - b_year) <= 2 OR abs(a_year - b_year) % 10 = 0) THEN {near_same} "
    "WHEN birth_distance <= 1 THEN {digit} "
    "WHEN a_year = b_year AND (a_ym = b_ym OR a_md % 100 = b_md % 100) THEN {similar} "
    "WHEN a_md = b_md AND a_md <> 101 THEN {day_same} "
    "WHEN birth_distance <= 2 THEN {two_digits} "
    "WHEN a_year = b_year THEN {year} WHEN abs(a_year - b_year) <= 2 THEN {near} ELSE {differs} END"
).format(**_AT_BIRTH)


def _identifier_level(count: int) -> str:
    if not count:
        return "0"
    ranges = range(count)
    same = " OR ".join(f"a_i{i} = b_i{i}" for i in ranges)
    near = " OR ".join(
        f"(length(a_i{i}) >= 6 AND length(b_i{i}) >= 6 AND abs(length(a_i{i}) - length(b_i{i})) <= 2 "
        f"AND levenshtein(a_i{i}, b_i{i}) <= 2)"
        for i in ranges
    )
    known = " OR ".join(f"(a_i{i} IS NOT NULL AND b_i{i} IS NOT NULL)" for i in ranges)
    return f"CASE WHEN {same} THEN 1 WHEN {near} THEN 2 WHEN {known} THEN 3 ELSE 0 END"


def _simple(column: str) -> str:
    return f"CASE WHEN a_{column} = b_{column} THEN 1 WHEN a_{column} IS NULL OR b_{column} IS NULL THEN 0 ELSE 2 END"


_PHONE = (
    "CASE WHEN a_phone = b_phone THEN 1 WHEN a_phone IS NULL OR b_phone IS NULL THEN 0 "
    "WHEN (left(a_phone, 4) = left(b_phone, 4) OR right(a_phone, 4) = right(b_phone, 4)) "
    "AND levenshtein(a_phone, b_phone) <= 1 THEN 2 ELSE 3 END"
)
_LOCALITY = (
    "CASE WHEN a_l_f = b_l_f THEN 1 WHEN a_l_f IS NULL OR b_l_f IS NULL THEN 0 WHEN a_l_s = b_l_s THEN 2 "
    "WHEN least(length(a_l_f), length(b_l_f)) >= 5 AND abs(length(a_l_f) - length(b_l_f)) <= 2 AND levenshtein(a_l_f, b_l_f) <= 2 THEN 2 ELSE 3 END"
)


SWAPPED = (
    "CASE WHEN a_g_s = b_n_s THEN a_n_v IS NULL OR b_g_v IS NULL OR a_n_v = b_g_v OR n_g_near OR a_n_s = b_g_s "
    "WHEN a_n_s = b_g_s THEN a_g_v IS NULL OR b_n_v IS NULL OR g_n_near ELSE FALSE END"
)
"""Given and family name stand in each other's place: one by skeleton, the other by skeleton, nearly, or unknown."""


def levels_statement(pairs: str, *, present: set[str], identifiers: int) -> str:
    """SELECT (l, r, one column per field with its level) for the pairs of a table (l, r); reads `name_levels`, where all
    of `unlike_names_statement` must stand."""
    level = {
        **{
            f: f"CASE WHEN a_{c}_v IS NULL OR b_{c}_v IS NULL THEN 0 WHEN a_{c}_v = b_{c}_v THEN 1 ELSE {c}_level END"
            for f, c in NAMES.items()
        },
        "birth": _BIRTH,
        "sex": _simple("sex"),
        "phone": _PHONE,
        "locality": _LOCALITY,
        "household": _simple("household"),
        "identifier": _identifier_level(identifiers),
    }
    columns = ", ".join(f"CAST({level[f] if f in present else '0'} AS TINYINT) AS {f}" for f in ORDER)
    distance = (
        ", CASE WHEN a_birth IS NULL OR b_birth IS NULL OR a_birth = b_birth THEN 99 "
        f"ELSE {_FIGURES} END AS birth_distance"
        if "birth" in present
        else ""
    )
    carried = "".join(f", a_{c}, b_{c}" for c in frequency_columns(present))
    flat = [f"a.{c} AS a_{c}, b.{c} AS b_{c}" for c in compared_columns(present, identifiers)]
    joins = []
    for f, c in NAMES.items():
        if f in present:
            flat.append(f"{c}{c}.level AS {c}_level")
            joins.append(levels_of(c, c, f"a.{c}_v"))
    swapped = "FALSE"
    if {"given", "family"} <= present:
        swapped = SWAPPED
        flat += ["ng.near AS n_g_near", "gn.near AS g_n_near"]
        joins += [
            levels_of("n", "g", "CASE WHEN a.g_s = b.n_s THEN a.n_v END"),
            levels_of("g", "n", "CASE WHEN a.n_s = b.g_s THEN a.g_v END"),
        ]
    return (
        f"SELECT l, r, {columns}, coalesce({swapped}, FALSE) AS swapped{carried} FROM (SELECT *{distance} FROM ("
        f"SELECT q.l, q.r, {', '.join(flat)} FROM {pairs} q JOIN records a ON q.l = a.rid JOIN records b ON q.r = b.rid "
        f"{' '.join(joins)}))"
    )


def compared_columns(present: set[str], identifiers: int) -> list[str]:
    """Columns of `records` that comparison reads."""
    out = [f"{c}_v" for f, c in NAMES.items() if f in present]
    if {"given", "family"} <= present:
        out += ["g_s", "n_s"]
    if "birth" in present:
        out += ["birth", "year", "md", "dm", "ym"]
    out += [f for f in ("sex", "phone", "household") if f in present]
    if "locality" in present:
        out += ["l_f", "l_s"]
    return out + [f"i{i}" for i in range(identifiers)] + frequency_columns(present)


def frequency_columns(present: set[str]) -> list[str]:
    """Columns of `records` that hold the log frequency of a field's value."""
    out = []
    for f, c in NAMES.items():
        if f in present:
            out += [f"{c}_q", f"{c}_tq"]
    return out + [f"{f}_q" for f in ("birth", "locality", "phone", "household", "identifier") if f in present]


_SWAP = "swapped AND given NOT IN (1, 2, 3) AND family NOT IN (1, 2, 3)"


def _frequency(parameters: Parameters, of: str, present: set[str]) -> str:
    """The log frequencies of the agreeing values that a class's shares are multiplied by."""
    out = []
    part_at = NAME_LEVELS.index("part") + 1
    swapped_scaled = {}
    for f in ORDER:
        if f not in present:
            continue
        scaled = [i for i, lv in enumerate(LEVELS[f], start=1) if parameters.share(f, lv, of)[1]]
        c = NAMES.get(f, f)
        part = ""
        if f in NAMES:
            swapped_scaled[f] = parameters.share(f, "swapped", of)[1]
            if part_at in scaled:
                part = f"WHEN {f} = {part_at} THEN greatest(a_{c}_tq, b_{c}_tq) "
            scaled = [i for i in scaled if i != part_at]
        listed = ", ".join(str(i) for i in scaled)
        whole = f"WHEN {f} IN ({listed}) THEN greatest(a_{c}_q, b_{c}_q) " if scaled else ""
        if whole or part:
            out.append(f"CASE {whole}{part}ELSE 0 END")
    if {"given", "family"} <= present and swapped_scaled.get("given"):
        out.append(f"CASE WHEN {_SWAP} THEN coalesce(a_g_q, b_n_q, 0) + coalesce(a_n_q, b_g_q, 0) ELSE 0 END")
    return " + ".join(out) or "0"


def patterns_statement(levels: str, parameters: Parameters, *, present: set[str]) -> str:
    """SELECT (l, r, pattern, frequency, kin_frequency): levels as one number, log frequencies of what agrees."""
    terms = []
    for place, f in enumerate(reversed(ORDER)):
        value = f
        if f in ("given", "family"):
            value = f"CASE WHEN {_SWAP} THEN {NAME_LEVELS.index('swapped') + 1} ELSE {f} END"
        terms.append(f"CAST({value} AS BIGINT) * {16**place}")
    return (
        f"SELECT l, r, {' + '.join(terms)} AS pattern, "
        f"CAST({_frequency(parameters, 'stranger', present)} AS FLOAT) AS frequency, "
        f"CAST({_frequency(parameters, 'kin', present)} AS FLOAT) AS kin_frequency FROM {levels}"
    )
