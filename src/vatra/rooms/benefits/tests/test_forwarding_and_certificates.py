"""What another authority decides is sent on a numbered list; certificates say only what is known here."""

import pytest
from conftest import NOON

from vatra.foundation.letters.models import Letter
from vatra.foundation.letters.queries import letter_for
from vatra.kernel.moves import IllegalMove
from vatra.kernel.refused import NoGrant, Refused
from vatra.rooms.benefits.commands import apply, certify, forward, see_paper
from vatra.rooms.benefits.models import Application, Determination, ForwardedApplication, Forwarding, Paper
from vatra.rooms.benefits.queries import application, last_letter, number_of, timeline, to_forward


@pytest.fixture
def allowances(known_family, town):
    made = []
    for child in (known_family.ion, known_family.ana):
        each = apply(
            household=known_family.home, programme="state-child-allowance", applicant=known_family.maria,
            beneficiary=child, actor=town.elena, at=NOON,
        )  # fmt: skip
        for code in Paper.objects.filter(application=each).values_list("code", flat=True):
            see_paper(application=each, code=code, seen="original", actor=town.elena, at=NOON)
        made.append(each)
    return made


def test_complete_applications_go_out_on_one_numbered_list(allowances, town):
    ((title, rows),) = to_forward(actor=town.ioana)
    assert title["ro"] and len(rows) == 2
    sent = forward(applications=allowances, actor=town.ioana, at=NOON)
    assert number_of(sent.entry) == "1/2026" and sent.entry.register.code == "transmission_list"
    assert sent.to_body.code == "ajpis-mures"
    assert [len(sent.letter.content["parts"]["listing"]["rows"]), sent.letter.language] == [2, "ro"]
    assert set(Application.objects.values_list("state", flat=True)) == {"forwarded"}
    assert list(ForwardedApplication.objects.order_by("row").values_list("row", flat=True)) == [1, 2]
    assert not Determination.objects.exists()
    assert to_forward(actor=town.ioana) == []
    seen = application(allowances[0].pk, actor=town.elena)
    assert number_of(seen.forwarding.forwarding.entry) == "1/2026" and seen.determination is None


def test_a_list_is_seen_by_who_may_see_everybody_on_it(allowances, known_family, town):
    sent = forward(applications=allowances, actor=town.ioana, at=NOON)
    assert letter_for(sent.letter_id, actor=town.ioana)
    with pytest.raises(Letter.DoesNotExist):
        letter_for(sent.letter_id, actor=town.sami)
    known_family.home.sealed_at = NOON
    known_family.home.save()
    with pytest.raises(Letter.DoesNotExist):
        letter_for(sent.letter_id, actor=town.ioana)
    assert not Forwarding.objects.visible_to(town.ioana, "benefits.view").exists()


def test_what_is_decided_here_is_not_forwarded(papers_seen, town):
    with pytest.raises(Refused, match="decides"):
        forward(applications=[papers_seen], actor=town.ioana, at=NOON)


def test_lists_are_of_one_programme_complete_and_never_empty(allowances, papers_seen, town):
    with pytest.raises(Refused, match="one programme"):
        forward(applications=[allowances[0], papers_seen], actor=town.ioana, at=NOON)
    with pytest.raises(Refused, match="at least one"):
        forward(applications=[], actor=town.ioana, at=NOON)
    with pytest.raises(NoGrant):
        forward(applications=allowances, actor=town.elena, at=NOON)
    forward(applications=allowances, actor=town.ioana, at=NOON)
    with pytest.raises(IllegalMove):
        forward(applications=allowances, actor=town.ioana, at=NOON)


def test_a_certificate_says_what_was_granted(signed, allowances, known_family, town):
    forward(applications=allowances, actor=town.ioana, at=NOON)
    made = certify(household=known_family.home, person=known_family.maria, purpose="școală", actor=town.elena, at=NOON)
    said = made.letter.content
    assert number_of(made.entry) == "1/2026" and "receives" in said["texts"] and "purpose" in said["texts"]
    assert "288" in said["parts"]["listing"]["rows"][0][1]["said"]
    child = certify(household=known_family.home, person=known_family.ion, actor=town.elena, at=NOON).letter.content
    assert "receives_nothing" in child["texts"] and "forwarded" in child["texts"]
    assert "1/2026" in child["parts"]["bullets"][0]["said"]


def test_a_stranger_gets_no_certificate_here(known_family, town):
    from vatra.rooms.people.commands import register_person
    from vatra.rooms.people.drafts import PersonDraft

    stranger = register_person(office=town.office.pk, draft=PersonDraft(full_name="X Y"), actor=town.elena, at=NOON)
    with pytest.raises(Refused, match="does not belong"):
        certify(household=known_family.home, person=stranger, actor=town.elena, at=NOON)


def test_the_timeline_tells_what_this_room_did(signed, allowances, known_family, town):
    forward(applications=allowances, actor=town.ioana, at=NOON)
    certify(household=known_family.home, person=known_family.maria, actor=town.elena, at=NOON)
    told = timeline(known_family.home.pk, actor=town.elena)
    assert sorted({each.kind for each in told}) == ["applied", "certified", "forwarded", "signed"]
    assert last_letter(known_family.home.pk, actor=town.elena).template_code == "certificate"
    assert timeline(known_family.home.pk, actor=town.sami) == []
