"""Reminders: what is due is said once each, whatever became of the worker between; and checks that see it fail."""

import sqlite3
import threading
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from conftest import NOON
from django.db import connection, connections

from vatra.foundation.audit.models import Event
from vatra.foundation.docket.models import Deadline
from vatra.foundation.worklist.models import Item
from vatra.foundation.worklist.queries import waiting_for
from vatra.kernel.actor import system
from vatra.rooms.cases import reminders
from vatra.rooms.cases.commands.referral_steps import accept, see
from vatra.rooms.cases.commands.referrals import withdraw_referral
from vatra.rooms.cases.reminders import Rung, reached, remind

# Sent on Saturday 21 November: to be seen by Wednesday the 25th. Two working days before is Monday the 23rd; the head
# is told when three working days have passed: after Monday the 30th.
MONDAY, DUE, LATE, TOLD = (date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 26), date(2026, 12, 2))


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 10, tzinfo=NOON.tzinfo)


def given() -> Counter:
    """(what, rung) → how often somebody was reminded, as the trail has it."""
    events = Event.objects.filter(kind="cases.reminded").order_by("id")
    return Counter((event.payload["duty"], event.payload["rung"]) for event in events)


def open_items() -> list[str]:
    return sorted(Item.objects.filter(kind__startswith="remind.", done_at=None).values_list("kind", flat=True))


def test_each_rung_comes_on_its_day(cast, sent):
    assert remind(at=noon(date(2026, 11, 22))) == 0
    assert remind(at=noon(MONDAY)) == 1 and open_items() == ["remind.soon:referral.see"]
    assert remind(at=noon(DUE)) == 0
    assert remind(at=noon(LATE)) == 1 and open_items() == ["remind.late:referral.see"], "near no more: it is late"
    assert remind(at=noon(date(2026, 11, 30))) == 0
    assert remind(at=noon(TOLD)) == 1
    assert open_items() == ["remind.head:referral.see", "remind.late:referral.see"]
    assert given() == {("referral.see", rung.value): 1 for rung in Rung}


def test_the_worker_is_reminded_and_the_head_is_told(cast, sent):
    remind(at=noon(TOLD))
    assert [i.kind for i in waiting_for(cast.mihai)] == ["remind.late:referral.see"]
    assert [i.kind for i in waiting_for(cast.doina)] == ["remind.head:referral.see"]
    assert waiting_for(cast.sami) == [] and waiting_for(cast.petra) == []


def what_downtime_must_give(run) -> Counter:
    """The worker runs on Monday, is down for more than two days, comes back late in the day, and runs twice."""
    run(at=noon(MONDAY))
    for hours in (0, 3):
        run(at=noon(date(2026, 11, 27)) + timedelta(hours=hours))
    return given()


WANTED = {("referral.see", "soon"): 1, ("referral.see", "late"): 1}


def test_two_days_without_a_worker_lose_nothing_and_repeat_nothing(cast, sent):
    assert what_downtime_must_give(remind) == WANTED


def test_a_clock_that_only_looks_at_today_is_caught(cast, sent, monkeypatch):
    """A faulty control: what fell due while the worker was down is never said."""

    def only_today(due_on, on, steps, working):
        return [Rung.LATE] if on == due_on + timedelta(days=1) else [Rung.SOON] if on == MONDAY else []

    monkeypatch.setattr(reminders, "reached", only_today)
    assert what_downtime_must_give(remind) != WANTED


def test_a_key_that_is_new_at_every_run_is_caught(cast, sent, monkeypatch):
    """A faulty control: keys that do not follow from the duty say it again at every run."""
    runs, honest = [0], reminders.Duty.key

    def run(*, at: datetime) -> None:
        runs[0] += 1
        remind(at=at)

    monkeypatch.setattr(reminders.Duty, "key", lambda duty, rung: f"{honest(duty, rung)}:{runs[0]}")
    found = what_downtime_must_give(run)
    assert found != WANTED and max(found.values()) > 1


def test_what_is_done_is_not_reminded_of(cast, sent):
    remind(at=noon(LATE))
    see(referral=sent.pk, actor=cast.petra, at=noon(LATE))
    assert open_items() == [], "at once, not with the next round"
    assert remind(at=noon(LATE)) == 0
    withdraw_referral(referral=sent.pk, because="moved", actor=cast.mihai, at=noon(LATE))
    assert remind(at=noon(date(2027, 3, 1))) == 0


def test_a_round_clears_what_somebody_forgot_to_settle(cast, sent):
    remind(at=noon(LATE))
    Deadline.objects.filter(ref_id=sent.pk).update(met_on=LATE)  # met on a way that settles nothing
    assert remind(at=noon(LATE)) == 0 and open_items() == []


def test_a_new_worker_is_reminded_in_the_place_of_the_old(cast, sent, town):
    remind(at=noon(LATE))
    type(town.case).objects.filter(pk=town.case.pk).update(worker=cast.doina.id)
    remind(at=noon(LATE))
    assert waiting_for(cast.mihai) == []
    assert [i.kind for i in waiting_for(cast.doina)] == ["remind.late:referral.see"]


def test_the_next_step_has_its_own_reminders(cast, sent):
    accept(referral=sent.pk, actor=cast.petra, at=noon(MONDAY))
    remind(at=noon(date(2027, 1, 5)))
    assert given() == {("referral.start", "late"): 1, ("referral.start", "head"): 1}


def test_rungs_by_working_days(pack_loaded, db):
    from vatra.foundation.catalogue.queries import calendar

    steps, friday = reminders.Ladder(soon=2, head=3), date(2026, 11, 27)
    assert reached(friday, date(2026, 11, 24), steps, calendar()) == []
    assert reached(friday, date(2026, 11, 25), steps, calendar()) == [Rung.SOON]
    assert reached(friday, friday, steps, calendar()) == [Rung.SOON]
    assert reached(friday, date(2026, 11, 28), steps, calendar()) == [Rung.LATE]
    # Monday and Tuesday after it are holidays: three working days end on Friday the 4th.
    assert reached(friday, date(2026, 12, 4), steps, calendar()) == [Rung.LATE]
    assert reached(friday, date(2026, 12, 5), steps, calendar()) == [Rung.LATE, Rung.HEAD]


# --- two workers at once --------------------------------------------------------------------------------------------


@pytest.fixture
def shared(transactional_db, tmp_path):
    """Settings by which threads reach the database; an in-memory SQLite is copied to disk for them."""

    def begin() -> dict:
        if connection.vendor != "sqlite":
            return dict(connections["default"].settings_dict)
        path = tmp_path / "reminders.sqlite3"
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=WAL")
        return {**connections["default"].settings_dict, "NAME": str(path)}

    return begin


def at_once(settings: dict, run, workers: int = 4) -> tuple[list[Exception], int, int]:
    """(faults, work items, reminders in the trail) when several workers run the same round."""
    faults: list[Exception] = []
    found: list[tuple[int, int]] = []
    gate = threading.Barrier(workers)

    def work(last: bool = False) -> None:
        mine = connections["default"]
        mine.settings_dict = settings
        try:
            if last:
                found.append((Item.objects.filter(kind__startswith="remind.").count(), sum(given().values())))
            else:
                gate.wait()
                run(at=noon(TOLD))
        except Exception as fault:
            faults.append(fault)
        finally:
            mine.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    reader = threading.Thread(target=work, args=(True,))
    reader.start()
    reader.join()
    return faults, *found[0]


def test_workers_at_once_remind_once(shared, cast, sent):
    faults, items, said = at_once(shared(), remind)
    assert faults == [] and items == said == 2


def careless(*, at: datetime) -> None:
    """A faulty control: it looks whether somebody was reminded, and then reminds, in two breaths."""
    from vatra.foundation.audit.commands import record
    from vatra.rooms.cases.duties import of_referrals

    duties = of_referrals(until=at.date())
    known = given()
    threading.Event().wait(0.2)
    for duty in duties:
        if not known:
            record("cases.reminded", duty.ref, actor=system("careless"), at=at, duty=duty.kind, rung="late")


def test_workers_that_look_first_and_say_afterwards_are_caught(shared, cast, sent):
    _, _, said = at_once(shared(), careless)
    assert said > 1
