"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def page(request: HttpRequest) -> dict[str, object]:
    code = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "languages": settings.LANGUAGES,
        "language": code,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
    }
