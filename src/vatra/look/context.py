"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

SHORT = {"ar": "ع"}  # languages are named by their code, Arabic by its letter


def page(request: HttpRequest) -> dict[str, object]:
    code = (translation.get_language() or settings.LANGUAGE_CODE).split("-")[0]
    actor = getattr(request, "actor", None)
    navigation = getattr(request, "navigation", [])
    return {
        "languages": [(known, name, SHORT.get(known, known)) for known, name in settings.LANGUAGES],
        "language": code,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "actor": actor,
        "office": getattr(request, "office", None),
        "demonstration": settings.VATRA.demo,
        "navigation": navigation,
        # the search box of the desk is for who may open the window
        "searches": any(link.address == reverse("window") for link in navigation),
        # pages that serve both who works here and who does not (refusals, not found) extend this
        "layout": "look/desk.html" if actor else "look/public.html",
    }
