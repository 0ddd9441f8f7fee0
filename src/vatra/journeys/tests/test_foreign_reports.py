"""Reports that nobody here has seen: the same figures as other offices and spreadsheets would write them."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest

from vatra.foundation.imports.commands import run as running_import
from vatra.foundation.imports.queries import placed, told_of
from vatra.rooms.insight.models import IndicatorSeries, Measurement

from .test_measurements import FILES, SHARED, go, line, real, reasons, sums_held, sums_of, written


def rewritten(tmp_path, name, change, *, header=None, **options):
    """A real file with every row changed, and perhaps other columns."""
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    letters = options.get("encoding", "utf-8")  # what it cannot write, the office's spreadsheet left out
    changed = [
        {column: cell.encode(letters, "ignore").decode(letters) for column, cell in change(dict(row), number).items()}
        for number, row in enumerate(rows)
    ]
    return written(tmp_path, changed, header=header or list(rows[0]), **options)


def grouped(text, group, decimal):
    return f"{Decimal(text):,}".translate(str.maketrans({",": group, ".": decimal}))


def with_month(row, number):
    year, month, _ = row["start_date"].split("-")
    return row | {"start_date": f"{int(month)}/{year}", "end_date": f"{MONTHS[number % 4][int(month) - 1]} {year}"}


MONTHS = [
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    ["Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"],
    ["كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني",
     "كانون الأول"],
]  # fmt: skip

VARIANTS = {
    "semicolons, commas for decimals, points between thousands": (
        lambda row, n: row | {"indicator.value": grouped(row["indicator.value"], ".", ",")},
        {"delimiter": ";", "encoding": "utf-8-sig"},
    ),
    "thousands separated, a partner in quotation marks": (
        lambda row, n: row | {"indicator.value": grouped(row["indicator.value"], ",", "."),
                              "partner.description": f'The "{row["partner.description"]}", Ltd; o\'n'},
        {},
    ),
    "months as names and numbers": (with_month, {"encoding": "utf-16"}),
    "Arabic letters and digits of a code page": (
        lambda row, n: row | {"partner.description": "جمعية الإغاثة", "location.adminlevel.caza.code": "NA"},
        {"encoding": "cp1256", "delimiter": "\t"},
    ),
}  # fmt: skip


@real
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", ["10145_ai_data.csv", "10284_ai_data.csv"])
def test_a_real_file_rewritten_keeps_every_row_and_every_sum(db, tmp_path, name, variant):
    change, options = VARIANTS[variant]
    path = rewritten(tmp_path, name, change, **options)
    run = go(path)
    expected = sums_of(SHARED / name)
    assert placed(run)["rejected"] == 0, list(reasons(run).items())[:5]
    assert placed(run)["read"] == sum(1 for _ in csv.DictReader((SHARED / name).open()))
    assert sums_held() == expected
    assert placed(go(path))["unchanged"] == placed(run)["placed"]
    periods = Measurement.objects.values_list("starts_on", "ends_on").distinct()
    assert all(start.day == 1 and (end + timedelta(days=1)).day == 1 for start, end in periods)


@real
def test_a_real_file_with_other_columns_in_another_order(db, tmp_path):
    """Only what cannot be done without, from the last column to the first, and one column of the office's own."""
    kept = [
        "form",
        "indicator.id",
        "indicator.name",
        "indicator.value",
        "location.adminlevel.caza",
        "start_date",
        "database",
    ]
    path = rewritten(
        tmp_path, FILES[1], lambda row, n: row | {"Remarks": "checked"}, header=[*reversed(kept), "Remarks"]
    )
    run = go(path)
    assert placed(run)["rejected"] == 0 and sums_held() == sums_of(SHARED / FILES[1])
    assert [note["code"] for note in run.notes] == ["places_added", "columns_unread"]
    assert placed(go(path))["unchanged"] == placed(run)["placed"]


@real
def test_a_real_file_as_a_workbook_with_a_title_above_it(db, tmp_path):
    with (SHARED / FILES[2]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    book = openpyxl.Workbook()
    book.active.append(["Reports of the sector"])
    book.active.append(list(rows[0]))
    typed = {"indicator.value": float, "start_date": date.fromisoformat, "end_date": date.fromisoformat}
    for row in rows:
        book.active.append([typed.get(column, str)(cell) for column, cell in row.items()])
    book.save(tmp_path / "reports.xlsx")
    assert placed(go(tmp_path / "reports.xlsx"))["placed"] == len(rows) and sums_held() == sums_of(SHARED / FILES[2])


@real
def test_the_same_rows_in_another_order_change_nothing(db, tmp_path):
    """Rows and columns in another order, other separators, other letters."""
    go(SHARED / FILES[1])
    with (SHARED / FILES[1]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::-1]
    path = written(tmp_path, rows, header=sorted(rows[0]), delimiter="\t", encoding="utf-16")
    assert placed(go(path))["unchanged"] == len(rows)


@real
def test_damage_to_a_real_file_is_told_row_by_row(db, tmp_path):
    """One row in seven damaged in turn; the sum of the rest is the independent sum of the undamaged rows."""
    damage = [
        {"indicator.value": ""}, {"indicator.value": "N/A"}, {"indicator.value": "12 %"}, {"indicator.value": "1.2.3"},
        {"location.adminlevel.caza.code": "LBN77", "location.adminlevel.caza": "Atlantis"}, {"start_date": "2019-13-01"},
        {"end_date": "2018-12-31"}, {"indicator.id": " "}, {"form": "NA"},
    ]  # fmt: skip
    expected: dict[str, Decimal] = defaultdict(Decimal)

    def change(row, number):
        if number % 7 == 3:
            return row | damage[number // 7 % len(damage)]
        expected[row["indicator.id"]] += Decimal(row["indicator.value"])
        return row

    run = go(rewritten(tmp_path, FILES[0], change))
    counts = placed(run)
    assert counts["read"] == counts["placed"] + counts["rejected"] and counts["rejected"] == 95
    told = {row.number: [reason["code"] for reason in row.reasons] for row in told_of(run.pk, outcome="rejected")}
    assert set(told) == {number + 2 for number in range(counts["read"]) if number % 7 == 3}
    assert {code for codes in told.values() for code in codes} == {
        "value_missing", "value_no_number", "area_unknown", "date_unreadable", "period_backwards", "indicator_missing",
        "level_missing",
    }  # fmt: skip
    assert sums_held() == dict(expected)


def test_an_encoding_that_nobody_named_is_told(db, tmp_path):
    rows = [line(partner_description="Première Urgence")]
    run = go(written(tmp_path, rows, encoding="cp1252"))
    assert [note["code"] for note in run.notes if note["code"] != "places_added"] == ["letters_guessed"]
    run = go(written(tmp_path, rows, encoding="cp1252"), encoding="cp1252")
    assert run.notes == []


def test_figures_that_may_be_read_in_two_ways_are_told(db, tmp_path):
    run = go(written(tmp_path, [line(indicator_value="1.234"), line(report_id="m2", indicator_value="7")]))
    assert run.notes[-1]["code"] == "decimals_unsure" and run.notes[-1]["values"]["text"] == "1.234"
    run = go(written(tmp_path, [line(indicator_value="1.234"), line(report_id="m2", indicator_value="7,5")]))
    assert "decimals_unsure" not in [note["code"] for note in run.notes] and sums_held() == {"i1": Decimal("1241.5")}


def test_a_percent_sign_is_read_where_the_unit_is_percent(db, tmp_path):
    share = {"indicator_id": "s", "indicator_units": "% of Individual"}
    run = go(written(tmp_path, [line(indicator_value="45%", **share), line(indicator_value="45%")]))
    assert reasons(run) == {3: ["value_no_number"]} and sums_held() == {"s": Decimal(45)}


def test_long_codes_that_begin_alike_stay_apart(db, tmp_path):
    long = "x" * 140
    go(written(tmp_path, [line(indicator_id=f"{long}1"), line(indicator_id=f"{long}2")]))
    assert IndicatorSeries.objects.count() == 2


def test_what_no_longer_comes_stays_and_is_told(db, tmp_path):
    rows = [line(report_id=f"m{i}") for i in range(3)]
    go(written(tmp_path, rows))
    run = go(written(tmp_path, rows[:1]))
    note = next(note for note in run.notes if note["code"] == "no_longer_told")
    assert note["values"] == {"count": 2, "examples": "i1 LBN11 2019-01-01: 3; i1 LBN11 2019-01-01: 3"}
    assert sums_held() == {"i1": Decimal(9)}
    other = go(written(tmp_path, [line(report_id="n", start_date="2019-02-01", end_date="2019-02-28")]))
    assert "no_longer_told" not in [note["code"] for note in other.notes]


def test_series_that_another_import_brought_meanwhile_are_taken_as_they_are(db, tmp_path, monkeypatch):
    """Two imports into one plan take turns, batch by batch: the second one looks again before it adds."""

    def meanwhile(made, total):
        if made == 1:
            go(written(tmp_path, [line(indicator_id="b", report_id="other")], name="other.csv"))

    monkeypatch.setitem(running_import.__kwdefaults__, "batch", 1)
    run = go(written(tmp_path, [line(indicator_id="a"), line(indicator_id="b")]), progress=meanwhile)
    assert placed(run)["created"] == 2 and IndicatorSeries.objects.filter(code="b").count() == 1
