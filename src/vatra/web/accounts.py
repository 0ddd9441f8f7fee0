"""Accounts are made by administrators."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from vatra.look.navigation import links

from .actor import actor_of


class Closed(DefaultAccountAdapter):
    """Nobody signs themselves up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first page of what they may open: the window for officers, received referrals for providers."""
        found = links(request, actor_of(request.user))  # type: ignore[arg-type]
        return found[0].address if found else super().get_login_redirect_url(request)
