"""Reports of a plan: every row placed or told, sums equal, the same file again changes nothing."""

import csv
import io
import re
from collections import defaultdict
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from conftest import LONG_AGO, NOON
from django.db.models import Sum

from vatra.foundation.imports.models import Import, ImportRow
from vatra.foundation.imports.queries import placed, told_of
from vatra.foundation.places.models import Area
from vatra.journeys.measurements import MappingRefused, import_measurements, read_mapping
from vatra.kernel.actor import system
from vatra.kernel.exact import join
from vatra.kernel.refused import Refused
from vatra.rooms.insight.models import IndicatorSeries, Measurement
from vatra.rooms.policy.models import Node, Plan

ROOT = Path(__file__).parents[4]
SHARED = ROOT.parent / "shared" / "data" / "plans" / "lebanon_lcrp_2019"
MAPPING = ROOT / "packs" / "lb-mosa" / "mappings" / "lcrp-2019.yaml"
FILES = ["10145_ai_data.csv", "10150_ai_data.csv", "10284_ai_data.csv"]
real = pytest.mark.skipif(not SHARED.is_dir(), reason="the real reports of the 2019 plan are not beside the project")

HEADER = [
    "database.id",
    "database",
    "form.category",
    "form",
    "indicator.id",
    "indicator.name",
    "indicator.units",
    "indicator.value",
    "start_date",
    "end_date",
    "location.adminlevel.caza.code",
    "location.adminlevel.caza",
    "location.adminlevel.governorate.code",
    "location.adminlevel.governorate",
    "location.name",
    "partner.description",
    "partner.label",
    "Funded_by",
    "report.id",
]


def line(**said):
    base = dict(zip(HEADER, (
        "7", "LCRP-2019-R Shelter", "NA", "Output 1.1: Roofs", "i1", "1.1.1_LEB-Female: # of persons", "Persons", "3",
        "2019-01-01", "2019-01-31", "LBN11", "Beirut", "7", "Beyrouth", "Beirut", "Relief", "R", "EU", "m1",
    ), strict=True))  # fmt: skip
    names = {name.replace(".", "_").lower(): name for name in HEADER}
    return base | {names[key.lower()]: value for key, value in said.items()}


def written(tmp_path, rows, *, name="reports.csv", delimiter=",", encoding="utf-8", header=HEADER):
    out = io.StringIO()
    writer = csv.DictWriter(out, header, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / name
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def go(file, mapping=MAPPING, at=NOON, **options):
    return import_measurements(
        file=file, mapping=mapping, packs=ROOT / "packs", actor=system("test"), at=at, finished=lambda: at, **options
    ).run


def reasons(run):
    return {row.number: [reason["code"] for reason in row.reasons] for row in told_of(run.pk)}


def sums_held():
    """What the database holds, by the source's indicator."""
    held = Measurement.objects.filter(superseded_at=None).values("series__code").order_by()
    found = held.annotate(w=Sum("whole"), n=Sum("nano"), a=Sum("atto"))
    return {row["series__code"]: join(row["w"], row["n"], row["a"]) for row in found}


def sums_of(path):
    """An independent sum of a file: the csv module and Decimal, nothing of ours."""
    sums = defaultdict(Decimal)
    with path.open(encoding="utf-8", newline="") as file, localcontext(prec=60):
        for row in csv.DictReader(file):
            sums[row["indicator.id"]] += Decimal(row["indicator.value"])
    return dict(sums)


# --- the real files ---------------------------------------------------------------------------------------------------


@real
@pytest.mark.parametrize("name", FILES)
def test_sums_of_a_real_file_are_those_of_the_file(db, name):
    run = go(SHARED / name)
    counts = placed(run)
    assert (
        counts["read"]
        == counts["placed"] + counts["rejected"]
        == sum(1 for _ in csv.DictReader((SHARED / name).open()))
    )
    assert sums_held() == sums_of(SHARED / name)


@real
def test_a_lost_row_would_be_seen(db):
    """The control: one figure less, and the comparison above fails."""
    go(SHARED / FILES[0])
    lost = Measurement.objects.exclude(whole=0).first()
    Measurement.objects.filter(pk=lost.pk).delete()
    assert sums_held() != sums_of(SHARED / FILES[0])


@real
def test_the_same_files_again_change_nothing(db):
    first = [placed(go(SHARED / name)) for name in FILES]
    assert all(counts["created"] == counts["placed"] for counts in first)
    stood = (Measurement.objects.count(), Node.objects.count(), IndicatorSeries.objects.count(), Area.objects.count())
    for counts, name in zip(first, FILES, strict=True):
        again = placed(go(SHARED / name))
        assert again == counts | {"created": 0, "unchanged": counts["placed"]}
    assert stood == (
        Measurement.objects.count(), Node.objects.count(), IndicatorSeries.objects.count(), Area.objects.count(),
    )  # fmt: skip


@real
def test_the_real_plan_has_sectors_outputs_and_indicators(db):
    for name in FILES:
        go(SHARED / name)
    assert set(Node.objects.filter(kind="aim").values_list("code", flat=True)) == {"10145", "10150", "10284"}
    cash = IndicatorSeries.objects.select_related("node__parent").get(title__startswith="1.1.2.1_SYR")
    assert cash.node.extra == {"number": "1.1.2.1"} and cash.breakdown == {"nationality": "SYR"}
    assert cash.aggregation == "max" and cash.node.parent.extra == {"number": "1.1"}
    assert IndicatorSeries.objects.filter(node=cash.node).count() == 4
    aged = IndicatorSeries.objects.get(title__startswith="4.1.c_Leb_Female_19-25")
    assert aged.breakdown == {"nationality": "LEB", "sex": "female", "age": "19-25"}


# --- planted files ----------------------------------------------------------------------------------------------------


FAULTS = {
    "value_missing": {"indicator_value": "NA"},
    "value_no_number": {"indicator_value": "many"},
    "value_too_large": {"indicator_value": "1e20"},
    "area_unknown": {"location_adminlevel_caza_code": "LBN99"},
    "date_missing": {"start_date": ""},
    "date_unreadable": {"start_date": "2019-02-30"},
    "period_backwards": {"start_date": "2019-03-01"},
    "indicator_missing": {"indicator_id": "NA"},
    "level_missing": {"form": ""},
}  # fmt: skip


def test_every_row_that_cannot_be_placed_is_told_with_its_reason(db, tmp_path):
    rows = [line(report_id=f"m{i}", **said) for i, said in enumerate(FAULTS.values())]
    run = go(written(tmp_path, [*rows, line(report_id="good")]))
    assert reasons(run) == {number: [code] for number, code in enumerate(FAULTS, start=2)}
    assert placed(run) == {
        "read": len(FAULTS) + 1, "placed": 1, "rejected": len(FAULTS), "created": 1, "updated": 0, "unchanged": 0,
    }  # fmt: skip
    for row in told_of(run.pk):
        for reason in row.reasons:
            assert reason["sentence"] % reason["values"]


def test_a_row_that_names_no_place_is_of_the_whole_only_where_the_mapping_says_so(db, tmp_path):
    nowhere = {
        "location_adminlevel_caza_code": "", "location_adminlevel_caza": "NA",
        "location_adminlevel_governorate_code": "", "location_adminlevel_governorate": "",
    }  # fmt: skip
    file = written(tmp_path, [line(**nowhere)])
    mapping = tmp_path / "lb-mosa" / "mappings" / "m.yaml"
    mapping.parent.mkdir(parents=True)
    text = MAPPING.read_text(encoding="utf-8")
    mapping.write_text(re.sub(r"  otherwise: lb.*\n", "", text), encoding="utf-8")
    run = go(file, mapping)
    assert reasons(run) == {2: ["area_missing"]} and placed(run)["rejected"] == 1
    run = go(file)
    assert reasons(run) == {2: ["area_missing"]} and placed(run)["placed"] == 1
    assert Measurement.objects.get().area.code == "lb"


def test_rows_with_shifted_cells_are_rejected(db, tmp_path):
    path = written(tmp_path, [line()])
    path.write_text(path.read_text().rstrip("\r\n") + ",surplus\n")
    assert reasons(go(path)) == {2: ["cells_shifted"]}


def test_repeated_lines_are_counted_and_told(db, tmp_path):
    path = written(tmp_path, [line(), line(), line(indicator_value="4")])
    run = go(path)
    assert placed(run)["created"] == 3 and reasons(run) == {3: ["line_repeated"], 4: ["line_repeated"]}
    assert sums_held() == sums_of(path) == {"i1": Decimal(10)}
    assert placed(go(path))["unchanged"] == 3


def test_a_mapping_may_reject_repeated_lines(db, tmp_path):
    mapping = tmp_path / "lb-mosa" / "mappings" / "m.yaml"
    mapping.parent.mkdir(parents=True)
    mapping.write_text(MAPPING.read_text(encoding="utf-8").replace("repeated: keep", "repeated: reject"))
    run = go(written(tmp_path, [line(), line()]), mapping)
    assert placed(run)["rejected"] == 1 and reasons(run) == {3: ["line_repeated"]}


def test_a_corrected_report_supersedes_and_the_old_figure_stays(db, tmp_path):
    go(written(tmp_path, [line(), line(report_id="m2", indicator_value="5")]))
    later = NOON.replace(year=2027)
    run = go(written(tmp_path, [line(indicator_value="4"), line(report_id="m2", indicator_value="5.0")]), at=later)
    assert placed(run) == {"read": 2, "placed": 2, "rejected": 0, "created": 0, "updated": 1, "unchanged": 1}
    old = Measurement.objects.get(superseded_at=later)
    assert (old.whole, old.recorded_at) == (3, NOON) and sums_held() == {"i1": Decimal(9)}


def test_places_are_found_by_name_and_by_the_larger_place(db, tmp_path):
    nameless = {"location_adminlevel_caza_code": "NA"}
    rows = [
        line(report_id="a", location_adminlevel_caza="TRABLOUS", **nameless),
        line(report_id="b", location_adminlevel_caza="طرابلس", **nameless),
        line(report_id="c", location_adminlevel_caza="", **nameless),
        line(report_id="d", location_adminlevel_caza="Zahleh"),
    ]
    run = go(written(tmp_path, rows))
    codes = Measurement.objects.order_by("row").values_list("area__code", flat=True)
    assert list(codes) == ["LBN56", "LBN56", "LB-BA", "LBN11"]
    assert reasons(run) == {5: ["area_contradicts"]}


@pytest.mark.parametrize(
    ("delimiter", "encoding", "values"),
    [
        (",", "utf-8", ["1.5", "1,234", "0.1", "0.2", "-1"]),
        (";", "utf-8-sig", ["1,5", "1.234", "0,1", "0,2", "-1"]),
        ("\t", "cp1252", ["1,5", "1 234", "0,1", "0,2", "−1".replace("−", "-")]),
        ("|", "utf-16", ["١٫٥", "1234", "0.10", "2e-1", "-1.000"]),
    ],
)
def test_other_separators_letters_and_decimals(db, tmp_path, delimiter, encoding, values):
    rows = [
        line(report_id=f"m{i}", indicator_value=value, partner_description="Première") for i, value in enumerate(values)
    ]
    run = go(written(tmp_path, rows, delimiter=delimiter, encoding=encoding))
    assert placed(run)["rejected"] == 0, reasons(run)
    assert sums_held() == {"i1": Decimal("1234.8")}
    assert Measurement.objects.first().reporter.name == {"en": "Première"}


def test_figures_that_a_float_would_lose(db, tmp_path):
    values = ["0.1"] * 10 + ["0.30000000000000004", "999999999999.123456789012345678"]
    path = written(tmp_path, [line(report_id=f"m{i}", indicator_value=value) for i, value in enumerate(values)])
    go(path)
    assert sums_held() == sums_of(path)


def test_a_missing_column_is_refused_and_an_unknown_one_noted(db, tmp_path):
    short = [name for name in HEADER if name != "indicator.value"]
    with pytest.raises(Refused) as refusal:
        go(written(tmp_path, [line()], header=short))
    assert (
        refusal.value.code == "columns_missing" and "indicator.value" in str(refusal.value) and refusal.value.next_step
    )
    assert not Import.objects.exists() and not Plan.objects.exists() and not Area.objects.exists()
    run = go(written(tmp_path, [line() | {"colour": "red"}], header=[*HEADER, "colour"]))
    assert [note["code"] for note in run.notes] == ["places_added", "columns_unread"]
    assert run.notes[1]["values"]["columns"] == "colour"


def test_places_of_the_pack_are_added_once_and_told(db, tmp_path):
    run = go(written(tmp_path, [line()]))
    assert Area.objects.count() == 35 and run.notes[0]["code"] == "places_added"
    Area.objects.filter(code="LBN11").update(name={"en": "Changed here"})
    run = go(written(tmp_path, [line()]))
    assert run.notes == [] and Area.objects.get(code="LBN11").name == {"en": "Changed here"}


def test_without_any_of_its_places_an_import_is_refused(db, tmp_path):
    elsewhere = tmp_path / "m.yaml"
    elsewhere.write_text(
        MAPPING.read_text(encoding="utf-8").replace("pack: lb-mosa", "pack: nowhere"), encoding="utf-8"
    )
    with pytest.raises(Refused) as refusal:
        go(written(tmp_path, [line()]), elsewhere)
    assert refusal.value.code == "places_unknown" and "vatra pack load" in refusal.value.next_step


def test_a_mapping_with_faults_is_refused_with_their_places(tmp_path):
    text = MAPPING.read_text(encoding="utf-8")
    wrong = tmp_path / "m.yaml"
    wrong.write_text(
        text.replace("value: value\n", "value: amount\n").replace("kind: aim", "kind: activity"), encoding="utf-8"
    )
    with pytest.raises(MappingRefused) as refusal:
        read_mapping(wrong)
    assert len(refusal.value.faults) == 2 and all(fault.line > 0 for fault in refusal.value.faults)
    wrong.write_text(text.replace("'%'", "'('"), encoding="utf-8")
    with pytest.raises(MappingRefused):
        read_mapping(wrong)


def test_only_who_may_import_imports(db, tmp_path, cast):
    from vatra.kernel.refused import NoGrant

    with pytest.raises(NoGrant):
        import_measurements(
            file=written(tmp_path, [line()]), mapping=MAPPING, packs=ROOT / "packs", actor=cast.elena, at=LONG_AGO,
            finished=lambda: NOON,
        )  # fmt: skip
    assert not Import.objects.exists()


def test_a_period_can_be_told_by_its_first_day(db, tmp_path):
    mapping = tmp_path / "lb-mosa" / "mappings" / "m.yaml"
    mapping.parent.mkdir(parents=True)
    text = MAPPING.read_text(encoding="utf-8")
    text, count = re.subn(
        r"\nperiod:\n(  .*\n)+", '\nperiod: {start: start, formats: ["%d.%m.%Y"], length: quarter}\n', text
    )
    assert count == 1
    mapping.write_text(text, encoding="utf-8")
    go(written(tmp_path, [line(start_date="15.02.2019")]), mapping)
    found = Measurement.objects.get()
    assert (found.starts_on, found.ends_on) == (date(2019, 2, 15), date(2019, 3, 31))


def test_every_row_has_a_line_in_the_report(db, tmp_path):
    run = go(written(tmp_path, [line(report_id=f"m{i}") for i in range(300)]))
    assert list(ImportRow.objects.filter(run=run).order_by("number").values_list("number", flat=True)) == list(
        range(2, 302)
    )
