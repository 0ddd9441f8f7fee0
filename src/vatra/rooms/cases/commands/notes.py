"""Writing down: drafts are kept while their author types, and become notes that nobody edits."""

from datetime import datetime, timedelta

from django.db import transaction

from vatra.kernel.actor import Actor
from vatra.kernel.moves import check_move
from vatra.kernel.refused import Refused
from vatra.kernel.words import gettext_noop

from ..definition import NOTE
from ..models import Case, Note, Visit
from ..states import NOTE_MOVES, NoteState
from .common import ID, child_id, fulfil, id_of, locked_case, needed, tell, today, user_of

MOST = 50_000  # characters of a note
TWICE = timedelta(minutes=10)  # the same words within this time are a button pressed twice


class DraftMovedOn(Refused):
    """The draft was saved from another window since this one read it. `now` is how it stands there."""

    def __init__(self, now: Note) -> None:
        super().__init__(
            "draft_moved_on",
            gettext_noop("This note was changed in another window."),
            gettext_noop("Both texts are shown here: put together what you want to keep, and save again."),
        )
        self.now = now


def draft_of(case: Case | ID, actor: Actor) -> Note | None:
    """The actor's own draft in a case, locked; nobody reads another's."""
    rows = Note.objects.select_for_update(of=("self",)).filter(case=id_of(case), author=user_of(actor))
    return rows.filter(state=NoteState.DRAFT).first()


@transaction.atomic
def save_note_draft(*, case: Case | ID, text: str, version: int = 0, actor: Actor, at: datetime) -> Note:
    """What is being typed is kept, so that neither a closed window nor a power cut loses it.

    `version` is that of the draft which the page read (0: there was none). A page that read an older one is refused
    with DraftMovedOn and writes over nothing; the same text again changes nothing. Leaves no entry in the trail: a
    draft is its author's own until it is written.
    """
    found = locked_case(case, actor=actor)
    if len(text) > MOST:
        raise Refused(
            "note_too_long", gettext_noop("A note has at most %(most)s characters."),
            gettext_noop("Write it in two notes."), most=MOST,
        )  # fmt: skip
    draft = draft_of(found, actor)
    if draft is None:
        return Note.objects.create(
            id=child_id(found, at), case=found, author_id=user_of(actor), text=text, begun_at=at, saved_at=at,
            actor=actor.as_json(),
        )  # fmt: skip
    if draft.text == text:
        return draft
    if version != draft.version:
        raise DraftMovedOn(draft)
    draft.text, draft.saved_at, draft.version = text, at, draft.version + 1
    draft.save(update_fields=["text", "saved_at", "version"])
    return draft


@transaction.atomic
def write_note(
    *, case: Case | ID, text: str, version: int = 0, visit: Visit | ID | None = None, corrects: Note | ID | None = None,
    actor: Actor, at: datetime,
) -> Note:  # fmt: skip
    """The draft becomes a note of the case, as it is given here. Refuses a note that says nothing.

    Pressed twice it writes one note: the second finds the first, in the same words and from the same author, of a
    moment ago. What happens again on another day can be written in the same words again.
    """
    found = locked_case(case, actor=actor)
    text = needed(text, "note_needed", gettext_noop("The note says nothing yet."))
    mine = Note.objects.filter(case=found, author=user_of(actor), state=NoteState.WRITTEN, written_at__gt=at - TWICE)
    twice = mine.order_by("-written_at").first()
    if twice and twice.text == text and draft_of(found, actor) is None:
        return twice
    draft = save_note_draft(case=found, text=text, version=version, actor=actor, at=at)
    check_move(NOTE_MOVES, source=NoteState(draft.state), target=NoteState.WRITTEN)
    draft.state, draft.written_at, draft.text = NoteState.WRITTEN, at, text
    draft.visit = Visit.objects.get(pk=id_of(visit), case=found) if visit else None
    draft.corrects = Note.objects.get(pk=id_of(corrects), case=found, state=NoteState.WRITTEN) if corrects else None
    draft.save()
    fulfil(found, NOTE, on=today(at), actor=actor, at=at)
    tell(found, "note_written", actor=actor, at=at, note=str(draft.pk))
    return draft
