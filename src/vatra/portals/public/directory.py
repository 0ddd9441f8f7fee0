"""The public directory of providers and services."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from vatra.foundation.bodies.models import BodyKind
from vatra.kernel.days import day
from vatra.look import reading
from vatra.look.manners import zone
from vatra.rooms.providers import queries
from vatra.rooms.providers.models import Provider, Service
from vatra.rooms.providers.queries import Wanted
from vatra.web.actions import PUBLIC, needs

from .directory_map import draw

LONGEST_QUESTION = 100
NAMES = {"q": "text", "kind": "kind", "group": "group", "form": "form", "county": "district", "place": "place"}


KINDS = {
    BodyKind.AUTHORITY: gettext_lazy("Public authority"),
    BodyKind.OFFICE: gettext_lazy("Public social service"),
    BodyKind.PUBLIC: gettext_lazy("Public institution"),
    BodyKind.NONPROFIT: gettext_lazy("Association or foundation"),
    BodyKind.COMPANY: gettext_lazy("Company"),
    BodyKind.RELIGIOUS: gettext_lazy("Religious body"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a select. `language` where it is not the reader's own."""

    code: str
    text: str
    language: str
    chosen: bool


@needs(PUBLIC)
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List, map and table of the services that answer the question in the address."""
    on = _today()
    wanted = _wanted(request)
    found = queries.listing(wanted, on=on, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    districts = queries.districts(on=on)
    drawn = wanted
    if len(districts) == 1 and not wanted.district:
        drawn = replace(wanted, district=districts[0].code)  # one county: its localities say more
    places = queries.where(drawn, on=on)
    narrower = "place" if drawn.district else "county"
    return render(
        request,
        "public/directory.html",
        {
            "wanted": wanted,
            "filtered": wanted != Wanted(),
            "found": found,
            "cards": [(card, queries.group_words(card.groups)) for card in found.cards],
            "before": _address(wanted, before=found.before) if found.before else "",
            "after": _address(wanted, after=found.after) if found.after else "",
            "kinds": [
                (
                    _option(family.code, family.title, wanted.kind),
                    [_option(kind.code, kind.title, wanted.kind) for kind in family.types],
                )
                for family in queries.families(on=on)
            ],
            "groups": [_option(group.code, group.title, wanted.group) for group in queries.groups(on=on)],
            "forms": [_option(form.code, form.title, wanted.form) for form in queries.forms(on=on)],
            "districts": [_option(d.code, d.title, wanted.district) for d in districts],
            "localities": [
                _option(place.code, place.title, wanted.place)
                for place in (queries.localities(wanted.district, on=on) if wanted.district else [])
            ],
            "places": [(place, _address(drawn, **{narrower: place.code})) for place in places],
            "by_locality": bool(drawn.district),
            "map": draw(queries.dots(drawn, on=on), queries.places_on_map(drawn, on=on)),
            "unplaced": found.total - sum(place.count for place in places),
            "wider": _address(wanted, county="", place="") if wanted.district else "",
            "register_language": queries.register_language(),
        },
    )


@needs(PUBLIC)
@require_safe
def service(request: HttpRequest, id: UUID) -> HttpResponse:
    on = _today()
    try:
        page = queries.service_page(id, on=on)
    except Service.DoesNotExist as missing:
        raise Http404 from missing
    return render(
        request,
        "public/service.html",
        {
            "page": page,
            "card": page.card,
            "groups": queries.group_words(page.card.groups),
            "similar": queries.similar(page, on=on),
            "register_language": queries.register_language(),
        },
    )


@needs(PUBLIC)
@require_safe
def provider(request: HttpRequest, id: UUID) -> HttpResponse:
    try:
        page = queries.provider_page(id)
    except Provider.DoesNotExist as missing:
        raise Http404 from missing
    return render(
        request,
        "public/provider.html",
        {
            "page": page,
            "kind": KINDS[page.kind],
            "cards": [(card, queries.group_words(card.groups)) for card in queries.services_of(id, on=_today())],
            "register_language": queries.register_language(),
        },
    )


def _today() -> date:
    return day(timezone.now(), zone())


def _option(code: str, title: Mapping[str, str] | str, chosen: str) -> Option:
    language = (translation.get_language() or "en").split("-")[0]
    found = reading.said(title, language)
    return Option(code, found.text, "" if found.language == language else found.language, code == chosen)


def _wanted(request: HttpRequest) -> Wanted:
    given = {field: request.GET.get(name, "")[:LONGEST_QUESTION].replace("\0", "") for name, field in NAMES.items()}
    if not given["district"]:
        given["place"] = ""
    return Wanted(**given)


def _address(wanted: Wanted, **changed: str) -> str:
    """This list with something else: what is asked stays in the address, so that it can be kept and sent."""
    asked = {name: getattr(wanted, field) for name, field in NAMES.items()} | changed
    question = urlencode({name: value for name, value in asked.items() if value})
    return reverse("directory") + (f"?{question}" if question else "")
