"""Sending somebody to a service: consent, what is disclosed, every step, and the way back."""

import json
from datetime import date, timedelta

import pytest
from conftest import NOON
from django.db import IntegrityError, transaction
from django.utils import timezone

from vatra.foundation.audit.models import Event
from vatra.foundation.docket.models import Deadline
from vatra.foundation.worklist.models import Item
from vatra.kernel.actor import Actor, ActorKind
from vatra.kernel.moves import IllegalMove
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.cases.commands.referral_steps import (
    accept,
    decline,
    deliver,
    give_outcome,
    put_on_waiting_list,
    see,
    start,
)  # fmt: skip
from vatra.rooms.cases.commands.referrals import (
    close_referral,
    make_link,
    refer_again,
    revoke_link,
    send_referral,
    withdraw_referral,
)  # fmt: skip
from vatra.rooms.cases.models import Referral
from vatra.rooms.cases.queries.received import PayloadChanged, counts, received, received_page
from vatra.rooms.cases.queries.referrals import referral_page, referrals, referrals_of
from vatra.rooms.cases.queries.suggestions import suggestions
from vatra.rooms.cases.referral_rounds import follow_consents
from vatra.rooms.people.commands import seal_household, withdraw_consent
from vatra.rooms.people.models import Person

from . import referral_cast as said

LATER = NOON + timedelta(hours=3)


def send(town, cast, **more):
    given = {
        "case": town.case, "need": town.need, "person": town.person.pk, "service": town.services.home_care,
        "consent": town.consent.pk, "request": "Please bring a warm meal.", "fields": ["name"], "actor": cast.mihai,
        "at": NOON,
    }  # fmt: skip
    return send_referral(**{**given, **more})


def state(referral) -> str:
    return Referral.objects.get(pk=referral.pk).state


# --- the ground -----------------------------------------------------------------------------------------------------


def test_nothing_is_sent_without_a_consent_or_a_legal_basis(town, cast):
    with pytest.raises(Refused) as refusal:
        send(town, cast, consent=None)
    assert refusal.value.code == "no_consent"
    assert Referral.objects.count() == 0
    made = send(town, cast, consent=None, legal_basis="Legea 272/2004, art. 89")
    assert made.legal_basis and made.consent is None


@pytest.mark.parametrize("wrong", ["another recipient", "another person", "another purpose", "withdrawn", "expired"])
def test_a_consent_holds_for_its_person_purpose_recipient_and_days(town, cast, offices, wrong):
    from vatra.rooms.people.commands import give_consent
    from vatra.rooms.people.models import Membership

    child = Membership.objects.get(household=town.household, role="grandchild").person
    given = {"person": town.person.pk, "purpose": "share_referral", "how": "signed", "recipient": offices.caritas.pk}
    given |= {
        "another recipient": {"recipient": offices.adapost.pk}, "another person": {"person": child.pk},
        "another purpose": {"purpose": "research"}, "withdrawn": {}, "expired": {"expires_on": NOON.date()},
    }[wrong]  # fmt: skip
    row = give_consent(**given, actor=cast.mihai, at=NOON)
    if wrong == "withdrawn":
        withdraw_consent(consent=row.pk, actor=cast.mihai, at=NOON)
    with pytest.raises(Refused) as refusal:
        send(town, cast, consent=row.pk)
    assert refusal.value.code == "consent_does_not_hold"


def test_the_database_holds_the_ground_too(sent):
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=sent.pk).update(consent=None, legal_basis="")


# --- what is disclosed ----------------------------------------------------------------------------------------------


def test_exactly_what_was_chosen_is_disclosed_and_kept(town, cast, sent):
    page = received_page(sent.pk, actor=cast.petra)
    assert [f["code"] for f in page.of.fields] == ["name", "age", "phone"]
    assert page.of.whom == "Maria Mureșan"
    assert page.of.request == "Please bring a warm meal each day."
    told = json.dumps([page.of.fields, page.of.request], ensure_ascii=False)
    for hidden in (said.STREET, "1954", "Andrei", "cannot cook"):
        assert hidden not in told
    event = Event.objects.get(kind="cases.referred")
    assert event.payload["fields"] == ["age", "name", "phone"] and event.payload["digest"] == sent.payload_digest


def test_what_is_coded_keeps_the_name_of_its_field(town, cast):
    """The need, the role and the like are told in words; what they are called stays the field's."""
    sent = send(town, cast, fields=["name", "need", "household"])
    fields = received_page(sent.pk, actor=cast.petra).of.fields
    assert [field["code"] for field in fields] == ["name", "household", "need"]
    assert next(field for field in fields if field["code"] == "need")["kind"] == "said"


def test_later_changes_do_not_reach_what_was_sent(town, cast, sent):
    from vatra.rooms.people.models import Identity, Name

    Identity.objects.filter(person=town.person).update(display_name="Maria Altfel")
    Name.objects.filter(person=town.person).update(full="Maria Altfel")
    assert received_page(sent.pk, actor=cast.petra).of.whom == "Maria Mureșan"


def test_a_hand_in_the_payload_is_noticed(cast, sent):
    """The faulty control of the frozen payload: it is written over, and reading it fails loudly."""
    told = {**sent.payload, "fields": [*sent.payload["fields"], {"code": "address", "kind": "text", "text": "x"}]}
    Referral.objects.filter(pk=sent.pk).update(payload=told)
    with pytest.raises(PayloadChanged):
        received_page(sent.pk, actor=cast.petra)


def test_of_somebody_sealed_no_place_is_told(town, cast, offices):
    seal_household(household=town.household.pk, because="danger", team=[cast.mihai.id], actor=cast.doina, at=NOON)
    for field in ("address", "locality"):
        with pytest.raises(Refused) as refusal:
            send(town, cast, fields=["name", field])
        assert refusal.value.code == "field_not_offered"
    for text in ("She lives in Tainuita 17", "str. TĂINUITĂ nr. 17, behind the school"):
        with pytest.raises(Refused) as refusal:
            send(town, cast, request=text)
        assert refusal.value.code == "address_in_text"
    made = send(town, cast, request="She needs help on Tuesday the 17th.")
    assert "17" in made.payload["request"]


# --- who sees it ----------------------------------------------------------------------------------------------------


def test_only_whom_it_was_sent_to_sees_it(cast, sent):
    assert [row.id for row in received(cast.petra)] == [sent.pk]
    assert received(cast.oana) == []
    assert received(cast.sami) == []
    for other in (cast.oana, cast.sami):
        with pytest.raises(Referral.DoesNotExist):
            received_page(sent.pk, actor=other)
        with pytest.raises(Referral.DoesNotExist):
            see(referral=sent.pk, actor=other, at=LATER)
    with pytest.raises(NoGrant):
        received(cast.radu)


def test_a_provider_sees_no_case_no_household_and_no_person(cast, sent):
    from vatra.rooms.cases.models import Case
    from vatra.rooms.people.models import Household, Person

    for model, action in ((Case, "cases.view"), (Household, "people.view"), (Person, "people.view")):
        with pytest.raises(NoGrant):
            model.objects.visible_to(cast.petra, action)
    with pytest.raises(NoGrant):
        referral_page(sent.pk, actor=cast.petra)


def test_a_grant_for_everywhere_opens_nobodys_letters(cast, sent):
    """Only a grant that names the body counts."""
    from vatra.foundation.access.models import RoleGrant

    RoleGrant.objects.filter(user=cast.oana.id).update(office=None)
    with pytest.raises(NoGrant):
        received(cast.oana)


def test_the_senders_people_see_it_with_the_case(cast, sent, town):
    page = referral_page(sent.pk, actor=cast.mihai)
    assert page.person == "Maria Mureșan" and page.number == "1/2026"
    assert [row.of.pk for row in referrals_of(town.case, actor=cast.doina)] == [sent.pk]
    with pytest.raises(NoGrant):
        referral_page(sent.pk, actor=cast.elena)


def test_a_predicate_that_forgets_the_recipient_is_caught(cast, sent, monkeypatch):
    """The faulty control: reaching by the sender's office shows a provider nothing, and by nothing shows everything."""
    from django.db.models import Q

    from vatra.foundation.access import scope

    monkeypatch.setattr(scope, "_addressed", lambda *given: Q())
    assert received(cast.oana) != [], "the check above would have failed"


# --- the steps ------------------------------------------------------------------------------------------------------


def test_the_whole_way_to_the_outcome_and_back_to_the_case(cast, sent, town):
    see(referral=sent.pk, actor=cast.petra, at=LATER)
    put_on_waiting_list(referral=sent.pk, note="in two weeks", actor=cast.petra, at=LATER)
    accept(referral=sent.pk, actor=cast.petra, at=LATER)
    start(referral=sent.pk, actor=cast.petra, at=LATER)
    deliver(referral=sent.pk, actor=cast.petra, at=LATER)
    give_outcome(referral=sent.pk, outcome="reached", note="she eats well", actor=cast.petra, at=LATER)
    item = Item.objects.get(kind="referral.outcome", done_at=None)
    assert str(item.user_id) == cast.mihai.id and "Mureșan" not in json.dumps(item.values)
    close_referral(referral=sent.pk, actor=cast.mihai, at=LATER)
    page = referral_page(sent.pk, actor=cast.mihai)
    assert [s.state for s in page.steps] == [
        "sent", "seen", "waiting", "accepted", "started", "delivered", "outcome", "closed",
    ]  # fmt: skip
    assert [s.by for s in page.steps][1] == "Petra Lungu"
    assert not Item.objects.filter(done_at=None).exists()
    assert not Deadline.objects.filter(met_on=None).exists()
    kinds = list(Event.objects.filter(kind__startswith="cases.ref").order_by("id").values_list("kind", flat=True))
    assert kinds[0] == "cases.referred" and kinds[-1] == "cases.referral_closed"


def test_every_step_runs_its_own_term(cast, sent):
    def running():
        return [(d.kind, d.due_on) for d in Deadline.objects.filter(ref_id=sent.pk, met_on=None)]

    assert running() == [("referral.see", date(2026, 11, 25))]  # the 21st is a Saturday
    see(referral=sent.pk, actor=cast.petra, at=NOON + timedelta(days=2))
    assert running() == [("referral.answer", date(2026, 11, 30))]
    accept(referral=sent.pk, actor=cast.petra, at=NOON + timedelta(days=3))
    assert running() == [("referral.start", date(2026, 12, 9))]  # the 1st of December is a holiday


def test_an_answer_given_twice_is_one_answer(cast, sent):
    for _ in range(2):
        accept(referral=sent.pk, actor=cast.petra, at=LATER)
    assert Event.objects.filter(kind="cases.referral_accepted").count() == 1
    with pytest.raises(IllegalMove):
        deliver(referral=sent.pk, actor=cast.petra, at=LATER)


def test_declining_asks_for_a_reason_and_comes_back_to_the_worker(cast, sent):
    with pytest.raises(Refused):
        decline(referral=sent.pk, reason="", actor=cast.petra, at=LATER)
    decline(referral=sent.pk, reason="no_places", actor=cast.petra, at=LATER)
    item = Item.objects.get(kind="referral.declined", done_at=None)
    assert str(item.user_id) == cast.mihai.id and item.due_on == date(2026, 11, 25)


def test_a_worker_writes_down_what_they_were_told(cast, sent):
    accept(referral=sent.pk, note="by telephone, Mrs Lungu", actor=cast.mihai, at=LATER)
    steps = referral_page(sent.pk, actor=cast.doina).steps
    assert [(s.state, s.by_recipient) for s in steps] == [("sent", False), ("seen", False), ("accepted", False)]
    assert received_page(sent.pk, actor=cast.petra).steps[-1].note == "", "the sender's words are the sender's"


def test_sent_again_keeps_the_chain_and_closes_the_first(cast, sent, town, offices):
    decline(referral=sent.pk, reason="no_places", actor=cast.petra, at=LATER)
    given = said.consent(town, offices.adapost, cast.mihai)
    again = refer_again(
        referral=sent.pk, service=town.services.old_home, consent=given.pk, request="A place, please.", fields=["name"],
        actor=cast.mihai, at=LATER,
    )  # fmt: skip
    assert state(sent) == "closed" and again.previous_id == sent.pk and again.need_id == town.need.pk
    assert [row.of.pk for row in referral_page(sent.pk, actor=cast.mihai).chain] == [sent.pk, again.pk]
    with pytest.raises(Refused):
        refer_again(
            referral=sent.pk, service=town.services.old_home, consent=given.pk, request="x", fields=["name"],
            actor=cast.mihai, at=LATER,
        )  # fmt: skip


def test_while_it_is_with_the_recipient_it_is_not_sent_again(cast, sent, town):
    with pytest.raises(Refused) as refusal:
        send(town, cast)
    assert refusal.value.code == "referred_already"
    with pytest.raises(Refused):
        send(town, cast, service=town.services.old_home, previous=sent.pk, consent=None, legal_basis="law")


def test_pressed_twice_it_is_sent_once(cast, town):
    from vatra.kernel.ids import uuid7

    key = uuid7()
    assert send(town, cast, sending_key=key).pk == send(town, cast, sending_key=key).pk
    assert Referral.objects.count() == 1


# --- taking it back -------------------------------------------------------------------------------------------------


def test_what_is_withdrawn_is_closed_to_the_recipient(cast, sent):
    see(referral=sent.pk, actor=cast.petra, at=LATER)
    with pytest.raises(Refused):
        withdraw_referral(referral=sent.pk, because=" ", actor=cast.mihai, at=LATER)
    withdraw_referral(referral=sent.pk, because="she moves to her daughter", actor=cast.mihai, at=LATER)
    page = received_page(sent.pk, actor=cast.petra)
    assert page.of.shut and page.of.fields == [] and page.of.request == "" and page.next == []
    assert page.of.whom == ""
    with pytest.raises(Referral.DoesNotExist):
        accept(referral=sent.pk, actor=cast.petra, at=LATER)


def test_with_the_consent_goes_the_referral(cast, sent, town):
    withdraw_consent(consent=town.consent.pk, actor=cast.mihai, at=LATER)
    page = received_page(sent.pk, actor=cast.petra)
    assert page.of.shut and page.of.fields == [], "at once, before any round"
    with pytest.raises(Referral.DoesNotExist):
        accept(referral=sent.pk, actor=cast.petra, at=LATER)
    from vatra.foundation.audit.commands import seal

    seal(at=LATER)
    assert follow_consents(at=LATER) == 1
    assert state(sent) == "withdrawn"
    assert follow_consents(at=LATER) == 0


# --- internal referrals, links, lists, suggestions ------------------------------------------------------------------


def test_another_unit_answers_by_the_same_rules(cast, town, offices):
    given = said.consent(town, offices.elsewhere, cast.mihai)
    made = send(town, cast, service=None, to_body=offices.elsewhere, consent=given.pk)
    assert [row.id for row in received(cast.sami)] == [made.pk]
    accept(referral=made.pk, actor=cast.sami, at=LATER)
    assert state(made) == "accepted"
    with pytest.raises(Refused) as refusal:
        send(town, cast, service=None, to_body=offices.spas, need=None)
    assert refusal.value.code == "sent_to_oneself"


def test_a_link_opens_one_referral_and_nothing_else(cast, sent, town, offices):
    other = send(town, cast, need=None, service=town.services.home_care)
    now = timezone.now()
    link, _ = make_link(referral=sent.pk, expires_at=now + timedelta(days=14), actor=cast.mihai, at=now)
    holder = Actor(ActorKind.LINK, str(link.pk))
    assert [row.id for row in received(holder)] == [sent.pk]
    with pytest.raises(Referral.DoesNotExist):
        received_page(other.pk, actor=holder)
    with pytest.raises(NoGrant):
        referral_page(sent.pk, actor=holder)
    accept(referral=sent.pk, actor=holder, at=now)
    assert Event.objects.get(kind="cases.referral_accepted").actor_kind == "link"
    revoke_link(referral=sent.pk, link=link.pk, actor=cast.mihai, at=now)
    with pytest.raises(NoGrant):
        received(holder)


def test_a_new_link_ends_the_one_before_and_an_ended_referral_all(cast, sent):
    now = timezone.now()
    until = now + timedelta(days=14)
    first, _ = make_link(referral=sent.pk, expires_at=until, actor=cast.mihai, at=now)
    second, _ = make_link(referral=sent.pk, expires_at=until, actor=cast.mihai, at=now)
    with pytest.raises(NoGrant):
        received(Actor(ActorKind.LINK, str(first.pk)))
    assert received(Actor(ActorKind.LINK, str(second.pk)))
    withdraw_referral(referral=sent.pk, because="moved", actor=cast.mihai, at=now)
    with pytest.raises(NoGrant):
        received(Actor(ActorKind.LINK, str(second.pk)))
    with pytest.raises(Refused):
        make_link(referral=sent.pk, expires_at=until, actor=cast.mihai, at=now)


def test_lists_by_how_it_stands(cast, sent, django_assert_num_queries):
    on = NOON.date()
    assert [row.of.pk for row in referrals(actor=cast.mihai, on=on).rows] == [sent.pk]
    assert referrals(actor=cast.mihai, which="late", on=on).rows == []
    late = referrals(actor=cast.mihai, which="late", on=date(2026, 11, 26)).rows
    assert [row.of.pk for row in late] == [sent.pk] and late[0].late(date(2026, 11, 26))
    assert referrals(actor=cast.doina, mine=True, on=on).rows == []
    assert counts(cast.petra) == {"new": 1, "waiting": 0, "open": 0, "ended": 0}


def test_suggestions_say_why(cast, town):
    found = suggestions(town.need.pk, actor=cast.mihai, at=NOON)
    assert [s.service for s in found] == [town.services.home_care.pk, town.services.old_home.pk]
    words = [r.sentence for r in found[0].reasons]
    assert "It answers this need." in words and "It is in the same place." in words
    assert "It serves people like this person." in words
    assert found[1].reasons[2].speaks == "no", "a home is more intensive than the case asks for"


def test_places_weigh_as_the_provider_says_them(cast, town):
    from vatra.rooms.providers.commands import say_places

    say_places(service=town.services.home_care.pk, capacity=2, free=0, actor=cast.petra, at=NOON)
    found = {s.service: s for s in suggestions(town.need.pk, actor=cast.mihai, at=NOON)}
    assert "The provider says that no place is free." in [r.sentence for r in found[town.services.home_care.pk].reasons]
    with pytest.raises(Exception, match="does not exist"):
        say_places(service=town.services.old_home.pk, capacity=1, free=1, actor=cast.petra, at=NOON)
    with pytest.raises(Refused):
        say_places(service=town.services.home_care.pk, capacity=1, free=2, actor=cast.petra, at=NOON)


def test_the_place_of_a_shelter_is_in_no_suggestion(cast, town):
    from vatra.rooms.cases.models import Need

    Need.objects.filter(pk=town.need.pk).update(code="safety")
    found = suggestions(town.need.pk, actor=cast.mihai, at=NOON)
    assert [s.service for s in found] == [town.services.shelter.pk]
    assert "Ascuns" not in repr(found)


def test_who_is_sealed_since_is_named_to_no_colleague(town, cast):
    """The case stays open to the office; the name goes with her who is not to be found."""
    sent = send(town, cast)
    assert referrals_of(town.case, actor=cast.mihai)[0].person
    Person.objects.filter(pk=town.person.pk).update(sealed_at=NOON)
    assert referrals_of(town.case, actor=cast.mihai)[0].person == ""
    assert referral_page(sent.pk, actor=cast.mihai).person == ""
