"""Signing in and out; nothing else of the accounts package is offered yet."""

from allauth.account.views import login, logout
from django.urls import include, path

from .actions import PUBLIC, SIGNED_IN, needs

urlpatterns = [
    path("login/", needs(PUBLIC)(login), name="account_login"),
    path("logout/", needs(SIGNED_IN)(logout), name="account_logout"),
    path("", include("allauth.mfa.urls")),
]
