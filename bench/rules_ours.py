"""Our side of the comparison, in a process of its own: `batch BASE DAY`, `growth BASE DAY`, `household DAY`; a JSON line each.

`batch` reads Parquet and gives an Arrow table, as the peers read it and give arrays; checksums as in the reference set-up.
"""

import array
import json
import resource
import statistics
import sys
import time
import zlib
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from vatra.engines.rules import RuleSet, Unit, load_ruleset
from vatra.engines.rules.files import load_catalogue, read_text
from vatra.engines.rules.population import run

HERE = Path(__file__).parent / "rules_reference"
CATALOGUE = load_catalogue(HERE / "catalogue.yaml")
TEXT = read_text(HERE / "benefit.rules.yaml")
COLUMNS = {"income": ("income", 100), "rent": ("rent", 100)}  # the population is in whole currency units
PROGRAMMES = 30
HOUSEHOLDS = 2_000


def whole(base: str, day: date, rules: RuleSet) -> tuple[float, pa.Table | None]:
    """Two Parquet files to a table in memory, and the seconds this took."""
    start = time.perf_counter()
    table = run(rules, day, f"{base}_p.parquet", f"{base}_h.parquet", only=["clause", "amount"], columns=COLUMNS)
    return time.perf_counter() - start, table


def growth(base: str, day: date) -> dict[str, object]:
    """The middle of three, after one to warm up: populations of different sizes are compared with each other."""
    rules = load_ruleset(TEXT, CATALOGUE)
    seconds = [whole(base, day, rules)[0] for _ in range(4)]
    return {"seconds": round(statistics.median(seconds[1:]), 4), "population": Path(base).name}


def batch(base: str, day: date) -> dict[str, object]:
    rules = load_ruleset(TEXT, CATALOGUE)
    whole(base, day, rules)
    seconds, table = whole(base, day, rules)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": round(seconds, 4),
        "rss_mb": round(memory, 1),
        "population": Path(base).name,
        **checksums(table, [c.id for c in rules.clauses]),
    }


def checksums(table: pa.Table | None, clauses: list[str]) -> dict[str, object]:
    """Households by id; amounts as float64 in whole units; clause bits in the order of the file."""
    bits = " + ".join(f'"clause:{name}"::INT * {1 << i}' for i, name in enumerate(clauses))
    con = duckdb.connect()
    con.register("result", table)
    rows = con.execute(
        f"SELECT coalesce(amount, 0) / 100.0 AS amount, ({bits})::UTINYINT AS bits FROM result ORDER BY household_id"
    ).to_arrow_table()
    amounts = array.array("d", rows["amount"].to_pylist())
    return {
        "households": rows.num_rows,
        "sum": sum(amounts),
        "amount_crc32": zlib.crc32(amounts.tobytes()),
        "clauses_crc32": zlib.crc32(bytes(rows["bits"].to_pylist())),
    }


def household(day: date) -> dict[str, object]:
    """One household of four, thirty programmes that differ in limits and rates, each with its whole trace."""
    programmes = []
    for i in range(PROGRAMMES):
        text = TEXT.replace("code: reference-benefit", f"code: benefit-{i}").replace(
            "wealth_cutoff: {2020-01-01: 55}", f"wealth_cutoff: {{2020-01-01: {40 + i}}}"
        )
        text = text.replace("2025-01-01: 120 CUR", f"2025-01-01: {100 + i} CUR").replace(
            "free_income: {2020-01-01: 1000 CUR}", f"free_income: {{2020-01-01: {900 + i} CUR}}"
        )
        programmes.append(load_ruleset(text, CATALOGUE))
    times = []
    for k in range(HOUSEHOLDS):
        members = [
            {"id": f"p{i}", "facts": {
                "age": (38, 36, 9, 4)[i] + k % 3, "income": (90_000, 40_000, 0, 0)[i] + 100 * (k % 50), "disability_degree": 45 if i == k % 4 else 0,
                "employment": "employed" if i < 2 else "inactive", "is_head": i == 0, "citizen": True, "residence_years": 10, "registered": True,
            }} for i in range(4)
        ]  # fmt: skip
        facts = {"area": ("urban", "rural", "remote")[k % 3], "rent": 30_000, "owns_home": k % 2 == 0, "wealth": k % 80}
        start = time.perf_counter()
        unit = Unit(members, facts)
        outcomes = [rules.determine(unit, on=day) for rules in programmes]
        # The trace is made of what was computed: each clause with its reason, law and figures.
        traces = [(o.status, o.amount, o.clauses) for o in outcomes]
        times.append(time.perf_counter() - start)
        assert len(traces) == PROGRAMMES
    times.sort()
    return {
        "programmes": PROGRAMMES,
        "p50_ms": round(times[len(times) // 2] * 1e3, 4),
        "p95_ms": round(times[int(len(times) * 0.95)] * 1e3, 4),
    }


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    *bases, day = rest
    print(json.dumps({"batch": batch, "growth": growth, "household": household}[what](*bases, date.fromisoformat(day))))
