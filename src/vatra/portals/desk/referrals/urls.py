"""Where referrals stand below the desk."""

from django.urls import path

from . import lists, page, sending

patterns = [
    path("referrals/", lists.referrals, name="referrals"),
    path("referrals/need/<uuid:need_id>/", sending.suggest, name="referral_suggest"),
    path("referrals/need/<uuid:need_id>/write/", sending.write, name="referral_write"),
    path("referrals/<uuid:referral_id>/", page.referral, name="referral"),
    path("referrals/<uuid:referral_id>/link/", page.link_make, name="referral_link_make"),
    path("referrals/<uuid:referral_id>/link/<uuid:link_id>/end/", page.link_end, name="referral_link_end"),
    path("referrals/<uuid:referral_id>/<slug:step>/", page.step, name="referral_step"),
]
