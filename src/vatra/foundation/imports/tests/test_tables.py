"""Files as offices send them."""

import pytest

from vatra.foundation.imports.tables import clean, read_table
from vatra.kernel.refused import Refused

COLUMNS = {"key": ["id", "nr"], "name": ["name", "Denumire"], "street": ["adresa"]}


def table(tmp_path, data: bytes, name="list.csv", **options):
    path = tmp_path / name
    path.write_bytes(data)
    return read_table(path, columns=COLUMNS, required=["name"], encodings=["cp1250"], **options)


@pytest.mark.parametrize(
    "data",
    [
        "id,name,adresa\n1,Căminul Țânțar,Șoseaua 3\n".encode(),
        "\ufeffid;name;adresa\r\n1;Căminul Țânțar;Șoseaua 3\r\n".encode(),
        "sep=;\nid;name;adresa\n1;Căminul Țânțar;Șoseaua 3\n".encode(),
        "id\tname\tadresa\n1\tCăminul Țânțar\tȘoseaua 3".encode("utf-16"),
        "\n\nNr.,DENUMIRE,Adresă\n1,  Căminul\u00a0Țânțar ,Șoseaua 3\n".encode(),
    ],
    ids=["plain", "bom, semicolons, CRLF", "sep line", "utf-16, tabs", "lines above, other headings"],
)
def test_the_same_table_from_many_files(tmp_path, data):
    (row,) = table(tmp_path, data).rows
    assert row.cells == {"key": "1", "name": "Căminul Țânțar", "street": "Șoseaua 3"}


def test_letters_of_an_older_machine(tmp_path):
    cedilla = str.maketrans({"ş": "ș", "Ţ": "Ț", "ţ": "ț", "Ş": "Ș"})
    found = table(tmp_path, "id,name,adresa\n1,Căminul Ţânţar,Şoseaua 3\n".encode("cp1250"), letters=cedilla)
    assert found.encoding == "cp1250"
    assert found.rows[0].cells["name"] == "Căminul Țânțar"


def test_numbers_count_records_as_a_spreadsheet_does(tmp_path):
    found = table(tmp_path, b'id,name,adresa\n1,"two\nlines, one cell",x\n\n3,c,y\n4,d,z,surplus\n5,e\n')
    assert [(row.number, row.cells["name"]) for row in found.rows] == [
        (2, "two lines, one cell"), (4, "c"), (5, "d"), (6, "e"),
    ]  # fmt: skip
    assert [(row.surplus, row.short) for row in found.rows] == [(0, 0), (0, 0), (1, 0), (0, 1)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\n \n", "file_empty"),
        (b"id,adresa\n1,x\n", "columns_missing"),
        (b"id,name,Name\n1,x,y\n", "column_twice"),
        (b"id,name,adresa\n1,\x81\xff,x\n", "encoding_unknown"),
        (b"\x89PNG" + b"\0" * 50, "encoding_unknown"),
        (b"PK\x03\x04" + b"\0" * 50, "workbook_unreadable"),
        (b"id,name\n1," + b"x" * 1_100_000, "csv_unreadable"),
    ],
)
def test_what_is_no_such_table_is_refused_with_a_way_out(tmp_path, data, code):
    with pytest.raises(Refused) as refusal:
        table(tmp_path, data)
    assert refusal.value.code == code
    assert refusal.value.next_step % refusal.value.values


def test_a_workbook(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for line in ([None, None, None], ["id", "name", "adresa"], [1, "Căminul", 7], [], [2.0, "Casa", "Șoseaua 3"]):
        book.active.append(line)
    book.save(tmp_path / "list.xlsx")
    found = read_table(tmp_path / "list.xlsx", columns=COLUMNS, required=["name"])
    assert [(r.number, r.cells["key"], r.cells["street"]) for r in found.rows] == [(3, "1", "7"), (5, "2", "Șoseaua 3")]


def test_a_file_that_only_claims_to_be_a_workbook(tmp_path):
    with pytest.raises(Refused, match="cannot be opened"):
        table(tmp_path, b"id,name\n", name="list.xlsx")


def test_invisible_letters_go():
    assert clean(" a\u200b\x00b\u00a0\n c ") == "ab c"


WIDE = {name: [name] for name in ("name", "b", "c", "d", "e", "f")}


def wide(tmp_path, text, name="list.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return read_table(path, columns=WIDE, required=["name", "f"])


@pytest.mark.parametrize("quoted", ['"Relief, now', 'The "Relief" of, now', '"Relief', 'Relief"'])
def test_a_quotation_mark_that_is_never_closed_takes_no_rows_with_it(tmp_path, quoted):
    rows = [f"row {n},2,3,4,5,6" for n in range(5)]
    found = wide(tmp_path, "\n".join(["name,b,c,d,e,f", rows[0], f"row x,{quoted},3,4,5,6", *rows[1:]]))
    assert [row.cells["name"] for row in found.rows] == ["row 0", "row x", "row 1", "row 2", "row 3", "row 4"]
    assert all(row.cells["f"] == "6" for row in found.rows if row.cells["name"] != "row x")


def test_a_cell_of_several_lines_is_one_cell(tmp_path):
    """Also where it is the first, and its text has commas."""
    found = wide(tmp_path, 'name,b,c,d,e,f\n"one, a\ntwo, b",2,3,4,5,6\nx,"y\nz, z",3,4,5,6\n')
    assert [row.cells["name"] for row in found.rows] == ["one, a two, b", "x"]
    assert [row.cells["b"] for row in found.rows] == ["2", "y z, z"]


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_title_may_stand_above_the_header(tmp_path, separator):
    head = "Reports of March\n\n" + separator.join(WIDE)
    found = wide(tmp_path, head + "\n" + separator.join("x23456"))
    assert [(row.number, row.cells["f"]) for row in found.rows] == [(4, "6")]


def test_a_workbook_is_known_by_its_content(tmp_path):
    import openpyxl

    sheet = openpyxl.Workbook()
    sheet.active.append(list(WIDE))
    sheet.active.append(["x", 2, 3, 4, 5, 6])
    sheet.save(tmp_path / "list.xlsx")
    (tmp_path / "list.xlsx").rename(tmp_path / "list.csv")
    found = read_table(tmp_path / "list.csv", columns=WIDE, required=["name"])
    assert found.encoding == "workbook" and found.rows[0].cells["f"] == "6"


def test_arabic_letters_of_a_code_page_are_told_from_accents(tmp_path):
    for text, expected in (("جمعية الإغاثة", "cp1256"), ("Première Société", "cp1252")):
        (tmp_path / "list.csv").write_bytes(f"name\n{text}\n".encode(expected))
        found = read_table(
            tmp_path / "list.csv", columns={"name": ["name"]}, required=["name"], encodings=["cp1252", "cp1256"]
        )
        assert (found.encoding, found.rows[0].cells["name"]) == (expected, text)
