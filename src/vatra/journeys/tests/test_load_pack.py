"""A pack is loaded once, loaded again without effect, upgraded without overwriting, and refused with file and line."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import NOON, TODAY

from vatra.config.settings import SOURCE
from vatra.engines.rules import Unit, load_ruleset
from vatra.engines.rules.files import load_catalogue
from vatra.foundation.catalogue import commands as catalogue
from vatra.foundation.catalogue import queries as definitions
from vatra.foundation.catalogue.holidays import calendar_of
from vatra.foundation.catalogue.models import Code, FactDefinition
from vatra.foundation.places.models import Area
from vatra.foundation.worklist.models import Item
from vatra.journeys.load_pack import PackRefused, check_pack, load_pack, read_pack
from vatra.journeys.load_pack.rules import pack_catalogue
from vatra.kernel.actor import system
from vatra.kernel.refused import Refused
from vatra.rooms.policy import queries as policy
from vatra.rooms.programmes import queries as programmes
from vatra.rooms.programmes.models import Ruleset

PACK = SOURCE / "packs" / "ro-tarnaveni"
ME = system("test")


@pytest.fixture
def copy(tmp_path) -> Path:
    """A pack that a test may change."""
    return Path(shutil.copytree(PACK, tmp_path / PACK.name))


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def load(folder: Path):
    return load_pack(folder, actor=ME, at=NOON, today=TODAY)


def outcomes(loaded) -> dict[str, int]:
    total: dict[str, int] = {}
    for counts in loaded.counts.values():
        for outcome, count in counts.items():
            total[outcome] = total.get(outcome, 0) + count
    return {outcome: count for outcome, count in total.items() if count}


PROGRAMMES = {
    "minimum-inclusion-income", "heating-aid", "state-child-allowance", "disability-benefit",
    "personal-assistant-allowance", "emergency-aid",
}  # fmt: skip


def test_the_pack_of_tarnaveni_has_no_fault_and_every_case_of_its_rules_holds():
    pack, faults = check_pack(PACK)
    assert faults == []
    assert {found.said["code"] for found in pack.programmes} == PROGRAMMES


def test_loading_twice_changes_nothing(db):
    assert set(outcomes(load(PACK))) == {"created"}
    assert set(outcomes(load(PACK))) == {"unchanged"}
    assert definitions.zone() == "Europe/Bucharest" and definitions.currency() == "RON"
    assert set(programmes.rulesets_in_force(TODAY)) == {p.code for p in programmes.programmes_in_order()}
    assert Area.objects.get(code="114934-centru").path == "ro/261/114925/114934/114934-centru/"
    assert [branch.code for branch in policy.tree(policy.plan("plan-2015-2020"))] == ["A", "B", "C", "D", "E"]


def test_the_calendar_of_the_pack_knows_the_movable_days(db):
    load(PACK)
    calendar = definitions.calendar()
    assert not calendar.is_working(date(2026, 4, 10))  # Good Friday by the orthodox reckoning
    assert not calendar.is_working(date(2026, 6, 1)) and not calendar.is_working(date(2027, 6, 21))
    assert calendar.is_working(date(2026, 4, 3))  # the western one is no holiday here


def test_an_upgrade_writes_what_the_pack_changed_and_retires_what_it_dropped(db, copy):
    load(copy)
    change(copy, "pack.yaml", '"2026.1"', '"2026.2"')
    change(copy, "codes/sex.yaml", "{ro: feminin, en: female,", "{ro: femeie, en: woman,")
    change(copy, "codes/housing.yaml", "  - {code: rented,", "  - {code: let,")
    loaded = load(copy)
    assert outcomes(loaded)["updated"] == 2 and not loaded.kept
    assert definitions.code("sex", "female").title["en"] == "woman"
    assert Code.objects.get(code_list="housing", code="rented").retired_on == TODAY
    assert definitions.pack().version == "2026.2"


def test_a_fact_that_the_pack_drops_retires_and_comes_back(db, copy):
    kept = (copy / "facts.yaml").read_text(encoding="utf-8")
    load(copy)
    start, end = kept.index("- code: sex"), kept.index("- code: occupation")
    (copy / "facts.yaml").write_text(kept[:start] + kept[end:], encoding="utf-8")
    assert ("fact", "sex") in load(copy).retired
    assert FactDefinition.objects.get(pk="sex").retired_on == TODAY
    (copy / "facts.yaml").write_text(kept, encoding="utf-8")
    load(copy)
    assert FactDefinition.objects.get(pk="sex").retired_on is None


def test_what_was_changed_here_is_kept_and_the_difference_waits(db, copy):
    load(copy)
    fact = definitions.described("fact", "heating")
    catalogue.define_fact(code="heating", **{**fact, "fresh_days": 30}, actor=ME, at=NOON)
    assert load(copy).kept == [("fact", "heating")]
    assert not Item.objects.exists()  # the pack itself has nothing new to say about it
    change(
        copy,
        "facts.yaml",
        'question: {ro: "Cu ce se încălzește locuința?"',
        'question: {ro: "Cum se încălzește locuința?"',
    )
    loaded = load(copy)
    assert loaded.kept == [("fact", "heating")] and outcomes(loaded)["kept"] == 1
    assert definitions.fact_definitions()["heating"].fresh_days == 30
    waiting = Item.objects.get(kind="pack.difference")
    assert waiting.values["code"] == "heating" and waiting.values["fields"] == ["fresh_days", "question"]


def test_new_rules_of_a_pack_are_a_new_version_from_their_day(db, copy):
    load(copy)
    before = programmes.ruleset_in_force("heating-aid", TODAY)
    rules = "programmes/heating-aid.rules.yaml"
    change(copy, rules, "in_force: 2025-01-01", "in_force: 2026-11-01")
    change(copy, rules, "2021-11-01: 2053 RON", "2021-11-01: 2053 RON, 2026-11-01: 2200 RON")
    change(copy, "programmes/heating-aid.cases.yaml", "net_income: 2053 RON", "net_income: 2200 RON")
    change(copy, "programmes/heating-aid.cases.yaml", "income_limit: 2053 RON", "income_limit: 2200 RON")
    change(copy, "programmes/heating-aid.cases.yaml", "net_income: 2053.01 RON", "net_income: 2200.01 RON")
    load(copy)
    after = programmes.ruleset_in_force("heating-aid", TODAY)
    assert (before.number, after.number) == (1, 2)
    assert programmes.ruleset_in_force("heating-aid", date(2026, 10, 31)).number == 1
    drafted = Ruleset.objects.get(pk=after.id)
    assert drafted.drafted_by["id"] == "pack ro-tarnaveni 2026.1" and drafted.published_by["id"] == "test"


@pytest.mark.parametrize(
    ("file", "old", "new", "above", "words"),
    [  # `above`: how many lines above the changed one the record begins that the sentence is about
        ("facts.yaml", "  fresh_days: 180", "  fresh_day: 180", 0, "Unknown key “fresh_day”"),
        ("facts.yaml", "  type: date", "  type: day", 0, "“day” is not one of"),
        ("facts.yaml", "  code_list: sex", "  code_list: sexes", 3, "There is no list “sexes”"),
        ("facts.yaml", "- code: sex", "- code: birth_date", 0, "“birth_date” stands in this list twice"),
        ("areas.yaml", 'parent: "114934", name: {ro: Plevna}', 'parent: "999", name: {ro: Plevna}', 0, "“999”"),
        ("roles.yaml", "intake.screen", "intake.scren", 2, "No room knows the action"),
        ("pack.yaml", "zone: Europe/Bucharest", "zone: Europe/Bucuresti", 3, "time zone"),
        ("pack.yaml", 'day: "12-26"', 'day: "12-32"', 26, "does not exist"),
        ("pack.yaml", "title: {ro: Târnăveni, en: Târnăveni,", "title: {ro: Târnăveni,", 0, "language “en” is missing"),
        ("units.yaml", "members: alone", "members: alone\n  members: alone", -1, "twice"),
        ("bodies.yaml", "parent: government", "parent: goverment", 0, "“goverment”"),
        ("plan-2015-2020.yaml", "kind: objective", "kind: aim", 1, "cannot stand there"),
        ("programmes/heating-aid.yaml", "unit: household", "unit: houshold", 10, "“houshold”"),
        ("programmes/heating-aid.yaml", "body: ajpis-mures", "body: ajpis", 0, "“ajpis”"),
        ("programmes/heating-aid.rules.yaml", "heating <> 'none'", "heatin <> 'none'", 0, "heatin"),
        ("programmes/heating-aid.cases.yaml", "amount: 250 RON", "amount: 251 RON", 7, "still compensated whole"),
        ("codes/sex.yaml", "code: male", "code: &x male", 0, "anchors"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_file_and_line(copy, file, old, new, above, words):
    line = (copy / file).read_text(encoding="utf-8").split(old)[0].count("\n") + 1
    change(copy, file, old, new)
    _pack, faults = check_pack(copy)
    assert [fault.file for fault in faults] == [file] * len(faults) and faults
    assert any(words in fault.text for fault in faults), [str(f) for f in faults]
    assert faults[0].line == line - above, [str(f) for f in faults]


def test_a_pack_with_a_fault_leaves_nothing_behind(db, copy):
    change(copy, "programmes/emergency-aid.rules.yaml", "days_since >= 0", "days_sincee >= 0")
    with pytest.raises(PackRefused):
        load(copy)
    assert not Area.objects.exists() and definitions.definitions().pack is None


def test_rules_whose_cases_fail_are_not_loaded(db, copy):
    change(copy, "programmes/emergency-aid.cases.yaml", "amount: 3201 RON", "amount: 3202 RON")
    with pytest.raises(Refused) as refusal:
        load(copy)
    assert refusal.value.code == "cases_fail" and not Ruleset.objects.exists()


@pytest.mark.parametrize(
    "content", ["", "a: [", "\t", "- &a [*a]", "[" * 5000, "a: !!python/object:os.system x", "é".encode("latin-1")]
)
def test_no_content_of_a_file_makes_the_check_raise(copy, content):
    path = copy / "facts.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    _pack, faults = check_pack(copy)
    assert faults and faults[0].file == "facts.yaml"


def test_a_second_pack_is_refused(db, copy, tmp_path):
    load(PACK)
    other = copy.rename(tmp_path / "elsewhere")
    change(other, "pack.yaml", "code: ro-tarnaveni", "code: elsewhere")
    with pytest.raises(Refused) as refusal:
        load(other)
    assert refusal.value.code == "other_pack"


def test_every_unverified_figure_of_the_rules_says_so():
    """What the reference marks as not verified must carry the mark into every trace and page."""
    text = (PACK / "programmes" / "minimum-inclusion-income.rules.yaml").read_text(encoding="utf-8")
    for name in (
        "limit_family",
        "other_person",
        "earnings_share",
        "family_aid_couple",
        "family_aid_lone",
        "least_amount",
    ):
        start = text.index(f"\n  {name}:")
        assert "verified: false" in text[start : start + 900], name


def test_rules_answer_for_the_whole_time_that_the_demonstration_shows(db):
    load(PACK)
    for back in range(0, 400, 25):
        assert len(programmes.rulesets_in_force(TODAY - timedelta(days=back))) == len(PROGRAMMES)


WORKING = """\
code: working-day
unit: household
law: {act: "Act 1"}
clauses:
  - {id: open, when: "is_working_day(on_date())", because: {en: "The day is a working day."}}
derive: {later: "next_working_day(on_date())"}
"""


@pytest.mark.parametrize("day, holds", [(date(2026, 12, 24), True), (date(2026, 12, 25), False)])
def test_rules_know_the_working_days_of_the_pack(db, day, holds):
    """The same before the pack is loaded, from its files, on the command line, and afterwards, from the database."""
    load(PACK)
    for known in (
        pack_catalogue(read_pack(PACK)),
        load_catalogue(PACK, calendar_of),
        programmes.rules_catalogue(),
    ):
        outcome = load_ruleset(WORKING, known).determine(Unit([{"id": "a"}]), on=day)
        assert [c.holds for c in outcome.clauses] == [holds]
        assert outcome.derived["later"] == ("2026-12-24" if holds else "2026-12-28")
