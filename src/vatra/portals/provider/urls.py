"""The provider's portal: referrals that reached an organisation, and its answers."""

from django.urls import path

from . import links, places, received

urlpatterns = [
    path("", received.inbox, name="provider_inbox"),
    path("referrals/<uuid:referral_id>/", received.referral, name="received_referral"),
    path("referrals/<uuid:referral_id>/<slug:step>/", received.referral_step, name="received_step"),
    path("places/", places.places, name="provider_places"),
    path("places/<uuid:service_id>/", places.places_said, name="provider_places_said"),
    path("link/<str:token>/", links.link, name="referral_link"),
]
