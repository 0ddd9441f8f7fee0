"""What the pages of payments share: a step is taken, or refused in its place."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from vatra.kernel.refused import Refused
from vatra.web.middleware import translated

T = TypeVar("T")


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
