"""Anybody may check that a letter is genuine: the code in its corner leads here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from vatra.foundation.letters.commands import grouped
from vatra.foundation.letters.queries import check
from vatra.web.actions import PUBLIC, needs


@require_GET
@needs(PUBLIC)
def check_letter(request: HttpRequest, code: str = "") -> HttpResponse:
    """Number, day and issuing office of the letter with this code; nothing about whom it concerns.

    A code that no letter has says so, without telling whether it ever had one.
    """
    typed = request.GET.get("code", "").strip()
    if typed:
        return redirect("check_letter", grouped(plain(typed)) or "-")
    found = check(plain(code)) if code else None
    context = {"found": found, "asked": bool(code), "code": grouped(plain(code))}
    return render(request, "public/check.html", context, status=404 if code and found is None else 200)


def plain(code: str) -> str:
    """The code as it is kept: capitals and digits only, at most as long as one is."""
    return "".join(sign for sign in code.upper() if sign.isascii() and sign.isalnum())[:12]
