"""Letters as PDF, and stored files; each is read by who may see the record it hangs on."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from vatra.foundation.files.models import StoredFile
from vatra.foundation.files.queries import open_file
from vatra.foundation.letters.models import Letter
from vatra.foundation.letters.queries import letter_for
from vatra.foundation.letters.render import pdf
from vatra.web.actions import SIGNED_IN, needs

SHOWN = {"application/pdf", "image/png", "image/jpeg"}


@require_GET
@needs(SIGNED_IN)
def letter_pdf(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """A letter, the same bytes each time. Its file name says nothing about anybody."""
    try:
        letter = letter_for(letter_id, actor=request.actor)
    except Letter.DoesNotExist:
        raise Http404 from None
    number = letter.entry.number if letter.entry else letter.check_code
    return _sent(pdf(letter), "application/pdf", f"{letter.template_code}-{number}.pdf")


@require_GET
@needs(SIGNED_IN)
def stored_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """A stored file; what a browser should not open is only downloaded."""
    try:
        found = open_file(file_id, actor=request.actor)
    except StoredFile.DoesNotExist:
        raise Http404 from None
    return _sent(found.content, found.content_type, found.name)


def _sent(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(kind not in SHOWN, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
