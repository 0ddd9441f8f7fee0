"""From a need to a plan in force by a second person, to a case that closes with every need answered."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from conftest import NOON
from django.db import IntegrityError, transaction

from vatra.foundation.docket.queries import running
from vatra.foundation.worklist.queries import waiting_for
from vatra.kernel.moves import IllegalMove
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.cases.commands import (
    add_action,
    add_goal,
    approve_review,
    ask_review,
    assign_worker,
    close_case,
    close_need,
    complete_action,
    end_goal,
    open_case,
    open_case_file,
    plan_visit,
    record_need,
    record_visit,
    return_review,
    write_plan,
)
from vatra.rooms.cases.models import Action, Case, Goal, Need, Plan, Review, Visit
from vatra.rooms.cases.queries import case_card, cases

DAY = timedelta(days=1)


def test_a_need_is_of_the_list_and_of_the_household(opened, town, family):
    by = {"case": opened, "actor": town.mihai, "at": NOON}
    need = record_need(**by, code="safety", person=family.ilie)
    assert record_need(**by, code="safety", person=family.ilie) == need
    with pytest.raises(Refused):
        record_need(**by, code="nothing")
    with pytest.raises(Refused):
        record_need(**by, code="safety", person=UUID(int=1))


def test_a_need_stays_unmet_only_with_the_reason(opened, town):
    need = record_need(case=opened, code="home", actor=town.mihai, at=NOON)
    with pytest.raises(Refused):
        close_need(need=need, state="unmet", actor=town.mihai, at=NOON)
    for _ in range(2):
        close_need(need=need, state="unmet", reason="No social flat is free", actor=town.mihai, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(reason="")


def test_a_plan_begins_with_strengths(opened, town):
    by = {"actor": town.mihai, "at": NOON}
    goal = add_goal(case=opened, text="School again", **by)
    add_action(goal=goal, text="Talk to the teacher", owner="family", due_on=date(2026, 12, 1), **by)
    with pytest.raises(Refused) as refused:
        ask_review(case=opened, kind="plan", summary="Ready", **by)
    assert refused.value.code == "strengths_needed"
    write_plan(case=opened, strengths="The grandmother is patient", **by)
    assert ask_review(case=opened, kind="plan", summary="Ready", **by).presented["goals"][0]["text"] == "School again"


def test_an_empty_plan_is_not_laid_before_anybody(opened, town):
    write_plan(case=opened, strengths="Neighbours", actor=town.mihai, at=NOON)
    with pytest.raises(Refused) as refused:
        ask_review(case=opened, kind="plan", summary="Ready", actor=town.mihai, at=NOON)
    assert refused.value.code == "plan_is_empty"


def test_violence_needs_a_safety_plan(sealed, town):
    by = {"actor": town.mihai, "at": NOON}
    write_plan(case=sealed, strengths="A sister in Cluj", **by)
    goal = add_goal(case=sealed, text="Safe nights", **by)
    add_action(goal=goal, text="Protection order", owner="worker", due_on=date(2026, 11, 23), **by)
    with pytest.raises(Refused) as refused:
        ask_review(case=sealed, kind="plan", summary="Ready", **by)
    assert refused.value.code == "safety_needed"
    write_plan(case=sealed, strengths="A sister in Cluj", safety="Bag at the neighbour's; 112", **by)
    review = ask_review(case=sealed, kind="plan", summary="Ready", **by)
    assert approve_review(review=review, actor=town.doina, at=NOON).state == "approved"


def test_a_second_person_puts_the_plan_in_force(planned, town):
    review = ask_review(case=planned.case, kind="plan", summary="Ready", actor=town.mihai, at=NOON)
    assert ask_review(case=planned.case, kind="plan", summary="Ready", actor=town.mihai, at=NOON) == review
    assert [item.kind for item in waiting_for(town.doina)] == ["cases.review"]
    with pytest.raises(NoGrant):
        approve_review(review=review, actor=town.mihai, at=NOON)
    for _ in range(2):  # pressed twice
        approve_review(review=review, actor=town.doina, at=NOON)
    planned.case.refresh_from_db()
    assert planned.case.state == "active"
    assert Plan.objects.get().state == "in_force"
    assert waiting_for(town.doina) == []
    assert running("cases.case", planned.case.pk, "case.plan") is None
    assert running("cases.case", planned.case.pk, "case.review").due_on == date(2027, 2, 19)


def test_nobody_approves_what_they_asked_for(planned, town):
    review = ask_review(case=planned.case, kind="plan", summary="Ready", actor=town.doina, at=NOON)
    with pytest.raises(Refused) as refused:
        approve_review(review=review, actor=town.doina, at=NOON)
    assert refused.value.code == "own_review"


def test_the_database_holds_that_it_is_a_second_person(in_force):
    """Faulty control of the check above: a write that goes round the command is stopped by the database."""
    review = Review.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(decided_by=review.asked_by)


def test_what_is_returned_waits_for_the_worker(planned, town):
    by = {"case": planned.case, "kind": "plan", "summary": "Ready", "at": NOON}
    review = ask_review(**by, actor=town.mihai)
    with pytest.raises(Refused):
        return_review(review=review, remark=" ", actor=town.doina, at=NOON)
    return_review(review=review, remark="Who pays for the wood?", actor=town.doina, at=NOON)
    assert [item.kind for item in waiting_for(town.mihai)] == ["cases.returned"]
    ask_review(**by, actor=town.mihai)
    assert waiting_for(town.mihai) == []


def test_a_supervisor_who_asks_is_answered_by_a_colleague(planned, town):
    Case.objects.filter(pk=planned.case.pk).update(supervisor=town.doina.id)
    review = ask_review(case=planned.case, kind="plan", summary="Ready", actor=town.doina, at=NOON)
    assert [item.kind for item in waiting_for(town.aurel)] == ["cases.review"]
    with pytest.raises(Refused) as refused:
        approve_review(review=review, actor=town.doina, at=NOON)
    assert refused.value.code == "own_review"
    assert approve_review(review=review, actor=town.aurel, at=NOON).state == "approved"


def test_reviews_come_round(in_force, town):
    by = {"case": in_force.case, "kind": "periodic", "summary": "Going well"}
    later = NOON + timedelta(days=100)
    page = cases(actor=town.mihai, review_overdue_on=later.date())
    assert [row.id for row in page.rows] == [in_force.case.pk]
    assert cases(actor=town.mihai, review_overdue_on=NOON.date()).rows == []
    review = ask_review(**by, actor=town.mihai, at=later)
    approve_review(review=review, actor=town.doina, at=later)
    assert running("cases.case", in_force.case.pk, "case.review").due_on > later.date()


def test_actions_and_goals_end(in_force, town):
    by = {"actor": town.mihai, "at": NOON}
    with pytest.raises(Refused):
        complete_action(action=in_force.action, state="dropped", **by)
    for _ in range(2):
        complete_action(action=in_force.action, **by)
    with pytest.raises(IllegalMove):
        complete_action(action=in_force.action, state="dropped", reason="No", **by)
    second = add_action(goal=in_force.goal, text="Carry it in", owner="family", due_on=date(2026, 12, 1), **by)
    end_goal(goal=in_force.goal, state="reached", **by)
    assert Action.objects.get(pk=second.pk).state == "dropped"
    with pytest.raises(Refused):
        add_action(goal=in_force.goal, text="More", owner="family", due_on=date(2026, 12, 1), **by)


def test_it_closes_only_when_all_is_answered(in_force, town):
    by = {"case": in_force.case, "outcome": "manages", "actor": town.mihai, "at": NOON}

    def refusal(**said):
        with pytest.raises(Refused) as refused:
            close_case(**by, **said)
        return refused.value.code

    assert refusal() == "needs_open"
    answered = {"needs": {in_force.need.pk: ("met", "")}}
    assert refusal(**answered) == "still_planned"
    assert Need.objects.get().state == "open", "what was refused leaves nothing behind"
    complete_action(action=in_force.action, actor=town.mihai, at=NOON)
    assert refusal(**answered) == "never_visited"
    record_visit(case=in_force.case, findings="Warm", actor=town.mihai, at=NOON)
    with pytest.raises(Refused, match="how this case ended"):
        close_case(case=in_force.case, outcome="nothing", actor=town.mihai, at=NOON)
    for _ in range(2):  # pressed twice
        closed = close_case(**by, **answered)
    assert (closed.state, closed.outcome) == ("closed", "manages")
    assert Plan.objects.get().state == "ended"
    assert running("cases.case", closed.pk, "case.review") is None
    with pytest.raises(Refused) as refused:
        record_need(case=closed, code="home", actor=town.mihai, at=NOON)
    assert refused.value.code == "case_closed"


def test_a_child_s_case_closes_only_with_a_second_person(town, family):
    by = {"actor": town.mihai, "at": NOON}
    case = open_case(household=family.home, type="child-protection", person=family.ilie, worker=town.mihai.id, **by)
    need = record_need(case=case, code="safety", person=family.ilie, **by)
    write_plan(case=case, strengths="The aunt", **by)
    goal = add_goal(case=case, text="Stays with his grandmother", **by)
    action = add_action(goal=goal, text="Day care", owner="provider", due_on=date(2026, 12, 1), **by)
    approve_review(review=ask_review(case=case, kind="plan", summary="Ready", **by), actor=town.doina, at=NOON)
    complete_action(action=action, **by)
    record_visit(case=case, findings="He plays", **by)
    close_need(need=need, state="met", **by)
    with pytest.raises(Refused) as refused:
        close_case(case=case, outcome="stays_with_family", **by)
    assert refused.value.code == "closure_not_approved"
    approve_review(review=ask_review(case=case, kind="closing", summary="Safe", **by), actor=town.doina, at=NOON)
    assert close_case(case=case, outcome="stays_with_family", **by).outcome == "stays_with_family"


def test_a_visit_is_planned_ahead_and_recorded_once(opened, town):
    by = {"case": opened, "actor": town.mihai, "at": NOON}
    with pytest.raises(Refused):
        plan_visit(**by, on=date(2026, 11, 1))
    visit = plan_visit(**by, on=date(2026, 11, 24))
    assert plan_visit(**by, on=date(2026, 11, 24)) == visit
    with pytest.raises(Refused):
        record_visit(**by, visit=visit, state="missed")
    record_visit(**by, visit=visit, state="missed", reason="Nobody at home")
    assert record_visit(**by, findings="Cold") == record_visit(**by, findings="Cold")
    with pytest.raises(Refused):
        record_visit(**by, on=date(2027, 1, 1), findings="Tomorrow's")


def test_two_visits_of_one_day_are_two(opened, town):
    """In the morning nobody opened, at noon and in the evening somebody did: nothing of it is lost."""
    by = {"case": opened, "actor": town.mihai, "at": NOON}
    record_visit(**by, state="missed", reason="Nobody opened")
    first, second = record_visit(**by, findings="Cold"), record_visit(**by, findings="The stove is mended")
    assert first != second and Visit.objects.count() == 3
    with pytest.raises(IllegalMove):
        record_visit(**by, visit=first, findings="Colder")
    assert Visit.objects.get(pk=first.pk).findings == "Cold"
    with pytest.raises(Refused):
        record_visit(**by, state="missed", on=date(2027, 1, 1), reason="Not yet")


def test_what_happened_stays_in_sight_however_often_the_case_is_read(in_force, town, monkeypatch):
    monkeypatch.setattr("vatra.rooms.cases.queries.cards.LATEST", 20)
    for _ in range(25):
        open_case_file(case=in_force.case.pk, actor=town.mihai, at=NOON + timedelta(hours=1))
    card = case_card(in_force.case.pk, actor=town.mihai)
    assert len(card.reads) == 20 and card.events[-1].kind == "cases.opened"
    assert not card.new_to_its_worker
    assign_worker(case=in_force.case, worker=town.ligia.id, because="Leave", actor=town.doina, at=NOON + DAY)
    open_case_file(case=in_force.case.pk, actor=town.ligia, at=NOON + DAY)
    assert case_card(in_force.case.pk, actor=town.ligia).new_to_its_worker


def test_the_card_has_it_all(in_force, town):
    card = case_card(in_force.case.pk, actor=town.mihai)
    assert card.who == "Veta Lupean"
    assert card.needs[0].title["en"] == "heating"
    assert card.needs[0].domain["en"] == "food and warmth"
    assert card.plan.goals[0].actions == [in_force.action]
    assert card.may == {"work"}
    assert case_card(in_force.case.pk, actor=town.doina).may == {"work", "assign", "approve"}
    assert Goal.objects.count() == 1
