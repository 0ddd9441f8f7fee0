"""Accounts are made by administrators."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Closed(DefaultAccountAdapter):
    """Nobody signs themselves up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
