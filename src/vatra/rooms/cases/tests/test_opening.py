"""A case opens once, in hands that may, with its terms running; other hands take it over; the risk is weighed."""

from datetime import date
from uuid import uuid4

import pytest
from conftest import NOON
from django.db import IntegrityError, transaction

from vatra.foundation.audit.models import About, Event
from vatra.foundation.docket.queries import deadlines_of, running
from vatra.foundation.worklist.queries import waiting_for
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.cases.commands import (
    add_to_team,
    ask_review,
    assign_worker,
    move_level,
    open_case,
    plan_visit,
    record_visit,
    return_review,
    take_note_of_case,
    weigh_risk,
)
from vatra.rooms.cases.models import Case, LevelMove
from vatra.rooms.cases.queries import my_day
from vatra.rooms.intake.commands import open_contact
from vatra.rooms.people.models import Household


def test_a_case_opens_with_its_number_and_its_terms(opened, town):
    assert opened.number == "1/2026"
    assert opened.level == "secondary_prevention"
    due = {term.kind: term.due_on for term in deadlines_of("cases.case", [opened.pk])}
    # the 30th of November and the 1st of December are holidays: five working days end on the 27th
    assert due == {
        "case.first_visit": date(2026, 11, 27),
        "case.needs": date(2026, 12, 8),
        "case.plan": date(2026, 12, 11),
    }


def test_the_event_is_about_the_persons(opened, family):
    event = Event.objects.get(kind="cases.opened")
    assert set(About.objects.filter(event=event).values_list("person_id", flat=True)) == {
        family.veta.pk, family.ilie.pk, family.sanda.pk,
    }  # fmt: skip


def test_pressed_twice_it_opens_once(town, family):
    key = uuid4()
    said = {"household": family.home, "type": "family-at-risk", "worker": town.mihai.id, "key": key}
    one, two = (open_case(**said, actor=town.mihai, at=NOON) for _ in range(2))
    assert one == two
    assert Case.objects.count() == 1


def test_a_second_one_of_the_same_type_is_refused(opened, town, family):
    with pytest.raises(Refused, match="1/2026"):
        open_case(household=family.home, type="family-at-risk", worker=town.mihai.id, actor=town.mihai, at=NOON)


def test_the_database_holds_one_open_case_of_a_household(opened):
    copy = Case.objects.get(pk=opened.pk)
    copy.pk, copy.number, copy.opening_key = uuid4(), "2/2026", uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"type": "nothing"}, "no_such_case_type"),
        ({"type": "older-person-alone"}, "case_needs_a_person"),
        ({"worker": "elena"}, "worker_may_not"),
        ({"supervisor": "mihai"}, "supervisor_is_worker"),
        ({"supervisor": "ligia"}, "supervisor_may_not"),
        ({"sealed": True}, "supervisor_needed"),
        ({"person": "stranger"}, "not_of_the_household"),
    ],
)
def test_what_cannot_open_is_refused(town, family, said, code):
    given = {"type": "family-at-risk", "worker": "mihai", **said}
    for name in ("worker", "supervisor"):
        if name in given:
            given[name] = getattr(town, given[name]).id
    if "person" in given:
        given["person"] = uuid4()
    with pytest.raises(Refused) as refused:
        open_case(household=family.home, **given, actor=town.mihai, at=NOON)
    assert refused.value.code == code
    assert Case.objects.count() == 0


def test_the_window_opens_no_case_and_another_office_does_not_find_the_household(town, family):
    said = {"household": family.home, "type": "family-at-risk", "worker": town.mihai.id, "at": NOON}
    with pytest.raises(NoGrant):
        open_case(**said, actor=town.elena)
    with pytest.raises(Household.DoesNotExist):
        open_case(**said, actor=town.dan)


def test_the_contact_ends_with_the_case(town, family):
    contact = open_contact(office=town.office.pk, channel="window", household=family.home, actor=town.elena, at=NOON)
    open_case(
        household=family.home, type="family-at-risk", worker=town.mihai.id, contact=contact, actor=town.mihai, at=NOON
    )
    contact.refresh_from_db()
    assert contact.outcome == "case"


def test_another_worker_takes_over_and_finds_it_on_their_day(opened, town):
    said = {"case": opened, "worker": town.ligia.id, "because": "Mihai is away", "at": NOON}
    assert assign_worker(**said, actor=town.doina).worker_id != opened.worker_id
    assert [item.kind for item in waiting_for(town.ligia)] == ["cases.assigned"]
    take_note_of_case(case=opened, actor=town.ligia, at=NOON)
    assert waiting_for(town.ligia) == []
    with pytest.raises(NoGrant):
        assign_worker(**said, actor=town.mihai)


def test_what_the_case_asks_goes_with_it(planned, town):
    """A planned visit, and a plan that came back, are the new worker's; the old one is asked for nothing more."""
    by = {"case": planned.case, "actor": town.mihai, "at": NOON}
    visit = plan_visit(**by, on=date(2026, 11, 24))
    review = ask_review(**by, kind="plan", summary="Ready")
    return_review(review=review, remark="Who pays?", actor=town.doina, at=NOON)
    assign_worker(case=planned.case, worker=town.ligia.id, because="Mihai is away", actor=town.doina, at=NOON)
    visit.refresh_from_db()
    assert str(visit.worker_id) == town.ligia.id
    assert {item.kind for item in waiting_for(town.ligia)} == {"cases.assigned", "cases.returned"}
    assert waiting_for(town.mihai) == [] and my_day(town.mihai, NOON.date()) == []
    assert "visit" in {line.kind for line in my_day(town.ligia, NOON.date())}


def test_a_higher_risk_counts_the_terms_anew(opened, town):
    weigh_risk(case=opened, risk="high", because="The stove is broken", actor=town.mihai, at=NOON)
    assert running("cases.case", opened.pk, "case.first_visit").due_on == date(2026, 11, 23)
    with pytest.raises(Refused, match="why the risk"):
        weigh_risk(case=opened, risk="low", because=" ", actor=town.mihai, at=NOON)


def test_a_visit_meets_its_term(opened, town):
    record_visit(case=opened, findings="Cold rooms", actor=town.mihai, at=NOON)
    assert running("cases.case", opened.pk, "case.first_visit") is None
    assert running("cases.case", opened.pk, "case.plan") is not None


def test_levels_are_stepped_with_a_reason(opened, town):
    with pytest.raises(Refused, match="why the case moves"):
        move_level(case=opened, level="case_management", reason="", actor=town.mihai, at=NOON)
    for _ in range(2):  # pressed twice
        move_level(case=opened, level="case_management", reason="Two children out of school", actor=town.mihai, at=NOON)
    move = LevelMove.objects.get()
    assert (move.from_level, move.to_level) == ("secondary_prevention", "case_management")


def test_away_from_home_only_with_what_was_sought_and_a_way_back(town, family):
    case = open_case(
        household=family.home,
        type="child-protection",
        person=family.ilie,
        worker=town.mihai.id,
        actor=town.mihai,
        at=NOON,
    )
    said = {"case": case, "level": "intensive", "reason": "Neglect", "actor": town.mihai, "at": NOON}
    with pytest.raises(Refused) as refused:
        move_level(**said)
    assert refused.value.code == "alternative_needed"
    with pytest.raises(Refused) as refused:
        move_level(**said, alternative="The aunt cannot take him")
    assert refused.value.code == "way_home_needed"
    move_level(**said, alternative="The aunt cannot take him", way_home="When the grandmother is well again")
    case.refresh_from_db()
    assert case.level == "intensive"


def test_a_colleague_stands_in(opened, town):
    add_to_team(case=opened, user=town.ligia.id, actor=town.doina, at=NOON)
    with pytest.raises(Refused):
        add_to_team(case=opened, user=town.elena.id, actor=town.doina, at=NOON)
