"""What every page gets: a strict content policy, and the language its reader chose."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation

from vatra.foundation.catalogue import queries as catalogue

from .navigation import links

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    [
        "default-src 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'", "form-action 'self'",
    ]
)  # fmt: skip


class ContentSecurityPolicy:
    """Nothing inline, nothing from elsewhere."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class PageReady:
    """What the frame of a page for people who work here will ask of the database is asked before it renders."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = getattr(request, "actor", None)
        if actor is not None:
            catalogue.definitions()
            request.navigation = links(request, actor) if not request.htmx else []  # type: ignore[attr-defined]
        return self.get_response(request)


class ChosenLanguage:
    """`?lang=ar` chooses and is remembered; then the cookie decides, then the browser."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.known = [code for code, _ in settings.LANGUAGES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang")
        if asked in self.known and request.method == "GET":
            kept = request.GET.copy()
            del kept["lang"]
            response: HttpResponse = HttpResponseRedirect(request.path + (f"?{kept.urlencode()}" if kept else ""))
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                max_age=365 * 86400,
                samesite="Lax",
                secure=request.is_secure(),
            )
            return response
        language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
            if hasattr(response, "render") and callable(response.render):
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response
