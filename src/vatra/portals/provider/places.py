"""How many places one's own services have, and how many are free."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from vatra.foundation.catalogue.queries import zone
from vatra.kernel.days import day
from vatra.kernel.refused import Refused
from vatra.rooms.providers.commands import say_places
from vatra.rooms.providers.models import Service
from vatra.rooms.providers.queries import own_services
from vatra.web.actions import needs
from vatra.web.middleware import in_words

MOST = 100_000


@require_GET
@needs("providers.places")
def places(request: HttpRequest) -> HttpResponse:
    """One's own services, each with its places."""
    return _page(request)


def _page(request: HttpRequest, *, wrong: str = "", where: UUID | None = None, status: int = 200) -> HttpResponse:
    context = {
        "services": own_services(request.actor, on=day(timezone.now(), zone())), "wrong": wrong, "where": where,
        "typed": request.POST if wrong else {},
    }  # fmt: skip
    return render(request, "provider/places.html", context, status=status)


@require_POST
@needs("providers.places")
def places_said(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """What a provider says of one of its services."""
    try:
        capacity, free = (_number(request.POST.get(name, "")) for name in ("capacity", "free"))
        say_places(service=service_id, capacity=capacity, free=free, actor=request.actor, at=timezone.now())
    except Service.DoesNotExist:
        raise Http404 from None
    except ValueError:
        return _page(
            request, wrong=gettext("A number of places is a whole number, or nothing."), where=service_id, status=422
        )
    except Refused as refusal:
        return _page(request, wrong=in_words(refusal), where=service_id, status=422)
    messages.success(request, gettext("The places are kept; whoever looks for a service sees them."))
    return redirect("provider_places")


def _number(typed: str) -> int | None:
    """Digits of any script; nothing typed is not known."""
    typed = typed.strip()
    if not typed:
        return None
    found = int(typed)
    if not 0 <= found <= MOST:
        raise ValueError(typed)
    return found
