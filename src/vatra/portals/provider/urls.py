"""The provider's portal: referrals that reached an organisation, and its answers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
