"""Every view declares the action it needs."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from vatra.foundation.access.actions import actions
from vatra.web.actions import PUBLIC, SIGNED_IN, needs

# Views of other packages that cannot carry a declaration, by the module they come from, each with its reason.
OTHERS = {
    "allauth.mfa": "second factors of the user who is signed in; each of these views is login_required itself",
    "allauth.account": "entering one's password again before a change; login_required itself",
}


def views(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, address)
        else:
            yield address, pattern.callback


def module_of(view: object) -> str:
    return getattr(getattr(view, "view_class", view), "__module__", "")


def undeclared(patterns: list[URLPattern | URLResolver]) -> list[str]:
    """Addresses whose view names no action, or one that no room registered."""
    known = {PUBLIC, SIGNED_IN, *actions()}
    wrong = []
    for address, view in views(patterns):
        if any(module_of(view).startswith(package) for package in OTHERS) and not hasattr(view, "action"):
            continue
        if getattr(view, "action", None) not in known:
            wrong.append(address)
    return wrong


def test_every_view_declares_its_action():
    assert undeclared(get_resolver().url_patterns) == []


def bare(request) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (bare, ["planted/"]),
        (needs("people.veiw")(bare), ["planted/"]),  # misspelt: no room registered it
        (needs("people.view")(bare), []),
        (needs(PUBLIC)(bare), []),
    ],
)
def test_a_view_without_a_declared_action_is_found(view, expected):
    assert undeclared([path("planted/", view)]) == expected


def test_views_of_other_packages_ask_for_a_signed_in_user(client, db):
    """What the allow-list claims: a stranger gets none of these pages."""
    asked = 0
    for address, view in views(get_resolver().url_patterns):
        if hasattr(view, "action") or "<" in address:
            continue
        asked += 1
        answer = client.get(f"/{address}")
        assert answer.status_code in {302, 403, 404, 405}, address
        assert answer.status_code != 302 or "login" in answer["Location"], address
    assert asked
