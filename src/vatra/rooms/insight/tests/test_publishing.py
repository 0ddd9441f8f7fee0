"""Months of indicators: computed, protected, written once, the same for every reader."""

from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import NOON
from django.db import IntegrityError, transaction

from vatra.engines.disclosure.tables import ALL
from vatra.foundation.catalogue.measures import Row, month
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.insight import commands, queries
from vatra.rooms.insight.models import Figure, Indicator, Published
from vatra.rooms.insight.protecting import Manner, placed, tables
from vatra.rooms.insight.tasks import keep_standings, publish

from .conftest import BEGUN, POOR, SYSTEM, household, say, worker
from .test_standings import apply_for, kept


def whole(code: str, on: date):
    return next(m for m in queries.trend(queries.indicator(code)).months if m.month == on)


def test_every_month_since_the_beginning_is_published_once_and_the_running_one_moves(town):
    kept()
    assert publish(at=NOON) == 3 * Indicator.objects.count()
    assert publish(at=NOON) == 0
    live = Published.objects.filter(superseded_at=None)
    months = {date(2026, m, 1) for m in range(9, 12)}
    assert {row.month for row in live} == months
    assert live.count() == len(months) * Indicator.objects.count()
    assert {row.month for row in live if not row.final} == {date(2026, 11, 1)}


def test_the_indicator_falls_when_the_household_is_helped(town):
    """And round: the list of the window and the council's figure are one."""
    kept()
    publish(at=NOON)
    running = date(2026, 11, 1)
    before = whole("at-risk-without-help", running).cell.value
    assert before == 2  # one of them sealed: counted in the whole
    apply_for(town.poor, NOON)
    Published.objects.filter(month=running).update(computed_at=NOON - timedelta(days=1))
    keep_standings(at=NOON + timedelta(days=1))
    publish(at=NOON + timedelta(days=1))
    assert whole("at-risk-without-help", running).cell.value == 1


def test_past_months_are_as_things_were_known_then(town):
    """What is learnt in November changes no figure of October."""
    kept()
    publish(
        at=NOON,
    )
    while publish(at=NOON):
        pass
    october = whole("at-risk-without-help", date(2026, 10, 1))
    say(town.settled, at=NOON, net_income=0, occupation="unemployed", disability_degree="severe")
    later = datetime(2026, 12, 2, 9, tzinfo=UTC)
    keep_standings(at=later)
    while publish(at=later):
        pass
    assert whole("at-risk-without-help", date(2026, 10, 1)) == october
    assert whole("at-risk-without-help", date(2026, 11, 1)).cell.value == october.cell.value + 1


def test_a_final_month_never_changes(town):
    kept()
    while publish(at=NOON):
        pass
    rows = list(Published.objects.filter(final=True).order_by("pk").values())
    household("Zoe", 1970, at=datetime(2026, 10, 5, tzinfo=UTC), **POOR)
    while publish(at=NOON + timedelta(hours=1)):
        pass
    assert list(Published.objects.filter(final=True).order_by("pk").values()) == rows


def test_somebody_who_says_why_has_them_worked_out_again(town):
    kept()
    while publish(at=NOON):
        pass
    officer = worker("policy_officer", "livia")
    with pytest.raises(Refused):
        commands.publish_again(indicator="households-known", because="so", actor=officer, at=NOON)
    with pytest.raises(NoGrant):
        commands.publish_again(
            indicator="households-known", because="the register was wrong", actor=town.officer, at=NOON
        )
    count = commands.publish_again(
        indicator="households-known", because="the register was wrong", actor=officer, at=NOON
    )
    assert count == 3
    while publish(at=NOON):
        pass
    assert Published.objects.filter(indicator__code="households-known").count() == 6
    assert Published.objects.filter(indicator__code="households-known", superseded_at=None).count() == 3


def test_small_cells_are_not_even_stored(town):
    """Three households in one area, one in another, one sealed: nothing of fewer than five people is there to read."""
    for n in range(8):
        household(f"B{n}", 1960 + n, area="114934-centru", **POOR)
    kept()
    while publish(at=NOON):
        pass
    found = queries.latest_tables(queries.indicator("households-known"))
    told = {row.area.code: row.cell for row in found.areas if row.area}
    assert found.total.value == 12 and found.hidden
    assert told["114934-plevna"].hidden and told["114934-plevna"].value is None
    assert told["114934-centru"].hidden  # or the other would follow from the whole
    assert told["114961"].value == 0
    row = Figure.objects.filter(published__indicator__code="households-known", hidden=True).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.filter(pk=row.pk).update(value=3)


def test_sealed_records_are_in_the_whole_and_in_no_cell_of_their_own():
    rows = [Row(40, area="a"), Row(2, area="b", sealed=True)]
    assert [(r.area, r.value) for r in placed(rows, "total")] == [("a", 40), (None, 2)]
    assert [(r.area, r.value) for r in placed(rows, "never")] == [("a", 40)]


def test_of_a_share_neither_what_is_counted_nor_the_rest_may_be_small():
    rows = [
        Row(value, of=of, area=area) for area, value, of in [("a", 38, 40), ("b", 20, 40), ("c", 20, 45), ("d", 25, 50)]
    ]
    made = tables(rows, Manner("share", 5), by=["area"], parents=dict.fromkeys("abcd"))
    assert made.areas["a"].hidden and not made.total.hidden
    assert sum(told.hidden for told in made.areas.values()) >= 2


def test_of_a_mean_only_how_many_stand_behind_it_counts():
    rows = [Row(900, of=30, area="a"), Row(2, of=2, area="b"), Row(300, of=10, area="c")]
    made = tables(rows, Manner("mean", 5), by=["area"], parents=dict.fromkeys("abc"))
    assert made.areas["b"].hidden and made.areas["c"].hidden and not made.areas["a"].hidden
    assert (made.areas["a"].value, made.areas["a"].of) == (900, 30)


def test_a_whole_that_is_small_hides_everything_unless_it_is_open():
    rows = [Row(2, area="a", sex="female", age="65+"), Row(1, area="b", sex="male", age="65+")]
    how = {"by": ["area", "sex", "age"], "parents": dict.fromkeys("ab"), "sexes": ["female", "male"], "ages": ["65+"]}
    closed = tables(rows, Manner("count", 5), **how)
    assert closed.total.hidden and all(t.hidden for t in (*closed.areas.values(), *closed.sex_age.values()))
    opened = tables(rows, Manner("count", 5, total_open=True), **how)
    assert opened.total.value == 3 and opened.areas["a"].hidden and opened.sex_age["female", ALL].hidden


def test_one_dimension_alone_is_a_table_too():
    rows = [Row(30, sex="female"), Row(25, sex="male")]
    made = tables(rows, Manner("count", 5), by=["sex"], parents={}, sexes=["female", "male"])
    assert made.sex_age["female", ALL].value == 30
    rows = [Row(30, age="0-17"), Row(2, age="65+"), Row(9, age="18-64")]
    made = tables(rows, Manner("count", 5), by=["age"], parents={}, ages=["0-17", "18-64", "65+"])
    assert (
        made.sex_age[ALL, "65+"].hidden and made.sex_age[ALL, "18-64"].hidden and not made.sex_age[ALL, "0-17"].hidden
    )


def test_how_it_is_computed_goes_down_to_the_questions(town, django_assert_max_num_queries):
    found = queries.indicator("at-risk-without-help")
    queries.how(found)
    with django_assert_max_num_queries(3):
        said = queries.how(found)
    asked = {row.fact.code: row for row in said.asked}
    assert {"net_income", "housing", "heating", "birth_date"} <= set(asked)
    assert any(question for _form, question in asked["net_income"].questions)
    assert ("points_cold", "case when heating = 'none' then 2 else 0 end") in [f[:2] for f in said.factors]
    assert said.cases == 8
    assert queries.how(queries.indicator("days-to-decision")).about.startswith("Calendar days")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"measure": "nothing.there"}, "no_such_measure"),
        ({"measure": "people.households", "condition": "high-risk"}, "measure_or_condition"),
        ({"condition": "nothing"}, "no_such_condition"),
        ({"measure": "people.households", "breakdowns": ["sex"]}, "breakdown_not_carried"),
        ({"measure": "people.households", "node": "Z9"}, "no_such_node"),
    ],
)
def test_an_indicator_of_nothing_is_refused(pack_loaded, db, said, code):
    with pytest.raises(Refused) as refusal:
        commands.define_indicator(
            **{"code": "x", "plan": "plan-2015-2020", "node": "A1", "title": {"en": "X"}, **said},
            actor=SYSTEM,
            at=BEGUN,
        )
    assert refusal.value.code == code


def test_a_condition_whose_own_cases_fail_is_refused(pack_loaded, db):
    from vatra.rooms.insight.models import Condition

    kept_text = Condition.objects.get(pk="low-income")
    with pytest.raises(Refused) as refusal:
        commands.define_condition(
            code="low-income", title={"en": "x"}, rules=kept_text.text.replace("<=", "<"), cases=kept_text.cases,
            actor=SYSTEM, at=BEGUN,
        )  # fmt: skip
    assert refusal.value.code == "cases_fail"


def test_months_are_those_of_the_place(pack_loaded, db):
    assert month(date(2026, 11, 30)).until.isoformat() == "2026-12-01T00:00:00+02:00"
