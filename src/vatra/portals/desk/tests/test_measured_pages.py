"""Reported figures and imports on the desk: what is shown, to whom, in how many queries."""

import csv
import io
import re
from decimal import Decimal

import pytest
from conftest import NOON

from vatra.foundation.imports.models import Import
from vatra.foundation.places.commands import set_boundaries
from vatra.foundation.places.models import Area
from vatra.journeys.tests.test_measurements import FILES, SHARED, go, line, real, sums_of, written
from vatra.kernel.actor import system
from vatra.rooms.insight.models import IndicatorSeries, Measurement

PLAN = "/desk/policy/lcrp-2019/"


def named(title):
    node = IndicatorSeries.objects.get(title__startswith=title).node_id
    return f"{PLAN}measured/{node}/"


@pytest.fixture
def few(db, tmp_path):
    """Three months of one indicator in two places, by two reporters, for two sexes."""
    rows = []
    for month, last in (("01", "31"), ("02", "28"), ("03", "31")):
        for caza, name in (("LBN11", "Beirut"), ("LBN51", "Aakar")):
            for sex, code in (("Female", "f"), ("Male", "m")):
                rows.append(line(
                    report_id=f"{caza}{month}", indicator_id=code, indicator_name=f"1.1.1_LEB-{sex}: # of persons",
                    indicator_value=f"{int(month)}.5", start_date=f"2019-{month}-01", end_date=f"2019-{month}-{last}",
                    location_adminlevel_caza_code=caza, location_adminlevel_caza=name,
                    partner_description="Relief" if caza == "LBN11" else "Care",
                ))  # fmt: skip
    rows.append(line(report_id="bad", indicator_value="many"))
    return go(written(tmp_path, rows))


def figures(text, heading):
    """The rows of the table with this label, without tags."""
    table = re.search(rf'aria-label="{re.escape(heading)}"[^>]*><table.*?</table>', text, re.S)
    rows = re.findall(r"<tr>(.*?)</tr>", table[0], re.S)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows
    ]


def test_an_indicator_is_shown_by_place_time_reporter_and_part(few, desk):
    text = desk("elena").get(named("1.1.1_LEB-Female") + "?lang=en", follow=True).text
    assert figures(text, "By reporter")[1:] == [["Care", "", "15"], ["Relief", "", "15"]]
    assert figures(text, "Sex")[1:] == [["Female", "", "15"], ["Male", "", "15"]]
    place, time = re.findall(r"<details.*?</details>", text, re.S)
    assert "Beirut" in place and place.count("<tr>") == 27 and place.count("no report") == 24
    assert [row[1] for row in figures(time, "# of persons: Month")[1:]] == ["6", "10", "14"]


def test_a_place_a_period_and_a_reporter_can_be_chosen(few, desk):
    address = named("1.1.1_LEB-Female")
    browser = desk("elena")
    text = browser.get(
        address, {"area": "LBN51", "from": "2019-02-01", "to": "2019-02-28", "lang": "en"}, follow=True
    ).text
    assert re.search(r'measured-figure">\s*<bdi class="num">5</bdi>', text) and 'aria-current="true"' in text
    for junk in ({"area": "' or 1"}, {"from": "2019-99-99"}, {"reporter": "x"}, {"to": "\x00"}):
        assert browser.get(address, junk).status_code == 200


def test_a_place_of_which_nothing_was_reported_says_so(few, desk):
    """And not the figures of all other places together."""
    text = desk("elena").get(named("1.1.1_LEB-Female"), {"area": "LBN62", "lang": "en"}, follow=True).text
    assert re.search(r'measured-figure"><span class="soft">no report', text) and 'aria-current="true"' in text
    assert text.count("Nothing was reported for this choice.") == 1


def test_the_public_sees_the_objectives_of_a_reported_plan_and_none_of_its_figures(few, client):
    text = client.get("/plan/lcrp-2019/", {"lang": "en"}, follow=True).text
    assert "Roofs" in text and "# of persons" not in text and "Nothing is measured here yet." not in text


def test_reasons_keep_codes_in_order_and_write_days_in_the_readers_language(db, tmp_path, desk):
    rows = [line(location_adminlevel_caza_code="LBN99"), line(end_date="2018-12-31"), line(start_date="2019-13-01")]
    run = go(written(tmp_path, rows))
    browser = desk("rozalia")
    arabic = browser.get(f"/desk/imports/{run.pk}/", {"lang": "ar"}, follow=True).text
    assert "\u2068LBN99\u2069" in arabic and "كانون الأول" in arabic and "2018-12-31" not in arabic
    english = browser.get(f"/desk/imports/{run.pk}/", {"lang": "en"}, follow=True).text
    assert "\u2068" not in english and "31 Dec 2018" in english and "of the kind “District”" in english
    assert "“2019-13-01” is not a day as the mapping expects it (2019-01-31)." in english


def test_a_map_is_drawn_from_outlines_and_from_tiles_without(few, desk):
    browser = desk("elena")
    assert "chart-areas-tiles" in browser.get(named("1.1.1_LEB-Female")).text
    square = [[[(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)]]]
    drawn = [(area, square) for area in Area.objects.filter(kind="district")]
    set_boundaries(drawn=drawn, source="test", actor=system("test"), at=NOON)
    text = browser.get(named("1.1.1_LEB-Female")).text
    assert "chart-areas-tiles" not in text and text.count("<path") > 26 and 'style="' not in text


@pytest.mark.parametrize("language", ["en", "ro", "ar", "tr"])
def test_pages_open_in_every_language(few, desk, language):
    browser = desk("rozalia")
    addresses = ["/desk/imports/", f"/desk/imports/{few.pk}/"]
    for address in addresses:
        assert f'lang="{language}"' in browser.get(address, {"lang": language}, follow=True).text
    browser = desk("elena")
    for address in (PLAN, named("1.1.1_LEB-Female")):
        assert f'lang="{language}"' in browser.get(address, {"lang": language}, follow=True).text


def test_the_report_of_an_import_tells_every_rejected_row(few, desk):
    text = desk("rozalia").get(f"/desk/imports/{few.pk}/?lang=en", follow=True).text
    assert "“many” is not a number with “.” for decimals." in text and "indicator.value" in text
    assert "13" in text and "reports.csv" in desk("rozalia").get("/desk/imports/").text


def test_long_reports_are_paged(db, tmp_path, desk):
    run = go(written(tmp_path, [line(report_id=f"m{i}", indicator_value="?") for i in range(150)]))
    browser = desk("rozalia")
    text = browser.get(f"/desk/imports/{run.pk}/?only=rejected").text
    after = re.search(r'href="(\?only=rejected&amp;after=\d+)"', text)[1].replace("&amp;", "&")
    assert text.count("pill-act") == 100 and browser.get(f"/desk/imports/{run.pk}/{after}").text.count("pill-act") == 50


def test_who_may_not_see_them(few, desk, client):
    assert desk("elena").get("/desk/imports/").status_code == 403
    assert desk("radu").get(named("1.1.1_LEB-Female")).status_code in (200, 403)
    client.logout()
    for address in (PLAN, named("1.1.1_LEB-Female"), f"{PLAN}sums.csv", "/desk/imports/"):
        assert client.get(address).status_code == 302


def test_what_is_not_there_is_not_found(few, desk):
    browser = desk("elena")
    other = Import.objects.get().pk
    for address in (f"{PLAN}measured/{other}/", "/desk/policy/nothing/sums.csv"):
        assert browser.get(address).status_code == 404


def as_rows(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_files_hold_every_figure_and_no_formula(few, desk):
    Measurement.objects.update(details={"site": "=1+1"})
    IndicatorSeries.objects.filter(code="f").update(title="=HYPERLINK(1)")
    rows = as_rows(desk("elena").get(f"{named('1.1.1_LEB-Male')}figures.csv"))
    assert len(rows) == 12 and sum(Decimal(row["value"]) for row in rows) == 30
    assert {row["title"] for row in rows} == {"'=HYPERLINK(1)", "1.1.1_LEB-Male: # of persons"}


@real
def test_sums_in_the_file_are_those_of_the_real_reports(db, desk):
    expected = {}
    for name in FILES:
        go(SHARED / name)
        expected |= sums_of(SHARED / name)
    rows = as_rows(desk("elena").get(f"{PLAN}sums.csv"))
    assert {row["indicator"]: Decimal(row["sum"]) for row in rows} == expected


@real
def test_pages_of_the_real_plan_keep_their_queries(db, desk, django_assert_max_num_queries):
    for name in FILES:
        go(SHARED / name)
    browser = desk("elena")
    for address in (PLAN, named("1.1.2.1_SYR"), named("1.1.1.1: LEB-Female")):
        browser.get(address)
        with django_assert_max_num_queries(25):
            assert browser.get(address).status_code == 200
