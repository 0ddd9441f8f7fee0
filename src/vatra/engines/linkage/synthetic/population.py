"""The population: households by culture, their members, and the records offices keep of them.

Shares (missing fields, slips, moves, new telephones) are the author's reading of social registers, not
taken from one; they
are set here, in one place, and do not depend on the matcher. Everything follows from the seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from itertools import accumulate
from pathlib import Path

import yaml

from .corruption import slip_date, slip_digits, style_of_typing, typo
from .romanise import pick_style, romanise

CULTURES = ("arabic", "turkish", "romanian", "hungarian")
COLUMNS = (
    "unique_id", "given_name", "father_name", "mother_name", "family_name", "dob", "sex", "locality", "phone",
    "national_id", "household", "entity", "culture",
)  # fmt: skip
DUPLICATES = 0.15
SHARES = {"arabic": 0.4, "turkish": 0.2, "romanian": 0.25, "hungarian": 0.15}
YEAR = 2025


class _Pool:
    """Weighted names; the weight of the n-th is 1 / (n + shift)."""

    def __init__(self, names: list, shift: float) -> None:
        self.names = names
        self.weights = list(accumulate(1 / (i + shift) for i in range(len(names))))

    def pick(self, rng: random.Random):
        return rng.choices(self.names, cum_weights=self.weights)[0]


@cache
def _pools(culture: str) -> dict[str, _Pool]:
    data = yaml.safe_load(files(__package__).joinpath("names.yaml").read_text(encoding="utf-8"))[culture]
    if culture == "arabic":
        split = {k: [tuple(w.replace("_", " ").split("=")) for w in v.split()] for k, v in data.items()}
        tail = [
            (f"{head}{a}", f"{base}{b}")
            for head, base in (("", ""), ("ال", ""), ("أبو ", "abu_"))
            for a, b in split["male"]
        ]
        random.Random(culture).shuffle(tail)
        split["family"] = split["family"] + tail
    else:
        split = {k: data[k].split() for k in ("male", "female", "family")}
        tail = [a + b for a in data["family_stems"].split() for b in data["family_ends"].split()]
        random.Random(culture).shuffle(tail)
        split["family"] += tail
    return {k: _Pool(v, 40 if k == "family" else 14) for k, v in split.items()}


@cache
def _localities(culture: str) -> _Pool:
    rng = random.Random(f"localities {culture}")
    made = sorted({_pools(culture)["family"].pick(rng) for _ in range(260)}, key=str)
    rng.shuffle(made)
    if culture == "arabic":
        made = [("كفر " + a if not a.startswith("ال") else a, b) for a, b in made]
    return _Pool(made, 6)


def _phone(rng: random.Random) -> str:
    return "07" + "".join(str(rng.randrange(10)) for _ in range(8))


def _born(rng: random.Random, low: int, high: int) -> str:
    year = YEAR - rng.randint(low, max(low, high))
    if rng.random() < 0.05:
        return f"{year}-01-01"
    return f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def _household(culture: str, rng: random.Random, number: int) -> list[dict]:
    """The true members of one household."""
    pools, place = _pools(culture), _localities(culture).pick(rng)
    head_age = rng.randint(22, 85)
    family, grandfather = pools["family"].pick(rng), pools["male"].pick(rng)
    phone = _phone(rng)

    def member(sex: str, low: int, high: int, *, father, mother, family=family) -> dict:
        given = pools["male" if sex == "m" else "female"].pick(rng)
        if culture == "romanian" and rng.random() < 0.3:
            given = f"{given}{rng.choice([' ', '-'])}{pools['male' if sex == 'm' else 'female'].pick(rng)}"
        return {
            "given": given, "father": father, "mother": mother, "family": family, "dob": _born(rng, low, high), "sex": sex,
            "locality": place, "phone": phone if rng.random() < 0.7 else _phone(rng), "household": number,
            "national_id": f"{rng.randrange(10**11, 10**12)}", "culture": culture,
        }  # fmt: skip

    head = member("m", head_age, head_age, father=grandfather, mother=pools["female"].pick(rng))
    people = [head]
    wife = None
    if rng.random() < 0.75:
        own = pools["family"].pick(rng)
        wife = member("f", max(18, head_age - 12), head_age + 3, father=pools["male"].pick(rng), mother=pools["female"].pick(rng),
                      family=own if culture == "arabic" else family)  # fmt: skip
        wife["maiden"] = own
        people.append(wife)
    mother = wife["given"] if wife else pools["female"].pick(rng)
    children = rng.choices(
        range(8), [22, 20, 24, 15, 9, 5, 3, 2] if culture == "arabic" else [30, 27, 26, 10, 4, 2, 1, 0]
    )[0]
    taken = set()
    for _ in range(children):
        child = member(
            rng.choice("mf"), max(0, head_age - 45), max(1, head_age - 20), father=head["given"], mother=mother
        )
        if child["given"] in taken:
            continue
        taken.add(child["given"])
        if len(people) > 2 and rng.random() < 0.03:
            child["dob"] = people[-1]["dob"]
        people.append(child)
    if rng.random() < 0.12:
        people.append(member("m", max(18, head_age - 10), head_age + 10, father=grandfather, mother=head["mother"]))
    if rng.random() < 0.1:
        people.append(
            member("f", head_age + 18, head_age + 30, father=pools["male"].pick(rng), mother=pools["female"].pick(rng))
        )
    return people


def _written(name, *, latin: bool, style: str, rng: random.Random) -> str:
    """A true name as one office writes it."""
    if name is None:
        return ""
    if isinstance(name, tuple):
        arabic, base = name
        if not latin:
            return arabic
        return romanise(base, style, rng, article=arabic.startswith("ال") and not base.startswith("al"))
    return name


def _name_slips(row: dict, rng: random.Random, worse: float) -> None:
    for field in ("given_name", "father_name", "mother_name", "family_name"):
        if row[field]:
            if rng.random() < 0.09 * worse:
                row[field] = typo(row[field], rng)
            row[field] = style_of_typing(row[field], rng)
    if rng.random() < 0.03 * worse and row["family_name"]:
        row["given_name"], row["family_name"] = row["family_name"], row["given_name"]
    if rng.random() < 0.03 * worse and row["given_name"]:
        row["given_name"] = row["given_name"][0] + rng.choice([".", ""])
    if (
        rng.random() < 0.25
        and len(parts := row["given_name"].replace("-", " ").split()) == 2
        and row["culture"] == "romanian"
    ):
        row["given_name"] = rng.choice([parts[0], parts[1], " ".join(reversed(parts))])
    for field, chance in (("given_name", 0.015), ("father_name", 0.22), ("mother_name", 0.35), ("family_name", 0.03)):
        if rng.random() < chance * worse:
            row[field] = ""


def _record(person: dict, rng: random.Random, *, worse: float) -> dict:
    """One record of a person; `worse` scales every fault (the first record of a person has half of them)."""
    latin = person["culture"] == "arabic" and rng.random() < 0.38
    style = pick_style(rng)
    write = {
        k: _written(person[k], latin=latin, style=style, rng=rng)
        for k in ("given", "father", "mother", "family", "locality")
    }
    row = {
        "given_name": write["given"], "father_name": write["father"], "mother_name": write["mother"], "family_name": write["family"],
        "dob": person["dob"], "sex": person["sex"], "locality": write["locality"], "phone": person["phone"],
        "national_id": person["national_id"], "household": person["household"], "culture": person["culture"],
    }  # fmt: skip
    if "maiden" in person and worse > 0.6 and rng.random() < 0.12:
        row["family_name"] = _written(person["maiden"], latin=latin, style=style, rng=rng)
    _name_slips(row, rng, worse)
    if rng.random() < 0.26 * worse:
        row["phone"] = _phone(rng)
    elif rng.random() < 0.06 * worse:
        row["phone"] = slip_digits(row["phone"], rng)
    if rng.random() < 0.16 * worse:
        row["dob"] = slip_date(row["dob"], rng)
    if rng.random() < 0.05 * worse:
        row["national_id"] = slip_digits(row["national_id"], rng)
    if rng.random() < 0.14 * worse:
        row["locality"] = _written(_localities(person["culture"]).pick(rng), latin=latin, style=style, rng=rng)
    elif rng.random() < 0.12 * worse:
        row["locality"] = style_of_typing(typo(row["locality"], rng), rng)
    if rng.random() < 0.02 * worse:
        row["sex"] = "f" if row["sex"] == "m" else "m"
    for field, chance in (("dob", 0.1), ("sex", 0.08), ("locality", 0.12), ("phone", 0.3), ("national_id", 0.8)):
        if rng.random() < min(0.9, chance * (0.6 + 0.4 * worse)):
            row[field] = ""
    return row


def people(
    size: int, *, seed: int = 1, culture: str = "mixed", duplicates: float = DUPLICATES, noise: float = 1.0
) -> Iterator[dict]:
    """`size` records in random order with keys `COLUMNS`; equal `entity` means one person; empty text means unknown.

    A share `duplicates` of the records are further records of a person already there. `culture` is one of `CULTURES` or
    ``mixed``; `noise` scales every fault (0 writes each record true). Raises ValueError for an unknown
    culture or a size under 10.
    """
    if culture not in (*CULTURES, "mixed"):
        raise ValueError(f"unknown culture {culture!r}")
    if size < 10:
        raise ValueError("size must be at least 10")
    rng = random.Random(f"vatra people {seed} {culture}")
    persons: list[dict] = []
    wanted = size - int(size * duplicates)
    household = 0
    while len(persons) < wanted:
        household += 1
        of = culture if culture != "mixed" else rng.choices(list(SHARES), list(SHARES.values()))[0]
        persons.extend(_household(of, rng, household))
    del persons[wanted:]
    again = [rng.randrange(wanted) for _ in range(size - wanted)]
    order = list(range(wanted)) + again
    rng.shuffle(order)
    seen = bytearray(wanted)
    for number, entity in enumerate(order):
        row = _record(persons[entity], rng, worse=noise * (1.0 if seen[entity] else 0.5))
        seen[entity] = 1
        yield {"unique_id": number, **row, "entity": entity}


def write_people(
    path: Path, size: int, *, seed: int = 1, culture: str = "mixed", duplicates: float = DUPLICATES,
    noise: float = 1.0, progress: Callable[[int], None] | None = None,
) -> int:  # fmt: skip
    """Write `people` to `path` as CSV or Parquet by its suffix; the file appears whole or not at all.
    Returns the rows."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    if path.suffix not in (".csv", ".parquet"):
        raise ValueError(f"{path.name}: the file must end in .csv or .parquet")
    number = {"unique_id", "entity", "household"}
    schema = pa.schema([(c, pa.int64() if c in number else pa.string()) for c in COLUMNS])
    part = path.with_name(path.name + ".part")
    rows: list[dict] = []
    done = 0
    opener = pyarrow.csv.CSVWriter if path.suffix == ".csv" else pyarrow.parquet.ParquetWriter

    def table(batch: list[dict]) -> pa.Table:
        columns = [
            pa.array([r[c] if c in number else (r[c] or None) for r in batch], schema.field(c).type) for c in COLUMNS
        ]
        return pa.Table.from_arrays(columns, schema=schema)

    with opener(part, schema) as out:
        for row in people(size, seed=seed, culture=culture, duplicates=duplicates, noise=noise):
            rows.append(row)
            if len(rows) == 50_000:
                out.write_table(table(rows))
                done += len(rows)
                rows = []
                if progress:
                    progress(done)
        if rows:
            out.write_table(table(rows))
            done += len(rows)
    part.replace(path)
    return done
