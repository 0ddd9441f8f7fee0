"""A sealed case is seen by its team, and nowhere else."""

import pytest
from conftest import LONG_AGO, NOON

from vatra.foundation.access.models import RelationshipGrant
from vatra.foundation.docket.models import Entry
from vatra.foundation.refs import model_of
from vatra.foundation.worklist.queries import waiting_for
from vatra.rooms.cases.commands import ask_review, assign_worker, open_case, record_need
from vatra.rooms.cases.models import Case
from vatra.rooms.cases.queries import case_card, cases, cases_in, cases_of, my_day
from vatra.rooms.people.commands import seal_household


@pytest.fixture(autouse=True)
def ties_hold_now(monkeypatch):
    """Who is tied is asked of the real clock; the cast's day lies elsewhere."""
    made = RelationshipGrant.save

    def save(self, *args, **kwargs):
        self.valid_from = LONG_AGO
        made(self, *args, **kwargs)

    monkeypatch.setattr(RelationshipGrant, "save", save)


def seen_by(actor, family) -> dict[str, bool]:
    """Where a reader meets cases of the household."""
    later = NOON.date().replace(day=30)
    return {
        "list": bool(cases(actor=actor).rows),
        "household": bool(cases_of(family.home.pk, actor=actor)),
        "timeline": bool(cases_in(family.home.pk, actor=actor)),
        "day": bool(my_day(actor, later)) or bool(waiting_for(actor)),
    }


def test_only_its_team_sees_it(sealed, town, family):
    record_need(case=sealed, code="safety", person=family.veta, actor=town.mihai, at=NOON)
    assert all(seen_by(town.mihai, family).values())
    assert seen_by(town.doina, family)["list"]
    for other in (town.ligia, town.aurel):  # same office, same roles, no tie
        assert not any(seen_by(other, family).values()), other.name
        with pytest.raises(Case.DoesNotExist):
            case_card(sealed.pk, actor=other)


def test_an_unsealed_case_would_have_been_seen(opened, town, family):
    """The faulty control: the same question about a case that is not sealed finds it everywhere but on their day."""
    seen = seen_by(town.ligia, family)
    assert {name for name, there in seen.items() if there} == {"list", "household", "timeline"}


def test_a_seal_that_is_not_asked_for_would_show(sealed, town, family):
    """The faulty control: with the seal's column empty, the reader who must not see it does."""
    Case.objects.filter(pk=sealed.pk).update(sealed_at=None)
    assert any(seen_by(town.ligia, family).values())


def test_its_id_and_number_are_random_and_no_register_has_it(sealed, town):
    assert sealed.pk.version == 4
    assert sealed.number.startswith("S-")
    assert not Entry.objects.filter(ref_id=sealed.pk).exists()
    need = record_need(case=sealed, code="safety", actor=town.mihai, at=NOON)
    assert need.pk.version == 4


def test_a_second_sealed_one_is_not_refused_with_a_word_of_the_first(sealed, town, family):
    """A refusal must not tell that there is one."""
    again = open_case(
        household=family.home, type="domestic-violence", person=family.veta, worker=town.ligia.id,
        supervisor=town.aurel.id, actor=town.ligia, at=NOON,
    )  # fmt: skip
    assert again.pk != sealed.pk


def test_a_case_of_a_household_that_is_sealed_later_vanishes_with_it(opened, town, family):
    seal_household(household=family.home, because="Threats", team=[town.mihai.id], actor=town.doina, at=NOON)
    assert cases(actor=town.mihai).rows
    assert cases(actor=town.doina).rows
    assert not any(seen_by(town.ligia, family).values())


def test_who_hands_it_over_no_longer_sees_it(sealed, town, family):
    assign_worker(case=sealed, worker=town.ligia.id, because="Leave", actor=town.doina, at=NOON)
    RelationshipGrant.objects.filter(valid_until=NOON).update(valid_until=LONG_AGO)
    assert not any(seen_by(town.mihai, family).values())
    assert seen_by(town.ligia, family)["list"]


def test_the_supervisor_finds_the_review_and_nobody_else_does(sealed, town):
    ask_review(case=sealed, kind="closing", summary="Safe now", actor=town.mihai, at=NOON)
    assert [item.kind for item in waiting_for(town.doina)] == ["cases.review"]
    assert waiting_for(town.aurel) == []


def test_every_kind_of_the_room_is_known(sealed):
    assert model_of("cases.case") is Case
