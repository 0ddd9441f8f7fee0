"""What pages on which steps are taken share: a step is taken, or refused in its place."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest

from vatra.kernel.refused import Refused
from vatra.web.middleware import translated

T = TypeVar("T")
LAST_PAGE = 1_000_000


def said(refusal: Refused) -> str:
    """What is wrong, and the way out."""
    parts = [translated(part, refusal.values) for part in (refusal.sentence, refusal.next_step)]
    return " ".join(part for part in parts if part)


def found(read: Callable[[], T]) -> T:
    """What a query or command gives; 404 where the record is not there for this reader."""
    try:
        return read()
    except ObjectDoesNotExist:
        raise Http404 from None


def page_number(request: HttpRequest) -> int:
    """Which page of a list is asked for: the first where nothing sensible is."""
    text = request.GET.get("page", "")
    return min(max(1, int(text)), LAST_PAGE) if text.isdecimal() and len(text) < 9 else 1
