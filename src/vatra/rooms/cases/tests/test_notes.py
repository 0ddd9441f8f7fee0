"""What is typed is never lost, and what is written is never edited."""

from datetime import timedelta

import pytest
from conftest import NOON
from django.db import IntegrityError, transaction

from vatra.foundation.audit.models import Event
from vatra.kernel.refused import Refused
from vatra.rooms.cases.commands import DraftMovedOn, save_note_draft, write_note
from vatra.rooms.cases.models import Note
from vatra.rooms.cases.queries import case_card


def test_a_draft_is_kept_while_it_is_typed_and_is_the_authors_own(opened, town):
    one = save_note_draft(case=opened, text="She said", actor=town.mihai, at=NOON)
    two = save_note_draft(case=opened, text="She said that", version=one.version, actor=town.mihai, at=NOON)
    assert (one.pk, two.version) == (two.pk, 2)
    assert case_card(opened.pk, actor=town.mihai).draft.text == "She said that"
    assert case_card(opened.pk, actor=town.doina).draft is None
    assert not Event.objects.filter(kind="cases.note_written").exists()


def test_a_second_window_writes_over_nothing(opened, town):
    by = {"case": opened, "actor": town.mihai, "at": NOON}
    first = save_note_draft(**by, text="From the first window")
    save_note_draft(**by, text="From the first window, longer", version=first.version)
    with pytest.raises(DraftMovedOn) as moved:
        save_note_draft(**by, text="From the second window", version=first.version)
    assert moved.value.now.text == "From the first window, longer"
    assert Note.objects.get().text == "From the first window, longer"


def test_the_same_text_again_changes_nothing(opened, town):
    first = save_note_draft(case=opened, text="Same", actor=town.mihai, at=NOON)
    again = save_note_draft(case=opened, text="Same", version=7, actor=town.mihai, at=NOON + timedelta(hours=1))
    assert (again.version, again.saved_at) == (first.version, NOON)


def test_pressed_twice_it_is_written_once(opened, town):
    draft = save_note_draft(case=opened, text="The roof leaks", actor=town.mihai, at=NOON)
    for _ in range(2):
        note = write_note(case=opened, text="The roof leaks", version=draft.version, actor=town.mihai, at=NOON)
    assert (Note.objects.count(), note.state) == (1, "written")
    assert Event.objects.filter(kind="cases.note_written").count() == 1
    assert "roof" not in str(Event.objects.get(kind="cases.note_written").payload)


def test_the_same_words_on_another_day_are_another_note(opened, town):
    for days in (0, 1):
        write_note(case=opened, text="Nobody answered", actor=town.mihai, at=NOON + timedelta(days=days))
    assert Note.objects.count() == 2


def test_the_draft_is_shown_however_many_notes_there_are(opened, town, monkeypatch):
    """Neither a hundred notes nor the drafts of colleagues push it off the page."""
    monkeypatch.setattr("vatra.rooms.cases.queries.cards.LATEST", 2)
    save_note_draft(case=opened, text="Half a thought", actor=town.mihai, at=NOON)
    for n in range(3):
        write_note(case=opened, text=f"Note {n}", actor=town.doina, at=NOON + timedelta(minutes=n))
    save_note_draft(case=opened, text="Another's", actor=town.doina, at=NOON)
    card = case_card(opened.pk, actor=town.mihai)
    assert card.draft.text == "Half a thought" and [note.text for note in card.notes] == ["Note 2", "Note 1"]


def test_a_correction_names_what_it_corrects(opened, town):
    by = {"case": opened, "actor": town.mihai, "at": NOON}
    wrong = write_note(**by, text="Two rooms")
    right = write_note(**by, text="Three rooms", corrects=wrong)
    assert right.corrects == wrong
    assert Note.objects.get(pk=wrong.pk).text == "Two rooms"


def test_nothing_is_no_note(opened, town):
    with pytest.raises(Refused):
        write_note(case=opened, text="  ", actor=town.mihai, at=NOON)


def test_the_database_holds_one_draft_of_an_author(opened, town):
    save_note_draft(case=opened, text="One", actor=town.mihai, at=NOON)
    copy = Note.objects.get()
    copy.pk = opened.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)
