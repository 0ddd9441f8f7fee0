"""Terms that run, stand still and are met; proof of delivery."""

from datetime import date, timedelta

import pytest
from conftest import NOON, TODAY

from vatra.foundation.docket.commands import meet, record_delivery, register_entry, resume, start_deadline, suspend
from vatra.foundation.docket.queries import delivered, due_soon, overdue
from vatra.kernel.actor import system
from vatra.kernel.ids import uuid7
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused

US = system("test")


@pytest.fixture
def term(offices, town_pack):
    def begin(days=10, counting="working", starts_on=TODAY, ref=None):
        return start_deadline(
            ref=ref or Ref("benefits.application", uuid7()), kind="decide", office=offices.spas.pk,
            starts_on=starts_on, days=days, counting=counting, actor=US, at=NOON,
        )  # fmt: skip

    return begin


def test_ten_working_days_from_a_saturday_jump_over_the_first_of_december(term):
    assert term().due_on == date(2026, 12, 7)  # TODAY is Saturday 21 November


def test_thirty_calendar_days_end_on_a_working_day(term):
    assert term(days=29, counting="calendar").due_on == date(2026, 12, 21)  # the 20th is a Sunday


def test_a_term_that_waited_for_papers_ends_later_by_that_many_days(term):
    running = term()
    suspend(deadline=running.pk, on=date(2026, 11, 24), because="papers", actor=US, at=NOON)
    suspend(deadline=running.pk, on=date(2026, 11, 30), because="papers", actor=US, at=NOON)  # changes nothing
    resumed = resume(deadline=running.pk, on=date(2026, 11, 27), actor=US, at=NOON)
    assert (resumed.suspended_days, resumed.due_on) == (3, date(2026, 12, 10))


def test_a_suspended_term_is_not_overdue_and_a_met_one_neither(term, offices):
    late, waits, met = (term(starts_on=date(2026, 10, 1)) for _ in range(3))
    suspend(deadline=waits.pk, on=date(2026, 10, 2), because="papers", actor=US, at=NOON)
    assert meet(ref=Ref(met.ref_kind, met.ref_id), kind="decide", on=TODAY, actor=US, at=NOON).met_on == TODAY
    assert list(overdue(office=offices.spas.pk, on=TODAY)) == [late]
    assert list(overdue(office=offices.elsewhere.pk, on=TODAY)) == []


def test_what_is_due_soon_counts_today(term, offices):
    today = term(days=0, counting="calendar", starts_on=date(2026, 11, 20))
    assert list(due_soon(office=offices.spas.pk, on=date(2026, 11, 20), days=0)) == [today]


def test_one_term_of_a_kind_runs_at_a_time(term):
    ref = Ref("benefits.application", uuid7())
    term(ref=ref)
    with pytest.raises(Refused, match="already running"):
        term(ref=ref)
    meet(ref=ref, kind="decide", on=TODAY, actor=US, at=NOON)
    term(ref=ref)


@pytest.fixture
def letter(offices, town_pack):
    def send(direction="out"):
        return register_entry(
            office=offices.spas.pk, direction=direction, subject="letter", ref=Ref("letters.letter", uuid7()),
            actor=US, at=NOON,
        )  # fmt: skip

    return send


def test_what_came_back_is_kept_and_is_no_arrival(letter):
    entry = letter()
    record_delivery(entry=entry, way="returned", on=TODAY, actor=US, at=NOON)
    assert delivered(entry.pk) is None
    record_delivery(entry=entry, way="handed_over", on=TODAY, received_by="Maria", actor=US, at=NOON)
    assert delivered(entry.pk).on == TODAY


def test_impossible_deliveries_are_refused(letter):
    entry = letter()
    for on in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(Refused, match="between the day"):
            record_delivery(entry=entry, way="handed_over", on=on, actor=US, at=NOON)
    with pytest.raises(Refused, match="go out"):
        record_delivery(entry=letter("in"), way="handed_over", on=TODAY, actor=US, at=NOON)
    record_delivery(entry=entry, way="posted", on=TODAY, actor=US, at=NOON)
    with pytest.raises(Refused, match="already"):
        record_delivery(entry=entry, way="handed_over", on=TODAY, actor=US, at=NOON)
