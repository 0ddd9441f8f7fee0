"""Notes: drafts kept while somebody types, and written when they say so."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from vatra.foundation.catalogue.queries import zone
from vatra.kernel.refused import Refused
from vatra.look.reading import moment_text
from vatra.rooms.cases.commands import DraftMovedOn, save_note_draft, write_note
from vatra.rooms.cases.queries import case_card
from vatra.web.actions import needs
from vatra.web.middleware import in_words, translated

from ..choices import language
from ..editing import acting
from .editing import reached, to_case
from .page import shown


@require_POST
@needs("cases.work")
def note_draft(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What is being typed, every few seconds: `{"version", "saved"}`; 409 where another window was faster."""
    case = reached(request, case_id)
    try:
        draft = save_note_draft(
            case=case, text=request.POST.get("text", ""), version=_version(request), **acting(request)
        )
    except DraftMovedOn as moved:
        said = translated(moved.sentence, moved.values)
        return JsonResponse({"moved": said, "version": moved.now.version, "text": moved.now.text}, status=409)
    except Refused as refusal:
        return JsonResponse({"refused": translated(refusal.sentence, refusal.values)}, status=422)
    saved = gettext("Draft kept at %(time)s") % {"time": moment_text(draft.saved_at, language(), zone(), "time")}
    return JsonResponse({"version": draft.version, "saved": saved})


@require_POST
@needs("cases.work")
def note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """`do=write`: the draft becomes a note. Otherwise the draft is kept, for who works without scripts."""
    case = reached(request, case_id)
    text = request.POST.get("text", "")
    do = write_note if request.POST.get("do") == "write" else save_note_draft
    try:
        do(case=case, text=text, version=_version(request), **acting(request))
    except Refused as refusal:
        card = case_card(case_id, actor=request.actor)
        other = refusal.now.text if isinstance(refusal, DraftMovedOn) else ""
        status = 409 if other else 422
        return shown(request, card, note_text=text, status=status, note_wrong=in_words(refusal), note_other=other)
    said = gettext("The note is written.") if do is write_note else gettext("The draft is kept; only you see it.")
    messages.success(request, said)
    request.session["note_done"] = str(case_id)
    return to_case(case_id, "notes")


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0
