"""Facts: what was known then never changes, whatever is recorded later."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from conftest import NOON, TODAY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vatra.foundation.audit.models import Event
from vatra.kernel.ref import Ref
from vatra.kernel.refused import Refused
from vatra.rooms.people.commands import NewFact, record_facts, retract_fact
from vatra.rooms.people.models import Fact, Household, Identity, Person
from vatra.rooms.people.queries import facts_of, history_of, known, search

JAN = date(2026, 1, 1)
YESTERDAY, NOW = NOON, NOON + timedelta(days=1)


def say(actor, at, *facts, source="declared"):
    return record_facts(facts=list(facts), source=source, source_ref=None, actor=actor, at=at)


def incomes(family, person, known_at):
    return facts_of(family.pk, valid_on=TODAY, known_at=known_at).persons[person.pk].get("net_income", [])


def test_facts_come_back_typed_with_birth_and_sex(cast, family, persons):
    say(cast.elena, YESTERDAY, NewFact(persons["Maria"], "net_income", 120050, JAN),
        NewFact(persons["Ana"], "pupil", True, JAN), NewFact(family, "heating", "wood", JAN))  # fmt: skip
    facts = facts_of(family.pk, valid_on=TODAY, known_at=NOW)
    maria = facts.persons[persons["Maria"].pk]
    born = date(1984, 5, 17)
    assert maria == {
        "birth_date": [(born, None, born)], "sex": [(born, None, "female")], "net_income": [(JAN, None, 120050)],
    }  # fmt: skip
    assert facts.persons[persons["Ana"].pk]["pupil"] == [(JAN, None, True)]
    assert facts.household == {"heating": [(JAN, None, "wood")]}


def test_a_correction_leaves_yesterdays_view_unchanged(cast, family, persons):
    """Issue 2, must be true 5."""
    say(cast.elena, YESTERDAY, NewFact(persons["Maria"], "net_income", 120000, JAN))
    before = facts_of(family.pk, valid_on=TODAY, known_at=YESTERDAY)
    say(cast.elena, NOW, NewFact(persons["Maria"], "net_income", 150000, date(2026, 3, 1)))
    assert facts_of(family.pk, valid_on=TODAY, known_at=YESTERDAY) == before
    assert incomes(family, persons["Maria"], NOW) == [
        (JAN, date(2026, 3, 1), 120000), (date(2026, 3, 1), None, 150000),
    ]  # fmt: skip


def test_the_rest_of_a_fact_says_when_it_was_really_said(cast, family, persons):
    said = say(cast.elena, YESTERDAY, NewFact(persons["Maria"], "net_income", 100, JAN))[0]
    say(cast.elena, NOW, NewFact(persons["Maria"], "net_income", 200, date(2026, 3, 1), date(2026, 4, 1)))
    rows = [f for f in known(family.pk, valid_on=TODAY, known_at=NOW) if f.code == "net_income"]
    assert [(f.value, f.recorded_at, f.said_at) for f in rows] == [(100, NOW, YESTERDAY)]
    say(cast.elena, NOW, NewFact(persons["Maria"], "net_income", 300, date(2026, 5, 1)))
    rests = Fact.objects.filter(restates__isnull=False)
    assert {r.restates_id for r in rests} == {said.pk}, "a rest of a rest points to what was said"


def test_what_is_known_tells_source_and_freshness(cast, family, persons):
    from vatra.foundation.catalogue.models import FactDefinition
    from vatra.foundation.catalogue.queries import forget_all

    FactDefinition.objects.filter(code="net_income").update(fresh_days=30)
    forget_all()
    say(cast.elena, YESTERDAY, NewFact(persons["Maria"], "net_income", 100, JAN), source="document")
    say(cast.elena, YESTERDAY, NewFact(family, "heating", "gas", JAN))

    def income(known_at):
        return next(f for f in known(family.pk, valid_on=TODAY, known_at=known_at) if f.code == "net_income")

    assert (income(NOW).source, income(NOW).by, income(NOW).fresh) == ("document", "Elena Moldovan", True)
    assert not income(YESTERDAY + timedelta(days=31)).fresh
    heating = known(family.pk, valid_on=TODAY, known_at=NOW)[0]
    assert (heating.subject_kind, heating.value, heating.value_title) == ("household", "gas", {"en": "gas"})


def test_a_retracted_fact_is_not_known_from_then_on(cast, family, persons):
    fact = say(cast.elena, YESTERDAY, NewFact(persons["Maria"], "net_income", 100, JAN))[0]
    with pytest.raises(Refused):
        retract_fact(fact=fact.pk, because=" ", actor=cast.elena, at=NOW)
    with pytest.raises(Fact.DoesNotExist):
        retract_fact(fact=fact.pk, because="wrong person", actor=cast.sami, at=NOW)
    retract_fact(fact=fact.pk, because="wrong person", actor=cast.elena, at=NOW)
    assert incomes(family, persons["Maria"], NOW) == []
    assert incomes(family, persons["Maria"], YESTERDAY) == [(JAN, None, 100)]
    with pytest.raises(Refused):
        retract_fact(fact=fact.pk, because="again", actor=cast.elena, at=NOW)
    assert Event.objects.get(kind="people.fact_retracted").ref_id == family.pk


def test_history_shows_what_was_said_and_not_the_rests(cast, family, persons):
    for at, value in ((YESTERDAY, 100), (NOW, 200)):
        say(cast.elena, at, NewFact(persons["Maria"], "net_income", value, date(2026, value // 100, 1)))
    rows = history_of(subject_kind="person", subject_id=persons["Maria"].pk, code="net_income", known_at=NOW)
    assert [(r.value, r.superseded_at) for r in rows] == [(200, None), (100, NOW)]


@pytest.mark.parametrize(
    ("fact", "code"),
    [(("Maria", "shoe_size", 39, JAN, None), "unknown_fact"), (("Maria", "net_income", "100", JAN, None), "wrong_value"),
     (("Maria", "net_income", Decimal(1), JAN, None), "wrong_value"), (("Maria", "heating", "wood", JAN, None), "fact_of_another_subject"),
     ((None, "heating", "coal", JAN, None), "wrong_value"), (("Maria", "pupil", 1, JAN, None), "wrong_value"),
     (("Maria", "pupil", True, JAN, JAN), "period_not_in_order")],
)  # fmt: skip
def test_what_is_not_a_fact_is_refused_with_its_name_and_nothing_is_kept(cast, family, persons, fact, code):
    subject, name, value, start, stop = fact
    good = NewFact(persons["Maria"], "net_income", 100, JAN)
    before = Fact.objects.count()
    with pytest.raises(Refused) as refusal:
        say(cast.elena, NOW, good, NewFact(persons[subject] if subject else family, name, value, start, stop))
    assert refusal.value.code == code
    assert refusal.value.next_step
    assert Fact.objects.count() == before


def test_a_subject_out_of_reach_is_not_there(cast, family, persons):
    with pytest.raises(Person.DoesNotExist):
        say(cast.sami, NOW, NewFact(persons["Maria"], "net_income", 1, JAN))
    with pytest.raises(Household.DoesNotExist):
        say(cast.sami, NOW, NewFact(Ref("people.household", family.pk), "heating", "gas", JAN))


def test_recording_is_announced_once_for_the_household(cast, family, persons):
    say(cast.elena, NOW, NewFact(persons["Maria"], "net_income", 1, JAN), NewFact(persons["Ana"], "pupil", True, JAN),
        NewFact(family, "heating", "gas", JAN))  # fmt: skip
    event = Event.objects.get(kind="people.facts_recorded")
    assert (event.ref_kind, event.ref_id) == ("people.household", family.pk)
    assert event.payload == {
        "codes": ["heating", "net_income", "pupil"], "household": str(family.pk), "source": "declared",
    }  # fmt: skip


def test_a_corrected_birth_is_shown_and_found(cast, family, persons):
    say(cast.elena, NOW, NewFact(persons["Ion"], "birth_date", date(1979, 8, 8), date(1979, 8, 8)))
    assert Identity.objects.get(person=persons["Ion"]).birth_year == 1979
    assert any(r.code == "birth_year_same" for r in search("Ion Popa 1979", actor=cast.elena)[0].reasons)


def test_the_last_word_in_one_submission_holds(cast, family, persons):
    say(
        cast.elena,
        NOW,
        NewFact(persons["Maria"], "net_income", 1, JAN),
        NewFact(persons["Maria"], "net_income", 2, JAN),
    )
    assert incomes(family, persons["Maria"], NOW) == [(JAN, None, 2)]
    assert Fact.objects.filter(definition="net_income").count() == 1


def test_a_clock_that_is_far_behind_is_a_fault(cast, family, persons):
    say(cast.elena, NOW, NewFact(persons["Maria"], "net_income", 1, JAN))
    say(cast.elena, NOW - timedelta(seconds=2), NewFact(persons["Maria"], "net_income", 2, JAN))
    assert incomes(family, persons["Maria"], NOW) == [(JAN, None, 2)]
    with pytest.raises(ValueError, match="before it was known"):
        say(cast.elena, NOW - timedelta(hours=2), NewFact(persons["Maria"], "net_income", 3, JAN))


def test_recording_many_facts_takes_few_queries(cast, family, persons, django_assert_max_num_queries):
    many = [
        NewFact(persons[n], "net_income", i, date(2020 + i, 1, 1)) for i in range(6) for n in ("Maria", "Ion", "Ana")
    ]
    with django_assert_max_num_queries(16):
        say(cast.elena, NOW, *many)


# -- the property -------------------------------------------------------------------------------------------------

DAYS = [JAN + timedelta(days=30 * i) for i in range(8)]
RECORDING = st.tuples(
    st.integers(0, 6), st.one_of(st.none(), st.integers(1, 7)), st.integers(0, 5), st.booleans()
)  # from, to, value, retract something first


@pytest.fixture
def clean_facts(family):
    def clear():
        Fact.objects.filter(definition="net_income", restates__isnull=False).delete()
        Fact.objects.filter(definition="net_income").delete()

    return clear


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(RECORDING, min_size=1, max_size=7))
def test_as_known_then_never_changes(cast, family, persons, clean_facts, recordings):
    """After each recording the view of every earlier instant is what it was, periods never overlap, and the day's
    value is that of the latest recording that covers it (a model kept beside, day by day)."""
    clean_facts()
    model: dict[date, int | None] = {}
    views = {}
    for step, (start, stop, value, retracts) in enumerate(recordings):
        at = NOW + timedelta(hours=step)
        live = Fact.objects.filter(definition="net_income", superseded_at=None, retracted_at=None).first()
        if retracts and live:
            retract_fact(fact=live.pk, because="wrong", actor=cast.elena, at=at)
            model |= {d: None for d in DAYS if live.valid_from <= d and (live.valid_to is None or d < live.valid_to)}
        first, last = DAYS[start], DAYS[stop] if stop is not None and stop > start else None
        say(cast.elena, at, NewFact(persons["Maria"], "net_income", value, first, last))
        model |= {d: value for d in DAYS if first <= d and (last is None or d < last)}
        views[at] = facts_of(family.pk, valid_on=TODAY, known_at=at)
        rows = incomes(family, persons["Maria"], at)
        assert all(a[1] is not None and a[1] <= b[0] for a, b in pairwise(rows))
        seen = {d: next((v for s, e, v in rows if s <= d and (e is None or d < e)), None) for d in DAYS}
        assert seen == {d: model.get(d) for d in DAYS}
    for at, view in views.items():
        assert facts_of(family.pk, valid_on=TODAY, known_at=at) == view


def test_the_property_would_notice_an_edit(cast, family, persons):
    """The faulty control: an update in place does change what was known then."""
    say(cast.elena, YESTERDAY, NewFact(persons["Maria"], "net_income", 100, JAN))
    before = facts_of(family.pk, valid_on=TODAY, known_at=YESTERDAY)
    Fact.objects.filter(definition="net_income").update(number=200)
    assert facts_of(family.pk, valid_on=TODAY, known_at=YESTERDAY) != before
