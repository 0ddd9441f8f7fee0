"""My day: what is due, overdue, and left unfinished in a worker's cases."""

from datetime import date, timedelta

from conftest import NOON

from vatra.rooms.cases.commands import add_action, plan_visit, save_note_draft
from vatra.rooms.cases.queries import cases, my_day


def test_terms_actions_visits_and_drafts_come_together(in_force, town):
    by = {"actor": town.mihai, "at": NOON}
    add_action(goal=in_force.goal, text="Bring the papers", owner="family", due_on=date(2026, 11, 23), **by)
    plan_visit(case=in_force.case, on=date(2026, 11, 24), purpose="See the stove", **by)
    save_note_draft(case=in_force.case, text="Began to", **by)
    lines = my_day(town.mihai, NOON.date())
    assert [(line.kind, line.due_on.day, line.late(NOON.date())) for line in lines] == [
        ("draft", 21, False), ("visit", 24, False), ("action", 25, False), ("term", 27, False),
    ]  # fmt: skip
    assert {line.who for line in lines} == {"Veta Lupean"}
    later = my_day(town.mihai, date(2026, 11, 28))
    assert {"others"} <= {line.kind for line in later}
    assert all(line.late(date(2026, 11, 28)) for line in later if line.kind in ("visit", "action", "others"))


def test_nobody_elses_day(in_force, town):
    assert my_day(town.ligia, NOON.date()) == []
    assert my_day(town.elena, NOON.date()) == []


def test_the_day_asks_little(in_force, town, django_assert_max_num_queries):
    by = {"actor": town.mihai, "at": NOON}
    for n in range(20):
        plan_visit(case=in_force.case, on=NOON.date() + timedelta(days=n), **by)
    with django_assert_max_num_queries(12):
        assert len(my_day(town.mihai, NOON.date())) > 10
    with django_assert_max_num_queries(14):
        cases(actor=town.mihai)
