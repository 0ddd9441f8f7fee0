"""The entries of whoever answers referrals: people of providers, and officers to whom another unit sends somebody."""

from vatra.kernel.words import gettext_noop
from vatra.look.navigation import Entry

ENTRIES = [
    Entry(gettext_noop("Received referrals"), "provider_inbox", "referrals.view", order=27),
    Entry(gettext_noop("Free places"), "provider_places", "providers.places", order=28),
]
