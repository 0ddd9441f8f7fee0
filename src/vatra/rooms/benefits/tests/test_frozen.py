"""A determination is never changed; a fact corrected today changes nothing that was decided yesterday."""

from datetime import timedelta

import pytest
from conftest import NOON, TODAY

from vatra.foundation.audit.commands import seal
from vatra.foundation.letters.models import Letter
from vatra.foundation.letters.render import LOOK, pdf
from vatra.rooms.benefits.commands import determine_application
from vatra.rooms.benefits.commands.determinations import digest_of
from vatra.rooms.benefits.models import Determination, Frozen
from vatra.rooms.benefits.queries import application, as_json, what_could_help
from vatra.rooms.benefits.tasks import redetermine

TOMORROW = NOON + timedelta(days=1)


def test_every_way_of_changing_one_is_refused(applied):
    row = Determination.objects.get(application=applied)
    row.amount = 1
    with pytest.raises(Frozen):
        row.save()
    with pytest.raises(Frozen):
        row.save(update_fields=["amount"])
    with pytest.raises(Frozen):
        row.delete()
    for change in (
        lambda: Determination.objects.all().update(amount=1),
        lambda: Determination.objects.bulk_update([row], ["amount"]),
        lambda: Determination.objects.filter(pk=row.pk).delete(),
        lambda: Determination.objects.update_or_create(pk=row.pk, defaults={"amount": 1}),
    ):
        with pytest.raises(Frozen):
            change()
    assert Determination.objects.get(pk=row.pk).amount == 28800


def test_its_digest_is_of_what_it_holds(applied):
    row = Determination.objects.get(application=applied)
    assert row.digest == digest_of(row.frozen)
    assert row.digest != digest_of({**row.frozen, "status": "not_entitled"})


def test_what_did_not_change_is_not_determined_again(applied, town):
    first = determine_application(application=applied, actor=town.elena, at=NOON)
    assert determine_application(application=applied, actor=town.elena, at=TOMORROW).pk == first.pk
    assert Determination.objects.count() == 1


def test_a_fact_corrected_today_leaves_yesterday_as_it_was(signed, known_family, town):
    """Must be true 5, end to end: determination, letter and the view as known then stay; the view of today does not."""
    decided = signed.determination
    before = {
        "frozen": Determination.objects.filter(pk=decided.pk).values().get(),
        "letter": Letter.objects.filter(pk=signed.letter_id).values().get(),
        "view": as_json(what_could_help(known_family.home.pk, on=TODAY, known_at=NOON), language="ro"),
        "pdf": pdf(signed.letter) if LOOK.exists() else b"",
    }

    known_family.say(known_family.maria, "net_income", 900000, at=TOMORROW)
    while seal(at=TOMORROW):
        pass
    redetermine(at=TOMORROW)

    after = {
        "frozen": Determination.objects.filter(pk=decided.pk).values().get(),
        "letter": Letter.objects.filter(pk=signed.letter_id).values().get(),
        "view": as_json(what_could_help(known_family.home.pk, on=TODAY, known_at=NOON), language="ro"),
        "pdf": pdf(Letter.objects.get(pk=signed.letter_id)) if LOOK.exists() else b"",
    }
    assert after == before
    shown = application(signed.application_id, actor=town.elena)
    assert shown.determination.row.pk == decided.pk and shown.determination.amount.minor == 28800

    today = as_json(what_could_help(known_family.home.pk, on=TODAY, known_at=TOMORROW), language="ro")
    heating = next(p for p in today["programmes"] if p["code"] == "heating-aid")
    assert heating["status"] == "not_entitled"  # the control: the correction did reach the rules


def test_open_applications_follow_what_becomes_known(papers_seen, known_family, town):
    while seal(at=NOON):
        pass
    redetermine(at=NOON)
    known_family.say(known_family.maria, "net_income", 900000, at=TOMORROW)
    while seal(at=TOMORROW):
        pass
    assert redetermine(at=TOMORROW) == 1
    assert redetermine(at=TOMORROW) == 0  # the cursor has moved on
    old, new = Determination.objects.filter(application=papers_seen).order_by("determined_at")
    assert (new.status, new.supersedes_id, old.status) == ("not_entitled", old.pk, "entitled")


def test_nothing_is_taken_again_for_what_concerns_nobody_here(papers_seen, known_family, town):
    while seal(at=NOON):
        pass
    redetermine(at=NOON)
    assert redetermine(at=NOON) == 0
    assert Determination.objects.count() == 1
