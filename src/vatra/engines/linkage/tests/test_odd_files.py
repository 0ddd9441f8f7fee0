"""Files as people really hand them over: each is matched, or refused in a sentence that says what to do."""

import csv
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from vatra.engines.linkage import read_columns, values
from vatra.engines.linkage.matching import match
from vatra.kernel.refused import Refused
from vatra.portals.cli.match import match as command

MAP = "{id: id, given_name: given, family_name: family, birth_date: born, phone: phone, identifiers: [card]}"
HEADER = "id,given,family,born,phone,card\n"
TWICE = "1,Ion,Mureșan,1950-02-03,0711222333,X12345\n2,Ioan,Muresan,1950-02-03,0711222333,X12345\n"


def columns(folder: Path, text: str = MAP):
    (folder / "map.yaml").write_text(text)
    return read_columns(folder / "map.yaml")


def file(folder: Path, content: str | bytes, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(folder: Path, path: Path, **more) -> Refused:
    with pytest.raises(Refused) as refused:
        match(path, columns=columns(folder), out=folder / "out.csv", **more)
    said = refused.value
    assert "%(" not in f"{said} {said.next_step % said.values}"
    assert not (folder / "out.csv").exists()
    assert not list(folder.glob(".*"))
    return said


@pytest.mark.parametrize(("rows", "records"), [("", 0), ("1,Ion,Mureșan,1950-02-03,0711222333,X12345\n", 1)])
def test_no_record_and_one_record_have_no_pairs(tmp_path, rows, records):
    report = match(file(tmp_path, HEADER + rows), columns=columns(tmp_path), out=tmp_path / "out.csv", truth="card")
    assert (report["records"], report["pairs"], report["clusters"], report["f1"]) == (records, 0, 0, 0.0)
    assert (tmp_path / "out.csv").read_text().startswith("cluster,left_id,right_id")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "linkage.file_empty"),
        (HEADER.encode() + "1,Gülşen,Yılmaz,1950-02-03,1,2\n".encode("cp1254"), "linkage.file_encoding"),
        ((HEADER + TWICE * 20_000).encode() + "1,محمد,حداد,1950-02-03,1,2\n".encode("cp1256"), "linkage.file_encoding"),
        ((HEADER + TWICE).encode("utf-16"), "linkage.file_encoding"),
        (HEADER + f"1,{'x' * 3_000_000},Popa,1950-02-03,1,2\n", "linkage.file_unreadable"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused(tmp_path, content, code):
    said = refusal(tmp_path, file(tmp_path, content.encode() if isinstance(content, str) else content))
    assert said.code == code
    assert "xxx" not in str(said), "what a row says is not for a log"


def test_a_file_that_is_not_there_or_is_no_parquet_is_refused(tmp_path):
    assert refusal(tmp_path, tmp_path / "nowhere.csv").code == "linkage.file_unreadable"
    assert refusal(tmp_path, file(tmp_path, "no parquet", "in.parquet")).code == "linkage.file_unreadable"
    assert refusal(tmp_path, file(tmp_path, HEADER), labels=tmp_path / "nowhere.csv").code == "linkage.file_unreadable"


def test_names_of_files_may_hold_whatever_a_browser_writes(tmp_path):
    folder = tmp_path / "l'année [2]"
    folder.mkdir()
    path = file(folder, HEADER + TWICE, "list [1] * it's.CSV")
    assert match(path, columns=columns(folder), out=folder / "out'.csv")["pairs"] == 1


@pytest.mark.parametrize("taken", ["in.csv", "in.clusters.csv"])
def test_a_run_never_writes_over_what_it_reads(tmp_path, taken):
    path = file(tmp_path, HEADER + TWICE, taken)
    with pytest.raises(Refused) as refused:
        match(path, columns=columns(tmp_path), out=tmp_path / "in.csv")
    assert refused.value.code == "linkage.out_taken"
    assert path.read_text() == HEADER + TWICE
    with pytest.raises(Refused):
        match(path, columns=columns(tmp_path), out=tmp_path / "o.csv", review=tmp_path / "o.clusters.csv")


def test_ids_borne_twice_or_missing_are_said(tmp_path):
    said: list[str] = []
    rows = TWICE.replace("2,Ioan", "1,Ioan") + ",Ana,Pop,1960-01-02,,\n"
    report = match(
        file(tmp_path, HEADER + rows), columns=columns(tmp_path), out=tmp_path / "out.csv", progress=said.append
    )
    assert (report["records"], report["pairs"]) == (3, 1)
    assert any("1 ids are borne by more than one record, such as “1”" in sentence for sentence in said)
    assert any("1 records have no id" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00/00/0000", None),
        ("00/00/1984", (None, 1984)),
        ("1984-00-00", (None, 1984)),
        ("19840000", (None, 1984)),
        ("1984-03-00", (None, 1984)),
        ("99/99/9999", None),
        ("0", None),
        ("", None),
    ],
)
def test_a_date_without_a_day_is_no_date(text, expected):
    assert values.birth(text) == expected


def test_two_people_of_one_year_are_not_one_because_both_lack_a_day(tmp_path):
    rows = "1,Ion,Popa,00/00/1984,,\n2,Ion,Popa,00/00/1984,,\n"
    match(file(tmp_path, HEADER + rows), columns=columns(tmp_path), out=tmp_path / "out.csv")
    with (tmp_path / "out.csv").open() as found:
        assert not any("birth_date_same" in row["reason_codes"] for row in csv.DictReader(found))


def test_parquet_of_other_types_says_the_same(tmp_path):
    """Dates as dates and times, numbers as numbers, texts as bytes, a list, a cell of three million letters."""
    born, long = date(1950, 2, 3), "x" * 3_000_000
    table = pa.table({
        "id": pa.array([1.0, 2.0, None], pa.float64()),
        "given": pa.array([b"Ion", b"Ioan", long.encode()], pa.binary()),
        "family": pa.array([["Mureșan"], ["Muresan"], []], pa.list_(pa.string())),
        "born": pa.array([datetime(1950, 2, 3, 4, 5), datetime(1950, 2, 3), None], pa.timestamp("us")),
        "phone": pa.array([711222333.0, 711222333.0, None], pa.float64()),
        "card": pa.array([Decimal("12345678"), Decimal("12345678.0"), None], pa.decimal128(12, 1)),
        "day": pa.array([born, born, None], pa.date32()),
        "y": pa.array([1950.0, 1950.0, None]),
        "m": pa.array([2.0, 2.0, None]),
        "d": pa.array([3, 3, None], pa.int8()),
    })  # fmt: skip
    path = tmp_path / "in.parquet"
    pyarrow.parquet.write_table(table, path)
    for field in ("born", "day", "[y, m, d]"):
        found = columns(tmp_path, MAP.replace("born", field))
        assert match(path, columns=found, out=tmp_path / "out.parquet")["pairs"] == 1, field
        codes = pyarrow.parquet.read_table(tmp_path / "out.parquet")["reason_codes"].to_pylist()[0]
        assert {"birth_date_same", "phone_same", "identifier_same"} <= set(codes.split(";")), field


@pytest.mark.parametrize(
    "text", ["3", "[id, name]", "{id: id, left: 3, right: [x]}", "{1: a, b: c, id: id}", "id: id\nleft: given", "\xff"]
)
def test_a_map_of_another_shape_is_refused(tmp_path, text):
    (tmp_path / "map.yaml").write_text(text, encoding="latin-1")
    with pytest.raises(Refused) as refused:
        read_columns(tmp_path / "map.yaml")
    assert "%(" not in f"{refused.value} {refused.value.next_step % refused.value.values}"


def test_a_refusal_speaks_the_language_asked_for(tmp_path):
    (tmp_path / "map.yaml").write_text(MAP.replace("given_name: given", "given_name: prenume"))
    call = [
        str(file(tmp_path, HEADER + TWICE)),
        "--columns",
        str(tmp_path / "map.yaml"),
        "--out",
        str(tmp_path / "o.csv"),
    ]
    english, romanian = (CliRunner().invoke(command, [*call, "--language", lang]).exception for lang in ("en", "ro"))
    assert "has no column “prenume”" in str(english)
    assert isinstance(romanian, Refused)
    assert "prenume" in str(romanian)
    assert "has no column" not in str(romanian)
    assert (tmp_path / "in.csv").name in str(romanian)
    assert "given" in romanian.next_step % romanian.values


@pytest.mark.parametrize("text", ["[1]", "a: [", "threshold: often", "levels: {sex: {same: [0.1]}}"])
def test_parameters_that_cannot_serve_are_refused(tmp_path, text):
    (tmp_path / "map.yaml").write_text(MAP)
    (tmp_path / "p.yaml").write_text(text)
    call = [
        str(file(tmp_path, HEADER + TWICE)),
        "--columns",
        str(tmp_path / "map.yaml"),
        "--out",
        str(tmp_path / "o.csv"),
    ]
    done = CliRunner().invoke(command, [*call, "--parameters", str(tmp_path / "p.yaml")])
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert not (tmp_path / "o.csv").exists()


def test_figures_are_json_even_where_nothing_can_be_known(tmp_path):
    (tmp_path / "map.yaml").write_text(MAP)
    call = [str(file(tmp_path, HEADER)), "--columns", str(tmp_path / "map.yaml"), "--out", str(tmp_path / "o.csv")]
    done = CliRunner().invoke(command, [*call, "--truth", "card", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["precision"] == 0.0
