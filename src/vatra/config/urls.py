"""Which portal answers which address."""

from django.urls import include, path

urlpatterns = [
    path("", include("vatra.portals.public.urls")),
    path("desk/", include("vatra.portals.desk.urls")),
    path("provider/", include("vatra.portals.provider.urls")),
    path("accounts/", include("vatra.web.account_urls")),
]
