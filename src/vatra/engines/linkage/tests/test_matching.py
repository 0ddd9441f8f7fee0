import csv
import itertools
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from vatra.engines.linkage import load, read_columns
from vatra.engines.linkage.matching import match
from vatra.engines.linkage.synthetic import people, write_people
from vatra.kernel.refused import Refused
from vatra.portals.cli.match import match as match_command
from vatra.portals.cli.synth import synth as synth_command

MAP = """
id: unique_id
given_name: given_name
father_name: father_name
family_name: family_name
birth_date: dob
sex: sex
locality: locality
phone: phone
identifiers: [national_id]
"""
FAMILY = ["id", "given", "father", "family", "dob", "sex", "phone", "place"]
FAMILY_MAP = "{id: id, given_name: given, father_name: father, family_name: family, birth_date: dob, sex: sex, phone: phone, locality: place}"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """3,000 synthetic records and the map of their columns."""
    folder = tmp_path_factory.mktemp("town")
    write_people(folder / "people.parquet", 3000, seed=900)
    (folder / "map.yaml").write_text(MAP)
    return folder


def write_rows(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([FAMILY, *rows])
    return path


def family_columns(folder: Path):
    (folder / "family.yaml").write_text(FAMILY_MAP)
    return read_columns(folder / "family.yaml")


def test_duplicates_are_found_and_measured(town):
    out = town / "found.csv"
    report = match(town / "people.parquet", columns=read_columns(town / "map.yaml"), out=out, truth="entity")
    assert report["f1"] >= 0.88
    assert set(report) >= {"records", "pairs", "clusters", "precision", "recall", "f1", "seconds", "peak_mb"}
    with out.open() as file:
        pairs = list(csv.DictReader(file))
    assert len(pairs) == report["pairs"]
    assert all(p["reasons"] and 0 <= float(p["probability"]) <= 1 for p in pairs)
    with (town / "found.clusters.csv").open() as file:
        members = list(csv.DictReader(file))
    assert len(members) == 3000
    assert len({m["cluster"] for m in members if int(m["records"]) > 1}) == report["clusters"]
    assert not list(town.glob(".*"))


def test_brothers_of_one_household_are_two_people_and_one_of_them_written_twice_is_one(tmp_path):
    rows = [
        ["1", "Mohamad", "Ali", "Haddad", "1984-03-12", "m", "03123456", "Saida"],
        ["2", "Ahmad", "Ali", "Haddad", "1986-07-01", "m", "03123456", "Saida"],
        ["3", "محمد", "علي", "حداد", "1984-12-03", "m", "03123456", "Saida"],
        ["4", "Maryam", "Ali", "Haddad", "1984-03-12", "f", "03123456", "Saida"],
    ]
    out = tmp_path / "out.csv"
    match(write_rows(tmp_path / "in.csv", rows), columns=family_columns(tmp_path), out=out)
    with (tmp_path / "out.clusters.csv").open() as file:
        cluster = {m["id"]: m["cluster"] for m in csv.DictReader(file)}
    assert cluster["1"] == cluster["3"]
    assert len({cluster["1"], cluster["2"], cluster["4"]}) == 3


def test_without_knowing_households_twins_would_be_merged(tmp_path):
    """The faulty control: taking shared family, father, phone and place for independent evidence merges
    sister and brother."""
    rows = [
        ["1", "Hadi", "Ali", "Haddad", "1984-03-12", "m", "03123456", "Saida"],
        ["4", "Maryam", "Ali", "Haddad", "1984-03-12", "f", "03123456", "Saida"],
    ] + [[str(n), f"Name{n}", "X", f"Fam{n}", f"19{n}-01-02", "m", f"0711{n}{n}", f"P{n}"] for n in range(50, 90)]
    naive = load({"pairs_per_record": {"household": 1e-9, "kin": 1e-9}})
    found = {}
    for name, parameters in (("knowing", load()), ("naive", naive)):
        out = tmp_path / f"{name}.csv"
        match(write_rows(tmp_path / "in.csv", rows), columns=family_columns(tmp_path), out=out, parameters=parameters)
        with out.open() as file:
            found[name] = {(p["left_id"], p["right_id"]) for p in csv.DictReader(file)}
    assert ("1", "4") in found["naive"]
    assert ("1", "4") not in found["knowing"]


def test_two_files_are_linked_across_only(tmp_path):
    left = [["1", "Ion", "Vasile", "Mureșan", "1950-02-03", "m", "0711222333", "Cluj"]]
    right = [
        ["1", "Ioan", "Vasile", "Muresan", "1950-02-03", "m", "0711222333", "Cluj"],
        ["2", "Elena", "Ion", "Popescu", "1970-02-03", "f", "0733222333", "Cluj"],
    ]
    out = tmp_path / "links.csv"
    report = match(
        write_rows(tmp_path / "l.csv", left),
        write_rows(tmp_path / "r.csv", right),
        columns=family_columns(tmp_path),
        out=out,
    )
    assert report["pairs"] == 1
    with out.open() as file:
        assert next(csv.DictReader(file))["right_id"] == "1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("given_name: x", "linkage.columns_without_id"),
        ("id: unique_id", "linkage.columns_nothing_to_compare"),
        ("{id: unique_id, given: x}", "linkage.columns_unknown"),
        ("id: [", "linkage.columns_unreadable"),
    ],
)
def test_a_map_that_cannot_serve_is_refused(tmp_path, text, code):
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(Refused) as refused:
        read_columns(tmp_path / "map.yaml")
    assert refused.value.code == code
    assert "%(" not in str(refused.value)


def test_a_missing_column_or_a_strange_output_is_refused_before_any_work(town, tmp_path):
    (tmp_path / "map.yaml").write_text("{id: unique_id, given_name: nowhere}")
    with pytest.raises(Refused, match="nowhere"):
        match(town / "people.parquet", columns=read_columns(tmp_path / "map.yaml"), out=tmp_path / "o.csv")
    with pytest.raises(Refused, match="neither CSV nor Parquet"):
        match(town / "people.parquet", columns=read_columns(town / "map.yaml"), out=tmp_path / "o.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["map.yaml"]


@pytest.mark.slow
def test_labels_are_judged_on_labels_held_back(town, tmp_path):
    rows = [r for r in people(3000, seed=900)]
    by_entity: dict[int, list[int]] = {}
    for row in rows:
        by_entity.setdefault(row["entity"], []).append(row["unique_id"])
    same = [ids[:2] for ids in by_entity.values() if len(ids) > 1][:150]
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["left_id", "right_id", "match"])
        out.writerows([*[(a, b, 1) for a, b in same], *[(a[0], b[0], 0) for a, b in itertools.pairwise(same)]])
    report = match(
        town / "people.parquet",
        columns=read_columns(town / "map.yaml"),
        out=tmp_path / "o.csv",
        labels=tmp_path / "labels.csv",
        truth="entity",
    )
    refit = report["refit"]
    assert refit["held_back"] > 20
    assert {"precision", "recall", "f1"} <= set(refit["old"]) & set(refit["new"])
    assert refit["accepted"] == ("parameters" in refit)
    assert report["f1"] > 0.8


def test_the_commands_print_one_line_of_json(tmp_path):
    runner = CliRunner()
    made = runner.invoke(synth_command, ["people", str(tmp_path / "p.csv"), "--size", "400", "--culture", "turkish"])
    assert made.exit_code == 0, made.output
    (tmp_path / "map.yaml").write_text(MAP)
    done = runner.invoke(
        match_command,
        [
            str(tmp_path / "p.csv"),
            "--columns",
            str(tmp_path / "map.yaml"),
            "--out",
            str(tmp_path / "o.csv"),
            "--truth",
            "entity",
            "--language",
            "ro",
            "--json",
        ],
    )
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["records"] == 400
    assert {"code": "sex_same", "sentence": "Același sex"} in [
        {k: r[k] for k in ("code", "sentence")} for r in report["reasons"]
    ]
    assert max(r["pairs"] for r in report["reasons"]) <= report["pairs"]
    with (tmp_path / "o.csv").open() as file:
        assert any(
            "Același sex" in row["reasons"] and "sex_same" in row["reason_codes"] for row in csv.DictReader(file)
        )
    assert "pairs to compare" in done.stderr
